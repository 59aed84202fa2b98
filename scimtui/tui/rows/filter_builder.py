"""Builds a SCIM filter from rows of choices, for those who do not know the language."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from scimtui.errors import FilterError
from scimtui.ops.filter_count import count_matches
from scimtui.present.cells import safe
from scimtui.present.wording import count_of
from scimtui.scim.filter import parse_filter
from scimtui.scim.filter_rows import Condition, Join, conditions_of, filter_of, value_fault
from scimtui.scim.recognise import looks_like_filter
from scimtui.tui.dialogs.choice_field import ChoiceField
from scimtui.tui.dialogs.suggestion_list import LINES, SuggestionList
from scimtui.tui.filter.filter_bar import FilterBar
from scimtui.tui.rows.condition_row import ConditionRow, Part, PartField
from scimtui.tui.rows.rows_view import RowsView
from scimtui.tui.view import worker_error_line

if TYPE_CHECKING:
    from scimtui.scim.completion import Candidate
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.shell.shell_screen import ShellScreen

KEYS = "Enter next, at the end use it · ^S use · ^N add · ^D remove · Esc close"
MOST_ROWS = 8
REST = 0.2
"""Seconds without a key before the cache is counted."""
Count = Callable[[str], tuple[int, int]]
"""Returns (matches, resources) for a filter; it is called in a thread."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a filter bar has for the builder."""

    join: Join = "and"
    conditions: tuple[Condition, ...] = ()
    notice: str = ""
    """Why nothing, where something stands in the bar."""


def beginning_of(text: str) -> Beginning:
    """Take apart what stands in a filter bar."""
    if not text:
        return Beginning()
    if not looks_like_filter(text):
        return Beginning(notice="The bar holds words; a filter takes their place. Esc keeps them.")
    try:
        rows = conditions_of(parse_filter(text))
    except FilterError:
        return Beginning(notice="The filter in the bar is not finished, so this is a new one. Esc keeps it.")
    if rows is None or len(rows[1]) > MOST_ROWS:
        return Beginning(
            notice="The filter in the bar is no plain list of conditions, so this is a new one. Esc keeps it."
        )
    return Beginning(*rows)


