"""What would be sent, exactly, before anything is: the edits in words, each request, what is known, and the commands."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from scimtui.ops import browse
from scimtui.present.cells import json_text, safe
from scimtui.present.changes import edit_line
from scimtui.present.command_lines import cli_line, curl_commands
from scimtui.present.expected import if_match_of, notes
from scimtui.present.wording import count_of, tenant_name
from scimtui.scim.masks import hidden_in, masked_body
from scimtui.tui.lines.json_lines import json_lines
from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.view import NO, Answer

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change

MOST_NAMED = 200
"""Changes that a preview of many spells out; the rest is counted."""
MOST_REQUESTS = 5
"""Requests of one of them."""
LONGEST_BODY = 400
WIDEST = 110
"""Columns of the dialog, and so of a sentence that is broken into lines."""
FRAME = 8
"""Columns of the dialog that no text stands in."""
LONGEST_TEXT = 4000
"""Characters of one sentence or command that are shown; all of it is copied."""


class PreviewDialog(ModalScreen[Answer]):
    """`y` sends. Many changes are sent by typing their number."""

    DEFAULT_CSS = """
    PreviewDialog { align: center middle; background: $background 60%; }
    PreviewDialog > Vertical { width: 90%; max-width: 110; height: 85%; background: $surface; border: round $primary; }
    PreviewDialog.-production > Vertical { border: round $error; }
    PreviewDialog LineView { height: 1fr; padding: 0 1; }
    PreviewDialog Input, PreviewDialog Input:focus { height: 1; border: none; margin: 0 1; background: $panel; }
    PreviewDialog #keys { height: auto; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, session: Session, changes: list[Change], *, needs_reason: bool, typed: bool = False) -> None:
        super().__init__()
        self._session = session
        self._tenant = session.tenant
        self._changes = changes
        self._needs_reason = needs_reason
        self._typed = typed
        self._command: str | None = None
        self._curl: list[str] = []
        self._share = ""
        if len(changes) == 1:
            self._command = cli_line(changes[0], session.tenant)
            self._curl = list(curl_commands(changes[0], session.tenant, if_match_of(changes[0], session)))

    def compose(self) -> ComposeResult:
        """Compose the lines, the reason, and the number to type where there are many."""
        self.set_class(self._tenant.production, "-production")
        with Vertical() as box:
            box.border_title = Content(tenant_name(self._tenant))
            yield LineView(id="lines")
            if self._needs_reason:
                yield Input(placeholder="Reason or ticket", id="reason")
            if self._typed:
                yield Input(placeholder=f"Type {len(self._changes)} to send", id="number")
            yield Static("", id="keys", markup=False)

    def on_mount(self) -> None:
        """Show everything."""
        self._fill()
        if len(self._changes) > 1:
            self._weigh()
        fields = self.query(Input)
        (fields.first() if fields else self.query_one(LineView)).focus()
        self._show_keys()

    def _fill(self) -> None:
        lines = self._many() if len(self._changes) > 1 else self._one(self._changes[0])
        self.query_one(LineView).set_lines(lines)

    def _many(self) -> list[Line]:
        width = min(self.app.size.width * 9 // 10, WIDEST) - FRAME
        known = dict.fromkeys(note for one in self._changes[:MOST_NAMED] for note in notes(one, self._session))
        told = [line for note in known for line in _broken(note, width, "   ", "note")]
        head: list[Line] = [[(f" {len(self._changes):,} changes", "heading"), (f"  {self._share}", "note")], []]
        return [*head, *told, *([[]] if told else []), *requests_of_many(self._changes)]

    @work(exclusive=True, group="share", exit_on_error=False)
    async def _weigh(self) -> None:
        """Say how much of the tenant it is; the cache may have to be opened for that."""
        names = dict.fromkeys(one.resource_type.name for one in self._changes)
        self._share = ", ".join([await asyncio.to_thread(self._share_of, name) for name in names])
        self._fill()

    def _share_of(self, type_name: str) -> str:
        touched = len({one.id for one in self._changes if one.resource_type.name == type_name and one.id})
        of = browse.count(self._session, type_name)
        if not touched or not of:
            return ""
        return f"{touched:,} of {count_of(of, safe(type_name))} ({touched / of:.0%})"

    def _one(self, change: Change) -> list[Line]:
        width = min(self.app.size.width * 9 // 10, WIDEST) - FRAME
        known = [line for note in notes(change, self._session) for line in _broken(note, width, "   ", "note")]
        commands = [("As a command  (c copies it)", [self._command] if self._command else [])]
        commands.append(("For curl, with the token in a variable  (C copies it)", self._curl))
        lines = [
            *one_change(change, width, if_match_of(change, self._session)),
            [],
            [(" What to expect", "section")],
            *known,
        ]
        for title, texts in commands:
            if texts:
                lines += [[], [(f" {title}", "section")]]
                lines += [line for text in texts for line in _broken(text, width, "   ", "value")]
        return lines

    def on_resize(self) -> None:
        """Break long sentences anew."""
        self._fill()

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def _copy(self, texts: Sequence[str], what: str) -> None:
        from scimtui.tui.lines.clipboard import copy

        copied = await copy(self.app, "\n".join(texts), what)
        self.query_one("#keys", Static).update(copied.sentence)

    def on_key(self, event: events.Key) -> None:
        """Take the answer."""
        if event.key in ("escape", "ctrl+c"):
            self.dismiss(NO)
        elif isinstance(self.focused, Input):
            return
        elif event.character in ("n", "N", "q"):
            self.dismiss(NO)
        elif event.character in ("y", "Y") and not self._typed:
            self._yes()
        elif event.character == "c" and self._command:
            self._copy([self._command], "the command")
        elif event.character == "C" and self._curl:
            self._copy(self._curl, "the command for curl")
        else:
            return
        event.stop()
        event.prevent_default()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "number" and event.value.strip() == str(len(self._changes)):
            self._yes()
        elif event.input.id == "number":
            told = f"That is not the number: type {len(self._changes)} to send · Esc back, nothing is sent"
            self.query_one("#keys", Static).update(told)
        elif event.input.id == "reason" and event.value.strip():
            self.query_one("#number" if self._typed else "#lines").focus()

    def _yes(self) -> None:
        reason = self.query_one("#reason", Input).value.strip() if self._needs_reason else ""
        if self._needs_reason and not reason:
            self.query_one("#reason").focus()
            return
        self.dismiss(Answer(yes=True, reason=reason))

    def on_descendant_focus(self) -> None:
        """Show which keys count now."""
        self._show_keys()

    def _show_keys(self) -> None:
        focused = self.focused.id if self.focused else ""
        if focused == "reason":
            text = "Enter go on · Esc back, nothing is sent"
        elif self._typed:
            text = f"type {len(self._changes)} and Enter to send · Esc back, nothing is sent"
        else:
            copies = f"{' · c copy the command' if self._command else ''}{' · C curl' if self._curl else ''}"
            text = f"y send · Esc back, nothing is sent{copies} · ↑↓ scroll"
        self.query_one("#keys", Static).update(text)


def requests_of_many(changes: Sequence[Change]) -> list[Line]:
    """Return the titles of many changes, each with its exact requests on a line of their own."""
    lines: list[Line] = []
    for change in changes[:MOST_NAMED]:
        already = "" if change.requests else "  already so"
        lines.append([(f" {safe(change.title)}", "value"), (already, "note")])
        for request in change.requests[:MOST_REQUESTS]:
            body = masked_body(request, change.resource_type)
            text = "" if body is None else json_text(body.get("Operations", body))
            shown = text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]} …"
            lines.append(
                [(f"   {request.method} ", "section"), (safe(request.path), "note"), (f"  {safe(shown)}", "note")]
            )
        if len(change.requests) > MOST_REQUESTS:
            lines.append([(f"   and {len(change.requests) - MOST_REQUESTS:,} more requests", "note")])
    if len(changes) > MOST_NAMED:
        lines.append([(f" and {len(changes) - MOST_NAMED} more", "note")])
    return lines


