"""The accounts of one person in words: a row for each, what they share, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scimtui.ops.search import fold
from scimtui.present.cells import cell, safe
from scimtui.present.columns import ACTIVE, INACTIVE, UNKNOWN
from scimtui.present.comparison import ABSENT
from scimtui.present.moments import ago
from scimtui.present.wording import age, count_of
from scimtui.scim.absence import absence
from scimtui.scim.coerce import as_list, element_value, is_active
from scimtui.scim.literal import fold as any_case, instant
from scimtui.scim.path import parse_path, values_at
from scimtui.scim.resource import lookup, natural_key, resource_id
from scimtui.scim.same_person import Shared
from scimtui.scim.schema import ENTERPRISE_USER

if TYPE_CHECKING:
    from datetime import datetime

    from scimtui.ops.everywhere import Account, Place
    from scimtui.ops.people_search import FoundPeople
    from scimtui.scim.persons import Theirs
    from scimtui.scim.schema import ResourceType

COLUMNS = ("tenant", "state", "found by", "as of", "userName", "groups", "changed", "manager", "roles")
Row = tuple[str, ...]
NAMED_GROUPS = 3
"""So many groups are named in a row."""


# ---------------------------------------------------------------- rows


def who_line(raw: Mapping[str, Any]) -> str:
    """Return name, userName and externalId of a person."""
    name = cell(lookup(raw, "displayName")) or cell(lookup(raw, "name"))
    return " · ".join(
        dict.fromkeys(one for one in (name, cell(natural_key(raw)), cell(lookup(raw, "externalId"))) if one)
    )


def place_rows(place: Place, now: datetime, *, is_asked: bool = False) -> list[Row]:
    """Return the rows `(id, haystack, cell, …)` of a tenant in the order of COLUMNS; one where it has no account.

    `is_asked`: its provider was asked and gave no answer yet.
    """
    rows = [account_row(place, one, now, is_asked=is_asked) for one in place.accounts]
    return rows or [("", "", *missing_cells(place, now, is_asked=is_asked))]


def account_row(place: Place, account: Account, now: datetime, *, is_asked: bool = False) -> Row:
    """Return the row of an account."""
    active = is_active(account.raw)
    return (
        row_id(account),
        "",
        safe(place.tenant),
        UNKNOWN if active is None else ACTIVE if active else INACTIVE,
        found_by(account, place.match),
        seen_words(place, account, now, is_asked=is_asked),
        cell(natural_key(account.raw)),
        group_words(account.groups),
        changed_words(account.raw, now),
        safe(account.manager),
        ", ".join(cell(one) for one in as_list(lookup(account.raw, "roles"))),
    )


def row_id(account: Account) -> str:
    """Return what tells an account from all others."""
    return f"{account.tenant}\n{account.id}"


def missing_cells(place: Place, now: datetime, *, is_asked: bool = False) -> Row:
    """Return the cells of a tenant that has no account of them, or of which that is not known."""
    is_cached = place.is_complete and place.synced_at is not None
    if place.trouble:
        said, seen = "? not known", "✗ no answer"
    elif place.unasked:
        said, seen = "? not known", "✓ now, in part"
    elif place.asked_at is not None:
        said, seen = "– no account", "✓ now"
    elif is_cached:
        said, seen = "– no account", f"cache {age(place.synced_at, now)}"
    else:
        said, seen = "? not known", "never synced" if place.synced_at is None else "cache INCOMPLETE"
    if is_asked and not place.trouble:
        said, seen = ("… looking", "") if not is_cached else (said, f"… {seen}")
    return (safe(place.tenant), said, "", seen, "", "", "", "", "")


def seen_words(place: Place, account: Account, now: datetime, *, is_asked: bool = False) -> str:
    """Return whose word an account is, with a sign: ✓ the provider's own, ✗ it gave none, … it is being asked."""
    if account.seen_at is not None and not place.trouble and not is_asked:
        return "✓ now" if (now - account.seen_at).total_seconds() < 60 else f"✓ {age(account.seen_at, now)}"
    cached = f"cache {age(place.synced_at, now)}" if place.synced_at is not None else "seen before"
    return f"… {cached}" if is_asked else f"✗ {cached}" if place.trouble else cached


def trouble_lines(places: Sequence[Place]) -> list[str]:
    """Return a safe sentence for each tenant that gave no answer: why, and what stands here instead."""
    return [
        f"{safe(one.tenant)}: {safe(one.trouble)}; "
        + ("what was seen before is shown" if one.accounts else "it is not known who is there")
        for one in places
        if one.trouble
    ] + [f"{safe(one.tenant)}: {safe(one.unasked)}; others may be there" for one in places if one.unasked]


def doubt_lines(places: Sequence[Place]) -> list[str]:
    """Return a safe sentence for each account that is not surely theirs: what it shares, and what speaks against it."""
    return [
        f"{safe(place.tenant)} {cell(natural_key(one.raw))}: {found_by(one, place.match).removeprefix('? ')}"
        for place in places
        for one in place.accounts
        if not one.is_sure
    ]


