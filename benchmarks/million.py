"""Ten times as many people: what it costs to open, to scroll and to filter them, beside a tenth of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping

from benchmarks.figures import Figure
from benchmarks.homes import home_with
from benchmarks.terminal import Terminal, percentile

PROPORTION = 12
"""Ten times as many may cost this many times as much."""
DOWN, PAGE_DOWN = b"\x1b[B", b"\x1b[6~"
SCRIPT = """
import json, sys, time
from pathlib import Path
from scimtui.config import load_config
from scimtui.ops.browse import rows
from scimtui.ops.search import matching, plain
from scimtui.ops.session import open_session
from scimtui.present.columns import default_columns, projection
from scimtui.scim.schema import core_resource_type
kind = core_resource_type("User")
moments = {}
def timed(name, run):
    started = time.perf_counter()
    found = run()
    moments[name] = time.perf_counter() - started
    return found
def opened():
    session = open_session(load_config(Path(sys.argv[1])).tenants["left"], Path(sys.argv[2]))
    return session, rows(session, "User", projection(default_columns(kind), kind)).rows
session, shown = timed("open", opened)
timed("words", lambda: plain(shown, "ann user0001"))
timed("SCIM filter", lambda: matching(session, kind, 'emails[type eq "work" and value co "77"]', shown))
print(json.dumps(moments))
"""


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure with many, and with ten times as many, each in a process of its own and in a console."""
    few, many = (2_000, 20_000) if quick else (100_000, 1_000_000)
    told = {}
    for count in (few, many):
        with home_with({"left": count}) as home:
            _told(home)  # makes the columns, as the first table after a sync does
            told[count] = _told(home)
            if count == many:
                yield from _console(home, many)
    for name, seconds in told[many].items():
        yield Figure(f"{name}, {many:,} users", seconds, "s", PROPORTION, told[few][name], f"{few:,} users")


def _told(home: Mapping[str, str]) -> dict[str, float]:
    words = [sys.executable, "-c", SCRIPT, home["SCIMTUI_CONFIG"], home["SCIMTUI_HOME"]]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return {name: float(seconds) for name, seconds in json.loads(done.stdout).items()}


def _console(home: Mapping[str, str], count: int) -> Iterator[Figure]:
    with Terminal([sys.executable, "-m", "scimtui"], home) as terminal:
        first = terminal.until("user0000003", 300)
        terminal.settle(2)
        yield Figure(f"first table, {count:,} users", first, "s", 3)
        for name, key, bar in (("cursor down", DOWN, 16), ("page down", PAGE_DOWN, 33)):
            answers = [terminal.press(key).last for _ in range(20)]
            yield Figure(f"{name}, {count:,} users", percentile(answers) * 1000, "ms", bar)
        yield Figure(f"memory, {count:,} users", terminal.memory(), "MB", 2000)
