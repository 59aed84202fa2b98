"""The saved views of a table: take one, save the present one under a name, delete one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import set_cell_size
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from scimtui.ops.arrangements import (
    LONGEST_NAME,
    MOST_VIEWS,
    Arrangement,
    SavedView,
    TableMemory,
    built_in_views,
    same,
)
from scimtui.present.cells import safe
from scimtui.present.view_words import view_words
from scimtui.tui.dialogs.search_field import SearchField
from scimtui.tui.filter.filter_bar import FilterBar
from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.view import worker_error_line

if TYPE_CHECKING:
    from scimtui.tui.rows.rows_view import RowsView

KEYS = "Enter use · n save the present one · x delete · Esc close"
NAMING = "Enter save · Esc back"
LABEL = 30


class ViewsDialog(ModalScreen[Arrangement | None]):
    """Gives back the arrangement of the view that was chosen, None after Esc."""

    DEFAULT_CSS = """
    ViewsDialog { align: center middle; background: $background 60%; }
    ViewsDialog > Vertical { width: 96; max-width: 100%; height: auto; max-height: 90%; background: $surface; border: round $primary; }
    ViewsDialog LineView { height: auto; min-height: 4; max-height: 20; }
    ViewsDialog #name-line { height: 1; display: none; padding: 0 1; }
    ViewsDialog #name-line Static { width: 7; color: $text-muted; }
    ViewsDialog.-naming #name-line { display: block; }
    ViewsDialog #notice { height: auto; min-height: 1; max-height: 3; padding: 0 1; color: $text-muted; }
    ViewsDialog #notice.-asks { color: $text-warning; text-style: bold; }
    ViewsDialog #keys { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, title: str, memory: TableMemory, present: Arrangement) -> None:
        super().__init__()
        self._title = title
        self._memory = memory
        self._present = present
        self._built_in = built_in_views(memory.resource_type, present)
        self._saved: list[SavedView] = []
        self._on_yes: Callable[[], object] | None = None

    def compose(self) -> ComposeResult:
        """Compose the views, the name of a new one, what was said last, and the keys."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield LineView([self._line(view) for view in self._built_in], selectable=True)
            with Horizontal(id="name-line"):
                yield Static("Name", markup=False)
                yield SearchField("what this view is to be called", self._pressed_in_name)
            yield Static("", id="notice", markup=False)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Read the saved ones."""
        self.query_one(LineView).focus()
        self._read()

    @work(group="views", exit_on_error=False)
    async def _read(self) -> None:
        self._saved = await asyncio.to_thread(self._memory.views)
        self._show()

    @property
    def _views(self) -> list[SavedView]:
        return [*self._built_in, *self._saved]

    def _show(self, name: str = "") -> None:
        lines = self.query_one(LineView)
        lines.set_lines([self._line(view) for view in self._views])
        if name:
            lines.move_to(next((n for n, view in enumerate(self._views) if view.name == name), 0))

    def _line(self, view: SavedView) -> Line:
        is_present = view.arrangement == self._present
        words = view_words(view.arrangement, is_built_in=view.is_built_in)
        return [
            (" ✓ " if is_present else "   ", "good"),
            (set_cell_size(safe(view.name), LABEL), "label" if view.is_built_in else "value"),
            (f"  {words}", "note"),
        ]

    # ------------------------------------------------------------------ keys

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        if self._on_yes is None:
            self.dismiss(self._views[event.index].arrangement)

    def on_key(self, event: events.Key) -> None:
        """Answer a question, save, delete or close."""
        if self._on_yes is not None:
            self._answer(yes=event.character in ("y", "Y"))
        elif event.key in ("escape", "ctrl+c", "q"):
            self.dismiss(None)
        elif event.character == "n":
            self._ask_name()
        elif event.character == "x" or event.key == "delete":
            self._delete()
        else:
            return
        event.stop()
        event.prevent_default()

    def _ask(self, question: str, on_yes: Callable[[], object]) -> None:
        self._on_yes = on_yes
        self._say(f"{question} y yes · any other key no", asks=True)

    def _answer(self, *, yes: bool) -> None:
        on_yes, self._on_yes = self._on_yes, None
        self._say("")
        if yes and on_yes is not None:
            on_yes()

    # ------------------------------------------------------------------ deleting

    def _delete(self) -> None:
        view = self._views[self.query_one(LineView).cursor]
        if view.is_built_in:
            self._say("This view is built in and can't be deleted")
            return
        kept = [one for one in self._saved if one.name != view.name]
        self._ask(f'Delete the view "{safe(view.name)}"?', lambda: self._keep(kept, ""))

    # ------------------------------------------------------------------ saving

    def _ask_name(self) -> None:
        if self._present.filter and not self._memory.keeps_filters:
            self._say(
                "A filter can name people, and nothing of them may be kept of this tenant. Clear the filter first"
            )
        elif len(self._saved) >= MOST_VIEWS:
            self._say(f"There are {MOST_VIEWS} views, which is the most. Delete one first")
        else:
            self._name_it(is_open=True)

    def _name_it(self, *, is_open: bool) -> None:
        self.set_class(is_open, "-naming")
        field = self.query_one(SearchField)
        field.value = ""
        (field if is_open else self.query_one(LineView)).focus()
        self.query_one("#keys", Static).update(NAMING if is_open else KEYS)
        self._say(f"Saves: {view_words(self._present)}" if is_open else "")

    def _pressed_in_name(self, event: events.Key) -> bool:
        """Take the keys that end the typing of a name."""
        if event.key == "enter":
            self._named(" ".join(self.query_one(SearchField).value.split()))
        elif event.key in ("escape", "ctrl+c"):
            self._name_it(is_open=False)
        else:
            event.stop()  # letters are the field's, and no keys of the dialog
            return False
        return True

    def _named(self, name: str) -> None:
        if not name or len(name) > LONGEST_NAME:
            self._say(f"A name has 1 to {LONGEST_NAME} characters")
        elif any(same(view.name, name) for view in self._built_in):
            self._say("A built-in view is called so already")
        else:
            self._name_it(is_open=False)
            others = [view for view in self._saved if not same(view.name, name)]
            views = sorted([*others, SavedView(name, self._present)], key=lambda view: view.name.casefold())
            if len(others) < len(self._saved):
                self._ask(f'Replace the view "{safe(name)}"?', lambda: self._keep(views, name))
            else:
                self._keep(views, name)

    @work(exclusive=True, group="keep", exit_on_error=False)
    async def _keep(self, views: list[SavedView], name: str) -> None:
        await asyncio.to_thread(self._memory.keep_views, views)
        self._saved = views
        self._show(name)
        self._say(f'Saved "{safe(name)}"' if name else "Deleted")

    def _say(self, text: str, *, asks: bool = False) -> None:
        notice = self.query_one("#notice", Static)
        notice.set_class(asks, "-asks")
        notice.update(text)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self._say(worker_error_line(event.worker.error))


async def choose_view(view: RowsView) -> None:
    """Ask for a view and show it."""
    tenant, bar = view.session.tenant, view.query_one(FilterBar)
    title = f"Views of {safe(tenant.label or tenant.name)} {safe(view.resource_type.name)}s"
    dialog = ViewsDialog(title, view.memory, replace(view.arrangement, filter=bar.text))
    chosen = await view.app.push_screen_wait(dialog)
    if chosen is not None:
        bar.set_text(chosen.filter)
        view.rearrange(chosen)
        view.table.focus()
