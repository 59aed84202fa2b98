"""Choose one of a few."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class ChoiceDialog(ModalScreen[str | None]):
    """Gives back the id that was chosen, None after Esc."""

    DEFAULT_CSS = """
    ChoiceDialog { align: center middle; background: $background 60%; }
    ChoiceDialog > Vertical { width: 60; max-width: 90%; height: auto; max-height: 80%; background: $surface; border: round $primary; }
    ChoiceDialog OptionList { height: auto; max-height: 20; border: none; background: $surface; }
    ChoiceDialog OptionList:focus { border: none; }
    """

    def __init__(self, title: str, choices: list[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        """Compose the list; `choices` are (id, safe text)."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            box.border_subtitle = "Enter chooses, Esc closes"
            yield OptionList(*(Option(Content(text), id=one) for one, text in self._choices), markup=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)

    def on_key(self, event: events.Key) -> None:
        """Close; j and k move as everywhere."""
        if event.key in ("escape", "ctrl+c", "q"):
            event.stop()
            self.dismiss(None)
        elif event.character in ("j", "k"):
            options = self.query_one(OptionList)
            (options.action_cursor_down if event.character == "j" else options.action_cursor_up)()
