"""Whether an account is another person's by now: some providers give an id to somebody else later."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.literal import fold
from scimtui.scim.resource import lookup


def is_somebody_else(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether another person has an account than the one who was seen there.

    Only where the userName is another one. Whoever is merely renamed keeps the externalId; where there is none, an
    address; and where the addresses changed with the family name, the first name.
    """
    names = _text(before, "userName"), _text(now, "userName")
    if not all(names) or names[0] == names[1]:
        return False
    ids = _text(before, "externalId"), _text(now, "externalId")
    if all(ids):
        return ids[0] != ids[1]
    if _emails(before) & _emails(now):
        return False
    called = _names(before), _names(now)
    return called[0].isdisjoint(called[1]) if all(called) else bool(_emails(before) and _emails(now))


def _emails(raw: Mapping[str, Any]) -> set[str]:
    found = (element_value(one) for one in as_list(lookup(raw, "emails")))
    return {fold(one).strip() for one in found if isinstance(one, str)} - {""}


def _names(raw: Mapping[str, Any]) -> set[str]:
    """Return the first name, or all words of the whole name where nobody says which is the first."""
    name = lookup(raw, "name")
    text = _text(name, "givenName") or f"{_text(name, 'formatted')} {_text(raw, 'displayName')}"
    return set(re.findall(r"\w+", text))


def _text(raw: Any, name: str) -> str:
    value = lookup(raw, name)
    return fold(value).strip() if isinstance(value, str) else ""
