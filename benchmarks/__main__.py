"""Measure scimtui beside rivals and print one table."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from benchmarks.figures import Figure, table

FAMILIES = {
    "start": "start_up",
    "paint": "first_paint",
    "keys": "keys",
    "open": "opening",
    "sync": "syncing",
    "live": "living",
    "million": "million",
    "diff": "comparing",
    "filter": "filtering",
    "patch": "patching",
    "leave": "offboarding",
}
NEED_TERMINAL = {"paint", "keys", "open", "live", "million"}


def main() -> None:
    """Measure the families that are named, or all, and print one table. A missed bar is no failure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(FAMILIES)}; all without")
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds, half a minute in all")
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/FIGURES.md")
    options = parser.parse_args()
    if unknown := set(options.names) - FAMILIES.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(FAMILIES)}")
    found: list[Figure] = []
    for name in options.names or FAMILIES:
        if name in NEED_TERMINAL and find_spec("termios") is None:
            print(f"{name} needs a POSIX pseudo-terminal: left out", file=sys.stderr)
            continue
        print(f"measuring {name} …", file=sys.stderr)
        found += import_module(f"benchmarks.{FAMILIES[name]}").figures(quick=options.quick)
    text = table(found)
    print(text)
    if options.write:
        machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
        heading = f"# Figures\n\n{datetime.now(UTC):%Y-%m-%d}, {machine}. Made by `make bench ARGS=--write`.\n\n"
        Path(__file__).with_name("FIGURES.md").write_text(heading + text + "\n", encoding="utf-8")


main()
