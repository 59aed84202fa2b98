"""A check of a provider as lines and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from scimtui.present.cells import cell, safe
from scimtui.scim.dialect import RFC, Dialect, Lesson
from scimtui.scim.probe import Probe, Verdict

MARKS = {Verdict.YES: "✓", Verdict.NO: "✗", Verdict.PARTLY: "~", Verdict.UNKNOWN: "?"}
NAME_WIDTH = 34


def probe_line(probe: Probe) -> str:
    """Return a probe on one safe line: mark, name, section of the RFC, evidence."""
    return f"{MARKS[probe.result]} {safe(probe.name):{NAME_WIDTH}} RFC {probe.rfc:14} {safe(probe.evidence)}"


def lesson_lines(dialect: Dialect, lessons: Mapping[str, Lesson]) -> list[str]:
    """Return what was learned and what therefore holds."""
    if not lessons:
        return ["Nothing was learned that changes how this provider is spoken to."]
    lines = [f"Learned, on top of the profile {safe(dialect.name)}:"]
    for name, lesson in lessons.items():
        holds = getattr(dialect, name, None)
        differs = cell(holds) != cell(lesson.value)
        kept = f" (the config says {safe(cell(holds))})" if differs else ""
        lines.append(f"  {name} = {safe(cell(lesson.value))}{kept}: {safe(lesson.evidence)}")
    return lines


def dialect_document(dialect: Dialect) -> dict[str, Any]:
    """Return the dialect as JSON: its name, and every field that is not as the RFC has it."""
    differing = {one.name: getattr(dialect, one.name) for one in fields(dialect)}
    plain = {name: value for name, value in differing.items() if value != getattr(RFC, name) or name == "name"}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}
