"""The jobs of docs/keystrokes.md, done with exactly the keys that stand there, to the end that the provider shows."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from fakes.consoles import Console, console, console_on, write_config
from fakes.in_memory_provider import TOKEN, FakeProvider
from textual import events

PAGE = Path(__file__).parents[2] / "docs" / "keystrokes.md"
NAMED = {
    "/": "slash",
    "*": "asterisk",
    "Enter": "enter",
    "Space": "space",
    "Esc": "escape",
    "Ctrl+F": "ctrl+f",
    "Ctrl+S": "ctrl+s",
}


def jobs() -> dict[str, tuple[list[str], int]]:
    """Return the keys and the count of each job of the page."""
    rows = re.findall(r"^\| (.+?) \| (`.+`) \| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {job: (re.findall(r"`(.+?)`", keys), int(count)) for job, keys, count in rows}


@dataclass
class Job:
    """Presses the keys of the page, one after the other."""

    run: Console
    left: list[str]

    async def press(self, *keys: str) -> None:
        """Press the next keys, which must be these."""
        assert self.left[: len(keys)] == list(keys)
        del self.left[: len(keys)]
        await self.run.press(*(NAMED.get(key, key) for key in keys))


@asynccontextmanager
async def job(run: Console, name: str) -> AsyncIterator[Job]:
    """Do a job with the keys of the page: all of them, and as many as it says."""
    keys, count = jobs()[name]
    assert len(keys) == count
    doing = Job(run, list(keys))
    yield doing
    assert doing.left == []


@pytest.fixture
def provider() -> FakeProvider:
    made = FakeProvider()
    made.add_users(30)
    zoe = made.add_user("zoe", displayName="Zoe Park")["id"]
    made.add_group("Engineers", [zoe])
    made.add_group("Library", [])
    return made


def test_every_job_of_the_page_is_done_here() -> None:
    assert set(re.findall(r'job\(run, "(.+?)"\)', Path(__file__).read_text(encoding="utf-8"))) == jobs().keys()


async def at_the_table(run: Console) -> None:
    await run.until("Users 31")
    await run.until("user00001")
    await run.until("complete")


@asynccontextmanager
async def console_on_all(folder: Path, **providers: FakeProvider) -> AsyncIterator[Console]:
    """Run the console on several tenants, at the people of acme."""
    with ExitStack() as stack:
        servers = {
            name: SimpleNamespace(base_url=stack.enter_context(one.serve()), token=TOKEN)
            for name, one in providers.items()
        }
        async with console(write_config(folder, servers), folder / "home") as run:
            await at_the_table(run)
            yield run


def off(*providers: FakeProvider) -> list[str]:
    return [raw["userName"] for one in providers for raw in one.users() if not raw["active"]]


async def test_one_person_is_found_and_deactivated(provider, tmp_path):
    async with console_on(provider, tmp_path) as run:
        await at_the_table(run)
        async with job(run, "Find one person and deactivate them") as doing:
            await doing.press("/", "z", "o", "e", "Enter")
            await run.until("1 match")
            await doing.press("d")
            await run.until("Deactivate Zoe Park")
            await doing.press("y")
        await run.until("done and verified")
    assert off(provider) == ["zoe"]


async def test_one_person_is_found_and_deactivated_in_all_tenants(provider, tmp_path):
    crm, wiki = FakeProvider(), FakeProvider()
    for number, other in enumerate((crm, wiki)):
        other.add_user(f"z.park{number}", emails=[{"value": "zoe@example.com", "type": "work", "primary": True}])
    async with console_on_all(tmp_path, acme=provider, crm=crm, wiki=wiki) as run:
        async with job(run, "Find one person and deactivate them in all tenants") as doing:
            await doing.press("Ctrl+F", "z", "o", "e")
            await run.until("Zoe Park")
            await doing.press("Enter")
            await run.until(lambda: run.text.count("✓ now") == 3)
            await doing.press("d")
            await run.until("y send to all of them")
            await doing.press("y")
        await run.until("A receipt from each of 3 tenants")
    assert off(provider, crm, wiki) == ["zoe", "z.park0", "z.park1"]


async def test_a_list_of_people_is_deactivated_in_all_tenants(provider, tmp_path):
    crm = FakeProvider()
    crm.add_user("zoe")
    async with console_on_all(tmp_path, acme=provider, crm=crm) as run:
        async with job(run, "Paste a list of leavers and deactivate them in all tenants") as doing:
            await doing.press("O")
            await run.until("Paste a list")
            run.app.post_message(events.Paste("userName\nzoe\nuser00007\nuser00009\n"))
            await run.until("user00009")
            await doing.press("Ctrl+S")
            await run.until("3 lines: 3 found")
            await doing.press("d")
            await run.until("4 changes in 2 tenants")
            await doing.press("4", "Enter")
        await run.until("A receipt from each of 2 tenants")
    assert off(provider, crm) == ["user00007", "user00009", "zoe", "zoe"]


async def test_why_somebody_cannot_log_in_is_seen_and_mended(provider, tmp_path):
    provider.user("zoe")["active"] = False
    async with console_on(provider, tmp_path) as run:
        await at_the_table(run)
        async with job(run, "See why somebody cannot log in, and mend it") as doing:
            await doing.press("/", "z", "o", "e", "Enter")
            await run.until("1 match")
            await doing.press("w")
            await run.until("✗ active")
            await doing.press("d")
            await run.until("Activate Zoe Park")
            await doing.press("y")
        await run.until("done and verified")
    assert provider.user("zoe")["active"] is True


async def test_a_person_is_added_to_a_group(provider, tmp_path):
    async with console_on(provider, tmp_path) as run:
        await at_the_table(run)
        async with job(run, "Add a person to a group") as doing:
            await doing.press("/", "z", "o", "e", "Enter")
            await run.until("1 match")
            await doing.press("m")
            await run.until("groups of Zoe Park")
            await doing.press("/", "l", "i", "b", "Enter", "Space")
            await run.until("into 1 group")
            await doing.press("Enter")
            await run.until("Add Zoe Park to Library")
            await doing.press("y")
        await run.until("done and verified")
    (library,) = [raw for raw in provider.resources["Groups"].values() if raw["displayName"] == "Library"]
    assert [member["value"] for member in library["members"]] == [provider.user("zoe")["id"]]


async def test_a_change_is_taken_back_at_once_and_from_the_journal_later(provider, tmp_path):
    async with console_on(provider, tmp_path) as run:
        await at_the_table(run)
        await run.press("d")
        await run.until("Deactivate")
        await run.press("y")
        await run.until("done and verified")
        async with job(run, "Take the last change back") as doing:
            await doing.press("z")
            await run.until("Undo acme-")
            await doing.press("y")
        await run.until("done and verified")
        await run.press("d")
        await run.until("Deactivate")
        await run.press("y")
        await run.until(lambda: not all(raw["active"] for raw in provider.users()))
        await run.until("done and verified")
    async with console_on(provider, tmp_path) as run:
        await at_the_table(run)
        async with job(run, "Take back what somebody did yesterday") as doing:
            await doing.press("J")
            await run.until("3 writes")
            await doing.press("z")
            await run.until("Undo acme-")
            await doing.press("y")
        await run.until("done and verified")
    assert all(raw["active"] for raw in provider.users())
