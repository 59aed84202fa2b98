"""A sync from a server that costs nothing, beside a bare loop that fetches and reads the same pages; and once more."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks.figures import Figure
from benchmarks.homes import home_with
from benchmarks.timing import best, command, python

PAGE = 100
CHANGED = 100
BARE = """
import sys, httpx, orjson
base_url, count, page = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with httpx.Client() as client:
    for start in range(1, count + 1, page):
        orjson.loads(client.get(f"{base_url}/Users?startIndex={start}&count={page}").content)
"""


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure a full sync into the cache by the command, process start included, the loop, and a sync of what changed."""
    count = 5_000 if quick else 100_000
    with free_server(count) as base_url, home_with({"left": 0}, base_url) as home:
        words = [sys.executable, "-m", "scimtui", "sync", "left", "--type", "User"]
        full, again = command([*words, "--full"], environment=home), command(words, environment=home)
        loop = python("-c", BARE, base_url, str(count), str(PAGE))
        found = best({"ours": full, "bare": loop}, rounds=1 if quick else 3)
        full(), again()  # proves the dates, and finds from when on something is new
        urllib.request.urlopen(urllib.request.Request(f"{base_url}/change?count={CHANGED}", method="POST")).close()
        told = {
            name: _told([*words, "--format", "json", *more], home)
            for name, more in (("again", []), ("full", ["--full"]))
        }
    yield Figure(f"sync of {count:,} users", found["ours"], "s", 2.0, found["bare"], "httpx and orjson alone")
    name = f"sync again, {CHANGED} of {count:,} changed"
    yield Figure(name, told["again"], "s", 0.05, told["full"], "the full sync, without starting the program")


def _told(words: list[str], environment: Mapping[str, str]) -> float:
    """Return the seconds that a sync took by its own account."""
    done = subprocess.run(words, capture_output=True, env=environment, check=True)
    return float(json.loads(done.stdout)[0]["seconds"])


@contextmanager
def free_server(count: int, delay: float = 0.0) -> Iterator[str]:
    """Serve so many users from pages that were made before, each page after so many seconds."""
    words = [sys.executable, "-m", "benchmarks.free_server", str(count), str(PAGE), str(delay)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            yield f"http://127.0.0.1:{port}/v2"
        finally:
            process.kill()
