"""Joiners in words: what a file would do, who is there already, what does not come along, and what arrived. All safe to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from scimtui.ops.joining import Standing, arrived, insiders, is_in
from scimtui.present.cells import safe
from scimtui.present.changes import short_path
from scimtui.present.wording import count_of
from scimtui.scim.coerce import is_active
from scimtui.scim.resource import natural_key

if TYPE_CHECKING:
    from scimtui.ops.arrivals import Place
    from scimtui.ops.import_file import Problem
    from scimtui.ops.importing import ImportPlan, Planned
    from scimtui.ops.joining import Joiner
    from scimtui.scim.joiner import LeftOut

NAMED = 3
"""So many are named of many."""
MARKS = {
    Standing.NEW: ("+", "good"),
    Standing.INACTIVE: ("●", "changed"),
    Standing.THERE: ("✓", "mark"),
    Standing.UNSURE: ("?", "changed"),
    Standing.UNKNOWN: ("✗", "bad"),
}


def named(texts: Iterable[str]) -> str:
    """Return `Staff, VPN, Mail and 2 more`."""
    known = [safe(text) for text in texts]
    more = f" and {len(known) - NAMED:,} more" if len(known) > NAMED else ""
    return f"{', '.join(known[:NAMED])}{more}"


# ---------------------------------------------------------------- a file


def problem_line(problem: Problem, source: str) -> str:
    """Return why a file is not taken, with its line."""
    where = f"{safe(source)}, line {problem.line}" if problem.line else safe(source)
    return f"{where}: {safe(problem.what)}"


def import_line(plan: ImportPlan) -> str:
    """Return what a file would do in a tenant: `acme: 3 new, 2 to change, 4 so already`."""
    counts = Counter(_fate(one) for one in plan.entries)
    order = ("new", "to change", "so already", "left alone", "not there")
    told = ", ".join(f"{counts[word]:,} {word}" for word in order if counts[word])
    return f"{safe(plan.session.tenant.name)}: {told or 'nothing to do'}"


def _fate(one: Planned) -> str:
    if one.change is None:
        return "not there" if one.there is None else "left alone"
    if one.there is None:
        return "new"
    return "to change" if one.change.requests else "so already"


def group_lines(plan: ImportPlan, places: Sequence[Place]) -> list[str]:
    """Return who comes into which group once they are there, a line for each group."""
    into: dict[str, list[str]] = {}
    for one in places:
        if not one.is_in:
            into.setdefault(natural_key(one.group.raw), []).append(one.planned.key)
    name = safe(plan.session.tenant.name)
    return [f"{name}: into {safe(group)}: {named(keys)}" for group, keys in into.items()]


def left_out_lines(plan: ImportPlan) -> list[str]:
    """Return what of the file does not come along, each thing once."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in plan.entries:
        for left in one.left_out:
            found.setdefault((left.path, left.why), []).append(one.key)
    return [
        f"{safe(plan.session.tenant.name)}: {safe(short_path(path))} of {named(keys)} is left out: {safe(why)}"
        for (path, why), keys in found.items()
    ]


def arrival_line(plan: ImportPlan, missing: Sequence[Planned], places: Sequence[Place]) -> str:
    """Return what a file came to in a tenant: who was read back there, and in their groups."""
    wanted = [one for one in plan.entries if one.change is not None or one.there is not None]
    there = len(wanted) - len(missing)
    line = f"{safe(plan.session.tenant.name)}: {there:,} of {count_of(len(wanted), plan.resource_type.name)} there"
    if places:
        line += f", {sum(one.is_in is True for one in places):,} of {count_of(len(places), 'membership')}"
    if unseen := sum(one.is_in is None for one in places):
        line += f", {unseen:,} that the provider does not show"
    if missing:
        line += f"; not there: {named(one.key for one in missing)}"
    out = [one for one in places if one.is_in is False and one.planned not in missing]
    absent = dict.fromkeys(f"{one.planned.key} in {natural_key(one.group.raw)}" for one in out)
    return f"{line}; not {named(absent)}" if absent else line


# ---------------------------------------------------------------- one person, in several tenants


def standing_words(joiner: Joiner) -> str:
    """Return what a tenant has of somebody, and what would be done: `new: b.jensen, into Staff`."""
    if joiner.standing is Standing.UNKNOWN:
        return safe(joiner.why)
    key = safe(joiner.key)
    into = f", into {named(natural_key(one.raw) for one in joiner.groups)}" if joiner.groups else ""
    waits = f" ({safe(joiner.why)})" if joiner.why else ""
    if joiner.standing is Standing.NEW:
        return f"new: {key}{into}{waits}"
    if joiner.standing is Standing.INACTIVE:
        return f"off: activate {key}{into}{waits}"
    if joiner.standing is Standing.UNSURE:
        if not joiner.accounts:
            return f"perhaps there: {safe(joiner.why)}: look first"
        others = named(natural_key(one.raw) for one in joiner.accounts)
        return f"perhaps {others}: look first"
    return f"there: {key}{into}{waits}"


def left_out_words(left_out: Sequence[LeftOut]) -> list[str]:
    """Return what does not come along, a line each."""
    return [f"{safe(short_path(one.path))}: {safe(one.why)}" for one in left_out]


def receipt_words(joiner: Joiner) -> tuple[str, str]:
    """Return what became of one person in a tenant, and how it is said. Blocks for the cache.

    Raises:
        CacheError: the cache cannot be read.
    """
    name, account = safe(joiner.session.tenant.name), arrived(joiner)
    if account is None:
        return f"{name}: not there", "warning"
    inside = {natural_key(one.raw): is_in(account, one, insiders(joiner.session, one)) for one in joiner.groups}
    said = "off" if is_active(account.raw) is False else "there"
    into = [group for group, is_there in inside.items() if is_there]
    out = [group for group, is_there in inside.items() if is_there is False]
    line = f"{name}: {safe(natural_key(account.raw))} is {said}{f', in {named(into)}' if into else ''}"
    return (f"{line}, NOT in {named(out)}", "warning") if out else (line, "done")
