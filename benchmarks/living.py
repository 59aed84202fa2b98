"""A console at work: keys while a sync runs, what it costs to do nothing, and how soon it is gone."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.homes import home_with
from benchmarks.syncing import free_server
from benchmarks.terminal import Terminal, percentile

DOWN, UP, PAGE_DOWN, PAGE_UP, SYNC, FULL_SYNC = b"\x1b[B", b"\x1b[A", b"\x1b[6~", b"\x1b[5~", b"r", b"R"
WATCHED = 5.0
"""Seconds for which it does nothing."""
APART = 0.1
"""Seconds between two keys while a sync runs."""


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure on a tenant that is cached, and at a server that costs nothing."""
    count = 10_000 if quick else 100_000
    words = [sys.executable, "-m", "scimtui"]
    with free_server(count) as base_url, home_with({"left": count}, base_url) as home:
        with Terminal(words, home) as terminal:
            terminal.until("user0000003")
            terminal.settle(2)
            painted, share = _idle(terminal)
            yield Figure("idle: painted in a second", painted, "bytes", 0)
            yield Figure("idle: share of a processor", share * 100, "%", 1)
            terminal.press(FULL_SYNC)
            keys = list(_while_syncing(terminal, 10 if quick else 60))
        yield Figure(f"a key while {count:,} are synced", percentile(keys) * 1000, "ms", 60)
    with (
        free_server(1_000, delay=3600) as base_url,
        home_with({"left": 1_000}, base_url) as home,
        Terminal(words, home) as terminal,
    ):
        terminal.until("user0000003")
        terminal.settle()
        terminal.press(SYNC)
        gone = _quit(terminal)
    yield Figure("quit with requests in flight", gone, "s", 0.3)


def _idle(terminal: Terminal) -> tuple[float, float]:
    """Return the bytes in a second, and the share of a processor, while nobody touches it."""
    used, started = _processor_seconds(terminal), time.perf_counter()
    count = terminal.drain(WATCHED)
    passed = time.perf_counter() - started
    return count / passed, (_processor_seconds(terminal) - used) / passed


def _processor_seconds(terminal: Terminal) -> float:
    fields = Path(f"/proc/{terminal.process}/stat").read_text(encoding="ascii").rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _while_syncing(terminal: Terminal, times: int) -> Iterator[float]:
    """Yield the seconds until a key has been answered: something else is painted as well, so its first bytes count."""
    for number in range(times):
        yield terminal.first_answer((DOWN, PAGE_DOWN, UP, PAGE_UP)[number % 4])
        terminal.drain(APART)


def _quit(terminal: Terminal) -> float:
    os.write(terminal.handle, b"q")
    started = time.perf_counter()
    while os.waitpid(terminal.process, os.WNOHANG) == (0, 0):
        terminal.drain(0.005)
        if time.perf_counter() - started > 60:
            raise SystemExit("it does not end")
    terminal.process = 0
    return time.perf_counter() - started
