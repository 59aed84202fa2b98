"""What the comparison screen shows: verdicts, the rows of a tab, one pair. Everything here blocks: for a thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scimtui.ops import search
from scimtui.ops.compare import SidesCompared, compare_sides, side_by_side
from scimtui.ops.compared_people import keys_that_pair, rows_of, with_member_names
from scimtui.ops.drift import compared_moments
from scimtui.ops.row_order import OrderBy, RowOrder, RowWish
from scimtui.ops.stoppable import Progress
from scimtui.ops.uncollected import uncollected
from scimtui.present.cells import safe
from scimtui.present.columns import default_columns, projection
from scimtui.present.compared_rows import (
    Compared,
    ComparedRows,
    ambiguous_keys,
    differing,
    only_there,
    same_on_both,
)
from scimtui.present.comparison import (
    AMBIGUOUS,
    DIFFERS,
    ONLY_LEFT,
    SAME,
    attribute_counts,
    members_lines,
    unproven,
    warning_lines,
)
from scimtui.scim.match import compile_filter
from scimtui.scim.recognise import looks_like_filter
from scimtui.scim.resource import resource_id
from scimtui.scim.schema_diff import schema_differences
from scimtui.tui.compare.pair_lines import Pair, key_lines, pair_lines

if TYPE_CHECKING:
    from scimtui.config import CompareRules
    from scimtui.ops.sides import Side
    from scimtui.scim.schema import ResourceType
    from scimtui.scim.schema_diff import SchemaDifference
    from scimtui.tui.compare.compared_side import ComparedSide
    from scimtui.tui.lines.line_view import Line

MOST_SHOWN = 200
"""Resources of one ambiguous key."""


@dataclass(frozen=True)
class ComparedSides:
    """A comparison with what the screen needs of it."""

    names: tuple[str, str]
    """Safe texts."""
    sides: tuple[Side, Side]
    found: SidesCompared
    rules: CompareRules
    warnings: Sequence[str]
    keys: Sequence[str]
    """Which other keys would pair how many, in words, where this one pairs nobody."""
    schema: Sequence[SchemaDifference] | None = None
    """How two tenants describe themselves; None where only one did, or the other side is a file."""

    @cached_property
    def attributes(self) -> dict[str, int]:
        """How many differ in each attribute, the most frequent first."""
        return attribute_counts(self.found.comparison)

    @cached_property
    def unproven(self) -> dict[str, str]:
        """Which kinds are no verdict, and why."""
        return unproven(self.found, *self.names)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rows are to be shown."""

    tab: str
    attribute: str = ""
    text: str = ""
    sort: tuple[int, bool] | None = None
    """Place of a column and whether it is descending."""


@uncollected
def compared(
    left: ComparedSide, right: ComparedSide, resource_type: ResourceType, rules: CompareRules
) -> ComparedSides:
    """Compare.

    Raises:
        ScimtuiError: one side cannot be read, has no such type, or a rule is wrong.
    """
    sides, names = (left.opened(resource_type), right.opened(resource_type)), (left.name, right.name)
    if is_history(left, right, rules):
        found = compared_moments(left.session, resource_type, (left.moment, right.moment), rules)
    else:
        found = with_member_names(compare_sides(*sides, resource_type.name, rules), sides)
    comparison = found.comparison
    keys: list[str] = []
    if comparison.only_left and comparison.only_right and not comparison.same + len(comparison.different):
        shared = keys_that_pair(*sides, resource_type.name)
        keys = [f"{safe(key)} would pair {count:,}" for key, count in shared if key != comparison.key]
    told = [*warning_lines(found, *names), *([f"  {'; '.join(keys)}."] if keys else [])]
    if resource_type.attribute("members") is not None:
        told += members_lines((name, side.state("User")) for name, side in zip(names, sides, strict=True))
    held = ComparedSides(names, sides, found, rules, told, keys, _schema(left, right))
    _ = held.attributes  # counted here, in the thread
    return held


def _schema(left: ComparedSide, right: ComparedSide) -> Sequence[SchemaDifference] | None:
    if left.session is right.session or left.path or right.path:
        return None
    mine, theirs = left.session, right.session
    if not mine.provider.documents or not theirs.provider.documents:
        return None  # one was never asked, and what is built in says nothing of it
    return schema_differences(mine.provider, theirs.provider, (mine.dialect, theirs.dialect))


