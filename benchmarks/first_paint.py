"""How long until the first table stands on a real terminal, beside the emptiest Textual app."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping

from benchmarks.figures import Figure
from benchmarks.homes import home_with
from benchmarks.terminal import Terminal

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("bare app ready")
Bare().run()
"""


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure with few and with many cached users; the first start after a fill is not counted."""
    few, many = 1000, 20_000 if quick else 100_000
    rounds = 2 if quick else 5
    with home_with({"left": few}) as small, home_with({"left": many}) as large:
        scimtui = [sys.executable, "-m", "scimtui"]
        _painted(scimtui, small, "user0000003"), _painted(scimtui, large, "user0000003")
        runs = [
            (
                _painted([sys.executable, "-c", BARE], os.environ, "bare app ready"),
                _painted(scimtui, small, "user0000003"),
                _painted(scimtui, large, "user0000003"),
            )
            for _ in range(rounds)
        ]
        bare, ours, big = (min(column) for column in zip(*runs, strict=True))
        memory = _memory(scimtui, large)
    yield Figure("first table, 1,000 users", ours * 1000, "ms", 2.0, bare * 1000, "a bare Textual app")
    yield Figure(f"first table, {many:,} users: more than with 1,000", (big - ours) * 1000, "ms", 300)
    yield Figure(f"memory, {many:,} users", memory, "MB", 200)


def _painted(words: list[str], environment: Mapping[str, str], text: str) -> float:
    with Terminal(words, environment) as terminal:
        return terminal.until(text)


def _memory(words: list[str], environment: Mapping[str, str]) -> float:
    with Terminal(words, environment) as terminal:
        terminal.until("user0000003")
        terminal.settle()
        return terminal.memory()
