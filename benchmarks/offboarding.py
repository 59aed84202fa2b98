"""A thousand people turned off in five tenants that throttle, lose connections and answer slowly; then the same under kills.

The figure to beat is what the tenants' limits and the way to them allow at best: no person needs fewer than a fresh read, a write and
a look whether it happened. Right or wrong is what the tenants say themselves.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure
from tests.fakes.throttling_provider import SLOW, Running, Terms, throttling

BAD = Terms(slow=0.01, closes=0.02, breaks=0.01, loses=0.01)
TENANTS = {
    "berlin": replace(BAD, writes=12, reads=30, told="seconds", seed=1),
    "lyon": replace(BAD, writes=16, reads=40, told="date", seed=2),
    "oslo": replace(BAD, writes=14, reads=60, told="reset", seed=3),
    "porto": replace(BAD, writes=40, reads=90, told="seconds", latency=(0.04, 0.08), drops=0.002, seed=4),
    "turin": replace(BAD, writes=35, reads=80, told="date", latency=(0.02, 0.05), seed=5),
}
AT_ONCE = 8
"""Requests that each tenant's config lets be in flight."""
FIRST, REQUESTS = 6, 3
"""So many go one by one; and what each person needs."""
KILLS = 3
RESUMES = 20
"""More starts than these, and it does not come to its end."""
ENDED_WELL = {"applied", "already"}


@dataclass(frozen=True)
class Desk:
    """The tenants, the environment of the commands, and the list of who leaves."""

    servers: Mapping[str, Running]
    environment: Mapping[str, str]
    leavers: Path
    people: int

    @property
    def changes(self) -> int:
        """Everybody, in each tenant."""
        return self.people * len(self.servers)

    def words(self, number: int, *more: str) -> list[str]:
        """Return a command that agrees to so many changes."""
        agreed = ("--yes", "--unlock", "--reason", "left the company", "--expect", str(number))
        return [sys.executable, "-m", "scimtui", *more, *agreed, "--format", "json"]

    @property
    def written(self) -> int:
        """Writes that were carried out, by the tenants' own word."""
        return sum(sum(one.count()["done"].values()) for one in self.servers.values())


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure one run that is left alone, and one that is killed again and again; both to the verified end."""
    people = 60 if quick else 1_000
    with _desk(people) as desk:
        seconds, starts = _carried_out(desk, kills=0)
        wrong, twice = _judged(desk)
        least = max(floor(one.terms, people) for one in desk.servers.values())
    name = f"{people:,} leavers in {len(TENANTS)} tenants"
    yield Figure(name, seconds, "s", 1.5, least, "what their limits allow at best")
    yield Figure(f"{name}: went on by hand", starts - 1, "times", 0)
    with _desk(people) as desk:
        seconds, starts = _carried_out(desk, kills=KILLS)
        killed = _judged(desk)
    yield Figure(f"{name}, killed {KILLS} times", seconds, "s", 2, least, "what their limits allow at best")
    yield Figure(f"{name}: not off, or not said", wrong + killed[0], "people", 0)
    yield Figure(f"{name}: written twice", twice + killed[1], "people", 0)


def floor(terms: Terms, people: int, at_once: int = AT_ONCE) -> float:
    """Return the fewest seconds in which a tenant can be done: by its limits, and by how long its answers take."""
    by_limits = max((people - terms.writes) / terms.writes, (2 * people - terms.reads) / terms.reads)
    each = REQUESTS * sum(terms.latency) / 2 * (1 + terms.slow * (SLOW - 1))
    in_flight = each * (min(people, FIRST) + max(people - FIRST, 0) / at_once)
    return max(by_limits, in_flight)


@contextmanager
def _desk(people: int) -> Iterator[Desk]:
    """Give tenants, each in a process of its own, whose people are in the cache; who leaves stands in a CSV file."""
    with TemporaryDirectory(prefix="scimtui-benchmark-") as folder, ExitStack() as stack:
        servers = {
            name: stack.enter_context(throttling(replace(terms, people=people))) for name, terms in TENANTS.items()
        }
        config, leavers = Path(folder, "config.toml"), Path(folder, "leavers.csv")
        config.write_text(
            "".join(
                f'[tenants.{name}]\nbase_url = "{one.base_url}"\nauth = "none"\nproduction = true\nconcurrency = {AT_ONCE}\n'
                for name, one in servers.items()
            )
        )
        leavers.write_text("userName\n" + "".join(f"person{number:05d}\n" for number in range(people)))
        environment = {**os.environ, "SCIMTUI_CONFIG": str(config), "SCIMTUI_HOME": str(Path(folder, "home"))}
        sync = [sys.executable, "-m", "scimtui", "sync", "--type", "User"]
        subprocess.run(sync, env=environment, check=True, capture_output=True)
        yield Desk(servers, environment, leavers, people)


def _carried_out(desk: Desk, kills: int) -> tuple[float, int]:
    """Return the seconds until all is done and the number of starts; killed so often at moments that nobody chose."""
    chance = random.Random(kills)
    moments = sorted(int(chance.uniform(0.05, 0.9) * desk.changes) for _ in range(kills))
    words = desk.words(desk.changes, "deactivate", "--from", str(desk.leavers), "--all-tenants")
    seconds = 0.0
    for start in range(1, RESUMES + kills):
        started = time.perf_counter()
        process = subprocess.Popen(words, env=desk.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if moments:
            moment = moments.pop(0)
            while process.poll() is None and desk.written < moment:
                time.sleep(0.1)
            process.kill()
        out, said = process.communicate()
        seconds += time.perf_counter() - started
        if process.returncode == 0:
            assert {one["outcome"] for one in json.loads(out)} <= ENDED_WELL
            return seconds, start
        plans = list(Path(desk.environment["SCIMTUI_HOME"], "plans").glob("*.json"))
        if len(plans) != 1:
            raise SystemExit(f"{len(plans)} plans are left after status {process.returncode}:\n{said.decode()[-2000:]}")
        left = len(json.loads(plans[0].read_bytes())["changes"])
        words = desk.words(left, "apply", str(plans[0]))
    raise SystemExit(f"it was started {RESUMES} times and is not done:\n{said.decode()[-2000:]}")


def _judged(desk: Desk) -> tuple[int, int]:
    """Return how many people are not off or not said to be, and how many were written twice, by the tenants' own word."""
    said: dict[tuple[str, str], str] = {}
    listed = [sys.executable, "-m", "scimtui", "journal", "list", "--limit", str(2 * desk.changes), "--format", "json"]
    for write in json.loads(subprocess.run(listed, env=desk.environment, check=True, capture_output=True).stdout):
        said[write["tenant"], write["title"].split()[-1].lower()] = write["outcome"]  # the last one counts
    wrong = twice = 0
    for name, one in desk.servers.items():
        held = one.count()
        off = set(held["off"])
        for number in range(desk.people):
            key = f"person{number:05d}"
            wrong += key not in off or said.get((name, key)) not in ENDED_WELL
            twice += held["done"].get(key, 0) != 1
    return wrong, twice
