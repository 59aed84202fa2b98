"""Steps of offboarding in words: what each would do, what is done already, what nobody can know. All safe to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scimtui.config.recipe import (
    MANAGER,
    AddToGroup,
    Clear,
    Deactivate,
    HandOverReports,
    RecipeStep,
    RemoveFromGroups,
    SetValues,
)
from scimtui.ops.receipts import Outcome
from scimtui.present.cells import safe
from scimtui.present.conflicts import short_path
from scimtui.present.journal_words import ending, ending_sentence, moment_of, outcome_of
from scimtui.present.wording import count_of
from scimtui.scim.coerce import as_list, element_value

if TYPE_CHECKING:
    from scimtui.ops.history import Write
    from scimtui.ops.recipe import PlannedStep
    from scimtui.scim.change import Change

NAMED = 4
"""So many groups, or people, are named in a line."""


def step_words(step: RecipeStep) -> str:
    """Return a step as the recipe has it, before anybody knows what it will come to."""
    match step:
        case Deactivate():
            return "Deactivate"
        case RemoveFromGroups(None, keep):
            return f"Remove from all groups{f' but {_named(keep)}' if keep else ''}"
        case RemoveFromGroups(groups):
            return f"Remove from {_named(groups or ())}"
        case AddToGroup(group):
            return f"Add to {safe(group)}"
        case Clear(attributes):
            return f"Clear {_named(attributes)}"
        case HandOverReports(to):
            return f"Hand reports over to {'the manager' if to == MANAGER else safe(to)}"
        case SetValues(values):
            return f"Set {_named([path for path, _ in values])}"


def planned_words(planned: PlannedStep, people: int = 1) -> str:
    """Return what a step would do, for so many people: `Remove from 7 groups: Engineers, VPN, …`."""
    changes = [change for change in planned.changes if change.requests]
    if not changes:
        return f"{step_words(planned.step)}: {nothing_words(planned)}"
    keys = [change.key for change in changes]
    match planned.step:
        case Deactivate():
            return "Deactivate" if people == 1 else f"Deactivate {_of(len(changes), people)}"
        case RemoveFromGroups():
            return f"Remove from {count_of(len(keys), 'group')}: {_named(keys)}"
        case AddToGroup():
            moving = sum(len(change.edits) for change in changes)
            return f"Add to {_named(keys)}" if people == 1 else f"Add {_of(moving, people)} to {_named(keys)}"
        case HandOverReports():
            return f"Hand {count_of(len(keys), 'report')} over: {_named([change.title[5:] for change in changes])}"
        case Clear() | SetValues():
            verb = "Clear" if isinstance(planned.step, Clear) else "Set"
            paths = dict.fromkeys(
                short_path(edit.path).partition("[")[0] for change in changes for edit in change.edits
            )
            values = f" to {_set_value(changes[0])}" if verb == "Set" and people == len(paths) == 1 else ""
            of = "" if people == 1 else f" of {_of(len(changes), people)}"
            return f"{verb} {_named(list(paths))}{values}{of}"


def nothing_words(planned: PlannedStep) -> str:
    """Return why a step has nothing to do."""
    if planned.problems:
        return "nothing that can be done"
    match planned.step:
        case Deactivate():
            return "already inactive"
        case RemoveFromGroups(None):
            return "in no group to leave"
        case RemoveFromGroups():
            return "not in it"
        case AddToGroup():
            return "already in it"
        case HandOverReports():
            return "nobody reports to them"
        case Clear():
            return "nothing is there"
        case SetValues():
            return "already so"


def problem_lines(planned: Sequence[PlannedStep]) -> Iterator[str]:
    """Yield what cannot be known or done, each once."""
    yield from dict.fromkeys(safe(problem) for one in planned for problem in one.problems)


def still_active_line(tenant: str, keys: Sequence[str]) -> str:
    """Return who was to be turned off and is not, as loud as a line can be."""
    return f"STILL ACTIVE in {safe(tenant)}: {_named(keys)}"


def receipt_line(title: str, write: Write | None, where: str = "") -> str:
    """Return what became of a step, a mark at its beginning: what was verified, and when."""
    if write is None:
        return f" ○ {where}{safe(title)}: nothing was sent"
    outcome, verified = outcome_of(write), moment_of((write.outcome or {}).get("verified"))
    is_seen = outcome == Outcome.APPLIED and verified is not None and not (write.outcome or {}).get("unseen")
    said = f"done and verified at {verified.astimezone():%H:%M:%S}" if is_seen and verified else ending_sentence(write)
    return f" {ending(outcome).mark} {where}{safe(title)}: {said}"


def _set_value(change: Change) -> str:
    value = change.edits[0].after
    return f'"{safe(value)}"' if isinstance(value, str) else safe(str(element_value(as_list(value)[0])))


def _of(count: int, people: int) -> str:
    return f"{count:,} of {count_of(people, 'person', 'people')}" if count != people else f"{people:,} people"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"{', '.join(safe(name) for name in names[:NAMED])}{more}"
