"""What a provider really does, as a page: the profile, what was learned, and a check that runs when it is asked for."""

from __future__ import annotations

from contextlib import aclosing
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType

from scimtui.ops.check import Probe, check
from scimtui.ops.session import profile_of
from scimtui.present.cells import safe
from scimtui.present.probes import MARKS, NAME_WIDTH, lesson_lines
from scimtui.present.wording import DEACTIVATION, DELETION
from scimtui.scim.probe import Verdict
from scimtui.tui.action import Where
from scimtui.tui.actions import bindings_for
from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.view import Header, View

STYLE = {Verdict.YES: "good", Verdict.NO: "bad", Verdict.PARTLY: "changed", Verdict.UNKNOWN: "note"}


class CheckView(View):
    """A page to read; `r` asks the provider again."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.REQUESTS,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Where.REQUESTS)
    DEFAULT_CSS = """
    CheckView LineView { padding: 0 1; }
    """
    _state = "r asks the provider; nothing is written there"

    def compose(self) -> ComposeResult:
        """Compose the page."""
        yield LineView()

    def on_mount(self) -> None:
        """Show what is known, and ask the provider."""
        self._probes: list[Probe] = []
        self._show()
        self._check()

    @property
    def title(self) -> str:
        """Whose provider it is."""
        return f"check {safe(self.session.tenant.name)}"

    def header(self) -> Header:
        """Say how far the check is."""
        return Header(self.session.tenant, (self._state,))

    def focus_first(self) -> None:
        """Start in the page."""
        self.query_one(LineView).focus()

    def why_not(self, action_id: str) -> str | None:
        """There is nothing to copy here."""
        return "there is nothing to copy here" if action_id == "copy" else None

    def do_refresh(self) -> None:
        """Ask the provider again."""
        self._check()

    @work(exclusive=True, group="check", exit_on_error=False)
    async def _check(self) -> None:
        self._probes = []
        try:
            async with aclosing(check(self.session)) as probes:
                async for probe in probes:
                    self._probes.append(probe)
                    self._say(f"asking: {len(self._probes)} answers")
        finally:
            self._say(_summary(self._probes))

    def _say(self, state: str) -> None:
        self._state = state
        self._show()
        self.shell.header_changed()

    def _show(self) -> None:
        self.query_one(LineView).set_lines([*self._head(), [], *map(_row, self._probes)])

    def _head(self) -> list[Line]:
        session, profile = self.session, profile_of(self.session.tenant)
        title = profile.title if profile else "A provider that is not known by its address"
        lines: list[Line] = [[(safe(title), "heading")]]
        lines += [[(f"  {note}", "value")] for note in (profile.notes if profile else ())]
        lines += [
            [("active = false  ", "label"), (DEACTIVATION[session.dialect.deactivation], "value")],
            [("DELETE          ", "label"), (DELETION[session.dialect.deletion], "value")],
        ]
        first, *rest = lesson_lines(session.dialect, session.lessons)
        return [*lines, [], [(first, "section" if rest else "note")], *([(line, "value")] for line in rest)]


def _row(probe: Probe) -> Line:
    return [
        (f"{MARKS[probe.result]} ", STYLE[probe.result]),
        (f"{safe(probe.name):{NAME_WIDTH}}", "value"),
        (f"{probe.rfc:14}", "label"),
        (safe(probe.evidence), "note"),
    ]


def _summary(probes: list[Probe]) -> str:
    counted = [(sum(one.result is verdict for one in probes), mark) for verdict, mark in MARKS.items()]
    return "  ".join(f"{mark} {number}" for number, mark in counted if number) or "no answer"
