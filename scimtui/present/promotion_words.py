"""A promotion in words: how much would be done, what stays as it is and why. All safe to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scimtui.present.cells import safe
from scimtui.present.changes import change_lines, short_path
from scimtui.present.joining_words import named
from scimtui.present.wording import count_of
from scimtui.scim.kind import Kind
from scimtui.scim.promotion import STAND_IN, named_by

if TYPE_CHECKING:
    from scimtui.ops.promote import Promotion
    from scimtui.scim.change import Change

WORDS = {
    Kind.CREATE: "to create",
    Kind.EDIT: "to edit",
    Kind.ACTIVATE: "to activate",
    Kind.DEACTIVATE: "to deactivate",
    Kind.ADD_MEMBERS: "to get members",
    Kind.REMOVE_MEMBERS: "to lose members",
    Kind.DELETE: "to delete",
}
HARM = (Kind.DEACTIVATE, Kind.REMOVE_MEMBERS, Kind.DELETE)
MOST_LINES = 20
"""So many lines say what stays as it is."""


def sum_lines(plan: Promotion) -> Iterator[str]:
    """Yield a line for each type: `stage User: 3 to create, 12 to edit, 1 to deactivate; 2.5 % of 600 are touched`."""
    counts: dict[str, Counter[Kind]] = {}
    for change in plan.changes:
        counts.setdefault(change.resource_type.name, Counter())[change.kind] += 1
    name = safe(plan.session.tenant.name)
    for kind, of in plan.sizes.items():
        here = counts.get(kind, Counter())
        told = ", ".join(f"{here[one]:,} {words}" for one, words in WORDS.items() if here[one])
        there = (change.id for change in plan.changes if change.resource_type.name == kind)
        touched = len({identity for identity in there if identity and not identity.startswith(STAND_IN)})
        share = f"; {touched / of:.1%} of {of:,} are touched" if touched and of else ""
        yield f"{name} {safe(kind)}: {told or 'nothing to do'}{share}"


def warning_lines(plan: Promotion, ways: str = "") -> Iterator[str]:
    """Yield what a person must know before they send it. `ways` says what could be done with the right side's own."""
    right = safe(plan.session.tenant.name)
    for held in plan.withheld:
        left = f"{count_of(held.count, safe(held.type))} of {safe(plan.left)} may be there already"
        yield f"! {left}: {safe(held.side)} is not complete ({safe(held.why)}). None is created; sync it first"
    for kind, count in plan.untouched.items():
        noun = f"{count:,} {safe(kind)}{'s' if count != 1 else ''}"
        yield f"· {noun} only in {right}: nothing is done with them{f'; {ways}' if ways else ''}"
    warned = Counter(text for change in plan.changes for text in change.warnings)
    yield from (f"! {safe(text)}{f' ({count:,} times)' if count > 1 else ''}" for text, count in warned.items())


def stay_lines(plan: Promotion) -> list[str]:
    """Return what stays as it is, and why: what has the same reason in one line."""
    alike: dict[tuple[str, str], list[str]] = {}
    for one in plan.stays:
        alike.setdefault((one.path, one.why), []).append(one.key)
    lines = []
    for (path, why), keys in alike.items():
        what = f"{safe(short_path(path))} of " if path else ""
        lines.append(f"· {what}{named(dict.fromkeys(keys))} stays: {safe(why)}")
    if len(lines) > MOST_LINES:
        return [*lines[:MOST_LINES], f"· and {len(lines) - MOST_LINES:,} more reasons"]
    return lines


def plan_lines(plan: Promotion, change: Change) -> list[str]:
    """Return the title of a change and its edits, with people by their names in place of ids."""
    told = (one for one in change.edits if not one.path.endswith(".$ref"))
    edits = tuple(replace(one, before=_who(plan, one.before), after=_who(plan, one.after)) for one in told)
    return change_lines(replace(change, edits=edits))


def _who(plan: Promotion, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return f"{named_by(value)[1]} (new)" if value.startswith(STAND_IN) else plan.names.get(value, value)


def sentence(plan: Promotion) -> str:
    """Return the sum in a line, for the message line: `stage: 3 to create, 12 to edit`."""
    here = Counter(change.kind for change in plan.changes)
    told = ", ".join(f"{here[one]:,} {words}" for one, words in WORDS.items() if here[one])
    return f"{safe(plan.session.tenant.name)}: {told or 'nothing to do'}"


def plan_record(change: Change, edits: list[Any]) -> dict[str, Any]:
    """Return a change as JSON of the stable shape."""
    about = {"tenant": change.tenant, "type": change.resource_type.name, "id": change.id, "key": change.key}
    return {**about, "kind": change.kind.value, "title": change.title, "edits": edits}


def document(plan: Promotion, changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the plan as JSON of the stable shape."""
    return {
        "left": plan.left,
        "right": plan.session.tenant.name,
        "changes": changes,
        "counts": dict(sorted(Counter(change.kind.value for change in plan.changes).items())),
        "stays": [{"key": one.key, "path": one.path, "why": one.why} for one in plan.stays],
        "withheld": [{"type": one.type, "count": one.count, "side": one.side, "why": one.why} for one in plan.withheld],
        "only_right": dict(plan.untouched),
    }
