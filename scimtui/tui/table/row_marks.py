"""Marks of rows, which belong to ids: a row without an id has none."""

from __future__ import annotations

from collections.abc import Sequence

Rows = Sequence[tuple[str, ...]]


def between(rows: Rows, view: Sequence[int], anchor: str | None, cursor: int) -> set[str]:
    """Return the ids of the rows shown from the one that has the id `anchor` to the cursor, both included."""
    start = next((place for place, index in enumerate(view) if rows[index][0] == anchor), cursor)
    low, high = sorted((start, cursor))
    return {rows[index][0] for index in view[low : high + 1]} - {""}


def in_order(rows: Rows, view: Sequence[int], marked: set[str]) -> list[str]:
    """Return the marked ids in the order shown; those that are filtered away come last."""
    shown = [rows[index][0] for index in view if rows[index][0] in marked] if marked else []
    return [*shown, *sorted(marked.difference(shown))]


def all_or_none(rows: Rows, view: Sequence[int], marked: set[str]) -> set[str]:
    """Return the marks with those of every row shown; without them where all were there."""
    shown = {rows[index][0] for index in view} - {""}
    return marked - shown if shown <= marked else marked | shown