def unknown_groups_line(accounts: Sequence[Account]) -> str:
    """Return where it is not known in which groups somebody is; "" where it is everywhere."""
    unknown = dict.fromkeys(safe(one.tenant) for one in accounts if one.groups is None)
    return f"groups are not known in {', '.join(unknown)}: no groups were synced there" if unknown else ""


def switch_title(who: str, tenants: int, *, active: bool) -> str:
    """Return what is about to be done, as a title; `who` is safe."""
    return f"{'Activate' if active else 'Deactivate'} {who} in {count_of(tenants, 'tenant')}"


def found_by(account: Account, match: str) -> str:
    """Return what an account was recognised by; see `found_words`."""
    if not account.shared and account.is_sure:
        return "this one"
    return found_words(account.shared, account.against, match, is_sure=account.is_sure)


def found_words(shared: Sequence[str], against: Sequence[str], match: str = "", *, is_sure: bool) -> str:
    """Return what an account shares and what speaks against it; one that is only likely has a question mark."""
    words = shared_words(shared, match)
    doubts = "".join(f", but {one}" for one in against)
    return f"{words}{doubts}" if is_sure else f"? {words or 'the same person?'}{doubts}"


def shared_words(shared: Sequence[str], match: str = "") -> str:
    """Return what two accounts share. The strongest says it; the value at `match` is called by its path, safe to show."""
    first = next(iter(shared), "")
    if first != Shared.RULE:
        return str(first)
    return safe(match) or next((str(one) for one in shared[1:]), str(first))


def group_words(groups: Sequence[str] | None) -> str:
    """Return how many groups, and the first ones by name."""
    if groups is None:
        return UNKNOWN
    if not groups:
        return "none"
    return f"{len(groups)}: {', '.join(safe(name) for name in groups[:NAMED_GROUPS])}{'…' if len(groups) > NAMED_GROUPS else ''}"


def changed_words(raw: Mapping[str, Any], now: datetime) -> str:
    """Return when the provider says that the account was last changed."""
    moment = instant(lookup(lookup(raw, "meta"), "lastModified"))
    return ago(moment, now) if moment is not None else ""


def summary(places: Sequence[Place]) -> str:
    """Return in how many tenants the person has accounts, in how many one is active, and of how many nothing is known."""
    having = [place for place in places if any(one.is_sure for one in place.accounts)]
    active = sum(any(one.is_sure and is_active(one.raw) is not False for one in place.accounts) for place in having)
    doubtful = sum(not one.is_sure for place in places for one in place.accounts)
    unknown = sum(not place.accounts and not place.is_known for place in places)
    words = [f"in {len(having)} of {count_of(len(places), 'tenant')}", f"active in {active}"]
    words += [f"{doubtful} doubtful"] if doubtful else []
    words += [f"{unknown} not known"] if unknown else []
    return ", ".join(words)


# ---------------------------------------------------------------- where they differ


@dataclass(frozen=True, slots=True)
class Told:
    """One value of an attribute, and who has it."""

    value: str
    """Safe text."""
    tenants: tuple[str, ...]
    """Safe names."""
    style: str
    """"value" for what most have, "changed" for what others have, "good", "bad", or "note" for none."""


@dataclass(frozen=True, slots=True)
class Differing:
    """One attribute that is not the same everywhere."""

    label: str
    values: tuple[Told, ...]


_Read = Callable[["Account"], str | None]
"""Returns the safe value of an attribute; None where it is not known, "" where there is none."""


def differences(accounts: Sequence[tuple[Account, ResourceType]]) -> tuple[list[Differing], list[tuple[str, str]]]:
    """Return the attributes in which accounts differ, and label and safe value of those that are the same everywhere.

    An attribute that nobody has is neither. Letter case counts in nothing but the userName, where a login may hang on it.
    """
    names = _labels([one for one, _ in accounts])
    found: list[Differing] = []
    same: list[tuple[str, str]] = []
    for label, path, read in _ATTRIBUTES:
        values = [read(one) for one, _ in accounts]
        if not any(values):
            continue
        plain = {value if label == "userName" else any_case(value) for value in values if value is not None}
        if len(plain) == 1 and None not in values:
            same.append((label, str(values[0])))
        elif len(plain) > 1:
            kinds = [kind for _, kind in accounts]
            found.append(Differing(label, _told(label, path, values, names, kinds)))
    held = [one.groups for one, _ in accounts]
    if groups := _group_differences(held, names):
        found.append(Differing("groups", groups))
    elif held and None not in held:
        same.append(("groups", ", ".join(map(safe, held[0] or ())) or "none"))
    return found, same


