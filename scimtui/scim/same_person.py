"""Which accounts belong to one person, told from the accounts alone. What is only likely is shown and never taken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.literal import fold
from scimtui.scim.pairing import key_reader
from scimtui.scim.path import parse_path
from scimtui.scim.resource import lookup, resource_id
from scimtui.scim.schema import ENTERPRISE_USER

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType


class Shared(StrEnum):
    """What two accounts have in common, the strongest first."""

    RULE = "match rule"
    """The values at `match` of their tenants."""
    USER_NAME = "userName"
    EXTERNAL_ID = "externalId"
    EMAIL = "e-mail"
    """An address of the one is an address, or the userName, of the other."""
    TAGGED = "e-mail but for its +tag"
    """ann+admin@x is ann@x to the mail server, and may be an account of its own."""
    LOCAL = "userName before the @"
    """The one is called jsmith, the other jsmith@x."""
    LINKED = "externalId is the id"
    """The one names the other's id as its externalId; short numbers do that by chance."""


SURE = frozenset({Shared.RULE, Shared.USER_NAME, Shared.EXTERNAL_ID, Shared.EMAIL})
"""What is enough where one account alone there has it; the others only ever make an account likely."""


class Against(StrEnum):
    """What speaks against two accounts being one person's: a userName can be given to somebody else later."""

    NAME = "another name"
    """No word of their names is the same."""
    EMPLOYEE = "another employeeNumber"
    EXTERNAL_ID = "another externalId"
    """And the names differ; where a name is not known: and no address is the same."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What an account says of whose it is; "" or nothing where it does not say."""

    rule: str
    rule_is_exact: bool
    """Whether its schema tells letter case apart at `match`."""
    user_name: str
    """Folded, as the addresses are."""
    external_id: str
    """With its letter case, which counts (RFC 7643 section 3.1)."""
    emails: frozenset[str]
    """The userName too, where it is an address."""
    id: str
    employee: str
    names: frozenset[str]
    """The words of its names, without accents."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """An account that may belong to the person."""

    raw: Mapping[str, Any]
    shared: tuple[Shared, ...]
    """Never empty, the strongest first."""
    is_sure: bool
    """Nobody else there has as much in common, that is enough, and nothing speaks against it."""
    against: tuple[Against, ...] = ()


def traits(raw: Mapping[str, Any], match: str, resource_type: ResourceType) -> Traits:
    """Return what an account says of whose it is. `match` is the path that pairs people of its tenant with others.

    Raises:
        PathError: `match` is no path.
    """
    reader = key_reader(match, resource_type)
    user_name = _text(lookup(raw, "userName"))
    rule = unicodedata.normalize("NFC", reader.read(raw).strip())
    return Traits(
        rule=rule,
        rule_is_exact=reader.fold("A") == "A",
        user_name=user_name,
        external_id=_exact(lookup(raw, "externalId")),
        emails=_emails(raw, user_name),
        id=resource_id(raw),
        employee=_exact(lookup(lookup(raw, ENTERPRISE_USER), "employeeNumber")).lstrip("0"),
        names=_names(raw),
    )


def likenesses(
    person: Traits,
    accounts: Iterable[Mapping[str, Any]],
    match: str,
    resource_type: ResourceType,
    namesakes: Sequence[Traits] = (),
) -> list[Likeness]:
    """Return the accounts of one tenant that have something in common with a person, the most likely first.

    `namesakes` are other accounts of the person's own tenant: what one of these has as much in common with may be its.

    Raises:
        PathError: `match` is no path.
    """
    told = [(raw, traits(raw, match, resource_type)) for raw in accounts]
    found = [(raw, other, shared_by(person, other), against(person, other)) for raw, other in told]
    found = [one for one in found if one[2]]
    found.sort(key=lambda one: (bool(one[3]), _rank(one[2])))
    ranks = [_rank(shared) for _, _, shared, doubts in found if not doubts]
    return [
        Likeness(
            raw,
            shared,
            is_sure=not doubts
            and shared[0] in SURE
            and _rank(shared) == ranks[0]
            and ranks.count(ranks[0]) == 1
            and not any(_rank(shared_by(one, other)) <= ranks[0] for one in namesakes),
            against=doubts,
        )
        for raw, other, shared, doubts in found
    ]


def shared_by(one: Traits, other: Traits) -> tuple[Shared, ...]:
    """Return what two accounts have in common, the strongest first; () where it is nothing."""
    is_linked = (one.external_id and one.external_id == other.id) or (one.id and one.id == other.external_id)
    common = {
        Shared.RULE: _is_same_rule(one, other),
        Shared.USER_NAME: bool(one.user_name) and one.user_name == other.user_name,
        Shared.EXTERNAL_ID: bool(one.external_id) and one.external_id == other.external_id,
        Shared.EMAIL: not one.emails.isdisjoint(other.emails),
        Shared.TAGGED: not {*map(_untagged, one.emails)}.isdisjoint(map(_untagged, other.emails)),
        Shared.LOCAL: _has_local_name(one, other) or _has_local_name(other, one),
        Shared.LINKED: bool(is_linked),
    }
    if common[Shared.EMAIL]:
        common[Shared.TAGGED] = False  # the one says it all
    return tuple(key for key, is_common in common.items() if is_common)


def can_be_one(one: Traits, other: Traits) -> bool:
    """Whether two accounts have more in common than that one names the other's id: anything at all, or the name."""
    is_namesake = bool(one.names and other.names) and same_name(one, other)
    return is_namesake or not {*shared_by(one, other)} <= {Shared.LINKED}


