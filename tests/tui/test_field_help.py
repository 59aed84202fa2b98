"""What helps with a field of the form: lists to choose from, searches for those that it names, and their names."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path

from fakes.consoles import Console, console_on
from fakes.in_memory_provider import FakeProvider
from textual import events
from textual.widgets import Input

from scimtui.ops.binary_file import read_base64
from scimtui.scim.schema import ENTERPRISE_USER
from scimtui.tui.form.file_dialog import FileDialog
from scimtui.tui.form.resource_form import ResourceForm
from scimtui.tui.form.text_dialog import TextDialog
from scimtui.tui.members.member_search import MemberSearch

PEM = Path(__file__).parents[1] / "client" / "self_signed.pem"


@asynccontextmanager
async def form_of(provider: FakeProvider, folder, name: str, **values):
    """Open somebody in the form."""
    async with console_on(provider, folder, **values) as run:
        await run.until("complete")
        await run.press("slash", *name, "enter", "e")
        await run.until("as the provider has it")
        yield run


def form_in(run: Console) -> ResourceForm:
    return run.app.screen.view.form


async def go(run: Console, attribute: str, sub: str | None = None) -> None:
    await run.press("ctrl+home")
    while (place := form_in(run).current.place) is None or (place.attribute, place.sub) != (attribute, sub):
        await run.press("down")


async def test_a_manager_is_looked_for_by_name_and_shown_with_it(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann")
    boss = provider.add_user("boss", displayName="Grace Hopper")
    async with form_of(provider, tmp_path, "ann") as run:
        await go(run, "manager", "value")
        await run.press("f4")
        await run.until(lambda: isinstance(run.app.screen, MemberSearch))
        await run.until("Grace")
        await run.type("gra hop")
        await run.press("enter")
        await run.until("= Grace Hopper")
        manager = form_in(run).wanted()[ENTERPRISE_USER]["manager"]
        assert manager["value"] == boss["id"]
        assert set(manager) == {"value", "$ref"}
        assert manager["$ref"].endswith(f"/Users/{boss['id']}")


async def test_several_members_are_chosen_at_once_and_nothing_but_their_ids_is_written(tmp_path):
    provider = FakeProvider()
    people = [provider.add_user(name) for name in ("ann", "bob", "cy")]
    provider.add_group("Team", [people[0]["id"]])
    async with console_on(provider, tmp_path) as run:
        await run.until("complete")
        await run.press("2")
        await run.until("Team")
        await run.press("e")
        await run.until("as the provider has it")
        await go(run, "members")
        await run.press("f4")
        await run.until(lambda: isinstance(run.app.screen, MemberSearch))
        await run.until("cy")
        await run.type("user")
        await run.press("ctrl+u", "down", "asterisk", "enter")
        await run.until(lambda: not isinstance(run.app.screen, MemberSearch))
        members = form_in(run).wanted()["members"]
        assert {one["value"] for one in members} == {one["id"] for one in people}
        assert all(set(one) == {"value"} for one in members)


async def test_a_department_is_chosen_from_those_that_others_have(tmp_path):
    provider = FakeProvider()
    for number, name in enumerate(("Research", "Research", "Sales", "Sales", "Sales", "Alone")):
        provider.add_user(f"p{number}", **{ENTERPRISE_USER: {"department": name}})
    provider.add_user("ann", **{ENTERPRISE_USER: {"department": "Old"}})
    async with form_of(provider, tmp_path, "ann") as run:
        await go(run, "department")
        await run.press("f4")
        await run.until("3 have it")
        assert "Alone" not in run.text
        await run.press("r")
        await run.until("Sales", gone=True)
        await run.press("enter")
        assert form_in(run).wanted()[ENTERPRISE_USER]["department"] == "Research"
        assert "have it" not in run.text


async def test_what_the_schema_suggests_is_listed_and_any_text_stays_possible(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann")
    async with form_of(provider, tmp_path, "ann") as run:
        await go(run, "emails", "type")
        await run.press("ctrl+u", "f4")
        await run.until("suggested")
        await run.press("down", "enter")
        kinds = [form_in(run).wanted()["emails"][0]["type"]]
        await run.press("f4", "escape", "ctrl+u", *"mine")
        kinds.append(form_in(run).wanted()["emails"][0]["type"])
        assert kinds == ["home", "mine"]


async def test_a_password_is_seen_only_while_it_is_asked_for(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann")
    async with form_of(provider, tmp_path, "ann") as run:
        await go(run, "password")
        await run.press(*"s3cret", "f4")
        await run.until("s3cret")
        await run.press("down", "up")
        await run.until("s3cret", gone=True)
        await run.press("f4", "f4")
        await run.until("s3cret", gone=True)


async def test_a_text_of_several_lines_is_edited_line_by_line_and_nothing_hidden_acts(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann", nickName="one\ntwo\x1b[2J")
    async with form_of(provider, tmp_path, "ann") as run:
        await go(run, "nickName")
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, TextDialog))
        await run.until("two␛[2J")
        await run.press("enter", *"three", "ctrl+s")
        await run.until(lambda: not isinstance(run.app.screen, TextDialog))
        assert form_in(run).wanted()["nickName"] == "one\ntwo\x1b[2J\nthree"
        await run.press("ctrl+e")
        await run.until(lambda: isinstance(run.app.screen, TextDialog))
        await run.press("x", "escape")
        assert form_in(run).wanted()["nickName"] == "one\ntwo\x1b[2J\nthree"


async def test_every_line_that_is_pasted_into_a_field_arrives(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann")
    async with form_of(provider, tmp_path, "ann") as run:
        await go(run, "title")
        run.app.screen.focused.post_message(events.Paste("one\ntwo\n"))
        await run.until("one␊two")
        assert form_in(run).wanted()["title"] == "one\ntwo"


async def test_a_certificate_is_taken_from_a_file_and_shown_as_whose_it_is(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann")
    async with form_of(provider, tmp_path, "ann") as run:
        await go(run, "x509Certificates")
        await run.press("enter", "f4")
        await run.until(lambda: isinstance(run.app.screen, FileDialog))
        await run.type("/no/file")
        await run.press("enter")
        await run.until("can't be read")
        run.app.screen.query_one(Input).value = str(PEM)
        await run.press("enter")
        await run.until("certificate of CN=")
        assert form_in(run).wanted()["x509Certificates"] == [{"value": read_base64(str(PEM))}]
