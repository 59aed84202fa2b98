"""A new person like a colleague, here and in another tenant at once, into the groups of both."""

from __future__ import annotations

import pytest
from fakes.consoles import Console, console_on
from fakes.in_memory_provider import TOKEN, FakeProvider
from fakes.sessions import tenant_at

from scimtui.config import Config
from scimtui.tui.app import ScimtuiApp


@pytest.fixture
def acme() -> FakeProvider:
    """Ann is in Engineers and has a title, an address and an id that are her own."""
    made = FakeProvider()
    ann = made.add_user("ann", displayName="Ann Lee", title="Engineer", externalId="E1")["id"]
    made.add_group("Engineers", [ann])
    return made


@pytest.fixture
def bolt() -> FakeProvider:
    made = FakeProvider()
    made.add_group("Staff", [made.add_user("old")["id"]])
    return made


def members(provider: FakeProvider) -> set[str]:
    by_id = {raw["id"]: raw["userName"] for raw in provider.users()}
    return {by_id[one["value"]] for group in provider.resources["Groups"].values() for one in group["members"]}


async def test_somebody_like_a_colleague_is_created_here_and_elsewhere_and_comes_into_groups(acme, bolt, tmp_path):
    rules = {"groups": ["Staff"], "map": {"nickName": "title", "title": ""}}
    with acme.serve() as here, bolt.serve() as there:
        options = {"token_command": ["echo", TOKEN]}
        tenants = {"acme": tenant_at(here, **options), "bolt": tenant_at(there, "bolt", joiner=rules, **options)}
        app = ScimtuiApp(Config(tmp_path / "config.toml", tenants), tmp_path)
        async with app.run_test(size=(80, 24)) as pilot:
            run = Console(app, pilot)
            await run.until("acme Group: 1 in")
            await run.until("Ann Lee")
            await run.press("N")
            await run.until("nothing of their own; then into 1 group")
            await run.type("bea")
            await run.press("enter", "f6")
            await run.until("[x] + acme new: bea, into Engineers")
            await run.until("[ ] + bolt new: bea, into Staff")
            await run.press("asterisk", "enter")
            await run.until("2 changes in 2 tenants")
            assert [*acme.writes(), *bolt.writes()] == []
            await run.press("y")
            await run.until("A receipt from each of 2 tenants")
            await run.press("escape")
            await run.until("Groups of bea")
            await run.press("y")
            await run.until("A receipt from each of 2 tenants")
            await run.press("escape")
            await run.until("acme: bea is there, in Engineers · bolt: bea is there, in Staff")
            await run.until("as the provider has it")
    assert (members(acme), members(bolt)) == ({"ann", "bea"}, {"old", "bea"})
    bea, other = acme.user("bea"), bolt.user("bea")
    assert (bea["title"], "emails" in bea, "externalId" in bea) == ("Engineer", False, False)
    assert (other["nickName"], "title" in other) == ("Engineer", False)


async def test_the_groups_of_a_colleague_are_offered_once_somebody_like_them_is_there(acme, tmp_path):
    async with console_on(acme, tmp_path, (80, 24)) as run:
        await run.until("acme Group: 1 in")
        await run.until("Ann Lee")
        await run.press("A")
        await run.until("Elsewhere: there is only one tenant")
        await run.press("N")
        await run.until("then into 1 group")
        await run.type("bea")
        await run.press("enter", "ctrl+s")
        await run.until("Create User bea")
        await run.press("y")
        await run.until("groups of bea, like Ann Lee")
        await run.until("into 1 group: 1 change, nothing sent yet")
        await run.press("enter")
        await run.until("Add bea to Engineers")
        await run.press("y")
        await run.until("1 member before, 2 now")
    assert members(acme) == {"ann", "bea"}
