"""Two sides on one screen: who differs and in what, one attribute over all, the pair, rules, copies and files."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from fakes.consoles import Console, console, console_on, write_config
from fakes.in_memory_provider import TOKEN, FakeProvider, Habits
from fakes.sessions import tenant_at
from textual.widgets import Input

from scimtui.config import load_config
from scimtui.ops.remember import open_remembered
from scimtui.ops.session import open_session
from scimtui.scim.schema import ENTERPRISE_USER
from scimtui.store.cache import SyncState
from scimtui.tui.compare.compare_view import CompareView

SMALL = (80, 24)


class Server(NamedTuple):
    """Where a provider is, and its token."""

    base_url: str
    token: str


Raws = Sequence[dict[str, Any]]
USERS = {
    "acme": [
        {"id": "1", "userName": "ann", "title": "Engineer", "active": True, ENTERPRISE_USER: {"department": "Sales"}},
        {"id": "2", "userName": "ben", "title": "Clerk", "emails": [{"value": "ben@x", "type": "work"}]},
        {"id": "3", "userName": "cleo", "title": "Chief"},
        {"id": "4", "userName": "dora", "displayName": "Dora Left"},
        {"id": "5", "userName": "eve"},
        {"id": "6", "userName": "EVE"},
    ],
    "bolt": [
        {"id": "a", "userName": "ann", "title": "Director", "active": True},
        {"id": "b", "userName": "ben", "title": "Clerk", "emails": [{"value": "ben@y", "type": "work"}]},
        {"id": "c", "userName": "cleo", "title": "Chief"},
        {"id": "e", "userName": "eve"},
        {"id": "f", "userName": "finn", "displayName": "Finn Right"},
    ],
}


def fill(folder: Path, users: Mapping[str, Raws], groups: Mapping[str, Raws] | None = None, partial: str = "") -> Path:
    """Write a config of tenants that do not answer, and fill their caches; `partial` names one that is not complete."""
    config = folder / "config.toml"
    config.write_text("\n".join(f'[tenants.{name}]\nbase_url = "http://127.0.0.1:9"\nauth = "none"' for name in users))
    for name, people in users.items():
        session = open_session(tenant_at("http://127.0.0.1:9", name=name, auth="none"), folder / "home")
        for type_name, raws in (("User", people), ("Group", (groups or {}).get(name, ()))):
            with session.cache.resources(type_name).replacement() as replacement:
                replacement.add(list(raws))
                is_whole = name != partial
                why = None if is_whole else "the provider stopped at 5"
                replacement.commit(SyncState(datetime.now(UTC), is_whole, why, len(raws), len(raws)))
        session.cache.close()
    return config


@asynccontextmanager
async def compared(config: Path, size: tuple[int, int] = SMALL) -> AsyncIterator[Console]:
    """Run the console on what `fill` wrote, with the comparison of acme and bolt open."""
    async with console(config, config.parent / "home", size) as run:
        await run.until("ann")
        await run.press("D")
        await run.until("bolt")
        await run.press("enter")
        await run.until("acme ⇄ bolt")
        await run.until(lambda: view(run).held is not None and bool(view(run).table.columns))
        yield run


def view(run: Console) -> CompareView:
    """The comparison that is open."""
    return run.app.screen.query_one(CompareView)


def line(run: Console, text: str) -> str:
    """The first line of the screen that holds a text."""
    return next(line for line in run.text.splitlines() if text in line)


async def test_who_differs_stands_on_one_line_with_what_in_and_both_values_and_opens_as_a_pair(tmp_path):
    async with compared(fill(tmp_path, USERS)) as run:
        await run.until("≠ differs 2")
        assert "complete just now ⇄ just now" in run.text
        assert "department, title" in line(run, "≠  ann"), run.text
        assert "Sales · Engineer" in line(run, "≠  ann")
        assert "not set · Director" in line(run, "≠  ann")
        await run.press("enter")
        await run.until("≠ title")
        assert "Engineer" in line(run, "≠ title")
        assert "Director" in line(run, "≠ title")
        assert "not set" in line(run, "≠ department")
        assert "= userName" not in run.text
        await run.press("equals_sign")
        await run.until("= userName")
        await run.press("n")
        await run.until("≠ emails work")
        assert "ben@x" in line(run, "≠ emails work")
        assert "ben@y" in line(run, "≠ emails work")
        await run.press("escape")
        await run.until("▸ ≠  ben")


async def test_one_attribute_is_looked_at_over_all_people_in_two_columns(tmp_path):
    async with compared(fill(tmp_path, USERS)) as run:
        await run.until("title 1")
        await run.press("a")
        await run.until("Look at one attribute")
        await run.press("down", "down", "enter")
        await run.until("emails, acme")
        assert "ben@x" in line(run, "≠  ben")
        assert "ben@y" in line(run, "≠  ben")
        assert "≠  ann" not in run.text
        await run.press("escape")
        await run.until("≠  ann")


async def test_each_kind_has_a_table_of_its_own_and_keeps_its_marks(tmp_path):
    async with compared(fill(tmp_path, USERS)) as run:
        await run.until("≠  ann")
        await run.press("space", "full_stop")
        await run.until("Dora Left")
        assert view(run).table.marked == set()
        await run.press("full_stop")
        await run.until("Finn Right")
        await run.press("full_stop")
        await run.until("=  cleo")
        await run.press("full_stop")
        await run.until("?  eve")
        assert "2: 5, 6" in line(run, "?  eve")
        await run.press("full_stop")
        await run.until("*▸ ≠  ann")
        assert [(one.left_id, one.right_id) for one in view(run).table.chosen] == [("1", "a")]


async def test_nobody_is_called_missing_from_a_side_that_is_not_complete(tmp_path):
    async with compared(fill(tmp_path, USERS, partial="bolt"), (120, 40)) as run:
        await run.until("bolt is not complete (the provider stopped at 5)")
        assert "bolt INCOMPLETE" in run.text
        await run.press("full_stop")
        await run.until("Dora Left")
        assert "◀" not in run.text
        assert "? only left 1 · unknown" in run.text
        await run.until("bolt: unknown")
        await run.press("full_stop")
        await run.until("▶  finn")


async def test_rules_are_changed_here_or_in_the_config_a_mistake_is_said_at_once_and_the_tab_comes_back(tmp_path):
    config = fill(tmp_path, USERS)
    async with compared(config) as run:
        await run.until("≠ differs 2")
        await run.press("f")
        await run.until("Pair by")
        await run.press("down")
        await run.type("titel")
        await run.until("did you mean title?")
        await run.press("enter", "backspace", "backspace")
        await run.type("le, emails")
        await run.until(lambda: "did you mean" not in run.text)
        await run.press("ctrl+s")
        await run.until("2 ignored")
        assert load_config(config).compare_rules("acme", "bolt").ignore == ("title", "emails")
        await run.press("w")
        await run.until("bolt ⇄ acme")
        await run.until("≠ differs 1")
        run.app.exit()
    spec = open_remembered(tmp_path / "home").get("tabs", [])[-1]
    assert (spec["tenant"], spec["right"]) == ("bolt", "acme")
    async with console(config, tmp_path / "home", SMALL) as run:
        await run.until("bolt ⇄ acme")
        await run.until("2 ignored")


async def test_where_nobody_is_paired_the_keys_that_would_do_it_are_said(tmp_path):
    users = {
        "acme": [{"id": "1", "userName": "ann", "externalId": "7"}, {"id": "2", "userName": "ben", "externalId": "8"}],
        "bolt": [{"id": "3", "userName": "a1", "externalId": "7"}, {"id": "4", "userName": "b1", "externalId": "8"}],
    }
    async with compared(fill(tmp_path, users), (120, 40)) as run:
        await run.until("Nobody has the same userName on both sides")
        await run.until("externalId would pair 2")


async def test_groups_are_compared_too_and_members_go_by_name_where_the_provider_shows_ids_alone(tmp_path):
    groups = {
        "acme": [{"id": "g", "displayName": "Crew", "members": [{"value": "1"}, {"value": "4"}]}],
        "bolt": [{"id": "h", "displayName": "Crew", "members": [{"value": "a"}]}],
    }
    async with compared(fill(tmp_path, USERS, groups)) as run:
        await run.until("≠ differs 2")
        await run.press("2")
        await run.until("≠  Crew")
        assert "Dora Left" in line(run, "≠  Crew")
        await run.press("enter")
        await run.until("◀ members")


async def test_a_tenant_is_compared_with_an_earlier_copy_of_itself(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann", title="Engineer")
    async with console_on(provider, tmp_path, SMALL) as run:
        await run.until("acme Group: 0")
        provider.user("ann")["title"] = "Director"
        provider.add_user("ben")
        await run.press("r")
        await run.until("1 new")
        await run.press("D")
        await run.until("as it was")
        await run.press("down", "enter")
        await run.until("≠  ann")
        assert "Director" in line(run, "≠  ann").split("Engineer")[1]
        assert "▶ only right 1" in run.text
        spec = view(run).spec()
        assert spec["tenant"] == spec["right"] == "acme"
        assert datetime.fromisoformat(spec["left_at"])


async def test_a_file_is_compared_with_a_tenant(tmp_path):
    exported = tmp_path / "export.jsonl"
    exported.write_text("\n".join(json.dumps(raw) for raw in USERS["bolt"]))
    async with console(fill(tmp_path, {"acme": USERS["acme"]}), tmp_path / "home", SMALL) as run:
        await run.until("ann")
        await run.press("D")
        await run.until("a file…")
        await run.press("enter")
        await run.until("path of a file")
        run.app.screen.query_one(Input).value = str(tmp_path / "nowhere.csv")
        await run.press("enter")
        await run.until("Check the path")
        run.app.screen.query_one(Input).value = str(exported)
        await run.press("enter")
        await run.until("export.jsonl ⇄ acme")
        await run.until("≠  ann")


async def test_the_last_tab_says_how_two_tenants_describe_themselves(tmp_path):
    ours, theirs = FakeProvider(), FakeProvider(Habits(etag=False))
    for provider in (ours, theirs):
        provider.add_user("ann")
    with ours.serve() as here, theirs.serve() as there:
        config = write_config(tmp_path, {"acme": Server(here, TOKEN), "bolt": Server(there, TOKEN)})
        async with console(config, tmp_path / "home", SMALL) as run:
            await run.until("Group: 0 in")
            await run.press("D")
            await run.until("bolt")
            await run.press("enter")
            await run.until("bolt was never synced")
            assert "≣" not in run.text
            await run.press("r")
            await run.until("≣")
            await run.press("comma")
            await run.until("etag.supported: yes → no")
            await run.press("full_stop")
            await run.until("1 same")
