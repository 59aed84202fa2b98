"""How two tenants describe themselves, and what that means for people who move from one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.present.schema_words import schema_lines
from scimtui.tui.lines.line_view import LineView

if TYPE_CHECKING:
    from scimtui.tui.compare.compared import ComparedSides
    from scimtui.tui.lines.line_view import Line


class SchemaPane(LineView):
    """A heading for each area; under it what is tighter, looser or otherwise there."""

    def show(self, held: ComparedSides | None) -> None:
        """Show the lines; nothing where there is no comparison."""
        differences = held.schema if held is not None else None
        told = schema_lines(differences, *held.names) if held is not None and differences is not None else []
        self.set_lines([_line(text) for text in told])


def _line(text: str) -> Line:
    if text.startswith("      "):
        return [(text, "note")]
    return [(text, "value" if text.startswith("  ") else "section")]
