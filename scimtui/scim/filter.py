"""Filters of RFC 7644 section 3.4.2.2: text to value and back."""

from __future__ import annotations

from scimtui.errors import FilterError
from scimtui.scim.expression import And, Comparison, Filter, Not, Operator, Or, Path, Present, Value, ValuePath
from scimtui.scim.filter_text import Reader

__all__ = [
    "And",
    "Comparison",
    "Filter",
    "FilterError",
    "Not",
    "Operator",
    "Or",
    "Path",
    "Present",
    "Value",
    "ValuePath",
    "parse_filter",
]


def parse_filter(text: str) -> Filter:
    """Read a filter; `str()` of the result is its canonical text.

    `and` and `or` hold two or more terms in a flat row. Attribute names keep the spelling of the text.
    `emails[type eq "work"].value eq "x"`, which Entra sends, is read as `emails[type eq "work" and value eq "x"]`.

    Raises:
        FilterError: the text is no filter. The message says what was expected, `position` where.
    """
    return Reader(text).whole_filter()
