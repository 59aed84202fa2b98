"""A resource exactly as the provider sent it, and the few questions that need no schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PASSWORDS = frozenset({"password", "Password", "PASSWORD", "passWord"})


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a provider. `raw` is never changed, completed or corrected by us."""

    type: str
    """Name of its ResourceType, as the provider spells it: "User"."""
    raw: Mapping[str, Any]
    """The JSON object as it arrived, unknown attributes and wrong types included."""

    @property
    def id(self) -> str:
        """The provider's id as text, "" where it sent none (an integer id is read as its digits)."""
        return resource_id(self.raw)

    @property
    def version(self) -> str | None:
        """`meta.version`, the ETag of RFC 7644 section 3.14, or None."""
        version = lookup(lookup(self.raw, "meta"), "version")
        return version if isinstance(version, str) and version else None


def without_password(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a resource without the password that no provider may return (RFC 7643 section 4.1.1), as some do."""
    if _PASSWORDS.isdisjoint(raw):
        return raw
    return {name: value for name, value in raw.items() if name not in _PASSWORDS}


def lookup(raw: Any, name: str) -> Any:
    """Return `raw[name]` whatever the letter case of the key (RFC 7643 section 2.1), None where there is none."""
    if not isinstance(raw, Mapping):
        return None
    if name in raw:
        return raw[name]
    folded = name.casefold()
    for key, value in raw.items():
        if isinstance(key, str) and key.casefold() == folded:
            return value
    return None


def resource_id(raw: Mapping[str, Any]) -> str:
    """Return the id as text, "" where there is none."""
    value = lookup(raw, "id")
    return value if isinstance(value, str) else "" if value is None else str(value)


def natural_key(raw: Mapping[str, Any]) -> str:
    """Return what an admin calls this resource: userName, displayName, name, externalId or id, the first there is."""
    for name in ("userName", "displayName", "name", "externalId", "id"):
        value = lookup(raw, name)
        if isinstance(value, str) and value.strip():
            return value
    return resource_id(raw)


def is_empty(value: Any) -> bool:
    """Whether a value counts as unassigned: absent, null and [] are the same, "" is not (RFC 7643 section 2.5)."""
    return value is None or (isinstance(value, list | dict) and not value)
