"""What a key costs with many users: milliseconds until the whole answer is painted, and bytes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from benchmarks.figures import Figure
from benchmarks.homes import home_with
from benchmarks.terminal import Answer, Terminal, percentile

DOWN, PAGE_DOWN, ESCAPE, ERASE = b"\x1b[B", b"\x1b[6~", b"\x1b", b"\x7f"
WORDS = "ann user0001"


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure cursor, page, a letter in the filter, and sort; the 95th percentile counts."""
    count, times = (10_000, 15) if quick else (100_000, 40)
    with home_with({"left": count}) as home, Terminal([sys.executable, "-m", "scimtui"], home) as terminal:
        terminal.until("user0000003")
        terminal.settle()
        yield from _key(f"cursor down, {count:,} users", _press(terminal, [DOWN] * times), 16, 1000)
        yield from _key(f"page down, {count:,} users", _press(terminal, [PAGE_DOWN] * times), 33, 20_000)
        terminal.press(b"/")
        letters = []
        for _ in range(1 if quick else 3):
            letters += _press(terminal, [letter.encode() for letter in WORDS])
            _press(terminal, [ERASE] * len(WORDS))
        yield from _key(f"a letter in the filter, {count:,} users", letters, 120)
        terminal.press(ESCAPE)
        terminal.settle()
        yield from _key(f"sort, {count:,} users", _press(terminal, [b"s"] * (5 if quick else 15)), 200)


def _press(terminal: Terminal, keys: Sequence[bytes]) -> list[Answer]:
    return [terminal.press(key) for key in keys]


def _key(name: str, answers: list[Answer], bar: float, most_bytes: int | None = None) -> Iterator[Figure]:
    """Return the figures of a key; without a limit of bytes, the time until the first byte is not one of them."""
    yield Figure(name, percentile([answer.last for answer in answers]) * 1000, "ms", bar)
    if most_bytes:
        yield Figure(f"{name}: painted", percentile([float(answer.count) for answer in answers]), "bytes", most_bytes)
