"""How soon the rows of a cached tenant are there, beside others that open the same people; and what one edit costs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from benchmarks.figures import Figure
from benchmarks.homes import home_with, user
from benchmarks.terminal import Terminal
from benchmarks.timing import best, python

OURS = """
import sys
from pathlib import Path
from scimtui.config import load_config
from scimtui.ops.browse import rows
from scimtui.ops.session import open_session
from scimtui.present.columns import default_columns, projection
from scimtui.scim.schema import core_resource_type
kind = core_resource_type("User")
session = open_session(load_config(Path(sys.argv[1])).tenants["left"], Path(sys.argv[2]))
assert len(rows(session, "User", projection(default_columns(kind), kind)).rows) == int(sys.argv[3])
"""
JSON = "import json, sys; assert json.load(open(sys.argv[1]))"
STOCK = "import sys, tinydb; assert len(tinydb.TinyDB(sys.argv[1])) == int(sys.argv[2])"
NOTHING = "import sys, json, tinydb, scimtui.ops.session, scimtui.ops.browse, scimtui.present.columns, scimtui.config"

EDIT = """
import sys, time
from pathlib import Path
from scimtui.store.cache import TenantCache
cache = TenantCache(Path(sys.argv[1])).resources("User")
raw = next(iter(cache.documents()))
for title in "abcde":
    started = time.perf_counter()
    cache.put({**raw, "title": title})
    print(time.perf_counter() - started)
"""
STOCK_EDIT = """
import sys, time, tinydb
db = tinydb.TinyDB(sys.argv[1])
started = time.perf_counter()
db.update({"title": "a"}, doc_ids=[1])
print(time.perf_counter() - started)
"""


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure each in a process of its own; what merely importing costs is taken away from all."""
    count = 10_000 if quick else 100_000
    with home_with({"left": count}) as home, TemporaryDirectory() as folder:
        people = [user(number) for number in range(count)]
        listed, lines, stock = (Path(folder, name) for name in ("users.json", "users.jsonl", "tinydb.json"))
        listed.write_bytes(orjson.dumps(people))
        lines.write_bytes(b"\n".join(map(orjson.dumps, people)))
        stock.write_text(json.dumps({"_default": {str(number + 1): raw for number, raw in enumerate(people)}}))
        del people
        arguments = [home["SCIMTUI_CONFIG"], home["SCIMTUI_HOME"], str(count)]
        rivals = {
            "ours": python("-c", OURS, *arguments, environment=home),
            "json": python("-c", JSON, str(listed)),
            "stock": python("-c", STOCK, str(stock), str(count)),
            "nothing": python("-c", NOTHING),
            "empty": python("-c", "import json, tinydb"),
        }
        rivals["ours"]()  # makes the columns, as the first table after a sync does
        found = best(rivals, rounds=2 if quick else 3)
        ours = max(found["ours"] - found["nothing"], 0.001)
        yield Figure(f"open {count:,} users", ours, "s", 0.1, found["json"] - found["empty"], "json.load")
        yield Figure(f"open {count:,} users", ours, "s", 0.1, found["stock"] - found["empty"], "stock TinyDB")
        viewer = Path(sys.executable).with_name("vd")
        if viewer.exists():
            theirs = _viewer(str(viewer), lines, count)
            yield Figure(f"open {count:,} users, all in all", found["ours"], "s", 1, theirs, "visidata")
        folder_of_cache = Path(home["SCIMTUI_HOME"], "cache", "left")
        edit = max(_printed(EDIT, str(folder_of_cache)))
        stock_edit = max(_printed(STOCK_EDIT, str(stock)))
    yield Figure(f"one edit durable, {count:,} users", edit * 1000, "ms", 20)
    yield Figure(f"one edit durable, {count:,} users", edit * 1000, "ms", 0.1, stock_edit * 1000, "stock TinyDB")


def _printed(script: str, *arguments: str) -> list[float]:
    import subprocess

    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.split()]


def _viewer(program: str, lines: Path, count: int) -> float:
    """Return the seconds until it has read everybody, which its last line says."""
    with Terminal(
        [program, "-f", "jsonl", str(lines)], {"PATH": "/usr/bin:/bin", "HOME": str(lines.parent)}
    ) as terminal:
        return terminal.until(f"{count} rows", 120)
