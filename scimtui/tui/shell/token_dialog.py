"""Asks for the token of one tenant, when none was found anywhere."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class TokenDialog(ModalScreen[str | None]):
    """The token stays in memory until the program ends; `scimtui tenant token` keeps one for good."""

    DEFAULT_CSS = """
    TokenDialog { align: center middle; background: $background 60%; }
    TokenDialog > Vertical { width: 72; max-width: 90%; height: auto; background: $surface; border: round $primary; padding: 0 1; }
    TokenDialog Static { height: auto; color: $text-muted; }
    TokenDialog Input, TokenDialog Input:focus { height: 1; border: none; background: $panel; }
    """

    def __init__(self, tenant: str, why: str) -> None:
        super().__init__()
        self._tenant = tenant
        self._why = why

    def compose(self) -> ComposeResult:
        """Compose the reason and the masked field."""
        with Vertical() as box:
            box.border_title = Content(f"Token for {self._tenant}")
            box.border_subtitle = "Enter uses it for now, Esc works without"
            yield Static(self._why, markup=False)
            yield Input(password=True, placeholder="token")

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.dismiss(event.value.strip())

    def on_key(self, event: events.Key) -> None:
        """Go on without a token."""
        if event.key in ("escape", "ctrl+c"):
            event.stop()
            self.dismiss(None)