def one_change(change: Change, width: int, if_match: str | None = None) -> list[Line]:
    """Return one change with its exact requests; long sentences are broken at `width`."""
    lines: list[Line] = [[(f" {safe(change.title)}", "heading")], []]
    lines += [[("   ", ""), (edit_line(edit), "value")] for edit in hidden_in(change.edits, change.resource_type)]
    for warning in change.warnings:
        first, *rest = _broken(safe(warning), width, "   ", "value")
        lines += [[(" ! ", "bad"), *first[1:]], *rest]
    for request in change.requests:
        lines += [[], [(f" {request.method} ", "section"), (safe(request.path), "value")]]
        if if_match is not None and request.method != "POST":
            lines.append([("   If-Match: ", "key"), (safe(if_match), "value")])
        body: Any = masked_body(request, change.resource_type)
        lines += [[("   ", ""), *line] for line in json_lines(body)] if body is not None else []
    return lines


def _broken(text: str, width: int, indent: str, style: str) -> list[Line]:
    """Return a text as lines of at most `width`, broken at blanks where there are some."""
    shown = (
        text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} … {len(text) - LONGEST_TEXT:,} more characters"
    )
    parts = textwrap.wrap(shown, max(width, 20), break_on_hyphens=False) or [""]
    return [[(indent, ""), (part, style)] for part in parts]
