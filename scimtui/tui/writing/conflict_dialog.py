"""Somebody else changed the same values: what was seen, what is there now, what is wanted, and a choice for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from scimtui.present.cells import safe
from scimtui.present.conflicts import kept_line, short_path, value_words
from scimtui.present.wording import count_of, tenant_name
from scimtui.scim.merge import Side
from scimtui.tui.lines.line_view import Line, LineView

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.ops.conflicts import Disagreement
    from scimtui.scim.merge import Conflict

Choices = Mapping[str, Side]
"""By the path of the conflict."""


class ChoiceLines(LineView):
    """The cursor stops at what can be chosen."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(selectable=True, id=id)
        self.options: Mapping[int, tuple[str, Side]] = {}

    def can_stop_at(self, index: int) -> bool:
        """Only at the two values of a conflict."""
        return index in self.options


class ConflictDialog(ModalScreen[Choices | None]):
    """Gives back whose value stands, by path, once everything is decided; None for the way back to the form."""

    DEFAULT_CSS = """
    ConflictDialog { align: center middle; background: $background 60%; }
    ConflictDialog > Vertical { width: 90%; max-width: 110; height: 85%; background: $surface; border: round $warning; }
    ConflictDialog.-production > Vertical { border: round $error; }
    ConflictDialog LineView { height: 1fr; padding: 0 1; }
    ConflictDialog #keys { height: auto; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, tenant: Tenant, found: Disagreement) -> None:
        super().__init__()
        self._tenant = tenant
        self._found = found
        self._choices: dict[str, Side] = {}

    def compose(self) -> ComposeResult:
        """Compose the values and the keys."""
        self.set_class(self._tenant.production, "-production")
        with Vertical() as box:
            box.border_title = Content(tenant_name(self._tenant))
            yield ChoiceLines(id="lines")
            yield Static("", id="keys", markup=False)

    def on_mount(self) -> None:
        """Start at the first value."""
        self._show()
        view = self.query_one(ChoiceLines)
        view.cursor = min(view.options, default=0)
        view.focus()

    def _show(self) -> None:
        view = self.query_one(ChoiceLines)
        lines, view.options = conflict_lines(self._found, self._choices)
        view.set_lines(lines)
        left = len(self._open)
        go_on = "^S preview" if not left else f"{left} to decide, then ^S preview"
        keys = f"m mine · t theirs · M T all · {go_on} · Esc back to the form, nothing is sent"
        self.query_one("#keys", Static).update(keys)

    @property
    def _open(self) -> list[str]:
        """The paths that nothing was chosen for."""
        return [one.path for one in self._found.conflicts if one.path not in self._choices]

    def on_key(self, event: events.Key) -> None:
        """Choose, go on or go back."""
        sides = {"m": Side.MINE, "t": Side.THEIRS}
        if event.key in ("escape", "ctrl+c") or event.character in ("q", "e"):
            self.dismiss(None)
        elif event.key == "ctrl+s":
            self._go_on()
        elif event.character in ("M", "T"):
            self._choose([one.path for one in self._found.conflicts], sides[event.character.lower()])
        elif event.character in sides:
            self._choose_here(sides[event.character])
        elif event.key == "space":
            self.query_one(ChoiceLines).action_choose()
        else:
            return
        event.stop()
        event.prevent_default()

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        if option := self.query_one(ChoiceLines).options.get(event.index):
            self._choose([option[0]], option[1])

    def _choose_here(self, side: Side) -> None:
        view = self.query_one(ChoiceLines)
        if option := view.options.get(view.cursor):
            self._choose([option[0]], side)

    def _choose(self, paths: Sequence[str], side: Side) -> None:
        self._choices |= dict.fromkeys(paths, side)
        self._show()
        self._go_to_open()

    def _go_to_open(self) -> None:
        view, left = self.query_one(ChoiceLines), self._open
        if left:
            view.move_to(next(index for index, option in view.options.items() if option[0] == left[0]))

    def _go_on(self) -> None:
        if self._open:
            self._go_to_open()
        else:
            self.dismiss(self._choices)


def conflict_lines(found: Disagreement, choices: Choices) -> tuple[list[Line], dict[int, tuple[str, Side]]]:
    """Return the lines, and what each of those that can be chosen stands for."""
    number = count_of(len(found.conflicts), "value")
    lines: list[Line] = [
        [(f" {safe(found.change.key)} was changed by somebody else meanwhile", "heading")],
        [(f" {number} of yours {'is' if len(found.conflicts) == 1 else 'are'} theirs too. Whose stands?", "value")],
    ]
    options: dict[int, tuple[str, Side]] = {}
    for conflict in found.conflicts:
        lines += [[], [(f" {safe(short_path(conflict.path))}", "section")]]
        lines.append([("     you saw ", "label"), (value_words(conflict.base), "old")])
        for side in (Side.THEIRS, Side.MINE):
            options[len(lines)] = (conflict.path, side)
            lines.append(_option(conflict, side, choices.get(conflict.path)))
    if kept := kept_line(found.kept):
        lines += [[], [(f" {kept[:1].upper()}{kept[1:]}", "note")]]
    return lines, options


def _option(conflict: Conflict, side: Side, chosen: Side | None) -> Line:
    is_chosen = chosen is side
    value, note = (conflict.mine, "") if side is Side.MINE else (conflict.theirs, "  now at the provider")
    return [
        (" ● " if is_chosen else " ○ ", "mark" if is_chosen else "label"),
        (f"{side.value:>9} ", "label"),
        (value_words(value), "changed" if is_chosen else "value"),
        (note, "note"),
    ]
