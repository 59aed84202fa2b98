"""Asks what is reconciled with what: a file or a tenant that people come from, and the tenant that is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from scimtui.errors import ScimtuiError
from scimtui.ops.people_columns import Wish
from scimtui.ops.source_people import file_source
from scimtui.ops.table_file import path_in
from scimtui.present.wording import error_line, tenant_name
from scimtui.tui.dialogs.choice_field import ChoiceField

if TYPE_CHECKING:
    from scimtui.config import Tenant

FILE = ""
"""Stands for a file among the names of tenants."""
ABOUT = "An export of HR or of the identity provider: columns are found by their titles, and you are told how."
KEYS = "Enter looks · Space another answer · ↑↓ fields · Esc close"
_DAYS = (("not asked", ""), ("30 days", "30"), ("90 days", "90"), ("180 days", "180"), ("a year", "365"))


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen."""

    target: str
    source: str
    """A tenant; "" for a file."""
    file: str
    days: str
    """After so many an account is dormant; "" where nobody asks."""


class ReconcileDialog(ModalScreen[Chosen | None]):
    """Gives back what was chosen, None after Esc."""

    DEFAULT_CSS = """
    ReconcileDialog { align: center middle; background: $background 60%; }
    ReconcileDialog > Vertical { width: 78; max-width: 98%; height: auto; background: $surface; border: round $primary; padding: 0 1; }
    ReconcileDialog Horizontal { height: 1; }
    ReconcileDialog Horizontal > Static { width: 20; color: $text-muted; }
    ReconcileDialog Input, ReconcileDialog Input:focus { height: 1; width: 1fr; border: none; padding: 0 1; background: $panel; }
    ReconcileDialog #file.-hidden { display: none; }
    ReconcileDialog #about, ReconcileDialog #keys { height: auto; color: $text-muted; }
    ReconcileDialog #about { margin-top: 1; }
    ReconcileDialog #about.-wrong { color: $text-error; }
    """

    def __init__(self, tenants: Sequence[Tenant], current: str) -> None:
        super().__init__()
        self._tenants = sorted(tenants, key=lambda one: one.name != current)

    def compose(self) -> ComposeResult:
        """Compose the fields, what a file may be, and the keys."""
        names = [(tenant_name(one), one.name) for one in self._tenants]
        with Vertical() as box:
            box.border_title = Content("Reconcile")
            with Horizontal():
                yield Static("Accounts in", markup=False)
                yield ChoiceField(names, id="target")
            with Horizontal():
                yield Static("should be those of", markup=False)
                yield ChoiceField([("a file", FILE), *names], id="source")
            with Horizontal(id="file"):
                yield Static("the file", markup=False)
                yield Input(placeholder="path of a CSV file", select_on_focus=False)
            with Horizontal():
                yield Static("not changed for", markup=False)
                yield ChoiceField(_DAYS, id="days")
            yield Static(ABOUT, id="about", markup=False)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Start with the file."""
        self.query_one(Input).focus()

    def on_key(self, event: events.Key) -> None:
        """Go from field to field, look or close."""
        if event.key in ("escape", "ctrl+c"):
            self.dismiss(None)
        elif event.key in ("enter", "ctrl+s"):
            self._take()
        elif event.key in ("up", "down"):
            (self.focus_previous if event.key == "up" else self.focus_next)()
        else:
            return
        event.stop()
        event.prevent_default()

    def on_choice_field_changed(self) -> None:
        """Ask for a path where a file is chosen."""
        self.query_one("#file").set_class(self.query_one("#source", ChoiceField).value != FILE, "-hidden")

    @work(exclusive=True, group="read", exit_on_error=False)
    async def _take(self) -> None:
        target, source, days = (self.query_one(f"#{name}", ChoiceField).value for name in ("target", "source", "days"))
        text = self.query_one(Input).value.strip()
        if source == target:
            self._say("A tenant is not its own source: choose another one")
        elif source != FILE:
            self.dismiss(Chosen(target, source, "", days))
        elif not text:
            self._say("Type the path of a file, or choose a tenant above with Space")
        else:
            path, wrong = await asyncio.to_thread(_looked_at, text, self._match(target))
            self._say(wrong) if wrong else self.dismiss(Chosen(target, "", path, days))

    def _match(self, target: str) -> str:
        return next(one.match for one in self._tenants if one.name == target)

    def _say(self, text: str) -> None:
        about = self.query_one("#about", Static)
        about.set_class(True, "-wrong")
        about.update(Content(text))


def _looked_at(text: str, match: str) -> tuple[str, str]:
    """Return the path of a file, and why it cannot be read as a list of people, "" where it can. Blocks for the disk."""
    path = Path(path_in(text) or text).expanduser().absolute()
    try:
        file_source(path, match, Wish())
    except ScimtuiError as error:
        return str(path), error_line(error)
    return str(path), ""
