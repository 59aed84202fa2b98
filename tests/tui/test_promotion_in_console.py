"""Who differs is staged in the comparison, planned, and made alike after a preview; or the plan is written down."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from fakes.consoles import Console, console
from fakes.in_memory_provider import TOKEN, FakeProvider

from scimtui.scim.schema import ENTERPRISE_USER

SMALL = (80, 24)


def drifted() -> dict[str, FakeProvider]:
    """`acme` has a new boss whom another one has as manager; two titles differ."""
    acme, stage = FakeProvider(), FakeProvider()
    for provider in (acme, stage):
        provider.add_users(4)
    boss = acme.add_user("boss", displayName="The Boss")
    acme.user("user00001").update({ENTERPRISE_USER: {"manager": {"value": boss["id"]}}, "title": "Cook"})
    stage.user("user00002")["title"] = "Chef"
    return {"acme": acme, "stage": stage}


@asynccontextmanager
async def compared(served: dict[str, FakeProvider], folder: Path, more: str = "") -> AsyncIterator[Console]:
    """Open the comparison of the people of both, synced."""
    with ExitStack() as stack:
        tables = [
            f'[tenants.{name}]\nbase_url = "{stack.enter_context(provider.serve())}"\n'
            f'token_command = ["echo", "{TOKEN}"]\n{more if name == "stage" else ""}\n'
            for name, provider in served.items()
        ]
        (folder / "config.toml").write_text("\n".join(tables))
        async with console(folder / "config.toml", folder / "home", SMALL) as run:
            await run.until("Users 5")
            await run.press("D")
            await run.until("Compare the Users of acme")
            await run.press("enter")
            await run.until("never synced")
            await run.press("r")
            await run.until("≠ 2 differ")
            yield run


async def test_the_right_side_is_made_like_the_left_one_and_then_nothing_differs(tmp_path):
    served = drifted()
    async with compared(served, tmp_path) as run:
        await run.press("P")
        await run.until("nobody is staged")
        await run.press("asterisk", "greater_than_sign")
        await run.until("2 staged; P shows")
        await run.press("full_stop", "greater_than_sign")
        await run.until("3 staged")
        await run.press("P")
        await run.until("stage User: 1 to create, 3 to edit")
        assert served["stage"].writes() == []
        await run.press("s")
        await run.until("Type 3 to send")
        await run.press("3", "enter")
        await run.until("PATCH /Users/")  # what names the boss, now that there is one
        await run.press("y")
        await run.until("≠ 0 differ")
        await run.until("staged", gone=True)
    stage = served["stage"]
    assert stage.user("user00001")[ENTERPRISE_USER]["manager"]["value"] == stage.user("boss")["id"]
    assert (stage.user("user00001")["title"], stage.user("user00002").get("title")) == ("Cook", None)


async def test_the_other_way_round_a_plan_is_written_to_a_file_and_nothing_is_sent(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    served = drifted()
    async with compared(served, tmp_path, 'role = "view"') as run:
        await run.press("greater_than_sign")
        await run.until("the role in stage is view")
        await run.press("asterisk", "less_than_sign", "P")
        await run.until("acme User: 2 to edit")
        await run.press("w")
        await run.until("Enter write")
        await run.press("enter")
        await run.until("scimtui apply carries them out")
    (path,) = tmp_path.glob("plan-*.json")
    changes = json.loads(path.read_text())["changes"]
    assert [(one["tenant"], one["key"]) for one in changes] == [("acme", "user00001"), ("acme", "user00002")]
    assert [one.writes() for one in served.values()] == [[], []]
