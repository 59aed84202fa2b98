"""A request and an answer as values, and the JSON of an answer, whatever its Content-Type claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from scimtui.errors import NotScim
from scimtui.scim.nesting import MAX_DEPTH, is_deep
from scimtui.scim.resource import lookup

SEARCH = ".search"
"""Last part of the path at which a list is asked for by POST (RFC 7644 section 3.4.3)."""


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

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing, so that it can be sent again: GET, and a search by POST (RFC 7644 section 3.4.3)."""
        return self.method == "GET" or (self.method == "POST" and self.path.endswith(f"/{SEARCH}"))


@dataclass(frozen=True, slots=True)
class ScimResponse:
    """One answer, unread."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    url: str = ""
    """Where the answer came from, for Location headers that are relative. Empty where that does not matter."""
    is_cut: bool = False
    """Its end is missing: it was too long to be held."""


def decode(response: ScimResponse) -> Any:
    """Return the JSON of an answer whatever its Content-Type says, None for an empty body.

    Raises:
        NotScim: the body is not JSON, nested deeper than any resource, or was too long to be held.
    """
    if response.is_cut:
        hint = "ask for fewer resources at once: set page_size"
        raise NotScim(f"the answer (HTTP {response.status}) is too large", status=response.status, hint=hint)
    body = response.body.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        return None
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise not_scim(response, "is not JSON") from error
    if is_deep(value):
        raise not_scim(response, f"is nested more than {MAX_DEPTH} levels deep")
    return value


def as_integer(value: Any) -> int | None:
    """Return a whole number, also where it was sent as text ("163"), else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 19:
        return int(value)
    return value if isinstance(value, int) else None


def has_urn(value: Mapping[str, Any], urn: str) -> bool:
    """Whether `schemas` of a message names a URN."""
    schemas = lookup(value, "schemas")
    named = schemas if isinstance(schemas, list) else [schemas]
    return any(isinstance(item, str) and item.casefold() == urn.casefold() for item in named)


def not_scim(response: ScimResponse, what: str) -> NotScim:
    """Return the error for an answer that `what` says of, such as "is not JSON", with the beginning of its text."""
    start = " ".join(response.body[:800].decode("utf-8", "replace").split())
    start = "".join(letter if letter.isprintable() else " " for letter in start)[:200]
    quoted = f": {start}" if start else ""
    message = f"the answer (HTTP {response.status}) {what}{quoted}"
    return NotScim(message, status=response.status, hint="check base_url: it must be the address of a SCIM service")
