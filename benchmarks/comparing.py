"""A diff of two cached tenants, beside a plain script over exported files, and jq with sort and diff."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from benchmarks.figures import Figure
from benchmarks.homes import home_with, user
from benchmarks.timing import best, command, python

SCRIPT = """
import sys, orjson
def read(path):
    with open(path, "rb") as file:
        return {raw["userName"].lower(): raw for raw in map(orjson.loads, file)}
left, right = read(sys.argv[1]), read(sys.argv[2])
ignored = {"id", "meta", "schemas"}
for key, mine in left.items():
    theirs = right.get(key)
    if theirs is None:
        print("only left", key)
        continue
    for name in mine.keys() | theirs.keys():
        if name not in ignored and mine.get(name) != theirs.get(name):
            print("differs", key, name)
for key in right.keys() - left.keys():
    print("only right", key)
"""
JQ = "jq -cS 'del(.id, .meta, .schemas)' {} | sort > {}"


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure from the caches to the printed outcome, process start included."""
    count = 10_000 if quick else 100_000
    with home_with({"left": count, "right": count}) as home, TemporaryDirectory() as folder:
        files = [Path(folder, f"{name}.jsonl") for name in ("left", "right")]
        for file in files:
            file.write_bytes(b"\n".join(orjson.dumps(user(number, file.stem)) for number in range(count)))
        ours = command([sys.executable, "-m", "scimtui", "diff", "left", "right", "--format", "json"], environment=home)
        rivals = {"ours": ours, "script": python("-c", SCRIPT, *map(str, files))}
        if shutil.which("jq"):
            sorted_files = [f"{file}.sorted" for file in files]
            steps = [JQ.format(file, to) for file, to in zip(files, sorted_files, strict=True)]
            text = "; ".join([*steps, f"diff {sorted_files[0]} {sorted_files[1]} > {folder}/out"])
            rivals["jq"] = command(["sh", "-c", text])
        found = best(rivals, rounds=1 if quick else 2)
    name = f"diff of {count:,} with {count:,} users"
    yield Figure(name, found["ours"], "s", 0.5, found["script"], "a plain orjson script")
    if "jq" in found:
        yield Figure(name, found["ours"], "s", 0.125, found["jq"], "jq, sort and diff")
