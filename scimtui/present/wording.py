"""Errors, syncs, ages and counts as sentences: what happened, to whom, and what to do next."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from scimtui.errors import Refused, ScimtuiError, SyntaxFault, VersionConflict
from scimtui.present.cells import safe
from scimtui.present.conflicts import conflict_line
from scimtui.present.refusals import quoted
from scimtui.scim.dialect import Deactivation, Deletion

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.ops.sync import SyncReport

DEACTIVATION = {
    Deactivation.UNKNOWN: "What this provider does with an inactive account is not known; it may not be undone",
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
        message = f"{message}; {quoted(error.detail)}"
    return " ".join(_sentence(safe(part)) for part in (message, error.hint) if part)


def error_lines(error: ScimtuiError) -> list[str]:
    """Return the error as lines: what happened, for a filter or path where, and what to do next."""
    lines = [_sentence(safe(error.message))]
    if isinstance(error, SyntaxFault):
        shown = safe(error.text[: error.position])
        lines += [f"  {safe(error.text)}", f"  {' ' * len(shown)}^"]
    if isinstance(error, Refused) and error.detail and error.detail not in error.message:
        lines.append(f"The provider says: {safe(error.detail)}")
    if isinstance(error, VersionConflict):
        lines += [f"  {conflict_line(one)}" for one in error.conflicts]
    if error.hint:
        lines.append(_sentence(safe(error.hint)))
    return lines


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


def tenant_name(tenant: Tenant) -> str:
    """Return what people call a tenant, with PROD in front of a production one; safe to show."""
    return f"{'PROD ' if tenant.production else ''}{safe(tenant.label or tenant.name)}"


def count_of(number: int, noun: str, plural: str = "") -> str:
    """Return `1 user`, `1,204 users`; `plural` where an s is not enough."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."
