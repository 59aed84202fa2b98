"""What stands in the way of a write: others' values, somebody who is there already, a spelling that is not read.

Each is shown and decided in the console, and what was typed is never lost.
"""

from __future__ import annotations

from contextlib import asynccontextmanager

from fakes.consoles import Console, console_on
from fakes.in_memory_provider import FakeProvider, Habits

from scimtui.tui.dialogs.choice_dialog import ChoiceDialog
from scimtui.tui.writing.conflict_dialog import ConflictDialog
from scimtui.tui.writing.preview_dialog import PreviewDialog


@asynccontextmanager
async def form_of_ann(provider: FakeProvider, folder, **values):
    """Open the only person, with a title and a nickname, in the form."""
    provider.add_user("ann", title="Engineer", nickName="Annie")
    async with console_on(provider, folder, **values) as run:
        await run.until("complete")
        await run.press("e")
        await run.until("as the provider has it")
        yield run


async def write(run: Console, attribute: str, text: str) -> None:
    """Put another text in a field of the form."""
    form = run.app.screen.view.form
    while form.current is None or form.current.place is None or form.current.place.attribute != attribute:
        await run.press("down")
    await run.press("ctrl+u")
    await run.type(text)


async def preview(run: Console) -> None:
    await run.press("ctrl+s")
    await run.until(lambda: isinstance(run.app.screen, PreviewDialog))


def changed_by_others(provider: FakeProvider, **values: object) -> None:
    ann = provider.user("ann")
    provider._store("Users", ann["id"], {**ann, **values})


async def test_a_conflict_is_decided_value_by_value_and_goes_through_the_preview_again(tmp_path):
    provider = FakeProvider()
    async with form_of_ann(provider, tmp_path) as run:
        await write(run, "nickName", "Nan")
        await write(run, "title", "Boss")
        changed_by_others(provider, title="Chief", nickName="Anna", locale="nb-NO")
        await preview(run)
        await run.press("y")
        await run.until(lambda: isinstance(run.app.screen, ConflictDialog))
        for word in ("Engineer", "Chief", "Boss", "Anna", "Nan"):
            assert word in run.text
        await run.press("ctrl+s")
        assert isinstance(run.app.screen, ConflictDialog)
        await run.press("t", "m", "ctrl+s")
        await run.until(lambda: isinstance(run.app.screen, PreviewDialog))
        assert provider.writes() == []
        await run.press("y")
        await run.until("done and verified")
    ann = provider.user("ann")
    assert {ann["title"], ann["nickName"]} in ({"Boss", "Anna"}, {"Chief", "Nan"})
    assert ann["locale"] == "nb-NO"


async def test_from_a_conflict_the_way_back_leads_to_what_was_typed(tmp_path):
    provider = FakeProvider()
    async with form_of_ann(provider, tmp_path, size=(80, 24)) as run:
        await write(run, "title", "Boss")
        changed_by_others(provider, title="Chief")
        await preview(run)
        await run.press("y")
        await run.until(lambda: isinstance(run.app.screen, ConflictDialog))
        await run.press("escape")
        await run.until("what you typed is still there")
        assert run.app.screen.view.form.wanted()["title"] == "Boss"
        assert run.app.screen.view.is_open_work()
    assert provider.writes() == []


async def test_who_changed_something_else_is_no_conflict_and_the_message_says_that_it_was_kept(tmp_path):
    provider = FakeProvider()
    async with form_of_ann(provider, tmp_path) as run:
        await write(run, "title", "Boss")
        changed_by_others(provider, nickName="Anna")
        await preview(run)
        await run.press("y")
        await run.until("kept what others changed meanwhile: nickName")
    assert (provider.user("ann")["title"], provider.user("ann")["nickName"]) == ("Boss", "Anna")


async def test_who_is_faster_than_the_request_is_shown_and_not_overwritten(tmp_path):
    provider = FakeProvider()
    async with form_of_ann(provider, tmp_path) as run:
        ann = dict(provider.user("ann"))

        def faster() -> None:
            provider.before_write = None
            provider._store("Users", ann["id"], {**ann, "title": "Chief"})

        provider.before_write = faster
        await write(run, "title", "Boss")
        await preview(run)
        await run.press("y")
        await run.until(lambda: isinstance(run.app.screen, ConflictDialog))
        await run.press("M", "ctrl+s")
        await run.until(lambda: isinstance(run.app.screen, PreviewDialog))
        assert provider.user("ann")["title"] == "Chief"
        await run.press("y")
        await run.until("done and verified")
    assert provider.user("ann")["title"] == "Boss"


async def new_person(run: Console, name: str) -> None:
    await run.until("complete")
    await run.press("n")
    await run.until("new User")
    await write(run, "userName", name)
    await preview(run)
    await run.press("y")


async def test_a_name_that_is_taken_offers_who_has_it_and_to_activate_them(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann", active=False)
    async with console_on(provider, tmp_path) as run:
        await new_person(run, "ANN")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog))
        assert "inactive" in run.text
        await run.press("down", "enter")
        await run.until(lambda: isinstance(run.app.screen, PreviewDialog))
        await run.press("y")
        await run.until(lambda: provider.user("ann")["active"] is True)
        await run.until(lambda: getattr(run.app.screen.view, "identity", "") == provider.user("ann")["id"])
        assert any(tab.view and tab.view.is_open_work() for tab in run.app.screen.tabs)


async def test_back_from_a_name_that_is_taken_the_form_is_as_it_was(tmp_path):
    provider = FakeProvider(Habits(duplicates=400))
    provider.add_user("ann")
    async with console_on(provider, tmp_path, size=(80, 24)) as run:
        await new_person(run, "ann")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog))
        await run.press("escape")
        assert run.app.screen.view.form.wanted()["userName"] == "ann"
    assert [seen.method for seen in provider.writes()] == ["POST"]


async def test_a_spelling_that_is_refused_is_offered_in_another_one_and_remembered(tmp_path):
    provider = FakeProvider(Habits(patch_unread=frozenset({"path"})))
    async with form_of_ann(provider, tmp_path) as run:
        await write(run, "title", "Boss")
        await preview(run)
        await run.press("y")
        await run.until(lambda: isinstance(run.app.screen, PreviewDialog) and "in other words" in run.text)
        assert "without path" in run.text
        await run.press("y")
        await run.until("from now on")
        assert run.app.screen.view.session.lessons["pathless"].value is True
    assert provider.user("ann")["title"] == "Boss"
    assert [seen.method for seen in provider.writes()] == ["PATCH", "PATCH"]


async def test_a_no_to_another_spelling_sends_nothing_more_and_keeps_the_form(tmp_path):
    provider = FakeProvider(Habits(patch_unread=frozenset({"path"})))
    async with form_of_ann(provider, tmp_path) as run:
        await write(run, "title", "Boss")
        await preview(run)
        await run.press("y")
        await run.until(lambda: isinstance(run.app.screen, PreviewDialog) and "in other words" in run.text)
        await run.press("n")
        await run.until("pathless = true")
        assert run.app.screen.view.form.wanted()["title"] == "Boss"
        assert "pathless" not in run.app.screen.view.session.lessons
    assert len(provider.writes()) == 1
