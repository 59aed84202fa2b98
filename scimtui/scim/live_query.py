"""What a list is asked for besides its pages: words as a filter, an order, and whether the answer keeps to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from scimtui.scim.dialect import Dialect, Filters
from scimtui.scim.expression import Comparison, Filter, Operator, Path, all_of, any_of
from scimtui.scim.match import names_read
from scimtui.scim.path import parse_path
from scimtui.scim.schema import Returned
from scimtui.scim.sent_filter import sent_filter

if TYPE_CHECKING:
    from scimtui.scim.message import ScimRequest
    from scimtui.scim.schema import ResourceType

NAMES = (Path(attribute="userName"), Path(attribute="displayName"), Path(attribute="emails", sub="value"))
"""Where words are looked for at a provider."""
_LEFT_OUT = frozenset({"members", "groups"})
"""Attributes that lists often come without, whatever their schema says of them."""


def words_filter(words: str, resource_type: ResourceType, dialect: Dialect) -> str | None:
    """Return the filter to send for plain words: each of them stands in a name or an address.

    Where the provider knows equality alone, the words together are the name. None: it cannot be asked for them.
    """
    if dialect.filters is Filters.EQUALITY:
        whole = [Comparison(path, Operator.EQ, " ".join(words.split())) for path in NAMES]
        return next((text for term in whole if (text := sent_filter(term, dialect, resource_type))), None)
    found: list[Filter] = []
    for word in words.split():
        terms = [Comparison(path, Operator.CO, word) for path in NAMES]
        known = [term for term in terms if sent_filter(term, dialect, resource_type) is not None]
        if not known:
            return None
        found.append(any_of(*known))
    return sent_filter(all_of(*found), dialect, resource_type) if found else None


def can_be_judged(filter: str, resource_type: ResourceType) -> bool:  # noqa: A002 - the RFC's word
    """Whether a resource of a list tells if it fulfils a filter: every attribute that decides is there by default.

    Raises:
        FilterError: the text is no filter.
    """
    for name in names_read(filter, resource_type):
        attribute = resource_type.attribute(name)
        if name.casefold() in _LEFT_OUT or (
            attribute is not None and attribute.returned not in {Returned.ALWAYS, Returned.DEFAULT}
        ):
            return False
    return True


def sort_parameter(path: str, resource_type: ResourceType) -> str | None:
    """Return the path as it is sent in sortBy (RFC 7644 section 3.4.2.3), None where no provider could sort by it.

    Raises:
        PathError: it is no path.
    """
    parsed = parse_path(path, resource_type)
    return None if parsed.value_filter is not None or not parsed.attribute else str(parsed)


def ordered(request: ScimRequest, sort_by: str | None, *, is_descending: bool = False) -> ScimRequest:
    """Return a request for a page of a list with an order; None leaves the order to the provider."""
    if sort_by is None:
        return request
    order = {"sortBy": sort_by, "sortOrder": "descending" if is_descending else "ascending"}
    if request.body is not None:
        return replace(request, body={**request.body, **order})
    told = "&".join(f"{name}={quote(value, safe='')}" for name, value in order.items())
    return replace(request, path=f"{request.path}{'&' if '?' in request.path else '?'}{told}")
