"""What a key costs with many users: milliseconds to the first painted byte, and bytes."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.homes import home_with
from benchmarks.terminal import Terminal, percentile

DOWN, PAGE_DOWN, ESCAPE = b"\x1b[B", b"\x1b[6~", b"\x1b"


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure cursor, page, a letter in the filter, and sort; the 95th percentile counts."""
    count, times = (10_000, 15) if quick else (100_000, 40)
    with home_with({"left": count}) as home, Terminal([sys.executable, "-m", "scimtui"], home) as terminal:
        terminal.until("user0000003")
        terminal.settle()
        yield from _key(terminal, f"cursor down, {count:,} users", [DOWN] * times, 16, 1000)
        yield from _key(terminal, f"page down, {count:,} users", [PAGE_DOWN] * times, 33, 20_000)
        terminal.press(b"/")
        letters = [letter.encode() for letter in "ann user0001"] * (1 if quick else 2)
        yield from _key(terminal, f"a letter in the filter, {count:,} users", letters, 120, None)
        terminal.press(ESCAPE)
        terminal.settle()
        yield from _key(terminal, f"sort, {count:,} users", [b"s"] * 7, 200, None)


def _key(terminal: Terminal, name: str, keys: list[bytes], bar: float, most_bytes: int | None) -> Iterator[Figure]:
    answers = [terminal.press(key) for key in keys]
    yield Figure(name, percentile([seconds for seconds, _ in answers]) * 1000, "ms", bar)
    if most_bytes:
        yield Figure(f"{name}: painted", percentile([float(count) for _, count in answers]), "bytes", most_bytes)