class FilterBuilder(ModalScreen[str | None]):
    """Gives back the text of a filter, None after Esc."""

    DEFAULT_CSS = """
    FilterBuilder { align: center middle; background: $background 60%; }
    FilterBuilder > Vertical { width: 78; max-width: 100%; height: auto; max-height: 95%; background: $surface; border: round $primary; padding: 0 1; }
    FilterBuilder #join-row { height: 1; }
    FilterBuilder #join-row > Static { width: 8; color: $text-muted; }
    FilterBuilder #rows { height: auto; min-height: 9; margin: 1 0; }
    FilterBuilder #text { height: auto; max-height: 3; min-height: 1; color: $text-accent; }
    FilterBuilder #count { height: 1; }
    FilterBuilder #count.-wrong { color: $text-warning; }
    FilterBuilder #notice { height: auto; color: $text-muted; }
    FilterBuilder #keys { height: 1; margin-top: 1; color: $text-muted; }
    """

    def __init__(self, title: str, resource_type: ResourceType, beginning: Beginning, count: Count) -> None:
        super().__init__()
        self._title = title
        self._type = resource_type
        self._beginning = beginning
        self._count = count

    def compose(self) -> ComposeResult:
        """Compose the rows, and what they come to."""
        choices = [("all of these", "and"), ("any of these", "or")]
        join = ChoiceField(choices, id="join")
        join.set_reactive(ChoiceField.place, int(self._beginning.join == "or"))
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            if self._beginning.notice:
                yield Static(self._beginning.notice, id="notice", markup=False)
            with Horizontal(id="join-row"):
                yield Static("Match", markup=False)
                yield join
            with Vertical(id="rows"):
                for condition in self._beginning.conditions or (None,):
                    yield ConditionRow(self._type, self._pressed, condition)
            yield Static("", id="text", markup=False)
            yield Static("", id="count", markup=False)
            yield Static(KEYS, id="keys", markup=False)
            yield SuggestionList("Enter takes · ↑ ↓ choose · Esc closes")

    def on_mount(self) -> None:
        """Begin at the first thing that is missing."""
        rows = self._rows
        target = rows[-1].fields[Part.VALUE] if self._beginning.conditions else rows[0].fields[Part.ATTRIBUTE]
        (target if target.visible else rows[-1].fields[Part.QUESTION]).focus()
        self._show()

    @property
    def _rows(self) -> list[ConditionRow]:
        return list(self.query(ConditionRow))

    @property
    def _list(self) -> SuggestionList:
        return self.query_one(SuggestionList)

    # ------------------------------------------------------------------ choosing

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show everything that can stand in the field."""
        field = event.widget
        if isinstance(field, PartField):
            if field.part is not Part.ATTRIBUTE and field.row.text(Part.ATTRIBUTE):
                field.row.settle()
            self._offer(field, "")
        else:
            self._list.hide()

    def _offer(self, field: PartField, typed: str) -> None:
        found = field.row.candidates(field.part, typed)
        if len(found) == 1 and found[0].text.strip() == typed:
            found = []
        place = field.region.offset - self.query_one("#box").content_region.offset
        self._list.show(found, place.x, place.y + 1, current=field.value.strip())

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if isinstance(event.input, PartField) and event.input.has_focus:
            self._offer(event.input, event.value.strip())
        self._show()

    @on(ChoiceField.Changed)
    def _join_chosen(self) -> None:
        self._show()

    @on(SuggestionList.Taken)
    def _clicked(self, event: SuggestionList.Taken) -> None:
        event.stop()
        if isinstance(self.focused, PartField):
            self._take(self.focused, event.candidate)
            self._go_on(self.focused)

    def _take(self, field: PartField, candidate: Candidate | None) -> None:
        """Put a candidate into its field, and beside an attribute the usual question."""
        if candidate is not None:
            field.value = candidate.text.strip()
            field.cursor_position = len(field.value)
        if field.row.text(Part.ATTRIBUTE):
            field.row.settle()

    def _is_choosing(self, field: PartField) -> bool:
        """Whether the highlighted candidate is meant, and not what stands in the field."""
        typed = field.value.strip()
        if not self._list.is_open or self._list.was_moved or not typed:
            return self._list.was_moved
        if field.part is Part.VALUE:  # what the schema lists are suggestions, unless nothing else can be read
            return bool(value_fault(typed, field.row.attribute))
        return all(one.text.strip() != typed for one in field.row.candidates(field.part, typed))

    # ------------------------------------------------------------------ keys

    def on_key(self, event: events.Key) -> None:
        """Use or close; keys of the fields come by `_pressed` first."""
        if self._pressed(event):
            event.stop()
            event.prevent_default()

    def _pressed(self, event: events.Key) -> bool:
        keys: dict[str, Callable[[], object]] = {
            "escape": self._close,
            "ctrl+c": partial(self.dismiss, None),
            "ctrl+s": self._use,
            "ctrl+n": self._add,
            "ctrl+d": self._remove,
            "enter": self._enter,
            "down": partial(self._list.move, 1),
            "up": partial(self._list.move, -1),
            "pagedown": partial(self._list.move, LINES),
            "pageup": partial(self._list.move, -LINES),
        }
        if event.key == "tab" and isinstance(self.focused, PartField):
            self._settle(self.focused)
            return False
        if event.key not in keys:
            return False
        keys[event.key]()
        return True

    def _close(self) -> None:
        if self._list.is_open and self._list.was_moved:
            self._list.hide()
        else:
            self.dismiss(None)

    def _settle(self, field: PartField) -> None:
        self._take(field, self._list.candidate if self._is_choosing(field) else None)

    def _enter(self) -> None:
        if isinstance(self.focused, PartField):
            self._settle(self.focused)
            self._go_on(self.focused)
        else:
            self._use()

    def _go_on(self, field: PartField) -> None:
        """Go to the next field once this one is right, and use the filter behind the last one."""
        row = field.row
        fault = row.fault()
        if fault is not None and fault[0] is field.part:
            return
        if field.part is Part.ATTRIBUTE:
            row.fields[Part.QUESTION].focus()
        elif field.part is Part.QUESTION and row.needs_value:
            row.fields[Part.VALUE].focus()
        else:
            self._use()

    def _use(self) -> None:
        fault = self._fault()
        if fault is None:
            self.dismiss(self._text())
        else:
            row, part, _ = fault
            row.fields[part].focus()

    def _add(self) -> None:
        if len(self._rows) < MOST_ROWS:
            row = ConditionRow(self._type, self._pressed)
            self.query_one("#rows").mount(row)
            self.call_after_refresh(row.fields[Part.ATTRIBUTE].focus)

    def _remove(self) -> None:
        field = self.focused
        if not isinstance(field, PartField):
            return
        rows = self._rows
        if len(rows) == 1:
            self.dismiss("")
            return
        place = rows.index(field.row)
        rows[place - 1 if place else 1].fields[Part.ATTRIBUTE].focus()
        field.row.remove()
        self.call_after_refresh(self._show)

    # ------------------------------------------------------------------ what it comes to

    def _fault(self) -> tuple[ConditionRow, Part, str] | None:
        """Return the first field that is not right; blank rows count only where there is no other."""
        rows = [row for row in self._rows if not row.is_blank] or self._rows[:1]
        faults = ((row, fault) for row in rows if (fault := row.fault()) is not None)
        return next(((row, *fault) for row, fault in faults), None)

    def _text(self) -> str:
        join: Join = "or" if self.query_one(ChoiceField).value == "or" else "and"
        return str(filter_of(join, tuple(row.condition() for row in self._rows if not row.is_blank)))

    def _show(self) -> None:
        """Show the filter, or what it still needs."""
        fault = self._fault()
        self.query_one("#text", Static).update("" if fault else safe(self._text()))
        number = f"Condition {self._rows.index(fault[0]) + 1}: " if fault and len(self._rows) > 1 else ""
        self._say(f"{number}{fault[2]}" if fault else "")
        if fault is None:
            self._count_matches(self._text())
        else:
            self.workers.cancel_group(self, "count")

    @work(exclusive=True, group="count", exit_on_error=False)
    async def _count_matches(self, text: str) -> None:
        await asyncio.sleep(REST)
        found, total = await asyncio.to_thread(self._count, text)
        self._say(f"{count_of(found, 'match', 'matches')} of {total:,} in the cache" if total else "")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what the filter asks that cannot be asked."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            event.stop()
            self._say(worker_error_line(event.worker.error), wrong=True)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        count = self.query_one("#count", Static)
        count.set_class(wrong, "-wrong")
        count.update(text, layout=False)


def open_builder(shell: ShellScreen) -> None:
    """Build a filter for the open table; it goes into its bar."""
    view = shell.view
    if not isinstance(view, RowsView):
        return
    bar, session, resource_type = view.query_one(FilterBar), view.session, view.resource_type
    title = f"Filter {safe(resource_type.name)}s of {safe(session.tenant.label or session.tenant.name)}"

    def built(text: str | None) -> None:
        if text is not None:
            bar.set_text(text)
            bar.keep(text)
            bar.focus_field()

    count = partial(count_matches, session, resource_type)
    shell.app.push_screen(FilterBuilder(title, resource_type, beginning_of(bar.text), count), built)
