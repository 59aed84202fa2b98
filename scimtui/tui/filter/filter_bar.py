"""The filter above a table: plain words or a SCIM filter, and what came of it."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from scimtui.ops.filter_history import FilterHistory, with_newest
from scimtui.present.mistakes import Mistake, mistake_of
from scimtui.scim.recognise import looks_like_filter
from scimtui.tui.actions import BY_ID, shown_key
from scimtui.tui.dialogs.suggestion_list import LINES, SuggestionList
from scimtui.tui.filter.filter_highlight import NAMES, FilterHighlighter

if TYPE_CHECKING:
    from scimtui.errors import SyntaxFault
    from scimtui.scim.completion import Candidate, Completion
    from scimtui.scim.schema import ResourceType

FEWEST_PARTS = 3
"""Parts of one pasted line that make it a list."""
ROOMY = 110
"""Cells of a bar in which a mistake is said with examples."""
_EXAMPLES = re.compile(r" such as |, ")
_SEPARATOR = re.compile(r"[,;\t]")
_PATH = re.compile(r"[A-Za-z$][\w.:$-]*")


def list_in(pasted: str) -> list[str]:
    """Return the lines, or the parts of the one line, of a list that was pasted; [] where it is none."""
    lines = [line.strip() for line in pasted.splitlines() if line.strip()]
    if looks_like_filter(" ".join(lines)):
        return []
    if len(lines) > 1:
        return lines
    parts = [part.strip() for part in _SEPARATOR.split(pasted) if part.strip()]
    return parts if len(parts) >= FEWEST_PARTS else []


class FilterInput(Input):
    """The field itself; Esc clears it, Enter and the down key go to the table."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"filter--{name}" for name in NAMES}
    DEFAULT_CSS = """
    FilterInput {
        & > .filter--string { color: $text-success; }
        & > .filter--operator { color: $text-primary; text-style: bold; }
        & > .filter--join { color: $text-accent; text-style: bold; }
        & > .filter--literal { color: $text-warning; }
        & > .filter--mistake { color: $text-error; text-style: bold underline; }
    }
    """

    class Left(Message):
        """The person is done typing."""

    def __init__(self, pressed: Callable[[events.Key], bool], pasted: Callable[[str], None], placeholder: str) -> None:
        self.colours = FilterHighlighter(self)
        super().__init__(placeholder=placeholder, id="filter", select_on_focus=False, highlighter=self.colours)
        self._pressed = pressed
        self._pasted = pasted

    def on_key(self, event: events.Key) -> None:
        """Offer each key to the bar first."""
        if self._pressed(event):
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Hand on what was pasted: Textual would keep its first line."""
        event.stop()
        event.prevent_default()
        self._pasted(event.text)

    def action_paste(self) -> None:
        """Paste what was copied in the console."""
        self._pasted(self.app.clipboard)


class FilterBar(Vertical):
    """One line: the field at the left, counts or the mistake at the right; a list drops from it over the table."""

    DEFAULT_CSS = """
    FilterBar { height: 1; background: $surface; }
    FilterBar #filter-line { height: 1; }
    FilterBar #slash { width: 3; color: $accent; }
    FilterBar FilterInput { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
    FilterBar FilterInput:focus { background: $panel; border: none; }
    FilterBar #chip { width: auto; color: $text-accent; text-style: bold; }
    FilterBar #found { width: auto; max-width: 60%; padding: 0 1; color: $text-muted; }
    FilterBar #found.-wrong { color: $text-error; }
    """

    class ListPasted(Message):
        """A list was pasted, not a filter: names, e-mail addresses or ids."""

        def __init__(self, lines: list[str]) -> None:
            super().__init__()
            self.lines = lines

    def __init__(
        self, placeholder: str, resource_type: ResourceType | None = None, history: FilterHistory | None = None
    ) -> None:
        """Complete filters of that resource type, and remember them; without it, plain words are all there is."""
        super().__init__()
        self._placeholder = placeholder
        self._resource_type = resource_type
        self._history = history
        self._earlier: list[str] = []
        self._often: Counter[str] = Counter()
        self._recalled = 0
        self._quiet_text = ""
        self._completion: Completion | None = None
        self._mistake: Mistake | None = None
        self._found = ""
        self._is_whole = True

    def on_mount(self) -> None:
        """Colour filters where filters can be typed."""
        self.field.colours.knows_filters = self._resource_type is not None

    def compose(self) -> ComposeResult:
        """Compose the line, and the list that drops from it."""
        with Horizontal(id="filter-line"):
            yield Static(" / ", id="slash", markup=False)
            yield FilterInput(self._pressed, self._take_pasted, self._placeholder)
            yield Static("", id="chip", markup=False)
            yield Static("", id="found", markup=False)
        yield SuggestionList()

    @property
    def field(self) -> FilterInput:
        """The field."""
        return self.query_one(FilterInput)

    @property
    def _list(self) -> SuggestionList:
        return self.query_one(SuggestionList)

    @property
    def text(self) -> str:
        """What was typed, without blanks at its ends."""
        return self.field.value.strip()

    def set_text(self, text: str) -> None:
        """Type for the person."""
        self._quiet_text = text
        self.field.value = text
        self.field.cursor_position = len(text)

    def focus_field(self) -> None:
        """Put the cursor into the field."""
        self.field.focus()

    def show_chip(self, text: str) -> None:
        """Show what else narrows the rows, such as only the active ones; "" where nothing does."""
        self.query_one("#chip", Static).update(f" {text} " if text else "")

    # ------------------------------------------------------------------ what came of it

    def show_found(self, text: str, *, wrong: bool = False) -> None:
        """Show counts, or what is wrong with the filter."""
        self._say(text, is_whole=not wrong, wrong=wrong)

    def show_fault(self, fault: SyntaxFault) -> None:
        """Underline what is wrong with the filter and say it; what only is not finished is said calmly."""
        mistake = mistake_of(fault, self.field.value)
        is_typing = self._list.is_open and mistake.end >= len(self.field.value.rstrip())
        if is_typing or mistake.is_unfinished:
            self._say(self._fitting(f"… {mistake.awaits}"), is_whole=False)
        else:
            self._say(self._fitting(mistake.words), is_whole=False, wrong=True)
            self._mark(mistake)

    def _say(self, text: str, *, is_whole: bool, wrong: bool = False) -> None:
        self._found, self._is_whole = text, is_whole
        self.query_one("#found", Static).set_class(wrong, "-wrong")
        self._mark(None)
        self._show_found()

    def _fitting(self, words: str) -> str:
        """Leave out examples where they would leave no room for the field."""
        return words if self.size.width >= ROOMY else _EXAMPLES.split(words)[0]

    def _mark(self, mistake: Mistake | None) -> None:
        if mistake != self._mistake:
            self._mistake = mistake
            self.field.colours.mistake = (mistake.start, mistake.end) if mistake else (0, 0)
            self.field.refresh()

    def _show_found(self) -> None:
        hint = self._server_hint() if self._found and self._is_whole else ""
        self.query_one("#found", Static).update(f"{self._found}{hint}")

    def _server_hint(self) -> str:
        """Say that the provider can be asked, while a SCIM filter is being typed."""
        action = BY_ID.get("ask_provider")
        if action is None or not self.field.has_focus or not looks_like_filter(self.text):
            return ""
        keys: dict[str, str] = getattr(getattr(self.app, "config", None), "keys", {})
        return f" · {shown_key(keys.get(action.id, action.keys[0]).split(',')[0])} asks the provider"

    # ------------------------------------------------------------------ completion

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        """Offer what can follow; the event goes on to the table."""
        self._mark(None)
        if event.value != self._quiet_text:
            self._quiet_text = ""
            self._offer()
        else:
            self._list.hide()

    def _offer(self) -> None:
        field = self.field
        if self._resource_type is None or not field.has_focus:
            return
        from scimtui.scim.completion import complete  # the first screen does not pay for it

        today = datetime.now(UTC).date()
        self._completion = complete(
            field.value, field.cursor_position, self._resource_type, often=self._often, today=today
        )
        x = field.cursor_screen_offset.x - self.region.x - (field.cursor_position - self._completion.start) - 1
        self._list.show(self._completion.candidates, max(x, 0), 1)

    def _take(self, candidate: Candidate | None) -> None:
        from scimtui.scim.completion import accepted

        if candidate is not None and self._completion is not None:
            field = self.field
            text, position = accepted(field.value, self._completion, candidate)
            field.value = text
            field.cursor_position = position

    @on(SuggestionList.Taken)
    def _clicked(self, event: SuggestionList.Taken) -> None:
        event.stop()
        self._take(event.candidate)
        self.focus_field()

    # ------------------------------------------------------------------ keys

    def _pressed(self, event: events.Key) -> bool:
        """Take a key of the list, of the history or of the bar; False: it is the field's."""
        key = event.key
        if self._list.is_open:
            return self._pressed_in_list(key)
        if key in ("ctrl+up", "ctrl+down") or (key in ("up", "down") and self._is_recalling(key)):
            self._recall(-1 if key.endswith("up") else 1)
        elif key in ("escape", "enter", "down"):
            self._leave(clear=key == "escape")
        else:
            return False
        return True

    def _pressed_in_list(self, key: str) -> bool:
        steps = {"down": 1, "up": -1, "pagedown": LINES, "pageup": -LINES}
        takes = key == "tab" or (key == "right" and self.field.cursor_at_end)
        if key in steps:
            self._list.move(steps[key])
        elif takes or (key == "enter" and self._list.was_moved):
            self._take(self._list.candidate)
        elif key == "escape":
            self._list.hide()
        elif key == "enter":
            self._leave(clear=False)
        elif key in ("left", "right", "home", "end", "ctrl+left", "ctrl+right", "ctrl+a", "ctrl+e"):
            self._list.hide()
            return False
        else:
            return False
        return True

    def _leave(self, *, clear: bool) -> None:
        self._list.hide()
        if self._is_whole:
            self.keep(self.text)
        if clear:
            self.field.value = ""
        self.post_message(FilterInput.Left())

    @on(events.DescendantFocus)
    def _entered(self) -> None:
        self._show_found()
        if self._history is not None and not self._earlier:
            self._read_history(self._history)

    @on(events.DescendantBlur)
    def _left(self) -> None:
        self._list.hide()
        self._show_found()

    # ------------------------------------------------------------------ earlier filters

    @work(exit_on_error=False, group="history")
    async def _read_history(self, history: FilterHistory) -> None:
        texts = await asyncio.to_thread(history.texts)
        self._set_earlier([*(text for text in texts if text not in self._earlier), *self._earlier])

    def _set_earlier(self, texts: list[str]) -> None:
        self._earlier, self._recalled = texts, len(texts)
        self._often = Counter(word.casefold() for text in texts for word in _PATH.findall(text))

    def keep(self, text: str) -> None:
        """Remember a filter as the last one that was used."""
        self._set_earlier(with_newest(self._earlier, text))
        if self._history is not None and text:
            keeping = asyncio.to_thread(self._history.keep, list(self._earlier))
            self.run_worker(keeping, group="history", exit_on_error=False)

    def _is_recalling(self, key: str) -> bool:
        """Whether up and down walk the history: from an empty bar, and on from what came from there."""
        if not self.field.value:
            return key == "up" and bool(self._earlier)
        return self._recalled < len(self._earlier) and self.field.value == self._earlier[self._recalled]

    def _recall(self, step: int) -> None:
        self._recalled = min(max(self._recalled + step, 0), len(self._earlier))
        self.set_text(self._earlier[self._recalled] if self._recalled < len(self._earlier) else "")

    # ------------------------------------------------------------------ pasting

    def _take_pasted(self, text: str) -> None:
        if self._resource_type is not None and (lines := list_in(text)):
            self.post_message(self.ListPasted(lines))
            return
        field = self.field
        one = " ".join(line.strip() for line in text.splitlines() if line.strip())
        field.replace(one, *sorted(field.selection))
