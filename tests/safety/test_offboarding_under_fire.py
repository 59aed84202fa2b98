"""People leave three tenants at once, which throttle, lose connections and answer slowly, and the command is killed in between."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack

from fakes.in_memory_provider import TOKEN
from fakes.throttling_provider import Running, Terms, throttling

PEOPLE = 40
BAD = {"people": PEOPLE, "reads": 500, "refuses": 0.01, "latency": (0.002, 0.012), "closes": 0.05, "breaks": 0.05}
TENANTS = {
    "acme": Terms(told="seconds", writes=25, loses=0.1, **BAD),
    "emca": Terms(told="date", writes=500, loses=0.1, **BAD),
    "stage": Terms(told="reset", writes=500, drops=0.03, slow=0.02, **BAD),
}
STARTS = 8
"""One that is killed, and one after each answer that never came and left somebody as they were."""


def test_rule_13_leavers_are_off_everywhere_and_nobody_is_written_twice_through_throttling_lost_answers_and_a_kill(
    desk, tmp_path
):
    with ExitStack() as stack:
        servers = {name: stack.enter_context(throttling(terms)) for name, terms in TENANTS.items()}
        for name, one in servers.items():
            desk.add(name, one.base_url, TOKEN, "production = true\nconcurrency = 6")
        leavers = desk.work / "leavers.csv"
        leavers.write_text("userName\n" + "".join(f"person{number:05d}\n" for number in range(PEOPLE)))
        command = ("deactivate", "--from", str(leavers), "--all-tenants")
        _kill_in_between(desk, servers, *command, *_agreed(PEOPLE * len(servers)))
        statuses = []
        while plans := list(desk.home.joinpath("plans").glob("*.json")):
            left = len(json.loads(plans[0].read_text())["changes"])
            statuses.append(desk.run("apply", str(plans[0]), *_agreed(left)).status)
            assert len(statuses) < STARTS, statuses
        counts = {name: one.count() for name, one in servers.items()}
    assert statuses[-1] == 0
    for name, count in counts.items():
        assert (name, len(count["off"])) == (name, PEOPLE)
        assert (name, set(count["done"].values())) == (name, {1})
    told = {
        name: sum(count["told"].get(name, 0) for count in counts.values()) for name in ("refused", "loses", "drops")
    }
    assert min(told.values()) > 0, told
    said = {(write["tenant"], write["title"]): write["outcome"] for write in desk.journal()}  # the last of each
    assert (len(said), set(said.values())) == (PEOPLE * len(TENANTS), {"applied"})
    assert desk.run("journal", "verify").status == 0


def _agreed(number: int) -> tuple[str, ...]:
    return ("--yes", "--unlock", "--reason", "left", "--expect", str(number))


def _kill_in_between(desk, servers: dict[str, Running], *command: str) -> None:
    process = desk.start(*command)
    while sum(len(one.count()["done"]) for one in servers.values()) < PEOPLE:
        assert process.poll() is None, process.communicate()[1].decode()
        time.sleep(0.02)
    process.kill()
    process.communicate()
