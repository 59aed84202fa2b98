"""A whole resource as JSON: in the place of the form, and in the person's own editor."""

from __future__ import annotations

import stat
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fakes.consoles import Console, console_on
from fakes.in_memory_provider import FakeProvider
from textual.drivers.headless_driver import HeadlessDriver

from scimtui.tui.form.resource_form import ResourceForm
from scimtui.tui.rows.table_view import TableView
from scimtui.tui.writing.preview_dialog import PreviewDialog


@pytest.fixture(autouse=True)
def a_terminal_to_hand_over(monkeypatch):
    """Without a terminal Textual has none to hand over."""
    monkeypatch.setattr(HeadlessDriver, "can_suspend", True)


@pytest.fixture
def editor(tmp_path, monkeypatch):
    """Make a shell script the editor; it finds the file in $1."""

    def becomes(script: str) -> Path:
        path = tmp_path / "editor.sh"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o700)
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", str(path))
        return path

    return becomes


@asynccontextmanager
async def on_ann(folder, **values):
    """Show a table with one person under the cursor."""
    provider = FakeProvider()
    provider.add_user("ann", title="Engineer", **values)
    async with console_on(provider, folder) as run:
        await run.until("complete")
        yield provider, run


def form_in(run: Console) -> ResourceForm:
    return run.app.screen.view.form


async def json_of_ann(run: Console) -> None:
    await run.press("enter")
    await run.until("as the provider has it")
    await run.press("f2")
    await run.until('"userName"')


async def rewrite(run: Console, old: str, new: str) -> None:
    """Put other words into the text, as a paste of it all does."""
    assert old in form_in(run).text
    form_in(run)._json.take(form_in(run).text.replace(old, new))
    await run.pilot.pause()


async def test_an_attribute_of_no_schema_is_changed_as_json_and_sent(tmp_path):
    async with on_ann(tmp_path, badge={"colour": "red"}) as (provider, run):
        await json_of_ann(run)
        await rewrite(run, '"red"', '"blue"')
        await run.until("1 changed")
        await run.press("ctrl+s")
        await run.until(lambda: isinstance(run.app.screen, PreviewDialog))
        await run.press("y")
        await run.until("done and verified")
        assert provider.user("ann")["badge"] == {"colour": "blue"}


async def test_text_that_is_no_json_is_kept_told_with_its_line_and_not_sent(tmp_path):
    async with on_ann(tmp_path) as (_, run):
        await json_of_ann(run)
        await rewrite(run, '"title": "Engineer",', '"title": "Engineer"')
        await run.until("a comma is missing")
        await run.press("ctrl+s")
        assert not isinstance(run.app.screen, PreviewDialog)
        await run.press("escape")
        await run.until("mend it")
        assert '"title": "Engineer"' in run.text
        await run.press("ctrl+r", "escape")
        await run.until("honorificPrefix")
        assert not form_in(run).errors()


async def test_what_was_changed_as_json_is_marked_among_the_fields_and_can_be_put_back(tmp_path):
    async with on_ann(tmp_path, badge=1) as (provider, run):
        await json_of_ann(run)
        await rewrite(run, '"Engineer"', '"Boss"')
        await rewrite(run, '"badge": 1', '"badge": 2')
        await run.press("escape")
        await run.until("2 changed")
        while form_in(run).current.place.attribute != "title":
            await run.press("down")
        await run.until("was Engineer")
        await run.press("ctrl+z")
        await run.until("1 changed")
        await run.press("ctrl+end")
        assert form_in(run).current.place.attribute == "badge"
        await run.press("ctrl+z")
        await run.until("changed, not sent", gone=True)
        assert form_in(run).wanted() == provider.user("ann")