def is_history(left: ComparedSide, right: ComparedSide, rules: CompareRules) -> bool:
    """Whether one tenant is compared at two moments, so that ids say who is who and no rule has to."""
    return left.session is right.session and not (left.path or right.path or rules.key or rules.map or rules.filter)


@uncollected
def rows_of_tab(held: ComparedSides, tab: str, attribute: str) -> tuple[ComparedRows, RowOrder]:
    """Return the rows of a tab. Nobody is read but who is only on one side.

    Raises:
        CacheError: they cannot be read.
    """
    made = _made(held, tab, attribute)
    return made, RowOrder(made.rows)


def _made(held: ComparedSides, tab: str, attribute: str) -> ComparedRows:
    comparison = held.found.comparison
    if tab == DIFFERS:
        return differing(comparison, held.names, held.attributes, attribute)
    if tab == SAME:
        return same_on_both(held.found.same, held.names)
    if tab == AMBIGUOUS:
        return ambiguous_keys(comparison, held.names)
    place = 0 if tab == ONLY_LEFT else 1
    entries = comparison.only_right if place else comparison.only_left
    resource_type = held.found.types[place]
    columns = default_columns(resource_type)
    seen = rows_of(
        held.sides[place], resource_type.name, [one.id for one in entries], projection(columns, resource_type)
    )
    return only_there(tab, entries, seen, columns, held.unproven.get(tab, ""))


def shown(held: ComparedSides, made: ComparedRows, order: RowOrder, wish: Wish) -> Sequence[int]:
    """Return which rows are shown, in their order.

    Raises:
        SyntaxFault: the text is a filter, and wrong.
        CacheError: the caches cannot be read.
    """
    text, among = wish.text, None
    if looks_like_filter(text):
        among, text = _matching(held, made, text), ""
    by = () if wish.sort is None else (OrderBy(wish.sort[0] + 2, wish.sort[1]),)
    return order.shown(RowWish(text, None, by), among, Progress())


def _matching(held: ComparedSides, made: ComparedRows, text: str) -> list[int]:
    """Return the rows of which a resource, on either side, matches a filter."""
    found: set[int] = set()
    for place, side in enumerate(held.sides):
        resource_type = held.found.types[place]
        subjects = map(made.subject_at, range(len(made.rows)))
        ids = [(one.right_id if place else one.left_id,) for one in subjects]
        if side.session is not None:
            found.update(search.matching(side.session, resource_type, text, ids))
        else:
            matches = compile_filter(text, resource_type)
            there = {resource_id(raw) for raw in side.documents(resource_type.name) if matches(raw)}
            found.update(at for at, (one,) in enumerate(ids) if one in there)
    return sorted(found)


def still_staged(held: ComparedSides, staged: Mapping[str, tuple[Compared, str]]) -> dict[str, tuple[Compared, str]]:
    """Return who of those staged still differs, or is on one side only."""
    comparison = held.found.comparison
    there = {(one.left_id, one.right_id) for one in comparison.different}
    there |= {(one.id, "") for one in comparison.only_left} | {("", one.id) for one in comparison.only_right}
    return {key: one for key, one in staged.items() if (one[0].left_id, one[0].right_id) in there}


def lines_of(held: ComparedSides, subject: Compared, *, width: int, with_equal: bool) -> list[Line]:
    """Return a pair, one who is alone, or all who have one key, attribute by attribute.

    Raises:
        ScimtuiError: they cannot be read.
    """
    types, found = held.found.types, subject.ambiguous
    if found is not None:
        left, right = (
            list(side.some(one.name, ids[:MOST_SHOWN]))
            for side, one, ids in zip(held.sides, types, (found.left_ids, found.right_ids), strict=True)
        )
        return key_lines(held.names, subject.key, (left, right))
    ids = (subject.left_id, subject.right_id)
    raws: tuple[Any, Any] = side_by_side(*held.sides, types[0].name, ids, held.rules)
    unknown = held.unproven.get(subject.kind, "").partition(",")[0]
    return pair_lines(
        Pair(held.names, subject.key, raws, subject.changes, types, unknown), width=width, with_equal=with_equal
    )
