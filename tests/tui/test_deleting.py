"""Deleting and passwords in the console: one person, typed by name, and never more said than is known."""

from __future__ import annotations

from fakes.consoles import Console, console_on
from fakes.in_memory_provider import FakeProvider, Habits
from textual.widgets import Input

from scimtui.ops.new_password import SIGNS, new_password
from scimtui.tui.resource_actions.delete_dialog import DeleteDialog
from scimtui.tui.resource_actions.password_dialog import PasswordDialog
from scimtui.tui.writing.preview_dialog import PreviewDialog


async def deleting(run: Console) -> None:
    await run.until("complete")
    await run.press("X")
    await run.until(lambda: isinstance(run.app.screen, DeleteDialog) and "Delete User" in run.text)


async def test_only_the_name_typed_in_full_deletes_and_the_journal_keeps_all_of_it(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann", title="Boss")
    async with console_on(provider, tmp_path, size=(80, 24)) as run:
        await deleting(run)
        assert "treat it as final" in run.text
        await run.type("an")
        await run.press("enter")
        await run.until("not its name")
        assert provider.writes() == []
        await run.type("n")
        await run.press("enter")
        await run.until("done and verified")
        intent, _ = run.app.screen.view.session.journal.entries()
        assert intent.payload["before"]["title"] == "Boss"
    assert provider.users() == []


async def test_esc_deletes_nothing_and_what_delete_means_is_said_where_it_is_known(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann")
    async with console_on(provider, tmp_path, profile={"deletion": "deactivates"}) as run:
        await deleting(run)
        assert "only deactivates" in run.text
        await run.press("escape")
        await run.until("Nothing was deleted")
    assert provider.writes() == []


async def test_a_production_tenant_wants_a_reason_and_a_locked_one_says_why_not(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann")
    async with console_on(provider, tmp_path, production=True) as run:
        await run.until("complete")
        await run.press("X")
        await run.until("locked")
        await run.press("exclamation_mark", "y")
        await run.press("X")
        await run.until("Delete User ann")
        await run.press("tab")
        await run.type("ann")
        await run.press("enter")
        assert provider.writes() == []
        assert run.app.screen.query_one("#reason", Input).has_focus
        await run.type("left")
        await run.press("enter", "enter")
        await run.until("done and verified")
        intent, _ = run.app.screen.view.session.journal.entries()
        assert intent.payload["reason"] == "left"


async def test_a_name_that_cannot_be_typed_is_deleted_by_its_id(tmp_path):
    provider = FakeProvider(Habits(ids="integer"))
    provider.add_user("evil\u202e")
    async with console_on(provider, tmp_path) as run:
        await deleting(run)
        await run.press("1", "enter")
        await run.until(lambda: provider.users() == [])


async def test_many_are_never_deleted_at_once(tmp_path):
    provider = FakeProvider()
    provider.add_users(3)
    async with console_on(provider, tmp_path) as run:
        await run.until("complete")
        await run.press("space", "space", "X")
        await run.until("2 rows are marked")
        assert not isinstance(run.app.screen, DeleteDialog)
    assert provider.writes() == []


async def test_the_tab_of_what_is_deleted_is_closed(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann")
    async with console_on(provider, tmp_path) as run:
        await run.until("complete")
        await run.press("enter")
        await run.until("as the provider has it")
        await run.press("X")
        await run.until("Delete User ann")
        await run.type("ann")
        await run.press("enter")
        await run.until(lambda: len(run.app.screen.tabs) == 1)


async def test_a_password_is_typed_twice_shown_nowhere_and_said_to_be_accepted_not_verified(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann")
    async with console_on(provider, tmp_path, size=(80, 24)) as run:
        await run.until("complete")
        await run.press("P")
        await run.until("A new password for User ann")
        await run.type("hunter2")
        await run.press("enter")
        await run.type("hunter3")
        await run.press("enter")
        await run.until("not the same")
        await run.type("hunter2")
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, PreviewDialog))
        assert "hunter2" not in run.text
        await run.press("y")
        await run.until("accepted")
        assert "nothing to verify" in run.text
        assert "may or may not" not in run.text
    (seen,) = provider.writes()
    assert seen.body["Operations"] == [{"op": "replace", "path": "password", "value": "hunter2"}]
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"hunter2" not in written


async def test_a_password_that_is_made_up_is_shown_until_the_next_key(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann")
    async with console_on(provider, tmp_path) as run:
        await run.until("complete")
        await run.press("P")
        await run.until("A new password for User ann")
        await run.press("ctrl+g")
        password = run.app.screen.query_one("#first", Input).value
        await run.until(password)
        await run.press("left")
        assert isinstance(run.app.screen, PasswordDialog)
        await run.until(password, gone=True)
        await run.press("ctrl+g", "enter")
        await run.until(lambda: isinstance(run.app.screen, PreviewDialog))
        await run.press("y")
        await run.until("accepted")
    assert provider.writes()[0].body["Operations"][0]["value"] != password


async def test_a_refused_password_is_said_to_be_refused(tmp_path):
    provider = FakeProvider(Habits(patch_refused="invalidValue"))
    provider.add_user("ann")
    async with console_on(provider, tmp_path) as run:
        await run.until("complete")
        await run.press("P")
        await run.until("A new password for User ann")
        await run.press("ctrl+g", "enter")
        await run.until(lambda: isinstance(run.app.screen, PreviewDialog))
        await run.press("y")
        await run.until("✗ Set the password of ann: refused")


def test_what_is_made_up_has_every_kind_of_character_and_is_never_the_same():
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        assert len(password) == 20
        for kind in (str.islower, str.isupper, str.isdigit, SIGNS.__contains__):
            assert any(kind(letter) for letter in password)