def _labels(accounts: Sequence[Account]) -> list[str]:
    """Return the tenants' names; one that has several accounts here is told apart by userName."""
    counts = Counter(one.tenant for one in accounts)
    return [
        safe(one.tenant) if counts[one.tenant] == 1 else f"{safe(one.tenant)} {cell(natural_key(one.raw))}"
        for one in accounts
    ]


def _told(
    label: str, path: str, values: Sequence[str | None], names: Sequence[str], kinds: Sequence[ResourceType]
) -> tuple[Told, ...]:
    """Return each value with who has it: what most have first, what nobody has last."""
    shown = [
        UNKNOWN if value is None else value or ABSENT[absence(path, kind)]
        for value, kind in zip(values, kinds, strict=True)
    ]
    counts = Counter(shown)
    empty = {word for word, value in zip(shown, values, strict=True) if not value}
    order = sorted(counts, key=lambda value: (value in empty, -counts[value]))
    return tuple(
        Told(
            value,
            tuple(name for name, one in zip(names, shown, strict=True) if one == value),
            _style(label, value, is_empty=value in empty, is_first=place == 0),
        )
        for place, value in enumerate(order)
    )


def _style(label: str, value: str, *, is_empty: bool, is_first: bool) -> str:
    if label == "active":
        return {ACTIVE: "good", INACTIVE: "bad"}.get(value, "note")
    return "note" if is_empty else "value" if is_first else "changed"


def _group_differences(groups: Sequence[Collection[str] | None], names: Sequence[str]) -> tuple[Told, ...]:
    """Return each group that some are in and others are not, with those who are in it."""
    known = [(set(one), name) for one, name in zip(groups, names, strict=True) if one is not None]
    every = sorted({group for held, _ in known for group in held}, key=str.casefold)
    return tuple(
        Told(safe(group), tuple(name for held, name in known if group in held), "changed")
        for group in every
        if len(known) > 1 and not all(group in held for held, _ in known)
    )


def _reader(path: str) -> _Read:
    parsed = parse_path(path)

    def read(account: Account) -> str:
        return ", ".join(sorted(cell(one) for one in values_at(account.raw, parsed)))

    return read


def _emails(account: Account) -> str:
    return ", ".join(sorted(cell(element_value(one)) for one in as_list(lookup(account.raw, "emails"))))


def _active(account: Account) -> str | None:
    active = is_active(account.raw)
    return None if active is None else ACTIVE if active else INACTIVE


_ATTRIBUTES: tuple[tuple[str, str, _Read], ...] = (
    ("active", "active", _active),
    ("userName", "userName", _reader("userName")),
    ("displayName", "displayName", _reader("displayName")),
    ("e-mails", "emails", _emails),
    ("title", "title", _reader("title")),
    ("department", f"{ENTERPRISE_USER}:department", _reader(f"{ENTERPRISE_USER}:department")),
    ("manager", f"{ENTERPRISE_USER}:manager", lambda account: safe(account.manager)),
    ("roles", "roles", _reader("roles")),
    ("externalId", "externalId", _reader("externalId")),
    ("employeeNumber", f"{ENTERPRISE_USER}:employeeNumber", _reader(f"{ENTERPRISE_USER}:employeeNumber")),
)
"""Label, path, and how it is read."""


# ---------------------------------------------------------------- a search over all tenants

SEARCH_COLUMNS = ("name", "userName", "state", "tenants")


def found_rows(found: FoundPeople, text: str = "") -> list[Row]:
    """Return a row `(tenant, line break, id; "", cell, …)` for each person, in the order of SEARCH_COLUMNS.

    Those who are called as the words begin stand before those who only have such letters somewhere.
    """
    words = fold(text).split()
    rows = [_found_row(person) for person in found.people]
    return sorted(rows, key=lambda row: not _begins(fold(f"{row[2]} {row[3]}"), words))


def _begins(name: str, words: Sequence[str]) -> bool:
    return all(f" {word}" in f" {name.replace('.', ' ')}" for word in words)


def _found_row(person: Sequence[Theirs]) -> Row:
    first = person[0].account
    sure = [one.account for one in person if one.is_sure]
    doubtful = len(person) - len(sure)
    states = [is_active(one.raw) for one in sure]
    on = sum(state is not False for state in states)
    tenants = ", ".join(dict.fromkeys(safe(one.tenant) for one in sure))
    key = cell(natural_key(first.raw))
    return (
        f"{first.tenant}\n{resource_id(first.raw)}",
        "",
        cell(lookup(first.raw, "displayName")) or cell(lookup(first.raw, "name")) or key,
        key,
        ACTIVE if on == len(sure) else f"● in {on} of {len(sure)}" if on else INACTIVE,
        f"{len({one.tenant for one in sure})}: {tenants}{f'  ? {doubtful} more' if doubtful else ''}",
    )


def found_line(found: FoundPeople) -> str:
    """Return how many were found."""
    people = count_of(len(found.people), "person", "people")
    return people if found.is_all else f"{people} of {count_of(found.matching, 'account')}: more letters find fewer"