async def test_what_the_provider_sets_is_told_and_never_silently_dropped(tmp_path):
    async with on_ann(tmp_path) as (provider, run):
        identity = provider.user("ann")["id"]
        await json_of_ann(run)
        await rewrite(run, f'"id": "{identity}"', '"id": "mine"')
        await run.until("id is not sent")
        await rewrite(run, '"Engineer"', '"Boss"')
        await run.press("ctrl+s")
        await run.until(lambda: isinstance(run.app.screen, PreviewDialog))
        await run.until("id is not sent")


async def test_the_editor_gets_a_private_file_and_what_it_changed_is_previewed(tmp_path, editor):
    seen = tmp_path / "seen"
    editor(
        f'ls -ld "$1" > {seen}; ls -ld "$(dirname "$1")" >> {seen}; echo "$1" >> {seen}; sed -i s/Engineer/Boss/ "$1"'
    )
    async with on_ann(tmp_path) as (provider, run):
        await run.press("E")
        await run.until(lambda: isinstance(run.app.screen, PreviewDialog))
        await run.press("y")
        await run.until("done and verified")
        assert provider.user("ann")["title"] == "Boss"
    file, folder, path = seen.read_text().splitlines()
    assert file.startswith(stat.filemode(stat.S_IFREG | 0o600))
    assert folder.startswith(stat.filemode(stat.S_IFDIR | 0o700))
    assert not Path(path).parent.exists()


async def test_what_came_back_broken_from_the_editor_is_there_to_be_mended(tmp_path, editor):
    editor('echo oops >> "$1"')
    async with on_ann(tmp_path) as (_, run):
        await run.press("E")
        await run.until("Nothing was sent")
        assert "oops" in form_in(run).text
        assert "more after the end" in run.text
        editor('sed -i -e /oops/d -e s/Engineer/Boss/ "$1"')
        await run.press("f3")
        await run.until(lambda: isinstance(run.app.screen, PreviewDialog))


async def test_what_an_editor_wrote_before_it_failed_is_kept_and_not_sent(tmp_path, editor):
    editor('sed -i s/Engineer/Boss/ "$1"; exit 7')
    async with on_ann(tmp_path) as (_, run):
        await run.press("E")
        await run.until("ended with 7")
        assert not isinstance(run.app.screen, PreviewDialog)
        assert '"Boss"' in form_in(run).text
        assert run.app.screen.view.is_open_work()


async def test_an_editor_that_changes_nothing_leaves_nothing_to_send(tmp_path, editor):
    editor("true")
    async with on_ann(tmp_path) as (_, run):
        await run.press("E")
        await run.until("Nothing was changed in the editor")
        assert not run.app.screen.view.is_open_work()


async def test_without_an_editor_it_is_said_what_to_set(tmp_path, monkeypatch):
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with on_ann(tmp_path) as (_, run):
        await run.until("Group: 0 in")  # the last sync ends, so that its word does not take the place of ours
        await run.press("E")
        await run.until("EDITOR=vim")
        assert isinstance(run.app.screen.view, TableView)


async def test_a_new_resource_can_be_written_as_json(tmp_path):
    async with on_ann(tmp_path) as (provider, run):
        await run.press("n")
        await run.until("new User")
        await run.press("f2")
        await run.until('"schemas"')
        await rewrite(run, "\n}", ',\n  "userName": "bob"\n}')
        await run.press("ctrl+s")
        await run.until(lambda: isinstance(run.app.screen, PreviewDialog))
        await run.press("y")
        await run.until("done and verified")
        assert provider.user("bob")


async def test_a_field_with_a_mistake_in_it_is_mended_before_the_whole_is_edited(tmp_path, editor):
    editor('sed -i s/Engineer/Boss/ "$1"')
    async with on_ann(tmp_path) as (_, run):
        await run.press("e")
        await run.until("as the provider has it")
        form = form_in(run)
        while form.current.place is None or form.current.place.attribute != "profileUrl":
            await run.press("down")
        await run.press("a", "space", "f3")
        await run.until("mend this field first")
        await run.press("f2")
        assert '"schemas"' not in run.text
        assert form.fields.drafts
