"""Requests and answers of RFC 7644 as values: what to send, and what came back, whatever its Content-Type claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

from scimtui.errors import NotScim, Refused, ScimtuiError, Unauthorized, UsageError
from scimtui.scim.resource import lookup
from scimtui.scim.schema import ResourceType

MAX_DEPTH = 100
"""Levels of nesting that are read. RFC 7643 needs six; deeper answers can only exhaust the program."""

ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST_URN = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


@dataclass(frozen=True, slots=True)
class ScimRequest:
    """One request, complete and unsent."""

    method: str
    path: str
    """Relative to the base URL, starts with "/", percent-encoded, query included with %20 for a space. An absolute URL
    only where the provider's ResourceType names one; it is sent only if it lies below the base URL."""
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Extra headers such as If-Match. Accept, Content-Type and Authorization are added when it is sent."""


@dataclass(frozen=True, slots=True)
class ScimResponse:
    """One answer, unread."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    url: str = ""
    """Where the answer came from, for Location headers that are relative. Empty where that does not matter."""


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


def endpoint_path(resource_type: ResourceType) -> str:
    """Return the path of a type's endpoint in the provider's own spelling: "/Users"."""
    endpoint = quote(resource_type.endpoint.rstrip("/"), safe="/%:@!$&'()*+,;=-._~")
    return endpoint if "://" in endpoint else "/" + endpoint.lstrip("/")


def resource_path(resource_type: ResourceType, id: str) -> str:  # noqa: A002, the RFC's word
    """Return the path of one resource, its id quoted: ids hold spaces, slashes and question marks.

    Raises:
        UsageError: no path can name that id, so a request would hit another one.
    """
    if id in {"", ".", ".."}:
        message = f"a {resource_type.name} with the id {id!r} cannot be addressed"
        raise UsageError(message, "ask the provider to repair the id")
    return f"{endpoint_path(resource_type)}/{quote(id, safe='')}"


def list_request(
    resource_type: ResourceType,
    *,
    start_index: int | None = None,
    cursor: str | None = None,
    count: int | None,
    filter: str | None = None,  # noqa: A002, the RFC's word
    attributes: Iterable[str] | None = None,
    excluded: Iterable[str] | None = None,
) -> ScimRequest:
    """Return the request for one page. `cursor=""` asks for the first page by cursor; None leaves a parameter out."""
    query = [
        ("startIndex", None if start_index is None else str(start_index)),
        ("cursor", None if cursor is None else quote(cursor, safe="")),
        ("count", None if count is None else str(count)),
        ("filter", None if filter is None else quote(filter, safe="")),
        ("attributes", _names(attributes)),
        ("excludedAttributes", _names(excluded)),
    ]
    text = "&".join(f"{name}={value}" for name, value in query if value is not None)
    return ScimRequest("GET", endpoint_path(resource_type) + (f"?{text}" if text else ""))


def decode(response: ScimResponse) -> Any:
    """Return the JSON of an answer whatever its Content-Type says, None for an empty body.

    Raises:
        NotScim: the body is not JSON, or nested deeper than any resource.
    """
    body = response.body.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        return None
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _not_scim(response, "is not JSON") from error
    if _is_deep(value):
        raise _not_scim(response, f"is nested more than {MAX_DEPTH} levels deep")
    return value


def read_page(response: ScimResponse) -> ListPage:
    """Read a list that was answered with 2xx: a ListResponse, a bare list, or one resource alone.

    Raises:
        NotScim: it is none of these.
        Refused: an error object came under a status of success.
    """
    value = decode(response)
    if isinstance(value, list):
        return _page(value)
    if not isinstance(value, dict):
        raise _not_scim(response, "is not a list of resources")
    if _has_urn(value, ERROR_URN):
        raise refusal(response, "list resources")
    resources, total = lookup(value, "Resources"), as_integer(lookup(value, "totalResults"))
    cursor = lookup(value, "nextCursor")
    if resources is None and total is None and not cursor and not _has_urn(value, LIST_URN):
        if lookup(value, "id") is None:
            raise _not_scim(response, "is not a list of resources")
        return ListPage((value,))
    return _page(
        resources if isinstance(resources, list) else [] if resources is None else [resources],
        total_results=total,
        start_index=as_integer(lookup(value, "startIndex")),
        items_per_page=as_integer(lookup(value, "itemsPerPage")),
        next_cursor=cursor if isinstance(cursor, str) and cursor else None,
    )


def raise_for_status(response: ScimResponse, doing: str) -> None:
    """Return for 2xx; anything else is raised. `doing` is a clause for the message, such as "list users".

    Raises:
        Unauthorized: 401.
        Refused: another 4xx or 5xx that says so in a form some SCIM provider uses, or with an empty body.
        NotScim: a redirect, or an answer that no SCIM provider writes, such as a login page.
    """
    status = response.status
    if 200 <= status < 300:
        return
    if status == 401:
        message = f"cannot {doing}: the provider does not accept the token (HTTP 401)"
        raise Unauthorized(message, "check that the token belongs to this tenant and has not expired, then set it anew")
    if status < 400:
        message = f"cannot {doing}: the address answers with a redirect (HTTP {status})"
        raise NotScim(message, status=status, hint="set base_url to the address of the SCIM service itself")
    raise refusal(response, doing)


