"""How long `scimtui --version` and `--help` take, beside the import of the library that reads their options."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.timing import best, python


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure both, best of many starts."""
    rivals = {
        "import typer": python("-c", "import typer"),
        "--version": python("-m", "scimtui", "--version"),
        "--help": python("-m", "scimtui", "--help"),
    }
    found = best(rivals, rounds=5 if quick else 15)
    for name, bar in (("--version", 1.5), ("--help", 3.0)):
        yield Figure(f"scimtui {name}", found[name] * 1000, "ms", bar, found["import typer"] * 1000, "import typer")
