"""Times of commands and functions: rivals take turns, and the best of each counts."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence


def best(rivals: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the shortest seconds of each, over so many rounds in which all take their turn."""
    found = dict.fromkeys(rivals, float("inf"))
    for _ in range(rounds):
        for name, run in rivals.items():
            started = time.perf_counter()
            run()
            found[name] = min(found[name], time.perf_counter() - started)
    return found


def python(*arguments: str, environment: Mapping[str, str] | None = None) -> Callable[[], object]:
    """Return what runs this Python with these arguments, its output thrown away."""
    return command([sys.executable, *arguments], environment=environment)


def command(words: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Callable[[], object]:
    """Return what runs a command; a status other than 0 or 1 ends the benchmark."""

    def run() -> None:
        done = subprocess.run(words, capture_output=True, env=environment, check=False)
        if done.returncode not in {0, 1}:
            raise SystemExit(f"{' '.join(words)}: {done.returncode}\n{done.stderr.decode()[-2000:]}")

    return run