def refusal(response: ScimResponse, doing: str) -> ScimtuiError:
    """Return what an error answer means: Refused with the provider's own words, NotScim where it has none."""
    try:
        value = decode(response)
    except NotScim as error:
        hint = _HINTS.get(response.status) or error.hint
        return NotScim(f"cannot {doing}: {error.message}", status=response.status, hint=hint)
    status = response.status if response.status >= 400 else as_integer(lookup(value, "status")) or response.status
    scim_type, detail = _scim_type(value), _detail(value)
    words = f"HTTP {status} {scim_type}" if scim_type else f"HTTP {status}"
    hint = _TYPE_HINTS.get(scim_type or "") or _HINTS.get(status, "")
    message = f"cannot {doing}: the provider refused ({words})"
    return Refused(message, status=status, scim_type=scim_type, detail=detail, hint=hint)


def as_integer(value: Any) -> int | None:
    """Return a whole number, also where it was sent as text ("163"), else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 19:
        return int(value)
    return value if isinstance(value, int) else None


_HINTS = {
    403: "ask for a token that may do this",
    404: "check that base_url ends with the SCIM path; the resource may also be gone: refresh",
    409: "look for the resource that is there already",
    413: "send fewer values at once",
    429: "wait a minute and try again",
    500: "try again; if it stays, ask the provider's support",
    501: "the provider does not implement this",
    503: "the provider is busy or down: try again later",
}
_TYPE_HINTS = {
    "invalidFilter": "the provider does not understand this filter: use plain text, or eq alone",
    "tooMany": "narrow the filter",
    "uniqueness": "another resource has this value: look for it",
    "mutability": "this attribute cannot be changed there",
    "invalidSyntax": "the provider does not understand the request: compare it with the request log",
    "invalidPath": "the provider does not know this attribute",
    "noTarget": "the value to change is not there any more: refresh",
    "invalidValue": "correct the value",
    "invalidVers": "the provider speaks another version of SCIM",
    "sensitive": "the provider does not take this filter in a URL",
}


def _page(entries: list[Any], **told: Any) -> ListPage:
    resources = tuple(entry for entry in entries if isinstance(entry, dict))
    return ListPage(resources, not_objects=len(entries) - len(resources), **told)


def _names(names: Iterable[str] | None) -> str | None:
    text = ",".join(quote(name, safe=":.$") for name in names or ())
    return text or None


def _has_urn(value: Mapping[str, Any], urn: str) -> bool:
    schemas = lookup(value, "schemas")
    named = schemas if isinstance(schemas, list) else [schemas]
    return any(isinstance(item, str) and item.casefold() == urn.casefold() for item in named)


def _not_scim(response: ScimResponse, what: str) -> NotScim:
    start = " ".join(response.body[:800].decode("utf-8", "replace").split())
    start = "".join(letter if letter.isprintable() else " " for letter in start)[:200]
    quoted = f": {start}" if start else ""
    message = f"the answer (HTTP {response.status}) {what}{quoted}"
    return NotScim(message, status=response.status, hint="check base_url: it must be the address of a SCIM service")


def _scim_type(value: Any) -> str | None:
    """Return the keyword of an error; one with other characters than letters is no keyword."""
    for error in _error_objects(value):
        keyword = lookup(error, "scimType")
        if isinstance(keyword, str) and keyword.isascii() and keyword.isalpha() and len(keyword) <= 40:
            return keyword
    return None


def _detail(value: Any) -> str:
    """Return the sentence of an error: RFC 7644, RFC 7807, SCIM 1.1, or what web frameworks send."""
    if isinstance(value, str):
        return value
    sentences: list[str] = []
    for error in _error_objects(value):
        for name in ("detail", "description", "message", "error_description", "msg", "title", "error"):
            words = list(_sentences(lookup(error, name)))
            if words:
                sentences.extend(words)
                break
    return "; ".join(dict.fromkeys(sentences))


def _sentences(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value.strip()
    elif isinstance(value, dict):
        yield from _sentences(_detail(value))
    elif isinstance(value, list):
        for item in value:
            yield from _sentences(item)


def _error_objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects that may hold an error's words: the answer itself, then its list of errors (SCIM 1.1)."""
    entries = value if isinstance(value, list) else [value]
    for entry in entries:
        if isinstance(entry, dict):
            yield entry
            inner = lookup(entry, "errors")
            yield from (item for item in inner if isinstance(item, dict)) if isinstance(inner, list) else ()


_CONTAINERS = {dict, list}


def _is_deep(value: Any) -> bool:
    """Whether JSON nests beyond MAX_DEPTH. Level by level, since what is looked for would break a recursion."""
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            below += item.values() if type(item) is dict else item
        level = [item for item in below if type(item) in _CONTAINERS]
        if not level:
            return False
    return True
