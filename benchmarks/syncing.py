"""A sync from a server that costs nothing, beside a bare loop that fetches and reads the same pages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.figures import Figure
from benchmarks.homes import home_with
from benchmarks.timing import best, command, python

PAGE = 100
BARE = """
import sys, httpx, orjson
base_url, count, page = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with httpx.Client() as client:
    for start in range(1, count + 1, page):
        orjson.loads(client.get(f"{base_url}/Users?startIndex={start}&count={page}").content)
"""


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure a full sync into the cache by the command, and the loop, process start included in both."""
    count = 5_000 if quick else 100_000
    with _server(count) as base_url, home_with({"left": 0}, base_url) as home:
        sync = command([sys.executable, "-m", "scimtui", "sync", "left", "--type", "User"], environment=home)
        found = best(
            {"ours": sync, "bare": python("-c", BARE, base_url, str(count), str(PAGE))}, rounds=1 if quick else 2
        )
    yield Figure(f"sync of {count:,} users", found["ours"], "s", 2.0, found["bare"], "httpx and orjson alone")


@contextmanager
def _server(count: int) -> Iterator[str]:
    """Serve so many users from pages that were made before."""
    words = [sys.executable, "-m", "benchmarks.free_server", str(count), str(PAGE)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            yield f"http://127.0.0.1:{port}/v2"
        finally:
            process.kill()
