"""Kills a process at random moments while it writes to a cache, and looks each time at what is left.

Run as a program: `python -m fakes.killed_caches FOLDER ROUNDS plain|sealed|switching`. It forks, since a process that is
started anew costs more than all it writes before it dies.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fakes.caches import COMPLETE

from scimtui.store.cache import ResourceCache, TenantCache
from scimtui.store.cipher import Keys
from scimtui.store.columns import Projection
from scimtui.store.resealing import is_sealed

KEY = bytes(range(32))
MODES = {"plain": (False,), "sealed": (True,), "switching": (False, True)}
LONGEST = 0.02
"""Seconds until a process is killed."""

Users = dict[str, int]
Step = list[Any]


def keys(*, sealed: bool) -> Keys:
    return Keys(sealed, find=lambda: KEY, make=lambda: KEY)


def person(identity: str, number: int) -> dict[str, Any]:
    return {"id": identity, "number": number, "text": "x" * (number % 400)}


def random_step(source: random.Random) -> Step:
    number = source.randrange(1_000_000)
    some = [f"id-{source.randrange(60)}" for _ in range(source.randrange(1, 9))]
    return source.choice(
        [
            ["put", some[0], number],
            ["remove", some[0]],
            ["merge", some, [f"id-{source.randrange(60)}"], number],
            ["replace", sorted(set(some)), number],
            ["compact"],
        ]
    )


def after(users: Users, step: Step) -> Users:
    """Return what is there after a step; a list counts as a whole or not at all."""
    match step:
        case ["put", one, number]:
            return {**users, one: number}
        case ["remove", one]:
            return {each: kept for each, kept in users.items() if each != one}
        case ["merge", some, gone, number]:
            return {each: kept for each, kept in {**users, **dict.fromkeys(some, number)}.items() if each not in gone}
        case ["replace", some, number]:
            return dict.fromkeys(some, number)
    return users


def do(users: ResourceCache, step: Step) -> None:
    match step:
        case ["put", one, number]:
            users.put(person(one, number))
        case ["remove", one]:
            users.remove(one)
        case ["merge", some, gone, number]:
            users.merge([person(one, number) for one in some], gone, COMPLETE)
        case ["replace", some, number]:
            with users.replacement() as replacement:
                replacement.add([person(one, number) for one in some])
                replacement.commit(COMPLETE)
        case ["compact"]:
            users.db.storage.compact()


def write_until_killed(folder: Path, tell: Callable[[Any], None], seed: int, *, sealed: bool) -> None:
    source = random.Random(seed)
    tell("opening")
    users = TenantCache(folder, keys(sealed=sealed)).resources("User")
    tell(None)
    while True:
        step = random_step(source)
        tell(step)
        do(users, step)
        tell(None)


def killed(folder: Path, source: random.Random, *, sealed: bool) -> list[Any]:
    """Return what a process told before it was killed: each step, and None when it was acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            seed = source.randrange(1 << 30)
            write_until_killed(
                folder, lambda told: os.write(writing, json.dumps(told).encode() + b"\n"), seed, sealed=sealed
            )
        except Exception:  # noqa: BLE001 - whatever it is, its parent says that it was not the kill
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(writing)
    source.random()
    with os.fdopen(reading, "rb") as pipe:
        told = [
            pipe.readline() for _ in range(source.choice((1, 2, 2, 2)))
        ]  # in the first case while it opens the cache
        time.sleep(source.random() * LONGEST)
        os.kill(child, signal.SIGKILL)
        told += pipe.readlines()
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writer failed by itself"
    return [json.loads(line) for line in told]


def look(folder: Path, *, sealed: bool) -> tuple[Users, list[str]]:
    """Return what the cache holds, and what it says of itself."""
    cache = TenantCache(folder, keys(sealed=sealed))
    try:
        users = cache.resources("User")
        held = list(users.documents())
        assert all(raw == person(raw["id"], raw["number"]) for raw in held)
        rows = users.rows(Projection("v1", lambda raw: (raw["id"], "", str(raw["number"]))))
        assert [(row[0], row[2]) for row in rows] == [(raw["id"], str(raw["number"])) for raw in held]
        assert not list(folder.glob("*.new"))
        assert all(is_sealed(path) == sealed for path in (*folder.glob("User.tinydb"), *folder.glob("*.columns")))
        return {raw["id"]: raw["number"] for raw in held}, cache.notices
    finally:
        cache.close()


def main(folder: Path, rounds: int, mode: str) -> None:
    source = random.Random(time.time_ns())
    there: Users = {}
    struck: Counter[str] = Counter()
    for count in range(rounds):
        sealed = MODES[mode][count % len(MODES[mode])]
        *acknowledged, last = killed(folder, source, sealed=sealed)
        for step in acknowledged:
            there = after(there, step)
        possible = [there] if last in (None, "opening") else [after(there, last), there]
        held, notices = look(folder, sealed=sealed)
        assert held in possible, f"round {count}: {last} left {held}, not one of {possible}"
        assert mode == "switching" or not notices, notices
        there = held
        struck[last[0] if isinstance(last, list) else str(last)] += 1
    sys.stdout.write(json.dumps(struck))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
