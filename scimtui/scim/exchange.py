"""Requests and answers of RFC 7644 as values: what to send, and what came back, whatever its Content-Type claims."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from scimtui.errors import NotScim, UsageError
from scimtui.scim.message import SEARCH, ScimRequest, ScimResponse, as_integer, decode, has_urn, not_scim
from scimtui.scim.refusal import ERROR_URN, refusal
from scimtui.scim.resource import lookup, resource_id
from scimtui.scim.salvage import salvaged

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType

LIST_URN = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
SEARCH_URN = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list (RFC 7644 section 3.4.2, RFC 9865 section 2) as far as it was told."""

    resources: tuple[dict[str, Any], ...]
    total_results: int | None = None
    start_index: int | None = None
    items_per_page: int | None = None
    next_cursor: str | None = None
    not_objects: int = 0
    """Entries of the page that are no JSON objects and were left out."""
    is_cut: bool = False
    """Its end is missing, and what else stood there: more entries, a total, the next cursor."""


def endpoint_path(resource_type: ResourceType) -> str:
    """Return the path of a type's endpoint in the provider's own spelling: "/Users"."""
    endpoint = _quoted(resource_type.endpoint.rstrip("/"), "/%:@!$&'()*+,;=-._~")
    return endpoint if "://" in endpoint else "/" + endpoint.lstrip("/")


def resource_path(resource_type: ResourceType, id: str) -> str:  # noqa: A002, the RFC's word
    """Return the path of one resource, its id quoted: ids hold spaces, slashes and question marks.

    Raises:
        UsageError: no path can name that id, so a request would hit another one.
    """
    if id in {"", ".", ".."}:
        message = f"a {resource_type.name} with the id {id!r} cannot be addressed"
        raise UsageError(message, "ask the provider to repair the id")
    return f"{endpoint_path(resource_type)}/{_quoted(id)}"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a list (RFC 7644 section 3.4.2, RFC 9865 section 2). None and () leave a parameter out."""

    start_index: int | None = None
    cursor: str | None = None
    """"" asks for the first page by cursor."""
    count: int | None = None
    filter: str | None = None
    sort_by: str | None = None
    is_descending: bool = False
    attributes: tuple[str, ...] = ()
    """Paths of the only attributes to be returned, beside those that always are."""
    excluded: tuple[str, ...] = ()
    """Paths of attributes to be left out."""


def list_request(resource_type: ResourceType, query: Query) -> ScimRequest:
    """Return the GET request for one page.

    Raises:
        UsageError: attributes are asked for and left out at once (RFC 7644 section 3.9).
    """
    text = "&".join(f"{name}={_in_url(value)}" for name, value in _parameters(query).items())
    return ScimRequest("GET", endpoint_path(resource_type) + (f"?{text}" if text else ""))


def search_request(resource_type: ResourceType, query: Query) -> ScimRequest:
    """Return the same request as a POST, so that nothing of a filter stands in an address (RFC 7644 section 3.4.3).

    Raises:
        UsageError: attributes are asked for and left out at once (RFC 7644 section 3.9).
    """
    body = {"schemas": [SEARCH_URN], **_parameters(query)}
    return ScimRequest("POST", f"{endpoint_path(resource_type)}/{SEARCH}", body)


def _parameters(query: Query) -> dict[str, Any]:
    if query.attributes and query.excluded:
        message = "attributes cannot be asked for and left out in one request"
        raise UsageError(message, "ask for the attributes that are wanted")
    order = "descending" if query.is_descending else "ascending"
    found = {
        "startIndex": query.start_index,
        "cursor": query.cursor,
        "count": query.count,
        "filter": query.filter,
        "sortBy": query.sort_by,
        "sortOrder": order if query.sort_by else None,
        "attributes": list(query.attributes) or None,
        "excludedAttributes": list(query.excluded) or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _in_url(value: Any) -> str:
    return ",".join(_quoted(name, ":.$") for name in value) if isinstance(value, list) else _quoted(str(value))


def _quoted(text: str, safe: str = "") -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError as error:
        message = f"{text!r} holds half a character, which cannot be sent"
        raise UsageError(message, "write it anew") from error


def read_page(response: ScimResponse) -> ListPage:
    """Read a list that was answered with 2xx: a ListResponse, a bare list, or one resource alone.

    Of a list that is broken somewhere, the entries that can be read are returned, and the others are counted.

    Raises:
        NotScim: it is none of these.
        Refused: an error object came under a status of success.
    """
    is_cut = False
    try:
        value = decode(response)
    except NotScim:
        found = salvaged(response.body)
        if found is None:
            raise
        value, is_cut = found
    if isinstance(value, list):
        return _page(value)
    if not isinstance(value, dict):
        raise not_scim(response, "is not a list of resources")
    if has_urn(value, ERROR_URN):
        raise refusal(response, "list resources")
    resources, total = lookup(value, "Resources"), as_integer(lookup(value, "totalResults"))
    cursor = lookup(value, "nextCursor")
    if resources is None and total is None and not cursor and not has_urn(value, LIST_URN):
        if lookup(value, "id") is None:
            raise not_scim(response, "is not a list of resources")
        return ListPage((value,))
    return _page(
        resources if isinstance(resources, list) else [] if resources is None else [resources],
        total_results=total,
        start_index=as_integer(lookup(value, "startIndex")),
        items_per_page=as_integer(lookup(value, "itemsPerPage")),
        next_cursor=cursor if isinstance(cursor, str) and cursor else None,
        is_cut=is_cut,
    )


def _page(entries: list[Any], **told: Any) -> ListPage:
    resources = tuple(entry for entry in entries if isinstance(entry, dict))
    return ListPage(resources, not_objects=len(entries) - len(resources), **told)


@dataclass(frozen=True, slots=True)
class Written:
    """What an answer with 2xx says of a write. Each may be missing: only reading the resource again proves anything."""

    resource: Mapping[str, Any] | None = None
    """The resource as the provider has it now, where the answer holds it (RFC 7644 sections 3.3 and 3.5)."""
    id: str = ""
    """From the resource, else the last part of the Location."""
    location: str = ""
    """Where a new resource is. Hostile text: compare it with the base URL before going there."""
    version: str | None = None
    """The ETag, with which the next write can be conditional (RFC 7644 section 3.14)."""
    is_pending: bool = False
    """202: accepted, and to be done some time (RFC 9967 section 2.5)."""
    transaction: str = ""
    """`Set-Txn`: under which name the provider will speak of a pending write."""


def last_segment(address: str) -> str:
    """Return the id that an address ends with, "" where it has none."""
    return unquote(re.split("[?#]", address, maxsplit=1)[0].rstrip("/").rpartition("/")[2])


def read_written(response: ScimResponse) -> Written:
    """Read the answer to a POST, PUT, PATCH or DELETE that succeeded. A body that cannot be read says nothing."""
    try:
        value = decode(response)
    except NotScim:
        value = None
    resource = value if isinstance(value, Mapping) and value else None
    headers = response.headers
    location = headers.get("location", "")
    version = headers.get("etag") or lookup(lookup(resource, "meta"), "version")
    return Written(
        resource=resource,
        id=resource_id(resource or {}) or last_segment(location),
        location=location,
        version=version if isinstance(version, str) and version else None,
        is_pending=response.status == 202,
        transaction=headers.get("set-txn", ""),
    )
