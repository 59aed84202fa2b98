"""Counts the rows of a table by one attribute after the other, and narrows the table to one value."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import set_cell_size
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from scimtui.ops.facets import Count, Facet, Shown, Tally, count, facets, narrowed
from scimtui.ops.stoppable import Progress, Stopped
from scimtui.present.cells import safe
from scimtui.present.columns import ACTIVE, INACTIVE, UNKNOWN, Column, projection
from scimtui.present.exported import row_id
from scimtui.present.wording import count_of
from scimtui.scim.path import parse_path
from scimtui.tui.dialogs.choice_dialog import ChoiceDialog
from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.view import worker_error_line

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

KEYS = "Enter narrow to it · ← → attribute · a all attributes · Esc close"
WORDS = {"true": ACTIVE, "false": INACTIVE, None: UNKNOWN}
BAR = 18
"""Cells of the longest bar."""
LABEL = 30


@dataclass(frozen=True, slots=True)
class Countable:
    """The rows that are counted."""

    session: Session
    resource_type: ResourceType
    columns: tuple[Column, ...]
    ids: Sequence[str]
    filter_text: str
    """What stands in the filter bar."""


class CountList(LineView):
    """Left and right go to another attribute."""

    class Turned(Message):
        """To the next attribute, or the one before."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def action_sideways(self, step: int) -> None:
        """Turn to another attribute."""
        self.post_message(self.Turned(step))


