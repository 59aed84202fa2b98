"""The line above the keys: what happened last, with a mark beside the colour."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

_MARKS = {"info": " ", "done": "✓", "warning": "!", "error": "✗", "busy": "…"}
_COLOURS = {"done": "success", "warning": "warning", "error": "error", "busy": "primary"}


class MessageLine(Widget):
    """One message; a long one takes a second and third line so that its end, what to do next, is seen."""

    DEFAULT_CSS = (
        "MessageLine { height: auto; min-height: 1; max-height: 3; background: $surface; color: $foreground; }"
    )

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        """What is shown, for tests and for copying."""
        self.kind = "info"

    def show(self, text: str, kind: str = "info") -> None:
        """Show a safe text."""
        if (text, kind) != (self.text, self.kind):
            taller = len(text) + 3 > self.size.width or len(self.text) + 3 > self.size.width
            self.text, self.kind = text, kind
            self.refresh(layout=taller)

    def render(self) -> RenderResult:
        """Return the mark and the message."""
        colour = self.app.theme_variables.get(_COLOURS.get(self.kind, ""), None)
        line = Text(end="")
        line.append(f" {_MARKS.get(self.kind, ' ')} ", Style(color=colour, bold=True))
        return line.append(self.text, Style(color=colour if self.kind == "error" else None))
