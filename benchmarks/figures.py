"""One measured figure beside its rival."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured. The figure is `ours / rival`, or `ours` alone where the bar is an absolute one."""

    name: str
    ours: float
    unit: str
    bar: float
    """The ratio, or the value, that must not be exceeded."""
    rival: float | None = None
    rival_name: str = ""

    @property
    def value(self) -> float:
        """What is held against the bar."""
        return self.ours / self.rival if self.rival else self.ours

    @property
    def is_kept(self) -> bool:
        """Whether the bar holds."""
        return self.value <= self.bar


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a table that is Markdown and aligned in a terminal too."""
    rows = [_TITLES, *map(_cells, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    rule = [f"{'-' * (width - 1)}{':' if number in _NUMBERS else '-'}" for number, width in enumerate(widths)]
    return "\n".join([lines[0], _line(rule, widths), *lines[1:]])


_TITLES = ("figure", "scimtui", "rival", "", "ratio", "bar", "kept")
_NUMBERS = {1, 2, 4, 5}
"""Columns that are aligned to the right."""


def _cells(one: Figure) -> tuple[str, ...]:
    rival = f"{_number(one.rival)} {one.unit}" if one.rival else ""
    ratio = f"{one.value:.2f}" if one.rival else ""
    bar = f"{one.bar:g} ×" if one.rival else f"{_number(one.bar)} {one.unit}"
    ours = f"{_number(one.ours)} {one.unit}"
    return one.name, ours, rival, one.rival_name, ratio, bar, "ok" if one.is_kept else "over"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (f"{cell:{'>' if number in _NUMBERS else '<'}{widths[number]}}" for number, cell in enumerate(cells))
    return f"| {' | '.join(padded)} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
