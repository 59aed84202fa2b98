"""The lines above a comparison: its kinds with counts and shares, and the attributes that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.present.compared_rows import SIGNS, UNKNOWN, rules_line, share
from scimtui.present.comparison import AMBIGUOUS, DIFFERS, ONLY_LEFT, ONLY_RIGHT, SAME, counts
from scimtui.present.wording import age

if TYPE_CHECKING:
    from scimtui.tui.compare.compared import ComparedSides

TABS = (DIFFERS, ONLY_LEFT, ONLY_RIGHT, SAME, AMBIGUOUS)
SCHEMA = "schema"
"""The tab that compares how both sides describe themselves, and no people."""
_SHORT = {DIFFERS: "differ", ONLY_LEFT: "left", ONLY_RIGHT: "right"}
MOST_WARNINGS = 4
"""Lines of warnings above the table."""
ALL = ""
"""Stands for all attributes."""


def tabs_of(held: ComparedSides | None) -> tuple[str, ...]:
    """Return the tabs in their order."""
    return (*TABS, SCHEMA) if held is not None and held.schema is not None else TABS


def tab_choices(held: ComparedSides, width: int) -> list[tuple[str, str]]:
    """Return the tabs as `(id, text)`, in as many words as there is room for."""
    numbers = counts(held.found.comparison)
    whole = sum(numbers.values())
    signs = {tab: UNKNOWN if tab in held.unproven else SIGNS[tab] for tab in TABS}
    parts = {tab: f" · {share(numbers[tab], whole)}" if numbers[tab] else "" for tab in TABS}
    doubts = {tab: " · unknown" if tab in held.unproven and numbers[tab] else "" for tab in TABS}
    forms = (
        {tab: f"{signs[tab]} {tab} {numbers[tab]:,}{doubts[tab] or parts[tab]}" for tab in TABS},
        {tab: f"{signs[tab]} {tab} {numbers[tab]:,}{doubts[tab]}" for tab in TABS},
        {tab: f"{signs[tab]} {numbers[tab]:,} {_SHORT.get(tab, tab)}" for tab in TABS},
    )
    if held.schema is not None:
        for form in forms:
            form[SCHEMA] = f"≣ schema {len(held.schema):,}"
    fitting = (form for form in forms if sum(len(text) + 2 for text in form.values()) <= width)
    return list(next(fitting, forms[-1]).items())


def side_texts(held: ComparedSides, *, is_narrow: bool) -> list[str]:
    """Return how complete and how old both sides are; without their names where there is no room."""
    states = (held.found.left_state, held.found.right_state)
    ages = [age(state.synced_at if state else None) for state in states]
    words = ["" if state is None else "complete" if state.complete else "INCOMPLETE" for state in states]
    if not is_narrow:
        return [" ".join(filter(None, part)) for part in zip(held.names, words, ages, strict=True)]
    if words == ["complete"] * 2:
        return [f"complete {' ⇄ '.join(ages)}"]
    return [" ⇄ ".join(" ".join(filter(None, part)) for part in zip(words, ages, strict=True))]


def attribute_choices(held: ComparedSides) -> list[tuple[str, str]]:
    """Return the attributes that differ as `(name, text)`, the most frequent first."""
    everything = [(ALL, f"all {len(held.found.comparison.different):,}")]
    return everything + [(name, f"{name} {number:,}") for name, number in held.attributes.items()]


def rules_chip(held: ComparedSides) -> str:
    """Return by which rules is compared."""
    rules = held.rules
    numbers = (len(rules.ignore), len(rules.only), len(rules.map), len(rules.fold))
    return rules_line(held.found.comparison.key, *numbers, rules.filter)


def warning_lines_shown(held: ComparedSides) -> list[str]:
    """Return the weightiest warnings, and how many more there are."""
    lines = list(held.warnings)
    if len(lines) <= MOST_WARNINGS:
        return lines
    return [*lines[: MOST_WARNINGS - 1], f"? {len(lines) - MOST_WARNINGS + 1} more."]


def nothing_here(held: ComparedSides, tab: str, text: str) -> str:
    """Return what is said where a tab has no rows."""
    left, right = held.names
    if text:
        return "Nobody here matches this filter.\nEsc in the filter clears it."
    numbers = counts(held.found.comparison)
    if not sum(numbers.values()):
        return "There is nobody to compare.\nr fetches both sides; f shows whom the rules leave out."
    if held.found.left_state is None or held.found.right_state is None:
        return f"{left if held.found.left_state is None else right} was never synced.\nPress r to fetch it."
    return {
        DIFFERS: f"Nobody differs.\nWhoever is on both sides is the same: {numbers[SAME]:,}.",
        ONLY_LEFT: f"Nobody is only in {left}.",
        ONLY_RIGHT: f"Nobody is only in {right}.",
        SAME: "Nobody is the same on both sides.\nf says what is compared.",
        AMBIGUOUS: "Every key says who is who.",
    }.get(tab, "")
