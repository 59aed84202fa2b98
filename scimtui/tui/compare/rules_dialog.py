"""The rules of one comparison: what pairs, what is left out, who is meant. A mistake is said while it is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from scimtui.present.compare_rules_words import FIELDS, Types, read_rules, rules_mistakes, rules_texts

if TYPE_CHECKING:
    from scimtui.config import CompareRules

KEYS = "Enter compares so in this tab · ^S keeps it in the config too · Esc back"


@dataclass(frozen=True, slots=True)
class ChosenRules:
    """What a person decided."""

    rules: CompareRules
    is_kept: bool
    """Whether it goes into the config."""


class RulesDialog(ModalScreen[ChosenRules | None]):
    """Gives back the rules, None after Esc."""

    DEFAULT_CSS = """
    RulesDialog { align: center middle; background: $background 60%; }
    RulesDialog > Vertical { width: 78; max-width: 98%; height: auto; background: $surface; border: round $primary; padding: 0 1; }
    RulesDialog Horizontal { height: 1; margin-top: 1; }
    RulesDialog Horizontal > Static { width: 13; color: $text-muted; }
    RulesDialog Input, RulesDialog Input:focus { height: 1; width: 1fr; border: none; background: $panel; padding: 0 1; }
    RulesDialog Input.-wrong { color: $text-error; }
    RulesDialog #notice { height: 2; margin-top: 1; color: $text-muted; }
    RulesDialog #notice.-wrong { color: $text-error; }
    RulesDialog #keys { height: 1; color: $text-muted; }
    """

    def __init__(self, title: str, rules: CompareRules, types: Types, suggestions: Sequence[str] = ()) -> None:
        """All texts are safe; `suggestions` say which keys would pair how many."""
        super().__init__()
        self._title = title
        self._rules = rules
        self._types = types
        self._suggestions = suggestions

    def compose(self) -> ComposeResult:
        """Compose a line for each rule, what is wrong, and the keys."""
        texts = rules_texts(self._rules)
        with Vertical() as box:
            box.border_title = Content(self._title)
            for one in FIELDS:
                with Horizontal():
                    yield Static(one.title, markup=False)
                    yield Input(texts[one.name], placeholder=one.example, id=one.name, select_on_focus=False)
            yield Static("", id="notice", markup=False)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Start with the first."""
        self.query_one(Input).focus()

    @property
    def _texts(self) -> dict[str, str]:
        return {one.name: self.query_one(f"#{one.name}", Input).value for one in FIELDS}

    @on(Input.Changed)
    @on(events.DescendantFocus)
    def _show_notice(self) -> None:
        """Say what is wrong, the field under the cursor first; else what the field is for."""
        wrong = rules_mistakes(self._texts, self._types)
        for one in FIELDS:
            self.query_one(f"#{one.name}", Input).set_class(one.name in wrong, "-wrong")
        here = next((one for one in FIELDS if self.query_one(f"#{one.name}").has_focus), FIELDS[0])
        words = wrong.get(here.name) or next(
            (f"{one.title}: {wrong[one.name]}" for one in FIELDS if one.name in wrong), ""
        )
        told = f"{here.title}: {here.about}"
        if here.name == "key" and self._suggestions:
            told = f"{told}\n{'; '.join(self._suggestions)}"
        notice = self.query_one("#notice", Static)
        notice.set_class(bool(words), "-wrong")
        notice.update(words or told, layout=False)

    def on_key(self, event: events.Key) -> None:
        """Take the rules, or close."""
        if event.key in ("escape", "ctrl+c"):
            self.dismiss(None)
        elif event.key in ("enter", "ctrl+s"):
            self._take(is_kept=event.key == "ctrl+s")
        elif event.key in ("up", "down"):
            (self.focus_previous if event.key == "up" else self.focus_next)()
        else:
            return
        event.stop()
        event.prevent_default()

    def _take(self, *, is_kept: bool) -> None:
        if not rules_mistakes(self._texts, self._types):
            self.dismiss(ChosenRules(read_rules(self._texts), is_kept))
