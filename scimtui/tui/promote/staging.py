"""Who of a comparison is to be made like the other side: staged with a sign in the table, then planned and sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from scimtui.ops.created import parted, ready
from scimtui.ops.guard import role_refuses
from scimtui.ops.plan_file import numbered
from scimtui.ops.promote import Promotion, plan_promotion
from scimtui.present.cells import safe
from scimtui.present.comparison import DIFFERS, ONLY_LEFT, ONLY_RIGHT
from scimtui.present.promotion_words import sentence
from scimtui.present.wording import count_of
from scimtui.scim.kind import Kind
from scimtui.tui.dialogs.shown_dialog import shown

if TYPE_CHECKING:
    from textual.worker import Worker

    from scimtui.config import CompareRules
    from scimtui.present.compared_rows import Compared
    from scimtui.tui.compare.compare_view import CompareView
    from scimtui.tui.compare.compared_side import ComparedSide
    from scimtui.tui.shell.shell_screen import ShellScreen

TO_RIGHT, TO_LEFT = ">", "<"
"""The signs of what is staged: which side becomes like the other."""
POSSIBLE = {TO_RIGHT: (DIFFERS, ONLY_LEFT), TO_LEFT: (DIFFERS, ONLY_RIGHT)}


@dataclass(frozen=True, slots=True)
class _Way:
    """One direction: what is read, and what is written."""

    source: ComparedSide
    target: ComparedSide
    rules: CompareRules
    pairs: frozenset[tuple[str, str]]


def why_not(shell: ShellScreen, action_id: str) -> str | None:
    """Return why nobody can be staged, or nothing planned."""
    view = _view(shell)
    if action_id == "promotion":
        return None if view.staged else "nobody is staged; > makes the right side like the left one, < the other way"
    sign = TO_RIGHT if action_id == "stage_right" else TO_LEFT
    target = view.right if sign == TO_RIGHT else view.left
    if not target.is_live:
        return f"{target.name} is no tenant as it is now, so nothing can be written to it"
    if refused := role_refuses(Kind.EDIT, target.session):
        return refused
    chosen = view.table.chosen
    if not chosen:
        return "there is nobody here"
    if not any(one.kind in POSSIBLE[sign] for one in chosen):
        return f"{_few(chosen)}: nothing there can be made like the other side"
    return None


def _view(shell: ShellScreen) -> CompareView:
    return cast("CompareView", shell.view)


def _few(chosen: Sequence[Compared]) -> str:
    return safe(chosen[0].key) if len(chosen) == 1 else count_of(len(chosen), "row")


def stage_right(shell: ShellScreen) -> None:
    """Stage the marked, or the one under the cursor, to be made on the right as on the left; once more and they are not."""
    _stage(shell, TO_RIGHT)


def stage_left(shell: ShellScreen) -> None:
    """Stage them the other way round."""
    _stage(shell, TO_LEFT)


def _stage(shell: ShellScreen, sign: str) -> None:
    view = _view(shell)
    chosen = {one.id: one for one in view.table.chosen if one.kind in POSSIBLE[sign]}
    staged = dict(view.staged)
    if all(one in staged and staged[one][1] == sign for one in chosen):
        staged = {one: kept for one, kept in staged.items() if one not in chosen}
        said = f"{count_of(len(chosen), 'row')} staged no more; nothing was sent"
    else:
        staged |= {one: (subject, sign) for one, subject in chosen.items()}
        side = view.right if sign == TO_RIGHT else view.left
        said = f"{len(staged):,} staged; P shows what would be done in {side.name}"
    view.set_staged(staged)
    shell.say(said, "info")


def promotion(shell: ShellScreen) -> Worker[None]:
    """Plan what makes the staged ones alike, show it, and send it or write it down."""
    return shell.run_worker(_promote(shell, _view(shell)), group="write", exit_on_error=False)


async def _promote(shell: ShellScreen, view: CompareView) -> None:
    """Go through both ways, one after the other.

    Raises:
        UsageError, PathError, CacheError: nothing could be planned.
    """
    from scimtui.tui.promote.plan_dialog import SEND, PlanDialog

    for way in _ways(view):
        shell.say(f"Planning what makes {way.target.name} like {way.source.name}…", "info")
        found = await asyncio.to_thread(_planned, view, way)
        if not found.finds_differences and not found.stays:
            shell.say(sentence(found), "done")
            continue
        answer = await shown(shell, PlanDialog(found))
        if answer == SEND:
            await _send(shell, found)
            left = await asyncio.to_thread(_planned, view, way)
            if not left.changes:  # else they are staged still, and P goes on
                sign = TO_RIGHT if way.target is view.right else TO_LEFT
                view.set_staged({one: kept for one, kept in view.staged.items() if kept[1] != sign})
        elif answer:
            shell.say(answer, "done")


def _ways(view: CompareView) -> list[_Way]:
    rules = view.rules
    rightwards = frozenset((one.left_id, one.right_id) for one, sign in view.staged.values() if sign == TO_RIGHT)
    leftwards = frozenset((one.right_id, one.left_id) for one, sign in view.staged.values() if sign == TO_LEFT)
    ways = [_Way(view.left, view.right, rules, rightwards), _Way(view.right, view.left, _turned(view), leftwards)]
    return [way for way in ways if way.pairs]


def _turned(view: CompareView) -> CompareRules:
    """Return the rules for the other way round: paths under the names of the other side, and the same key."""
    rules = view.rules
    key = rules.key or view.left.session.tenant.match
    ignore, only, fold = (
        tuple(rules.map.get(path, path) for path in paths) for paths in (rules.ignore, rules.only, rules.fold)
    )
    names = {there: here for here, there in rules.map.items()}
    return replace(rules, key=rules.map.get(key, key), ignore=ignore, only=only, fold=fold, map=names, filter="")


def _planned(view: CompareView, way: _Way) -> Promotion:
    """Blocks for the disk."""
    kind = view.resource_type
    source, target = way.source.opened(kind), way.target.opened(kind)
    return plan_promotion(source, target, [kind.name], way.rules, chosen=way.pairs)


async def _send(shell: ShellScreen, found: Promotion) -> None:
    """Send people, then whom they name, then members; each part is previewed once it is known whom it is about."""
    from scimtui.tui.writing.everywhere import send_everywhere

    title = f"Make {found.session.tenant.name} like {found.left}"
    for place, steps in enumerate(parted(numbered(found.changes))):
        now = await ready(steps, found.session)
        changes = [*(step.change for step in now.whole), *now.parts]
        if changes:
            if place:
                shell.say("Now what names those who were created, and members", "info")
            await send_everywhere(shell, [(found.session, changes)], title)
        elif now.waiting and place == 0:
            shell.say(f"{count_of(len(now.waiting), 'change')} left: who is named in them is not there", "warning")