class FacetsDialog(ModalScreen[str | None]):
    """Gives back the text for the filter bar, None after Esc."""

    DEFAULT_CSS = """
    FacetsDialog { align: center middle; background: $background 60%; }
    FacetsDialog > Vertical { width: 78; max-width: 95%; height: 85%; background: $surface; border: round $primary; }
    FacetsDialog #attributes { height: 1; padding: 0 1; }
    FacetsDialog LineView { height: 1fr; margin-top: 1; }
    FacetsDialog #notice { height: auto; max-height: 2; padding: 0 1; color: $text-muted; }
    FacetsDialog #notice.-error { color: $text-error; }
    FacetsDialog #keys { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, countable: Countable) -> None:
        super().__init__()
        self._countable = countable
        paths = [column.path for column in countable.columns]
        self._facets = facets(countable.resource_type, paths)
        self._place = 0
        self._progress = Progress()
        self._tallies: dict[int, Tally] = {}

    def compose(self) -> ComposeResult:
        """Compose the attributes, the counts, the sum and the keys."""
        countable = self._countable
        with Vertical() as box:
            name = safe(countable.session.tenant.label or countable.session.tenant.name)
            rows = count_of(len(countable.ids), "row")
            box.border_title = Content(f"{name} {safe(countable.resource_type.name)}s: {rows} shown, by value")
            yield Static("", id="attributes", markup=False)
            yield CountList(selectable=True)
            yield Static("", id="notice", markup=False)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Count by the first attribute."""
        self.query_one(CountList).focus()
        self._turn_to(0)

    def on_resize(self) -> None:
        """Show as many attributes as fit."""
        self._show_attributes()

    def on_unmount(self) -> None:
        """Leave no thread behind."""
        self._progress.stop = True

    # ------------------------------------------------------------------ counting

    def _turn_to(self, place: int) -> None:
        if self._facets:
            self._place = place % len(self._facets)
            self._show_attributes()
            self._count()

    @work(exclusive=True, group="count", exit_on_error=False)
    async def _count(self) -> None:
        place = self._place
        self._progress.stop = True
        progress = self._progress = Progress()
        if place not in self._tallies:
            self.query_one(CountList).set_lines([])
            timer = self.set_interval(0.25, self._show_progress)
            try:
                self._tallies[place] = await asyncio.to_thread(self._tally, self._facets[place], progress)
            except Stopped:
                self._say("Stopped. ← → counts again", wrong=True)
                return
            finally:
                timer.stop()
        self._show(place)

    def _tally(self, facet: Facet, progress: Progress) -> Tally:
        countable = self._countable
        return count(
            countable.session,
            countable.resource_type,
            facet,
            countable.ids,
            row_id=row_id,
            shown=shown_column(facet, countable.columns, countable.resource_type),
            progress=progress,
        )

    def _show_progress(self) -> None:
        self._say(f"counting, {self._progress.done:,} of {len(self._countable.ids):,}; ^C stops")

    def _show(self, place: int) -> None:
        tally, lines = self._tallies[place], self.query_one(CountList)
        lines.set_lines([count_line(one, tally, is_state=self._is_state(place)) for one in tally.counts])
        lines.move_to(0)
        values = count_of(tally.distinct, "value")
        listed = f", the {len(tally.counts):,} most frequent listed" if tally.distinct > len(tally.counts) else ""
        self._say(f"{count_of(tally.resources, 'resource')}, {values}{listed}")

    def _is_state(self, place: int) -> bool:
        return str(self._facets[place].path).casefold() == "active"

    def _show_attributes(self) -> None:
        titles = [safe(facet.title) for facet in self._facets]
        if titles:
            before = f"{titles[self._place - 1]}  " if self._place else ""
            after = "  ".join(titles[self._place + 1 :])
            line = Content.assemble((before, "$text-muted"), ("‹ ", "$text-muted"), (titles[self._place], "bold"))
            self.query_one("#attributes", Static).update(line + Content.assemble((f" ›  {after}", "$text-muted")))

    # ------------------------------------------------------------------ keys

    @on(CountList.Turned)
    def _turned(self, event: CountList.Turned) -> None:
        event.stop()
        self._turn_to(self._place + event.step)

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        tally = self._tallies.get(self._place)
        if tally is None or event.index >= len(tally.counts):
            return
        text = narrowed(self._countable.filter_text, tally.counts[event.index].filter)
        if text is not None:
            self.dismiss(text)
            return
        self._say(
            "The filter bar holds words, which cannot be joined with a filter. Clear it first, then count again",
            wrong=True,
        )

    def on_key(self, event: events.Key) -> None:
        """Choose an attribute, stop or close."""
        is_counting = self._place not in self._tallies and not self._progress.stop
        if event.key == "ctrl+c" and is_counting:
            self._progress.stop = True
        elif event.key in ("escape", "ctrl+c", "q"):
            self.dismiss(None)
        elif event.character == "a":
            choices = [(str(place), safe(facet.title)) for place, facet in enumerate(self._facets)]
            self.app.push_screen(ChoiceDialog("Count by", choices), self._attribute_chosen)
        else:
            return
        event.stop()

    def _attribute_chosen(self, place: str | None) -> None:
        if place is not None:
            self._turn_to(int(place))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self._say(worker_error_line(event.worker.error), wrong=True)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        notice = self.query_one("#notice", Static)
        notice.set_class(wrong, "-error")
        notice.update(text)


def shown_column(facet: Facet, columns: Sequence[Column], resource_type: ResourceType) -> Shown | None:
    """Return the column that shows the values of a facet, None where none does."""
    wanted = parse_path(str(facet.path), resource_type)
    for number, column in enumerate(columns):
        if column.kind in ("text", "active") and parse_path(column.path, resource_type) == wanted:
            means = {ACTIVE: True, INACTIVE: False, UNKNOWN: None} if column.kind == "active" else {}
            return Shown(projection(tuple(columns), resource_type), number + 2, means)
    return None


def count_line(one: Count, tally: Tally, *, is_state: bool = False) -> Line:
    """Return a value, how many have it, which share that is, and a bar beside those of the others."""
    label = WORDS.get(one.value, one.value) if is_state else one.value
    most = max(count.number for count in tally.counts)
    share = f"{one.number / tally.resources:.0%}" if one.number * 100 >= tally.resources else "<1%"
    halves = max(round(one.number * 2 * BAR / most), 1)
    bar = "█" * (halves // 2) + "▌" * (halves % 2)
    shown = "(none)" if label is None else f'"{label}"' if not label or label != label.strip() else label
    return [
        (f" {set_cell_size(safe(shown), LABEL)}", "note" if label is None else "value"),
        (f"{one.number:>9,}  {share:>4}  ", "value"),
        (bar, "key"),
    ]
