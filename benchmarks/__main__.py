"""Run the benchmarks: python -m benchmarks [--quick] [--write] [NAME …]."""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import comparing, filtering, first_paint, keys, start_up, syncing
from benchmarks.figures import Figure, table

FAMILIES = {
    "start": start_up.figures,
    "paint": first_paint.figures,
    "keys": keys.figures,
    "sync": syncing.figures,
    "diff": comparing.figures,
    "filter": filtering.figures,
}


def main(arguments: list[str]) -> None:
    """Measure the families that are named, or all, and print one table. `--write` keeps it in FIGURES.md."""
    names = [name for name in arguments if not name.startswith("--")] or list(FAMILIES)
    found: list[Figure] = []
    for name in names:
        print(f"measuring {name} …", file=sys.stderr)
        found += FAMILIES[name](quick="--quick" in arguments)
    text = table(found)
    print(text)
    if "--write" in arguments:
        machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
        heading = f"# Figures\n\n{datetime.now(UTC):%Y-%m-%d}, {machine}. Made by `make bench ARGS=--write`.\n\n"
        Path(__file__).with_name("FIGURES.md").write_text(heading + text + "\n", encoding="utf-8")


main(sys.argv[1:])
