"""One measured figure beside its rival."""

from __future__ import annotations

from collections.abc import Iterable
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
    """Return the figures as a table in Markdown."""
    lines = ["| figure | scimtui | rival | ratio | bar | |", "|---|---:|---:|---:|---:|---|"]
    for one in figures:
        rival = f"{_number(one.rival)} {one.unit} ({one.rival_name})" if one.rival else ""
        ratio = f"{one.value:.2f}" if one.rival else ""
        bar = f"{one.bar:g} ×" if one.rival else f"{one.bar:g} {one.unit}"
        kept = "ok" if one.is_kept else "over"
        lines.append(f"| {one.name} | {_number(one.ours)} {one.unit} | {rival} | {ratio} | {bar} | {kept} |")
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
