"""What a line of a list may say that means one person, and what the title of its column tells of that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any

from scimtui.ops.table_file import title_key
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.literal import fold
from scimtui.scim.resource import lookup

Raw = Mapping[str, Any]
PARTS = ("id", "userName", "externalId", "emails", "displayName", "name", "active")
"""The attributes that `keys_of` reads, and whether the account is on."""


class By(StrEnum):
    """What a line names somebody by, the strongest first."""

    ID = "id"
    USER_NAME = "userName"
    EXTERNAL_ID = "externalId"
    EMAIL = "e-mail"
    NAME = "name"


ANY = frozenset(By)
_PLAIN = ((By.ID, "id"), (By.USER_NAME, "userName"), (By.EXTERNAL_ID, "externalId"))
_EXTERNAL = frozenset({By.EXTERNAL_ID})
_TITLES = {
    "id": frozenset({By.ID}),
    "externalid": _EXTERNAL,
    "employeeid": _EXTERNAL,
    "employeenumber": _EXTERNAL,
    "personnelnumber": _EXTERNAL,
}
"""Titles that say what a column holds. Elsewhere a short number could be the id of another person by chance."""


def kinds_of(title: str | None) -> frozenset[By]:
    """Return what the values of a column can be, as its title tells."""
    return _TITLES.get(title_key(title or ""), ANY)


def kinds_among(keys: Iterable[str], kinds: frozenset[By]) -> frozenset[By]:
    """Return which of these kinds any of the keys can be, so that nothing else is looked at."""
    has_at = has_blank = False
    for key in keys:
        has_at, has_blank = has_at or "@" in key, has_blank or " " in key
    return kinds - ({By.EMAIL} if not has_at else set()) - ({By.NAME} if not has_blank else set())


def keys_of(raw: Raw, kinds: Collection[By] = ANY) -> list[tuple[By, str]]:
    """Return what somebody may be named by, folded. A name of one word names nobody, and an address has its @."""
    found = [(by, folded(_value(raw, name))) for by, name in _PLAIN if by in kinds]
    if By.EMAIL in kinds:
        for element in as_list(_value(raw, "emails")):
            value = element.get("value") if type(element) is dict else None
            found.append((By.EMAIL, folded(element_value(element) if value is None else value)))
    if By.NAME in kinds:
        found += [(By.NAME, name) for name in _names(raw) if " " in name]
    return found


def _names(raw: Raw) -> set[str]:
    name = _value(raw, "name")
    names = {folded(_value(raw, "displayName")), folded(lookup(name, "formatted") or name)}
    given, family = (lookup(name, part) for part in ("givenName", "familyName"))
    if isinstance(given, str) and isinstance(family, str):
        names.add(folded(f"{given} {family}"))
    return names


def called(raw: Raw) -> str:
    """Return what people call somebody: the displayName, else the name in parts, "" where there is neither."""
    name = _value(raw, "name")
    parts = " ".join(part for key in ("givenName", "familyName") if isinstance(part := lookup(name, key), str))
    found = _value(raw, "displayName") or lookup(name, "formatted") or parts
    return found if isinstance(found, str) else ""


def _value(raw: Raw, name: str) -> Any:
    value = raw.get(
        name
    )  # most keys are spelled as the schema spells them, and looking further costs ten times as much
    return lookup(raw, name) if value is None else value


def folded(value: Any) -> str:
    """Return a text without letter case and spare blanks; accents count. "" for none; a number is its digits."""
    if type(value) is not str:
        return str(value) if type(value) is int else ""
    return " ".join((value.lower() if value.isascii() else fold(value)).split())
