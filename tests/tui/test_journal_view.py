"""The journal in the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fakes.consoles import console_on
from fakes.in_memory_provider import FakeProvider

from scimtui.store.journal import Journal


def put_down(home: Path, outcome: str = "applied", tenant: str = "acme", **more: Any) -> str:
    """Write an entry as another program, or an earlier run, would have."""
    journal = Journal(home / "journal" / f"{tenant}.jsonl")
    intent = {"change": "deactivate", "type": "User", "title": "Deactivate ann", "key": "ann", "operator": "oncall"}
    sent = {"method": "PATCH", "path": "/Users/7", "body": {"Operations": [{"op": "replace", "path": "active"}]}}
    edits = [{"path": "active", "before": True, "after": False}]
    entry = journal.intend({**intent, "id": "7", "requests": [sent], "edits": edits, "before": {"id": "7"}, **more})
    if outcome:
        journal.record(entry, {"outcome": outcome, "status": 200, "id": "7", "detail": more.get("detail", "")})
    return entry


async def test_an_empty_journal_says_what_will_stand_there(tmp_path):
    async with console_on(FakeProvider(), tmp_path, size=(80, 24)) as run:
        await run.until("acme Group: 0 in")
        await run.press("J")
        await run.until("Nothing was written yet.")


async def test_a_write_says_how_it_ended_and_opens_in_full(tmp_path):
    put_down(tmp_path, reason="TICKET-1")
    put_down(tmp_path, "refused", title="Edit bob", detail="you \x1b[31mmay not")
    async with console_on(FakeProvider(), tmp_path) as run:
        await run.until("acme Group: 0 in")
        await run.press("J")
        await run.until("2 writes")
        await run.until("✗ refused")
        await run.press("enter")
        await run.until("✗ Refused: ")
        assert "“you ␛[31mmay not”" in run.text
        await run.press("escape", "down", "enter")
        await run.until("TICKET-1")
        await run.until("active: true → false")
        assert "PATCH /Users/7" in run.text
        await run.press("y")
        await run.until('"operator": "oncall"')
        await run.press("c")
        await run.until("Copied acme-1")
        assert '"reason": "TICKET-1"' in run.app.clipboard


async def test_words_narrow_the_journal_and_escape_shows_all_again(tmp_path):
    put_down(tmp_path, title="Edit bob", reason="TICKET-2")
    put_down(tmp_path, title="Edit ann", reason="TICKET-1")
    async with console_on(FakeProvider(), tmp_path) as run:
        await run.until("acme Group: 0 in")
        await run.press("J")
        await run.until("Edit bob")
        await run.press("slash")
        await run.type("ticket-1")
        await run.until("Edit bob", gone=True)
        assert "Edit ann" in run.text
        await run.press("escape")
        await run.until("Edit bob")


async def test_a_write_by_another_program_appears_while_the_journal_is_open(tmp_path):
    async with console_on(FakeProvider(), tmp_path) as run:
        await run.until("acme Group: 0 in")
        await run.press("J")
        await run.until("Nothing was written yet.")
        put_down(tmp_path, title="Edit carl")
        await run.until("Edit carl")


async def test_a_start_tells_of_interrupted_writes_and_one_key_looks_them_up(tmp_path):
    provider = FakeProvider()
    ann = provider.add_user("ann")
    put_down(tmp_path, "", id=ann["id"], before={**ann})
    async with console_on(provider, tmp_path) as run:
        await run.until("1 write to acme was interrupted: J shows it")
        await run.press("J")
        await run.until("? interrupted")
        ann["active"] = False
        await run.press("u")
        await run.until("done and verified")
        await run.until("✓ done")
        assert [seen.method for seen in provider.seen if seen.method != "GET"] == []
        await run.press("u")
        await run.until("how this one ended is known")


async def test_the_history_of_a_resource_shows_its_writes_alone(tmp_path):
    provider = FakeProvider()
    ann = provider.add_user("ann")
    put_down(tmp_path, title="Edit ann", id=ann["id"])
    put_down(tmp_path, title="Edit bob", id="other")
    async with console_on(provider, tmp_path) as run:
        await run.until("Users 1")
        await run.press("enter")
        await run.until("userName")
        await run.press("H")
        await run.until("history ann")
        await run.until("Edit ann")
        assert "Edit bob" not in run.text
        await run.press("J")
        await run.until("Edit bob")


async def test_all_tenants_are_one_list_and_a_changed_line_is_told(tmp_path):
    put_down(tmp_path, tenant="gone", title="Edit old")
    put_down(tmp_path, title="Edit ann")
    async with console_on(FakeProvider(), tmp_path) as run:
        await run.until("acme Group: 0 in")
        await run.press("J")
        await run.until("Edit ann")
        await run.press("v")
        await run.until("acme: all of its 2 lines are as written")
        await run.press("a")
        await run.until("Edit old")
        path = tmp_path / "journal" / "gone.jsonl"
        path.write_text(path.read_text().replace("oncall", "nobody"))
        await run.press("v")
        await run.until("gone: THE JOURNAL WAS CHANGED: line 1")


async def test_a_write_is_taken_back_from_the_journal(tmp_path):
    provider = FakeProvider()
    ann = provider.add_user("ann", active=False)
    before = {**ann, "active": True}
    put_down(tmp_path, id=ann["id"], before=before)
    async with console_on(provider, tmp_path) as run:
        await run.until("Users 1")
        await run.press("J")
        await run.until("✓ done")
        await run.press("z")
        await run.until("active: false → true")
        await run.press("y")
        await run.until(lambda: provider.resources["Users"][ann["id"]]["active"] is True)
        await run.until("2 writes")
