"""Plans what makes a tenant like another side, shows it, and writes it into a file for a second person."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scimtui.cli.opening import opened, resource_type_of, run, settings
from scimtui.cli.output import emit, note
from scimtui.cli.sides import Named, copy_before, named, opened_side, type_of
from scimtui.config import CompareRules
from scimtui.errors import UsageError
from scimtui.ops.created import why_of
from scimtui.ops.plan_file import new_batch, numbered, write_plan
from scimtui.ops.promote import Extras, Promotion, plan_promotion
from scimtui.ops.session import Session
from scimtui.ops.sides import snapshot_side, tenant_side
from scimtui.present.cells import safe
from scimtui.present.formats import Format, json_document, json_line
from scimtui.present.promotion_words import document, plan_lines, plan_record, stay_lines, sum_lines, warning_lines
from scimtui.scim.masks import masked_edits

TYPES = ("User", "Group")
"""What is made alike unless a type is named."""
SHOWN = 200
"""So many changes are listed for people; the file has all."""
WAYS = "--deactivate-extra turns them off, --delete-extra deletes them"


@dataclass(frozen=True, slots=True)
class PlanWish:
    """What is to be planned."""

    types: Sequence[str] = ()
    key: str | None = None
    ignore: Sequence[str] = ()
    only: Sequence[str] = ()
    keys: Sequence[str] = ()
    extras: Extras = Extras.KEEP
    output: Path | None = None
    form: Format = Format.TABLE
    sync_now: bool = False


def plan_side(left: str, right: str, wish: PlanWish) -> int:
    """Print what makes the right side like the left one, write it down, and return 1 where anything differs."""
    if left == right:
        raise UsageError(f"{left} is compared with itself", "name two tenants, or how one was: NAME@2026-11-20")
    if wish.form is Format.CSV:
        raise UsageError("a plan has no CSV", "use json, jsonl or table")
    mine, theirs = named(left), named(right)
    if not theirs.is_live:
        raise UsageError(f"{right} cannot be written to", "name a tenant as the right side")
    rules = _rules(settings()[0].compare_rules(mine.tenant or left, right) or CompareRules(), wish)

    async def work() -> Promotion:
        async with opened([one.tenant for one in (mine, theirs) if one.tenant]) as sessions:
            by_name = {session.tenant.name: session for session in sessions}
            target = by_name[theirs.tenant]
            source = by_name.get(mine.tenant, target)
            types = await _types((mine, source), (theirs, target), wish)
            found = await asyncio.to_thread(_planned, (mine, source), target, types, rules, wish)
            await asyncio.to_thread(_written, found, wish)
            return found

    found = run(work())
    _tell(found, wish)
    return 1 if found.finds_differences else 0


def _planned(
    source: tuple[Named, Session], target: Session, types: Sequence[str], rules: CompareRules, wish: PlanWish
) -> Promotion:
    """Blocks for the disk and the work."""
    one, session = source
    kinds = [session.provider.resource_type(name) for name in types]
    if one.moment is not None:
        for kind in kinds:
            if kind is not None:
                copy_before(session, kind, one.moment)
        left = snapshot_side(session, one.moment)
    elif one.path is not None and kinds[0] is not None:
        left = opened_side(one, session, kinds[0]).side
    else:
        left = tenant_side(session)
    return plan_promotion(left, tenant_side(target), types, rules, extras=wish.extras, keys=wish.keys)


def _rules(rules: CompareRules, wish: PlanWish) -> CompareRules:
    told: dict[str, Any] = {"ignore": (*rules.ignore, *wish.ignore)}
    told |= {name: value for name, value in (("key", wish.key), ("only", tuple(wish.only))) if value}
    return replace(rules, **told)


async def _types(source: tuple[Named, Session], target: tuple[Named, Session], wish: PlanWish) -> list[str]:
    """Return the types that are made alike, once the caches hold them, and the people whom groups have as members.

    Raises:
        UsageError: a side has no such type, or several are wanted of a file.
    """
    sessions = (source[1], target[1])
    wanted = list(dict.fromkeys(wish.types))
    is_file = source[0].path is not None
    if is_file and len(wanted) > 1:
        raise UsageError(f"{source[0].text} holds one resource type", "name one --type")
    for session in sessions:  # asked for its types where that was never done
        await resource_type_of(session, wanted[0] if wanted else TYPES[0])
    if not wanted:
        known = [name for name in TYPES if all(one.provider.resource_type(name) for one in sessions)]
        wanted = known[:1] if is_file else known
    for one, session in (source, target) if source[1] is not target[1] else (target,):
        for name in wanted:
            await type_of(one, session, name, sync_now=wish.sync_now)
    return wanted


def _written(found: Promotion, wish: PlanWish) -> None:
    """Write the plan down. Blocks for the disk.

    Raises:
        CacheError: the file cannot be written.
    """
    if wish.output is None or not found.changes:
        return
    why = why_of(found.session.tenant.name, found.left)
    for warning in write_plan(wish.output, numbered(found.changes), new_batch(), why):
        note(f"! {safe(warning)}")


def _tell(found: Promotion, wish: PlanWish) -> None:
    if wish.form is Format.TABLE:
        emit(_shown(found))
    else:
        records = [
            {"number": number, **plan_record(change, masked_edits(change.edits, change.resource_type))}
            for number, change in enumerate(found.changes, 1)
        ]
        lines = [json_document(document(found, records))] if wish.form is Format.JSON else map(json_line, records)
        emit(lines)
    for line in (*sum_lines(found), *warning_lines(found, WAYS), *stay_lines(found)):
        note(line)
    if wish.output is not None and found.changes:
        note(f"The plan is in {safe(str(wish.output))}. scimtui apply {safe(str(wish.output))} carries it out.")
    elif wish.output is not None:
        note("There is nothing to do, so no file was written.")


def _shown(found: Promotion) -> list[str]:
    lines = [
        line
        for number, change in enumerate(found.changes[:SHOWN], 1)
        for line in (f"{number:>5}  {safe(change.title)}", *(f"     {edit}" for edit in plan_lines(found, change)[1:]))
    ]
    more = len(found.changes) - SHOWN
    return [*lines, f"       and {more:,} more; --format json, or the file, has all"] if more > 0 else lines
