"""Errors, syncs, ages and counts as sentences: what happened, to whom, and what to do next."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from scimtui.errors import Refused, ScimtuiError, SyntaxFault
from scimtui.present.cells import safe
from scimtui.scim.dialect import Deactivation, Deletion

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.ops.sync import SyncReport

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
    403: "the token may not do this",
    404: "there is no such resource any more",
    405: "it does not offer this",
    409: "it clashes with another resource",
    412: "someone else changed it meanwhile",
    413: "the request is too large",
    415: "it does not accept this content type",
    429: "too many requests",
    500: "the provider failed",
    501: "it does not offer this",
    502: "the provider cannot be reached through its gateway",
    503: "the provider is busy",
}
"""What a status means where the provider gives no keyword."""

DEACTIVATION = {
    Deactivation.UNKNOWN: "What this provider does with an inactive account is not known",
    Deactivation.SUSPENDS: "The account is suspended and can be activated again",
    Deactivation.REMOVES: "The person is removed from the organisation",
    Deactivation.DESTROYS: "The account is deleted for good and cannot be brought back",
    Deactivation.HIDES: "The provider hides the account afterwards",
}
"""What `active: false` does, one sentence for the question."""

DELETION = {
    Deletion.UNKNOWN: "What this provider does on DELETE is not known; treat it as final",
    Deletion.DELETES: "The resource is deleted for good",
    Deletion.DEACTIVATES: "The provider only deactivates the account",
}
"""What DELETE does, one sentence for the question."""


def error_line(error: ScimtuiError) -> str:
    """Return the error and its hint as safe text on one line."""
    message = error.message
    if isinstance(error, Refused) and error.detail and error.detail not in message:
        message = f"{message}: {error.detail}"
    return " ".join(_sentence(safe(part)) for part in (message, error.hint) if part)


def error_lines(error: ScimtuiError) -> list[str]:
    """Return the error as lines: what happened, for a filter or path where, and what to do next."""
    lines = [_sentence(safe(error.message))]
    if isinstance(error, SyntaxFault):
        shown = safe(error.text[: error.position])
        lines += [f"  {safe(error.text)}", f"  {' ' * len(shown)}^"]
    if isinstance(error, Refused) and error.detail and error.detail not in error.message:
        lines.append(f"The provider says: {safe(error.detail)}")
    if error.hint:
        lines.append(_sentence(safe(error.hint)))
    return lines


def refusal(status: int | None, scim_type: str | None) -> str:
    """Return why the provider refused, in words: its keyword where it gave one, else the status."""
    words = SCIM_TYPES.get(scim_type or "") or STATUSES.get(status or 0) or "no reason given"
    return f"{words} ({status}{f' {safe(scim_type)}' if scim_type else ''})"


def sync_line(report: SyncReport) -> str:
    """Return the end of a sync in words."""
    counts = ", ".join(
        f"{number:,} {word}"
        for number, word in ((report.new, "new"), (report.changed, "changed"), (report.vanished, "gone"))
        if number
    )
    line = f"{safe(report.tenant)} {safe(report.type)}: {report.fetched:,} in {report.seconds:.1f} s"
    if counts:
        line += f" ({counts})"
    return line if report.complete else f"{line}, incomplete: {safe(report.why or 'no reason known')}"


WARNED_DAYS = (30, 7, 1)
"""Days before its end from which a token is warned about: mildly, clearly, urgently."""


def token_end(tenant: Tenant, today: date | None = None) -> str:
    """Return how long a tenant's token lasts, with a mark that grows as its end comes near; "" while that is far off.

    A token without `token_expires` in the config says nothing.
    """
    if tenant.token_expires is None:
        return ""
    days = (tenant.token_expires - (today or datetime.now(UTC).astimezone().date())).days
    if days > WARNED_DAYS[0]:
        return ""
    mark = "!! " if days <= WARNED_DAYS[2] else "! " if days <= WARNED_DAYS[1] else ""
    words = {0: "token ends today", 1: "token ends tomorrow"}.get(days, f"token ends in {days} days")
    if days < 0:
        words = f"token ended {'yesterday' if days == -1 else f'{-days} days ago'}"
    return f"{mark}{words}"


def age(when: datetime | None, now: datetime | None = None) -> str:
    """Return how long ago something was: "just now", "5 min ago", "3 h ago", "2 days ago", "never"."""
    if when is None:
        return "never"
    seconds = ((now or datetime.now(UTC)) - when).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 48 * 3600:
        return f"{int(seconds // 3600)} h ago"
    return f"{int(seconds // 86400)} days ago"


def count_of(number: int, noun: str, plural: str = "") -> str:
    """Return `1 user`, `1,204 users`; `plural` where an s is not enough."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."
