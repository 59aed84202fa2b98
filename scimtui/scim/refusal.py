"""Error answers of every form as one value (RFC 7644 section 3.12), and what an admin can do about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scimtui.errors import NotScim, Refused, ScimtuiError, Unauthorized
from scimtui.scim.message import ScimResponse, as_integer, decode
from scimtui.scim.resource import lookup

GONE = frozenset({404, 410})
"""Statuses of a resource that is not there any more."""
MOST_WORDS = 2000
"""Characters of a provider's sentence that are kept."""

ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:Error"


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
    told = None if response.status >= 400 else as_integer(lookup(value, "status"))
    return refused(value, told or response.status, doing)


def refused(value: Any, status: int, doing: str) -> Refused:
    """Return what a decoded error says, whatever JSON it is. `doing` is a clause, such as "list users"."""
    scim_type, detail = _scim_type(value), _detail(value)
    words = f"HTTP {status} {scim_type}" if scim_type else f"HTTP {status}"
    message = f"cannot {doing}: the provider refused ({words})"
    return Refused(message, status=status, scim_type=scim_type, detail=detail, hint=next_step(status, scim_type))


def next_step(status: int, scim_type: str | None = None) -> str:
    """Return what an admin does about a refusal, as an order without full stop: its keyword decides, else the status."""
    return _TYPE_HINTS.get(scim_type or "") or _HINTS.get(status, "")


_HINTS = {
    400: "compare the request with the request log; the provider's sentence usually names the value",
    401: "set the token anew",
    402: "look at the plan and the licences at the provider",
    403: "ask for a token that may do this",
    404: "check that base_url ends with the SCIM path; the resource may also be gone: refresh",
    405: "the provider does not have this method: do it there",
    406: "look at the request log, and ask the provider's support which media type it sends",
    407: "set proxy of the tenant, with its password in the environment",
    408: "try again",
    409: "look for the resource that is there already",
    410: "nothing is left to do; refresh",
    411: "look whether a proxy on the way changes requests",
    412: "read it again and look at their values",
    413: "send fewer values at once",
    414: "use a shorter filter",
    415: "look at the request log, and ask the provider's support which media type it takes",
    417: "look whether a proxy on the way changes requests",
    421: "check base_url",
    422: "correct the value that the provider names",
    423: "wait until whatever locks it has ended, then try again",
    424: "look at what it depends on, then try again",
    425: "wait a minute and try again",
    426: "check that base_url begins with https",
    428: "set if_match = true in the tenant's profile",
    429: "wait a minute and try again",
    431: "look whether the token is much too long",
    451: "ask the provider's support",
    500: "try again; if it stays, ask the provider's support",
    501: "the provider does not implement this: do it there",
    502: "try again later; look at the provider's status page",
    503: "the provider is busy or down: try again later",
    504: "look whether it happened before trying again",
    505: "look whether a proxy on the way changes requests",
    507: "make room at the provider, or ask its support",
    508: "ask the provider's support",
    511: "log in to the network, then try again",
    520: "look whether it happened before trying again",
    521: "try again later; look at the provider's status page",
    522: "try again later; look at the provider's status page",
    523: "check base_url; look at the provider's status page",
    524: "look whether it happened before trying again",
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
    "sensitive": "the provider does not take this filter in a URL, and not in a body either: filter here",
    "invalidCursor": "the provider forgot the place in the list: begin the list anew",
    "expiredCursor": "the list was left too long: begin it anew",
    "invalidCount": "the provider does not take this page size: set page_size of the tenant",
}


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
        return _cut(value)
    sentences: list[str] = []
    for error in _error_objects(value):
        for name in ("detail", "description", "message", "error_description", "msg", "title", "error"):
            words = list(_sentences(lookup(error, name)))
            if words:
                sentences.extend(words)
                break
    return _cut("; ".join(dict.fromkeys(sentences)))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_WORDS else f"{text[:MOST_WORDS]}…"


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