def against(one: Traits, other: Traits) -> tuple[Against, ...]:
    """Return what speaks against two accounts being of one person."""
    has_names = bool(one.names and other.names) and _is_latin(one.names) == _is_latin(other.names)
    is_same_name = same_name(one, other)
    has_other_id = bool(one.external_id and other.external_id) and one.external_id != other.external_id
    is_alike = is_same_name if has_names else not one.emails.isdisjoint(other.emails)
    doubts = {
        Against.NAME: has_names and one.names.isdisjoint(other.names),
        Against.EMPLOYEE: bool(one.employee and other.employee) and one.employee != other.employee,
        Against.EXTERNAL_ID: has_other_id and not is_alike,
    }
    return tuple(key for key, is_so in doubts.items() if is_so)


# ---------------------------------------------------------------- among many


def keys_read(match: str, resource_type: ResourceType) -> tuple[str, ...]:
    """Return the top-level attributes that `may_be` looks at.

    Raises:
        PathError: `match` is no path.
    """
    path = parse_path(match, resource_type)
    return ("id", "userName", "externalId", "emails", path.urn or path.attribute)


def may_be(people: Iterable[Traits], match: str, resource_type: ResourceType) -> Callable[[Mapping[str, Any]], bool]:
    """Return a function that tells, in a few microseconds, whether an account can be one of these people's.

    It says yes of every account that has something in common with one of them, and of few others.

    Raises:
        PathError: `match` is no path.
    """
    wanted = frozenset(mark for person in people for mark in _marks(person))
    read = None if match.casefold() == "username" else key_reader(match, resource_type).read

    def test(raw: Mapping[str, Any]) -> bool:
        user_name = _text(lookup(raw, "userName"))
        if user_name and (user_name in wanted or user_name.partition("@")[0] in wanted):
            return True
        for text in (lookup(raw, "externalId"), resource_id(raw), read and read(raw)):
            if isinstance(text, str) and _text(text) in wanted:
                return True
        emails = (_text(element_value(one)) for one in (*as_list(lookup(raw, "emails")), user_name))
        return any(email and _untagged(email) in wanted for email in emails)

    return test


def _marks(person: Traits) -> set[str]:
    texts = {fold(person.rule), fold(person.external_id), fold(person.id), person.user_name}
    return {*texts, _local(person.user_name), *map(_untagged, person.emails)} - {""}


# ---------------------------------------------------------------- reading


def is_stronger(one: Shared, other: Shared) -> bool:
    """Whether the one says more than the other about two accounts being one person's."""
    order = list(Shared)
    return order.index(one) < order.index(other)


def _rank(shared: Sequence[Shared]) -> int:
    return list(Shared).index(shared[0]) if shared else len(Shared)


def _is_same_rule(one: Traits, other: Traits) -> bool:
    if one.rule_is_exact and other.rule_is_exact:
        return bool(one.rule) and one.rule == other.rule
    return bool(one.rule) and fold(one.rule) == fold(other.rule)


def _has_local_name(one: Traits, other: Traits) -> bool:
    """Whether the one is called what stands before the @ of the other."""
    return "@" in other.user_name and bool(one.user_name) and one.user_name == _local(other.user_name)


def _local(user_name: str) -> str:
    return user_name.partition("@")[0] if "@" in user_name else ""


def _emails(raw: Mapping[str, Any], user_name: str) -> frozenset[str]:
    found = [_text(element_value(one)) for one in as_list(lookup(raw, "emails"))]
    return frozenset(text for text in (*found, user_name) if "@" in text)


def _untagged(email: str) -> str:
    """Return an address without what a person may add to their own: ann+news@x is ann@x."""
    return re.sub(r"(?<=.)\+[^@]*(?=@)", "", email) if "+" in email else email


def _names(raw: Mapping[str, Any]) -> frozenset[str]:
    name = lookup(raw, "name")
    texts = [
        lookup(raw, "displayName"),
        name,
        *(lookup(name, part) for part in ("formatted", "givenName", "familyName")),
    ]
    words = " ".join(re.sub(r"@\S*", "", text) for text in texts if isinstance(text, str))
    plain = "".join(one for one in unicodedata.normalize("NFKD", words) if not unicodedata.combining(one))
    return frozenset(word for word in re.findall(r"\w+", plain.casefold()) if word.isalpha())


def same_name(one: Traits, other: Traits) -> bool:
    """Whether the words of one name are among those of the other: "Ann Lee" and "Dr. Ann Lee", not John and Jane Lee."""
    return one.names <= other.names or one.names >= other.names


def _is_latin(words: frozenset[str]) -> bool:
    return all(word.isascii() for word in words)


def _exact(value: Any) -> str:
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""


def _text(value: Any) -> str:
    return fold(value).strip() if isinstance(value, str) else ""
