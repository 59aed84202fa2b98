"""Why a provider said no, in words, what to do next, and its own sentence, marked as its own."""

from __future__ import annotations

from scimtui.present.cells import safe
from scimtui.scim.refusal import next_step

__all__ = ["SCIM_TYPES", "STATUSES", "next_step", "quoted", "refusal", "refusal_line"]

SCIM_TYPES = {
    "invalidFilter": "it does not understand this filter",
    "tooMany": "too many resources match",
    "uniqueness": "another resource already has this value",
    "mutability": "the value may not be changed",
    "invalidSyntax": "it does not understand the request",
    "invalidPath": "it does not know this attribute path",
    "noTarget": "nothing matches the path any more",
    "invalidValue": "a value is missing or not allowed",
    "invalidVers": "it speaks another version of SCIM",
    "sensitive": "it takes no personal data in a URL",
    "invalidCursor": "it does not know the place in the list any more",
    "expiredCursor": "the place in the list has expired",
    "invalidCount": "it does not accept this page size",
}
"""RFC 7644 table 9 and RFC 9865 section 2.4 in words; each completes "the provider refused: "."""

STATUSES = {
    400: "the request was not accepted",
    401: "the token is not accepted",
    402: "it wants to be paid first",
    403: "the token may not do this",
    404: "there is no such resource any more",
    405: "it does not offer this",
    406: "it does not answer in the form that was asked for",
    407: "a proxy on the way wants a password",
    408: "the request took too long to arrive",
    409: "it clashes with another resource",
    410: "the resource is gone for good",
    411: "it wants to know the length of the request",
    412: "someone else changed it meanwhile",
    413: "the request is too large",
    414: "the address is too long",
    415: "it does not accept this content type",
    417: "it does not meet what the request expects",
    421: "the request came to the wrong server",
    422: "it understands the request and does not accept the values",
    423: "the resource is locked",
    424: "something that this depends on failed",
    425: "it is too early to repeat this",
    426: "it wants another protocol",
    428: "it wants to know which version is changed",
    429: "too many requests",
    431: "the head of the request is too large",
    451: "it may not do this for reasons of law",
    500: "the provider failed",
    501: "it does not offer this",
    502: "the provider cannot be reached through its gateway",
    503: "the provider is busy or down",
    504: "the provider did not answer its gateway in time",
    505: "it does not speak this version of HTTP",
    507: "it has no room left",
    508: "the provider runs in a circle",
    511: "the network wants a login first",
    520: "the provider sent its gateway something unusable",
    521: "the provider does not let its gateway in",
    522: "the provider did not answer its gateway",
    523: "the gateway does not find the provider",
    524: "the provider took too long for its gateway",
}
"""What a status means where the provider gives no keyword. 520 to 524 are those of a well-known gateway."""


def refusal(status: int | None, scim_type: str | None) -> str:
    """Return why the provider refused, in words: its keyword where it gave one, else the status."""
    words = SCIM_TYPES.get(scim_type or "") or STATUSES.get(status or 0) or _by_class(status)
    return f"{words} ({status}{f' {safe(scim_type)}' if scim_type else ''})"


def quoted(detail: str) -> str:
    """Return the provider's own sentence, marked as such; "" where it said nothing."""
    words = " ".join(safe(line.strip()) for line in detail.splitlines() if line.strip())
    return f"the provider says: “{words}”" if words else ""


def refusal_line(status: int | None, scim_type: str | None, detail: str = "") -> str:
    """Return why, what the provider says, and what to do next, as two sentences; the last one has no full stop."""
    said, then = quoted(detail), next_step(status or 0, scim_type)
    why = f"{refusal(status, scim_type)}{f'; {said}' if said else ''}"
    return f"{why}. {then[:1].upper()}{then[1:]}" if then else why


def _by_class(status: int | None) -> str:
    if status is None:
        return "no reason given"
    return "the provider failed" if status >= 500 else "the request was not accepted"
