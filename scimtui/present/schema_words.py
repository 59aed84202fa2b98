"""What two schemas do not have alike, as rows, sentences and JSON. Every text is safe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from scimtui.present.cells import cell, safe
from scimtui.present.changes import short_path
from scimtui.scim.schema_diff import Area, Bearing, SchemaDifference

MARKS = {Bearing.TIGHTER: "▲", Bearing.LOOSER: "▽", Bearing.OTHER: "·"}
"""A sign for each, so that colour is never the only difference."""
HEADINGS = {
    Area.TYPE: "Resource types",
    Area.EXTENSION: "Extensions",
    Area.ATTRIBUTE: "Attributes",
    Area.FEATURE: "Features",
    Area.HABIT: "How it is spoken to",
}
HEADER = ("", "where", "what")
"""Titles of the first cells of a row; the names of both sides and "for people who move" follow."""
MEANS = "for people who move"
_ORDER = (Bearing.TIGHTER, Bearing.LOOSER, Bearing.OTHER)


def ordered(differences: Iterable[SchemaDifference]) -> list[SchemaDifference]:
    """Return them by area, and in each what is tighter first."""
    areas = list(Area)
    return sorted(differences, key=lambda one: (areas.index(one.area), _ORDER.index(one.bearing)))


def schema_row(one: SchemaDifference, left: str, right: str) -> tuple[str, ...]:
    """Return one line of a table: mark and bearing, where, what, both values, what it means."""
    what = "" if one.what in {"value", "declared"} else one.what
    values = (_shown(value, one) for value in (one.left, one.right))
    return (f"{MARKS[one.bearing]} {one.bearing}", _place(one), what, *values, meaning(one, left, right))


def schema_rows(differences: Iterable[SchemaDifference], left: str, right: str) -> list[tuple[str, ...]]:
    """Return the lines of a table in their order."""
    return [schema_row(one, left, right) for one in ordered(differences)]


def schema_lines(differences: Sequence[SchemaDifference], left: str, right: str) -> list[str]:
    """Return all of it as lines to be read: a heading for each area, under it mark, place, both values and meaning."""
    if not differences:
        return [f"{safe(left)} and {safe(right)} describe themselves alike."]
    lines = [counts_line(differences)]
    area = None
    for one in ordered(differences):
        if one.area is not area:
            area = one.area
            lines += ["", HEADINGS[area]]
        _, place, what, mine, theirs, means = schema_row(one, left, right)
        name = f"{place} {what}".rstrip()
        lines += [f"  {MARKS[one.bearing]} {name}: {mine} → {theirs}", f"      {means}"]
    return lines


def counts_line(differences: Iterable[SchemaDifference]) -> str:
    """Return how many there are of each kind: `3 tighter, 1 looser, 0 other`."""
    counted = Counter(one.bearing for one in differences)
    return ", ".join(f"{counted[bearing]} {bearing}" for bearing in _ORDER)


def meaning(one: SchemaDifference, left: str, right: str) -> str:
    """Return what it means for people who are moved from left to right, as a safe sentence without a full stop."""
    there, here = safe(right), safe(left)
    if one.what == "declared":
        if one.right is None and one.bearing is Bearing.OTHER:
            return f"only {here} knows it"
        if one.right is None:
            return f"{there} has no such resources" if one.area is Area.TYPE else f"{there} cannot hold it"
        if one.bearing is Bearing.TIGHTER:
            return f"{there} requires it, and {here} does not know it"
        return f"only {there} knows it"
    if one.area in {Area.FEATURE, Area.HABIT}:
        return _of_feature(one, here, there)
    told = _TOLD.get((one.what, one.bearing), "{there} has it otherwise")
    return told.format(here=here, there=there)


_TOLD = {
    ("required", Bearing.TIGHTER): "{there} takes nobody without it",
    ("required", Bearing.LOOSER): "{there} does without it",
    ("type", Bearing.TIGHTER): "{there} wants values of another form",
    ("type", Bearing.LOOSER): "{there} takes any text",
    ("multiValued", Bearing.TIGHTER): "{there} holds one of them",
    ("multiValued", Bearing.LOOSER): "{there} holds several",
    ("caseExact", Bearing.TIGHTER): "values that differ in letter case alone are one in {there}",
    ("caseExact", Bearing.LOOSER): "letter case counts in {there}",
    ("mutability", Bearing.TIGHTER): "{there} lets it be changed less",
    ("mutability", Bearing.LOOSER): "{there} lets it be changed more",
    ("returned", Bearing.TIGHTER): "{there} does not show it: it can be neither compared nor proven",
    ("returned", Bearing.LOOSER): "{there} shows it, {here} does not",
    ("uniqueness", Bearing.TIGHTER): "{there} lets nobody have a value that another one has",
    ("uniqueness", Bearing.LOOSER): "{there} lets several have one value",
    ("canonicalValues", Bearing.TIGHTER): "{there} does not name all values that {here} allows",
    ("canonicalValues", Bearing.LOOSER): "{there} names more values, or any",
    ("referenceTypes", Bearing.TIGHTER): "{there} takes references to fewer things",
    ("referenceTypes", Bearing.LOOSER): "{there} takes references to more things",
    ("endpoint", Bearing.OTHER): "{there} serves them at another address",
    ("schema", Bearing.OTHER): "{there} describes them by another schema",
}


def _of_feature(one: SchemaDifference, here: str, there: str) -> str:
    if one.bearing is Bearing.TIGHTER:
        return f"{there} can do less" if isinstance(one.right, bool) else f"{there} takes less at once"
    if one.bearing is Bearing.LOOSER:
        return f"{there} can do more" if isinstance(one.right, bool) else f"{there} takes more at once"
    if one.right is None or one.left is None:
        return f"{there if one.right is None else here} does not say"
    return f"{there} does it otherwise"


def _place(one: SchemaDifference) -> str:
    kind, gap, path = one.place.partition(" ")
    if one.area is not Area.ATTRIBUTE or not gap:
        return safe(one.place)
    return safe(f"{kind} {short_path(path)}")


def _shown(value: Any, one: SchemaDifference) -> str:
    if one.what == "declared":
        return "known" if value else "not known"
    if value is None:
        return "not said"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return safe(", ".join(map(str, value))) or "none"
    return cell(value)


def schema_document(differences: Sequence[SchemaDifference], left: str, right: str) -> dict[str, Any]:
    """Return all of it as JSON of a stable shape."""
    return {
        "left": left,
        "right": right,
        "differences": [
            {
                "area": one.area,
                "place": one.place,
                "what": one.what,
                "left": one.left,
                "right": one.right,
                "bearing": one.bearing,
                "means": meaning(one, left, right),
            }
            for one in ordered(differences)
        ],
    }
