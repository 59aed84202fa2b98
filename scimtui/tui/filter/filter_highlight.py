"""A filter in colours while it is typed, its mistake underlined."""

from __future__ import annotations

import re

from rich.highlighter import Highlighter
from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from scimtui.present.cells import has_hidden, safe
from scimtui.scim.recognise import looks_like_filter
from scimtui.tui.lines.component_style import component_style

MOST = 2_000
"""Characters that are coloured; a longer text is painted plain, so that it still scrolls at once."""
_TOKENS = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*"?)
      | (?<![\w.:$-]) (?:(?P<operator> eq|ne|co|sw|ew|gt|ge|lt|le|pr)
      | (?P<join> and|or|not)
      | (?P<literal> true|false|null|-?\d+(?:\.\d+)?)) (?![\w.:$-])""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
NAMES = ("string", "operator", "join", "literal", "mistake")


class FilterHighlighter(Highlighter):
    """Changes no length: the cursor of a field counts characters."""

    def __init__(self, field: Widget) -> None:
        self._field = field
        self.knows_filters = False
        """Whether the field takes SCIM filters, or words alone."""
        self.mistake = (0, 0)
        """Indexes of the letters to underline."""

    def highlight(self, text: Text) -> None:
        """Colour the words, and show hidden characters as one that can be seen."""
        plain = text.plain
        if self.knows_filters and looks_like_filter(plain[:MOST]):
            for token in _TOKENS.finditer(plain, 0, MOST):
                text.stylize(self._style(token.lastgroup or ""), *token.span())
            if self.mistake[1] > self.mistake[0]:
                text.stylize(self._style("mistake"), *self.mistake)
        if has_hidden(plain):
            text.plain = "".join(map(_seen, plain))

    def _style(self, name: str) -> Style:
        return component_style(self._field, f"filter--{name}")


def _seen(character: str) -> str:
    shown = safe(character)
    return shown if len(shown) == 1 else "\ufffd"
