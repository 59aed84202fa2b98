"""The power goes between an intent and its answer: nothing is sent twice, and the journal tells."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest
from fakes.consoles import console
from fakes.in_memory_provider import TOKEN
from fakes.raw_server import http, raw_server
from fakes.stuck_provider import stuck_at

COMMANDS = {
    "PATCH": ["edit", "acme", "User", "ann", "--set", "title=Boss", "--reason", "promoted"],
    "POST": ["create", "acme", "User", "--set", "userName=new"],
    "DELETE": ["delete", "acme", "User", "ann"],
}


@pytest.mark.parametrize("does_it", [True, False], ids=["done", "not done"])
@pytest.mark.parametrize("method", COMMANDS)
def test_rule_19_a_kill_between_intent_and_answer_loses_nothing_and_is_looked_up_and_never_sent_again(
    desk, acme, method, does_it
):
    with stuck_at(acme, 1, does_it=does_it) as stuck:
        desk.add("acme", stuck.base_url, TOKEN)
        desk.run("sync")
        process = desk.start(*COMMANDS[method], "--yes")
        assert stuck.reached.wait(60)
        process.kill()
        process.communicate()
        (write,) = desk.journal()
        assert (write["outcome"], write["interrupted"]) == ("unknown", True)
        assert "look-up" in desk.run("journal", "list").err
        assert desk.run("journal", "verify").status == 0
        for command in (["sync"], ["list", "acme"], ["journal", "list"], ["apply"]):
            desk.run(*command)
        looked = desk.run("journal", "look-up", "--format", "json")
        (record,) = looked.json
        (after,) = desk.journal()
        assert desk.run("journal", "verify").status == 0
        assert desk.run("list", "acme", "--format", "jsonl").status == 0
    assert sum(stuck.writes.values()) == (1 if does_it else 0)
    assert len(acme.writes()) == (1 if does_it else 0)
    if does_it:
        assert record["outcome"] == after["outcome"]
        assert record["outcome"] in ({"applied", "unknown"} if method == "POST" else {"applied"})
    else:
        assert "applied" not in {record["outcome"], after["outcome"]}


def test_rule_12_a_server_that_takes_a_write_and_never_answers_gets_it_once_and_the_start_after_a_kill_shows_it(
    desk,
):
    ann = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "ann", "active": True}
    came = threading.Event()

    def answer(request):
        if request.method != "GET":
            came.set()
            return [b""] * 600
        path = request.target.partition("?")[0]
        if path.endswith("/Users/1"):
            return http(200, json.dumps(ann).encode())
        if path.endswith("/Users"):
            return http(200, json.dumps({"totalResults": 1, "Resources": [ann]}).encode())
        return http(404)

    with raw_server(answer) as server:
        desk.add("acme", server.base_url, TOKEN)
        process = desk.start("deactivate", "ann", "--tenant", "acme", "--yes")
        assert came.wait(60)
        process.kill()
        process.communicate()
        (write,) = desk.journal()
        assert write["interrupted"]
        shown = desk.run("journal", "list")
        assert "Deactivate ann" in shown.out
        assert "look-up" in shown.err
        asyncio.run(_said_at_the_start(desk))
        desk.run("journal", "look-up")
        desk.run("sync")
        assert [one.method for one in server.seen if one.method != "GET"] == ["PATCH"]


async def _said_at_the_start(desk) -> None:
    """Start the console, which says that a write was interrupted, and look at it in the journal."""
    async with console(desk.config, desk.home) as run:
        await run.until("1 write to acme was interrupted: J shows it")
        await run.press("J")
        await run.until("1 interrupted")
        await run.until("Deactivate ann")
