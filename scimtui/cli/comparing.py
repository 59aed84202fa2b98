"""Compares two tenants and prints what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scimtui.cli.opening import filled, opened, run, settings
from scimtui.cli.output import emit, note, width
from scimtui.config import CompareRules
from scimtui.errors import UsageError
from scimtui.ops.browse import SyncState
from scimtui.ops.compare import SidesCompared, compare_sides
from scimtui.ops.sides import tenant_side
from scimtui.present.comparison import MARKS, counts, pair_rows, unknown_lines
from scimtui.present.formats import Format, csv_lines, json_document, json_line, table_lines
from scimtui.scim.absence import Absence
from scimtui.scim.compare import Difference

_HEADER = ("", "key", "attribute")
_COLUMNS = ("kind", "key", "left_id", "right_id", "path", "left", "right", "left_absence", "right_absence")

Options = tuple[str | None, tuple[str, ...], tuple[str, ...]]
"""`--key`, `--ignore` and `--only`."""


def compare(left: str, right: str, type_name: str, options: Options, *, sync_now: bool, form: Format) -> int:
    """Print the comparison and return the exit status: 1 where anything differs."""
    if left == right:
        raise UsageError(f"{left} is compared with itself", "name two tenants")
    rules = _rules(left, right, options)

    async def work() -> tuple[str, SidesCompared]:
        async with opened((left, right)) as sessions:
            for session in sessions:
                resource_type = await filled(session, type_name, sync_now=sync_now)
                if resource_type.attribute("members") is not None:  # members are people, known by their names
                    await filled(session, "User", sync_now=sync_now)
            return resource_type.name, compare_sides(
                tenant_side(sessions[0]), tenant_side(sessions[1]), resource_type.name, rules
            )

    name, found = run(work())
    emit(_lines(left, right, name, found, form))
    number = counts(found.comparison)
    for line in unknown_lines(found.comparison, left, right):
        note(line)
    note(", ".join(f"{count:,} {kind}" for kind, count in number.items()))
    return 1 if any(count for kind, count in number.items() if kind != "same") else 0


def _rules(left: str, right: str, options: Options) -> CompareRules:
    """Return the rules of the config, with what was given as options in place of theirs."""
    key, ignore, only = options
    rules = settings()[0].compare_rules(left, right) or CompareRules()
    told: dict[str, Any] = {"ignore": (*rules.ignore, *ignore)}
    told |= {name: value for name, value in (("key", key), ("only", only)) if value}
    return replace(rules, **told)


def document(left: str, right: str, type_name: str, found: SidesCompared) -> dict[str, Any]:
    """Return the comparison as JSON of the stable shape."""
    comparison = found.comparison
    not_returned = [
        {"path": one.path, "side": "left" if one.left else "right", "count": one.count} for one in comparison.unknown
    ]
    return {
        "left": left,
        "right": right,
        "type": type_name,
        "key": comparison.key,
        "complete": {"left": _is_complete(found.left_state), "right": _is_complete(found.right_state)},
        "only_left": [{"key": one.key, "id": one.id} for one in comparison.only_left],
        "only_right": [{"key": one.key, "id": one.id} for one in comparison.only_right],
        "different": [
            {
                "key": one.key,
                "left_id": one.left_id,
                "right_id": one.right_id,
                "changes": [_change(each) for each in one.changes],
            }
            for one in comparison.different
        ],
        "same": comparison.same,
        "ambiguous": [
            {"key": one.key, "left_ids": list(one.left_ids), "right_ids": list(one.right_ids)}
            for one in comparison.ambiguous
        ],
        **({"not_returned": not_returned} if not_returned else {}),
    }


def _change(change: Difference) -> dict[str, Any]:
    """Return one difference; why there is no value is said only where it is not that none is set."""
    sides = (("left_absence", change.left_absence), ("right_absence", change.right_absence))
    missing = {name: why for name, why in sides if why not in {None, Absence.EMPTY}}
    return {"path": change.path, "left": change.left, "right": change.right, **missing}


def _lines(left: str, right: str, type_name: str, found: SidesCompared, form: Format) -> Iterator[str]:
    if form is Format.JSON:
        yield json_document(document(left, right, type_name, found))
    elif form is Format.JSONL:
        yield json_line(document(left, right, type_name, found))
    elif form is Format.CSV:
        yield from _csv(found)
    else:
        rows = [
            (f"{MARKS[row.kind]} {row.kind}", row.key, row.path, row.left, row.right)
            for row in pair_rows(found.comparison)
        ]
        if rows:
            yield from table_lines((*_HEADER, left, right), rows, width())


def _csv(found: SidesCompared) -> Iterator[str]:
    """Yield a line for each difference: kind, key, ids, path, both values."""
    comparison = found.comparison
    rows: list[tuple[Any, ...]] = [
        ("differs", one.key, one.left_id, one.right_id, each.path, *_values(each))
        for one in comparison.different
        for each in one.changes
    ]
    rows += [("only left", one.key, one.id, "", "", None, None, None, None) for one in comparison.only_left]
    rows += [("only right", one.key, "", one.id, "", None, None) for one in comparison.only_right]
    rows += [
        ("ambiguous", one.key, list(one.left_ids), list(one.right_ids), "", None, None, None, None)
        for one in comparison.ambiguous
    ]
    yield from csv_lines(_COLUMNS, rows)


def _values(change: Difference) -> tuple[Any, ...]:
    return change.left, change.right, change.left_absence, change.right_absence


def _is_complete(state: SyncState | None) -> bool:
    return state is not None and state.complete
