"""A letter on every pane and tab; one press goes there."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

LETTERS = "asdfghjklqwertyuiopzxcvbnm"


@dataclass(frozen=True, slots=True)
class Target:
    """A place on the screen that can be jumped to."""

    name: str
    """What is given back when it was chosen."""
    x: int
    y: int


class JumpScreen(ModalScreen[str | None]):
    """Gives back the name of the target, None when another key was pressed."""

    DEFAULT_CSS = """
    JumpScreen { background: $background 30%; }
    JumpScreen Static { width: 3; height: 1; background: $accent; color: $background; text-style: bold; content-align: center middle; }
    """

    def __init__(self, targets: list[Target]) -> None:
        super().__init__()
        self._targets = dict(zip(LETTERS, targets, strict=False))

    def compose(self) -> ComposeResult:
        """Compose a label on each target."""
        for letter, target in self._targets.items():
            label = Static(letter, markup=False)
            label.styles.position = "absolute"
            label.styles.offset = (target.x, target.y)
            yield label

    def on_key(self, event: events.Key) -> None:
        """Go, or give up."""
        event.stop()
        event.prevent_default()
        target = self._targets.get(event.character or "")
        self.dismiss(target.name if target else None)
