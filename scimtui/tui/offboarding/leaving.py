"""Who leaves which tenant, how, and what of it is ticked; and that as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scimtui.ops.guard import MEMBERSHIP
from scimtui.ops.recipe import steps_of
from scimtui.present.cells import safe
from scimtui.present.changes import edit_line
from scimtui.present.recipe_words import nothing_words, planned_words, step_words
from scimtui.present.wording import DEACTIVATION, count_of, tenant_name
from scimtui.scim.kind import Kind

if TYPE_CHECKING:
    from scimtui.ops.leavers import Raw
    from scimtui.ops.memberships import Member
    from scimtui.ops.recipe import PlannedStep
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.lines.line_view import Line

Place = tuple[int, int]
"""Number of a tenant in the dialog, and of a step there."""


@dataclass(slots=True)
class Leaving:
    """Those who leave one tenant."""

    session: Session
    resource_type: ResourceType
    people: list[Raw]
    steps: list[PlannedStep] | None = None
    """None while it is being looked up."""
    trouble: str = ""
    """Why nothing can be planned there; safe text."""
    left_out: set[int] = field(default_factory=set)
    """Numbers of steps that are not ticked."""

    def does(self, number: int) -> list[Change]:
        """Return what a step would send."""
        step = self.steps[number] if self.steps is not None else None
        return [change for change in step.changes if change.requests] if step is not None else []

    @property
    def chosen(self) -> list[Change]:
        """What is ticked, in the order of the recipe."""
        numbers = range(len(self.steps or ()))
        return [change for number in numbers if number not in self.left_out for change in self.does(number)]


def who_leaves(leaving: Sequence[Leaving], named: Member) -> str:
    """Return what the one who leaves is called, or how many they are. Safe text."""
    people = max(len(one.people) for one in leaving)
    name, key = safe(named.name), safe(named.key)
    return f"{people:,} people" if people > 1 else f"{name} ({key})" if key else name


def where_from(leaving: Sequence[Leaving]) -> str:
    """Return which tenant they leave, or how many. Safe text."""
    return tenant_name(leaving[0].session.tenant) if len(leaving) == 1 else count_of(len(leaving), "tenant")


def all_lines(leaving: Sequence[Leaving]) -> tuple[list[Line], dict[int, Place]]:
    """Return the checklist, and which of its lines are steps."""
    lines: list[Line] = []
    places: dict[int, Place] = {}
    for tenant, one in enumerate(leaving):
        if len(leaving) > 1:
            lines += [*([[]] if lines else []), [(f" {tenant_name(one.session.tenant)}", "section")]]
        if one.trouble:
            lines.append([(f" ! {one.trouble}", "bad")])
        elif one.steps is None:
            lines += [[(f"     {step_words(step)} …", "note")] for step in steps_of(one.session)]
        for number, step in enumerate(one.steps or ()):
            places[len(lines)] = (tenant, number)
            lines.append(_step_line(one, number, step))
            lines += [[(f"   ! {safe(problem)}", "changed")] for problem in step.problems]
    return lines, places


def _step_line(one: Leaving, number: int, step: PlannedStep) -> Line:
    words = planned_words(step, len(one.people))
    if not one.does(number):
        return [(f"  {' ' if step.problems else '✓'}  {words}", "note")]
    is_ticked = number not in one.left_out
    return [(" [x] " if is_ticked else " [ ] ", "good" if is_ticked else "mark"), (words, "" if is_ticked else "label")]


def explained(one: Leaving, number: int) -> str:
    """Return what a step means at this provider, or all that it would change."""
    step = (one.steps or ())[number]
    changes = one.does(number)
    if not changes:
        return f"{step_words(step.step)}: {nothing_words(step)}, so nothing is sent."
    if changes[0].kind is Kind.DEACTIVATE:
        return f"{DEACTIVATION[one.session.dialect.deactivation]}. Open sessions and API keys are outside SCIM."
    if changes[0].kind in MEMBERSHIP:
        return ", ".join(safe(change.key) for change in changes)
    told = (f"{safe(change.title)}: {', '.join(edit_line(edit) for edit in change.edits)}" for change in changes)
    return "; ".join(told)


def chosen_line(leaving: Sequence[Leaving]) -> str:
    """Return what would be sent: `5 of 6 steps: 9 changes, nothing sent yet`."""
    if any(one.steps is None and not one.trouble for one in leaving):
        return "Looking up groups and reports; nothing is sent yet"
    possible = sum(bool(one.does(number)) for one in leaving for number in range(len(one.steps or ())))
    ticked = possible - sum(bool(one.does(number)) for one in leaving for number in one.left_out)
    changes = sum(len(one.chosen) for one in leaving)
    if not possible and any(one.trouble or any(step.problems for step in one.steps or ()) for one in leaving):
        return "There is nothing to send: what is left cannot be done here"
    if not possible:
        return "All of it is so already: there is nothing to send"
    return f"{ticked} of {count_of(possible, 'step')} ticked: {count_of(changes, 'change')}, nothing sent yet"
