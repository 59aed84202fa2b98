"""Every key, filtered while one types."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

from rich.cells import set_cell_size
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from scimtui.present.cells import safe
from scimtui.tui.action import Action, Danger, Where
from scimtui.tui.action_table import ACTIONS
from scimtui.tui.actions import shown_key
from scimtui.tui.lines.line_view import Line, LineView

NARROW = 68
"""Cells of a line in the smallest dialog."""
TABLE_KEYS = (
    ("↑ ↓ j k", "Move the cursor; ← → h l scroll sideways."),
    ("g G PgUp PgDn", "First row, last row, a page up or down."),
)
"""Keys that the table itself understands."""


class HelpDialog(ModalScreen[None]):
    """The keys of this place first, then those that count everywhere."""

    DEFAULT_CSS = """
    HelpDialog { align: center middle; background: $background 60%; }
    HelpDialog > Vertical { width: 90%; max-width: 96; height: 85%; background: $surface; border: round $primary; }
    HelpDialog Input, HelpDialog Input:focus { height: 1; border: none; margin: 0 1; background: $panel; }
    HelpDialog LineView { height: 1fr; padding: 0 1; }
    """

    def __init__(self, places: tuple[Where, ...], keymap: Mapping[str, str], refused: Mapping[str, str]) -> None:
        super().__init__()
        self._places = places
        self._refused = refused
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """Compose the filter and the keys."""
        with Vertical() as box:
            box.border_title = "Keys"
            box.border_subtitle = "Esc closes"
            yield Input(placeholder="type to find a key")
            yield LineView()

    def on_mount(self) -> None:
        """Show everything."""
        self.query_one(Input).focus()
        self._show("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def on_key(self, event: events.Key) -> None:
        """Close, or scroll while the filter keeps the focus."""
        lines = self.query_one(LineView)
        scroll = {
            "down": lines.scroll_down,
            "up": lines.scroll_up,
            "pagedown": lines.scroll_page_down,
            "pageup": lines.scroll_page_up,
        }
        if event.key in ("escape", "enter", "ctrl+c"):
            self.dismiss(None)
        elif event.key in scroll:
            scroll[event.key](animate=False)
        else:
            return
        event.stop()
        event.prevent_default()

    def _show(self, text: str) -> None:
        self.query_one(LineView).set_lines(help_lines(self._places, self._keymap, text, self._refused))


def help_lines(
    places: tuple[Where, ...], keymap: Mapping[str, str], text: str = "", refused: Mapping[str, str] | None = None
) -> list[Line]:
    """Return the keys whose title, sentence or id holds `text`, those of `places` first; `refused` says why not, by id."""
    order = [*places, Where.EVERYWHERE, *(where for where in Where if where not in places)]
    lines: list[Line] = []
    for where in dict.fromkeys(order):
        found = [
            action for action in ACTIONS if action.where[0] == where or (where in places and where in action.where)
        ]
        chosen = [
            action for action in found if text.casefold() in f"{action.title} {action.help} {action.id}".casefold()
        ]
        moves = [
            (keys, help_) for keys, help_ in TABLE_KEYS if where is Where.TABLE and text.casefold() in help_.casefold()
        ]
        if chosen or moves:
            lines += [[], [(f" {where.value.capitalize()}", "section")]]
            lines += [[(f"   {set_cell_size(keys, 18)}", "key"), (help_, "value")] for keys, help_ in moves]
            lines += [_line(action, keymap, (refused or {}).get(action.id)) for action in chosen]
    reasons = [] if not lines or text else list(dict.fromkeys((refused or {}).values()))
    told: list[Line] = [[(f" {part}", "bad")] for one in reasons for part in wrap(f"✗ {safe(one)}", NARROW)]
    return [*told, *lines[0 if told else 1 :]] or [[(" No key does that.", "note")]]


def _line(action: Action, keymap: Mapping[str, str], refused: str | None) -> Line:
    keys = keymap[action.id].split(",") if action.id in keymap else list(action.keys)
    shown = " ".join(shown_key(key.strip()) for key in keys)
    if refused:
        return [(f" ✗ {set_cell_size(shown, 18)}{set_cell_size(action.title, 15)}{action.help}  {action.id}", "note")]
    line: Line = [
        (f"   {set_cell_size(shown, 18)}", "key"),
        (set_cell_size(action.title, 15), "heading"),
        (action.help, "value"),
    ]
    if action.danger is Danger.WRITE:
        line.append(("  writes", "bad"))
    line.append((f"  {action.id}", "note"))
    return line
