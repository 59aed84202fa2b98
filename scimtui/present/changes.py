"""Edits, changes and what became of them, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scimtui.ops.receipts import Outcome
from scimtui.present.cells import cell, json_text, safe
from scimtui.present.conflicts import MOST_NAMED, kept_line, short_path
from scimtui.present.member_words import member_edit, members_outcome
from scimtui.present.moments import at_time
from scimtui.present.refusals import quoted, refusal, refusal_line
from scimtui.scim.masks import hidden_in
from scimtui.scim.resource import natural_key

if TYPE_CHECKING:
    from scimtui.ops.receipts import Existing, Receipt
    from scimtui.scim.change import Change
    from scimtui.scim.diff import Edit
    from scimtui.scim.fallback import Way

__all__ = ["change_lines", "edit_line", "outcome_line", "short_path"]

MASK = "••••••••"


def edit_line(edit: Edit) -> str:
    """Return one edit in words: `title: Engineer → Manager`, `emails +a@b.c`, `members −Ada`."""
    if (member := member_edit(edit)) is not None:
        return member
    path, before, after = safe(short_path(edit.path)), _value(edit, edit.before), _value(edit, edit.after)
    if edit.before is None:
        return f"{path}: set to {after}"
    if edit.after is None:
        return f"{path}: {before} removed"
    return f"{path}: {before} → {after}"


def change_lines(change: Change) -> list[str]:
    """Return the title of a change and its edits, a line each."""
    return [safe(change.title), *(f"  {edit_line(edit)}" for edit in hidden_in(change.edits, change.resource_type))]


def outcome_line(receipt: Receipt) -> str:
    """Return what became of a change, and only what was seen: a receipt never says that access has ended."""
    if (told := members_outcome(receipt)) is not None:
        return told
    title, said = safe(receipt.change.title), safe(receipt.detail)
    match receipt.outcome:
        case Outcome.APPLIED:
            return f"{title}: {_applied(receipt)}"
        case Outcome.ALREADY:
            return f"{title}: already so{at_time(receipt.verified_at)}, nothing was sent"
        case Outcome.IGNORED:
            return f"{title}: the provider answered {receipt.status} and changed nothing"
        case Outcome.ALTERED:
            paths = ", ".join(safe(short_path(edit.path)) for edit in receipt.differences)
            return f"{title}: sent, but the provider made something else of {paths or 'it'}"
        case Outcome.PENDING:
            return f"{title}: accepted, not done yet (202)"
        case Outcome.REFUSED:
            return f"{title}: refused: {_refused(receipt)}"
        case Outcome.UNKNOWN:
            return (
                f"{title}: {said or 'no answer came'}; it may or may not have happened, look again before trying again"
            )
        case Outcome.SKIPPED:
            return f"{title}: skipped{f': {said}' if said else ''}"


def existing_line(found: Existing) -> str:
    """Return who is there already: `bjensen (id 42, inactive) has this userName`."""
    state = {True: ", active", False: ", inactive", None: ""}[found.active]
    name = safe(natural_key(found.resource.raw))
    return f"{name} (id {safe(found.resource.id)}{state}) has this {found.path.partition('.')[0]}"


def existing_sentence(receipt: Receipt) -> str:
    """Return who is there already as a sentence behind others, "" where nobody was found."""
    if not receipt.existing:
        return ""
    named = "; ".join(existing_line(one) for one in receipt.existing[:MOST_NAMED])
    more = len(receipt.existing) - MOST_NAMED
    return f". {named}{f'; and {more} more' if more > 0 else ''}"


def way_line(way: Way, tenant: str) -> str:
    """Return another spelling and how it is made the rule: for where nobody can be asked."""
    value = str(way.value).lower() if isinstance(way.value, bool) else f'"{way.value}"'
    return f"{way.words}: in the config, tenants.{tenant}: profile = {{ {way.field} = {value} }}"


def _refused(receipt: Receipt) -> str:
    """Return why, and what to do next: who is there already says it better than any rule."""
    if receipt.existing:
        told = quoted(receipt.detail)
        why = f"{refusal(receipt.status, receipt.scim_type)}{f'; {told}' if told else ''}"
        return f"{why}{existing_sentence(receipt)}"
    return f"{refusal_line(receipt.status, receipt.scim_type, receipt.detail)}{_way_sentence(receipt)}"


def _way_sentence(receipt: Receipt) -> str:
    if not receipt.ways:
        return ""
    return f". It may understand this, where {way_line(receipt.ways[0], safe(receipt.change.tenant))}"


def _applied(receipt: Receipt) -> str:
    """Return that it was done, and what no look can show or was left to others."""
    unseen = ", ".join(safe(short_path(path)) for path in receipt.unseen)
    if unseen and len(receipt.unseen) == len(receipt.change.edits):
        return f"accepted{at_time(receipt.verified_at)}; {unseen} can be read by nobody, so there is nothing to verify"
    parts = [
        f"done and verified{at_time(receipt.verified_at)}",
        f"{unseen} was accepted and can be read by nobody" if unseen else "",
        kept_line(receipt.kept),
    ]
    return "; ".join(part for part in parts if part)


def _value(edit: Edit, value: Any) -> str:
    if edit.path.rsplit(".", 1)[-1].rsplit(":", 1)[-1].casefold() == "password":
        return MASK
    if isinstance(value, dict):
        return cell(value.get("value")) or json_text(value)
    return f'"{cell(value)}"' if isinstance(value, str) else cell(value)
