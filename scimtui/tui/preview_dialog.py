"""What would be sent, exactly, before anything is: the edits in words, then each request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from scimtui.present.cells import safe
from scimtui.present.changes import edit_line
from scimtui.scim.masks import masked_body
from scimtui.tui.json_lines import json_lines
from scimtui.tui.line_view import Line, LineView
from scimtui.tui.view import NO, Answer

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.scim.change import Change

MOST_NAMED = 200
"""Changes that a preview of many spells out; the rest is counted."""


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

    def __init__(self, tenant: Tenant, changes: list[Change], *, needs_reason: bool, typed: bool = False) -> None:
        super().__init__()
        self._tenant = tenant
        self._changes = changes
        self._needs_reason = needs_reason
        self._typed = typed

    def compose(self) -> ComposeResult:
        """Compose the lines, the reason, and the number to type where there are many."""
        self.set_class(self._tenant.production, "-production")
        with Vertical() as box:
            box.border_title = safe(
                f"{'PROD ' if self._tenant.production else ''}{self._tenant.label or self._tenant.name}"
            )
            yield LineView(id="lines")
            if self._needs_reason:
                yield Input(placeholder="Reason or ticket", id="reason")
            if self._typed:
                yield Input(placeholder=f"Type {len(self._changes)} to send", id="number")
            yield Static("", id="keys", markup=False)

    def on_mount(self) -> None:
        """Show everything."""
        self.query_one(LineView).set_lines(preview_lines(self._changes))
        fields = self.query(Input)
        (fields.first() if fields else self.query_one(LineView)).focus()
        self._show_keys()

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
        else:
            return
        event.stop()
        event.prevent_default()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "number" and event.value.strip() == str(len(self._changes)):
            self._yes()
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
            text = "y send · Esc back, nothing is sent · ↑↓ scroll"
        self.query_one("#keys", Static).update(text)


def preview_lines(changes: list[Change]) -> list[Line]:
    """Return one change with its exact requests, or the titles and edits of many."""
    if len(changes) == 1:
        return _whole(changes[0])
    lines: list[Line] = [[(f" {len(changes)} changes", "heading")], []]
    for change in changes[:MOST_NAMED]:
        already = "" if change.requests else "  already so"
        lines.append([(f" {safe(change.title)}", "value"), (already, "note")])
    if len(changes) > MOST_NAMED:
        lines.append([(f" and {len(changes) - MOST_NAMED} more", "note")])
    return lines


def _whole(change: Change) -> list[Line]:
    lines: list[Line] = [[(f" {safe(change.title)}", "heading")], []]
    lines += [[("   ", ""), (edit_line(edit), "value")] for edit in change.edits]
    for warning in change.warnings:
        lines.append([(" ! ", "bad"), (safe(warning), "value")])
    for request in change.requests:
        lines += [[], [(f" {request.method} ", "section"), (safe(request.path), "value")]]
        body: Any = masked_body(request, change.resource_type)
        lines += [[("   ", ""), *line] for line in json_lines(body)] if body is not None else []
    return lines
