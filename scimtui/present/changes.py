"""Edits, changes and what became of them, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scimtui.ops.receipts import Outcome
from scimtui.present.cells import cell, json_text, safe
from scimtui.present.wording import refusal

if TYPE_CHECKING:
    from datetime import datetime

    from scimtui.ops.receipts import Receipt
    from scimtui.scim.change import Change
    from scimtui.scim.diff import Edit

MASK = "••••••••"


def edit_line(edit: Edit) -> str:
    """Return one edit in words: `title: Engineer → Manager`, `emails +a@b.c`, `members −Ada`."""
    path, before, after = safe(short_path(edit.path)), _value(edit, edit.before), _value(edit, edit.after)
    if edit.before is None:
        return f"{path}: set to {after}"
    if edit.after is None:
        return f"{path}: {before} removed"
    return f"{path}: {before} → {after}"


def change_lines(change: Change) -> list[str]:
    """Return the title of a change and its edits, a line each."""
    return [safe(change.title), *(f"  {edit_line(edit)}" for edit in change.edits)]


def outcome_line(receipt: Receipt) -> str:
    """Return what became of a change, and only what was seen: a receipt never says that access has ended."""
    title, said = safe(receipt.change.title), safe(receipt.detail)
    match receipt.outcome:
        case Outcome.APPLIED:
            return f"{title}: done and verified{_at(receipt.verified_at)}"
        case Outcome.ALREADY:
            return f"{title}: already so, nothing was sent"
        case Outcome.IGNORED:
            return f"{title}: the provider answered {receipt.status} and changed nothing"
        case Outcome.ALTERED:
            paths = ", ".join(safe(short_path(edit.path)) for edit in receipt.differences)
            return f"{title}: sent, but the provider made something else of {paths or 'it'}"
        case Outcome.PENDING:
            return f"{title}: accepted, not done yet (202)"
        case Outcome.REFUSED:
            why = refusal(receipt.status, receipt.scim_type)
            return f"{title}: refused: {why}{f': {said}' if said else ''}"
        case Outcome.UNKNOWN:
            return (
                f"{title}: {said or 'no answer came'}; it may or may not have happened, look again before trying again"
            )
        case Outcome.SKIPPED:
            return f"{title}: skipped{f': {said}' if said else ''}"


def short_path(path: str) -> str:
    """Return an extension path without its URN: people know `department`, not where it is declared."""
    return path.rsplit(":", maxsplit=1)[-1] if path.casefold().startswith("urn:") and "[" not in path else path


def _value(edit: Edit, value: Any) -> str:
    if edit.path.rsplit(".", 1)[-1].rsplit(":", 1)[-1].casefold() == "password":
        return MASK
    if isinstance(value, dict):
        return cell(value.get("value")) or json_text(value)
    return f'"{cell(value)}"' if isinstance(value, str) else cell(value)


def _at(when: datetime | None) -> str:
    return f" at {when.astimezone():%H:%M:%S}" if when else ""
