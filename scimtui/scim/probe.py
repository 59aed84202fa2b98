"""What a check of a provider asks, and what an answer to it means. No network: questions and verdicts as values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from scimtui.scim.match import compile_filter
from scimtui.scim.resource import is_empty, lookup

if TYPE_CHECKING:
    from scimtui.scim.exchange import ListPage
    from scimtui.scim.schema import ResourceType


class Verdict(StrEnum):
    """Whether a provider does something."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"
    UNKNOWN = "unknown"
    """It could not be asked, or the answer proves nothing."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that was looked at."""

    name: str
    rfc: str
    """Document and section, such as "7644 3.4.2.2"."""
    result: Verdict
    evidence: str
    """What was asked and what came, for an admin."""


@dataclass(frozen=True, slots=True)
class FilterQuestion:
    """A filter that matches one known resource and leaves another known one out."""

    name: str
    text: str


def filter_questions(wanted: Mapping[str, Any], other: Mapping[str, Any], key: str) -> Iterator[FilterQuestion]:
    """Yield a question for each operator (RFC 7644 table 3 and figure 1): all of them match `wanted`, none matches `other`.

    `key` is the attribute whose values tell the two apart, such as userName.
    """
    value, foreign = str(lookup(wanted, key)), str(lookup(other, key))
    folded, against = value.casefold(), foreign.casefold()
    quoted = _quoted(value)
    yield FilterQuestion("eq", f"{key} eq {quoted}")
    yield FilterQuestion("eq in another letter case", f"{key} eq {_quoted(value.swapcase())}")
    yield FilterQuestion("operators in capitals", f"{key} EQ {quoted}")
    yield FilterQuestion("ne", f"{key} ne {_quoted(foreign)}")
    for name, part in (("co", _part(folded, against)), ("sw", _start(folded, against)), ("ew", _end(folded, against))):
        if part:
            yield FilterQuestion(name, f"{key} {name} {_quoted(part)}")
    operators = ("gt", "ge") if folded > against else ("lt", "le")
    yield FilterQuestion(operators[0], f"{key} {operators[0]} {_quoted(foreign)}")
    yield FilterQuestion(operators[1], f"{key} {operators[1]} {quoted}")
    yield FilterQuestion("pr, and", f"{key} eq {quoted} and id pr")
    yield FilterQuestion("or", f'{key} eq {quoted} or {key} eq "no-such-name"')
    yield FilterQuestion("not", f"not ({key} eq {_quoted(foreign)})")
    yield FilterQuestion("id", f"id eq {_quoted(str(lookup(wanted, 'id')))}")
    for name in ("externalId", "displayName"):
        held = lookup(wanted, name)
        if name != key and isinstance(held, str) and held and lookup(other, name) != held:
            yield FilterQuestion(name, f"{name} eq {_quoted(held)}")
    emails = lookup(wanted, "emails")
    first = emails[0] if isinstance(emails, list) and emails and isinstance(emails[0], Mapping) else {}
    mail = lookup(first, "value")
    if isinstance(mail, str) and mail and mail != value:
        yield FilterQuestion("sub-attribute", f"emails.value eq {_quoted(mail)}")
        kind = lookup(first, "type")
        if isinstance(kind, str) and kind:
            text = f"emails[type eq {_quoted(kind)} and value eq {_quoted(mail)}]"
            yield FilterQuestion("value path", text)
    changed = lookup(lookup(wanted, "meta"), "lastModified")
    if isinstance(changed, str) and changed:
        yield FilterQuestion("date", f"meta.lastModified ge {_quoted(changed)} and {key} eq {quoted}")


def judge_filter(
    question: FilterQuestion,
    page: ListPage,
    wanted: Mapping[str, Any],
    resource_type: ResourceType,
    everybody: int | None,
) -> Probe:
    """Return what an answer says of the filter: the wanted one must be there or pages behind, and nobody who does not match.

    `everybody` is the total without a filter.
    """
    matches = compile_filter(question.text, resource_type)
    strangers = [raw for raw in page.resources if not matches(raw)]
    found = any(lookup(raw, "id") == lookup(wanted, "id") for raw in page.resources)
    total = f" of {page.total_results:,}" if page.total_results is not None else ""
    came = f"{question.text}: {len(page.resources)}{total} came"
    if strangers:
        how = (
            "the filter is ignored"
            if page.total_results == everybody
            else "it is evaluated otherwise than the RFC says"
        )
        result, evidence = Verdict.NO, f"{came}, {len(strangers)} of them do not match: {how}"
    elif not page.resources:
        result, evidence = Verdict.NO, f"{came}, though one is known to match"
    elif found:
        result, evidence = Verdict.YES, f"{came}, all match"
    else:
        result, evidence = Verdict.PARTLY, f"{came}, all match; the one that was known is not on the first page"
    return Probe(f"filter {question.name}", "7644 3.4.2.2", result, evidence)


def judge_order(up: Sequence[str], down: Sequence[str]) -> tuple[Verdict, str]:
    """Return whether two lists of names were sorted up and down (RFC 7644 section 3.4.2.3), in any letter case."""
    first, last = [name.casefold() for name in up], [name.casefold() for name in down]
    if len(first) < 3 or len(set(first)) < 3:
        return Verdict.UNKNOWN, "too few to tell"
    if first == sorted(first) and last == sorted(last, reverse=True):
        return Verdict.YES, f"{up[0]} … {up[-1]} up, {down[0]} … {down[-1]} down"
    if first == last:
        return Verdict.NO, "up and down bring the same order"
    return Verdict.PARTLY, "the order changes, and is not that of the letters"


def lacking(listed: Mapping[str, Any], single: Mapping[str, Any]) -> list[str]:
    """Return the attributes that a resource has when it is read alone, and not in a list."""
    return [str(name) for name, value in single.items() if not is_empty(value) and is_empty(lookup(listed, str(name)))]


def pair_of(resources: Sequence[Mapping[str, Any]], key: str) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """Return two resources whose names differ and do not contain each other, None where there are none."""
    named = [raw for raw in resources if isinstance(lookup(raw, key), str) and lookup(raw, key) and lookup(raw, "id")]
    for wanted in named:
        for other in named:
            first, second = str(lookup(wanted, key)).casefold(), str(lookup(other, key)).casefold()
            if first not in second and second not in first:
                return wanted, other
    return None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _part(text: str, other: str) -> str:
    """Return a part from the inside of a text that another text does not hold."""
    parts = (text[at : at + length] for length in range(3, len(text) - 1) for at in range(1, len(text) - length))
    return next((part for part in parts if part not in other), "")


def _start(text: str, other: str) -> str:
    return next((text[:n] for n in range(1, len(text)) if not other.startswith(text[:n])), "")


def _end(text: str, other: str) -> str:
    return next((text[-n:] for n in range(1, len(text)) if not other.endswith(text[-n:])), "")
