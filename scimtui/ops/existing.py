"""Who is there already, where a provider refuses a new resource because something of it is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from scimtui.errors import ScimtuiError
from scimtui.ops.live import live_pages
from scimtui.ops.receipts import Existing, Outcome
from scimtui.scim.coerce import as_list, element_value, is_active
from scimtui.scim.expression import Comparison, Operator, Path
from scimtui.scim.kind import Kind
from scimtui.scim.resource import Resource, lookup
from scimtui.scim.sent_filter import sent_filter

if TYPE_CHECKING:
    from scimtui.ops.receipts import Receipt
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

__all__ = ["Existing", "existing", "is_taken"]

KEYS = ("userName", "externalId", "emails.value", "displayName")
"""What providers want to be unique, the likeliest first; displayName only where there is no userName."""


def is_taken(receipt: Receipt) -> bool:
    """Whether a new resource was refused because another one has a value of it."""
    is_refused = receipt.change.kind is Kind.CREATE and receipt.outcome is Outcome.REFUSED
    return is_refused and (receipt.scim_type == "uniqueness" or receipt.status == 409)


async def existing(wanted: Mapping[str, Any], resource_type: ResourceType, session: Session) -> tuple[Existing, ...]:
    """Return who has a value of a new resource: from the cache, else from the provider by the filters that it takes.

    Those of the first key that anybody has; () also where the provider does not answer: it may hide the inactive.
    """
    keys = list(values_by_key(wanted))
    found = await asyncio.to_thread(_cached, keys, resource_type, session)
    for path, values in keys if not found else ():
        if found := await _asked(path, values, resource_type, session):
            break
    return tuple(found)


def values_by_key(wanted: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the paths that may be taken, with their values."""
    for path in KEYS:
        if path == "displayName" and lookup(wanted, "userName") is not None:
            continue
        if values := _values(wanted, path):
            yield path, values


def _values(raw: Mapping[str, Any], path: str) -> list[str]:
    name, _, sub = path.partition(".")
    value = lookup(raw, name)
    found = [element_value(one) for one in as_list(value)] if sub else [value]
    return [one for one in found if isinstance(one, str) and one]


def _cached(keys: list[tuple[str, list[str]]], resource_type: ResourceType, session: Session) -> list[Existing]:
    found: dict[str, list[Existing]] = {path: [] for path, _ in keys}
    for raw in session.cache.resources(resource_type.name).documents():
        for path, values in keys:
            if has_value(raw, path, values):
                found[path].append(_existing(raw, path, resource_type))
    return next((those for those in found.values() if those), [])


async def _asked(path: str, values: list[str], resource_type: ResourceType, session: Session) -> list[Existing]:
    """Ask the provider. One that ignores filters sends everybody: only its first page is read, and only matches count."""
    if session.provider.filter is False:
        return []
    name, _, sub = path.partition(".")
    for value in values:
        wanted = Comparison(Path(attribute=name, sub=sub or None), Operator.EQ, value)
        text = sent_filter(wanted, session.dialect, resource_type)
        if text is None:
            continue
        try:
            async with aclosing(live_pages(session, resource_type, text)) as pages:
                page = await anext(pages, None)
        except ScimtuiError:  # the refusal itself is the news
            continue
        if found := [raw for raw in (page.resources if page else ()) if has_value(raw, path, values)]:
            return [_existing(raw, path, resource_type) for raw in found]
    return []


def has_value(raw: Mapping[str, Any], path: str, values: list[str]) -> bool:
    wanted = {value.casefold() for value in values}
    return any(one.casefold() in wanted for one in _values(raw, path))


def _existing(raw: Mapping[str, Any], path: str, resource_type: ResourceType) -> Existing:
    has_active = resource_type.attribute("active") is not None
    return Existing(Resource(resource_type.name, raw), path, is_active(raw) if has_active else None)
