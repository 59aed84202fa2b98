"""The first line: which tenant, production or not, read-only or not, counts, completeness, age."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

from scimtui.present.wording import token_end
from scimtui.tui.shell.themes import TENANT_COLOURS

if TYPE_CHECKING:
    from scimtui.tui.view import Header


class TopLine(Widget):
    """One line; a production tenant paints it red and says PROD."""

    DEFAULT_CSS = """
    TopLine { height: 1; background: $panel; color: $foreground; }
    TopLine.-production { background: $error 40%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._header: Header | None = None
        self._colour = 0
        self._read_only = ""

    def show(self, header: Header | None, colour: int, read_only: str) -> None:
        """Show another header. `colour` is the tenant's place in the config; `read_only` a word, or "" when writable."""
        self._header, self._colour, self._read_only = header, colour, read_only
        self.set_class(header is not None and header.tenant.production, "-production")
        self.refresh()

    def render(self) -> RenderResult:
        """Return the line, without the parts at its end that do not fit."""
        line = Text(no_wrap=True, end="")
        if self._header is None:
            return line.append(" scimtui ", Style(bold=True)).append(" the SCIM console")
        tenant = self._header.tenant
        if tenant.production:
            line.append(" PROD ", Style(bold=True, reverse=True))
        colour = Style(
            color=None if tenant.production else TENANT_COLOURS[self._colour % len(TENANT_COLOURS)], bold=True
        )
        line.append(f" ■ {tenant.label or tenant.name} ", colour)
        parts = [self._read_only, token_end(tenant), *self._header.parts]
        room = self.size.width - line.cell_len
        for part in parts:
            if part and cell_len(part) + 3 <= room:
                line.append("│ ", Style(dim=True)).append(f"{part} ")
                room -= cell_len(part) + 3
        return line
