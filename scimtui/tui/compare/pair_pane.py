"""The pair under the cursor, read when it is looked at."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import work

from scimtui.tui.compare.compared import ComparedSides, lines_of
from scimtui.tui.lines.line_view import LineView

if TYPE_CHECKING:
    from scimtui.present.compared_rows import Compared


class PairPane(LineView):
    """Attribute by attribute in two columns, as wide as there is room."""

    with_equal = False
    """Whether what is the same on both sides is shown too."""

    @work(exclusive=True, group="pair", exit_on_error=False, description="the pair")  # else its repr holds everybody
    async def show(self, held: ComparedSides | None, subject: Compared | None) -> None:
        """Read and show a pair; nothing where there is nobody, or where the pane is not on the screen."""
        if not self.display or not self.size.width:
            return
        if held is None or subject is None:
            self.set_lines([])
            return
        width, with_equal = self.size.width - 1, self.with_equal
        self.set_lines(await asyncio.to_thread(lines_of, held, subject, width=width, with_equal=with_equal))
