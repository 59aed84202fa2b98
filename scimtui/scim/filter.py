"""Filters of RFC 7644 section 3.4.2.2: text to value and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from scimtui.errors import FilterError
from scimtui.scim.expression import And, Comparison, Filter, Not, Operator, Or, Path, Present, Value, ValuePath
from scimtui.scim.filter_text import NAME, Reader
from scimtui.scim.schema import COMMON_ATTRIBUTES, CORE, Attribute

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
    "looks_like_filter",
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


_START = re.compile(
    rf"""[\s(]* (?: not \s* \( [\s(]* )*
         (?P<path> (?: [A-Za-z][A-Za-z0-9+.-]* : [^\s()\[\]"]* : )? {NAME} (?: \.{NAME} )? )
         (?: (?P<bracket> \s*\[ )
           | (?P<sign> \s* [=<>!]=? \s* ["'0-9tf] )
           | \s+ (?P<operator> eq|ne|co|sw|ew|gt|ge|lt|le|pr ) (?! [A-Za-z0-9_$.:@-] ) \s* (?P<value> .? ) )""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_WORDS_OF_NAMES = frozenset({"le", "ne", "co", "lt", "ge"})
"""Operators that stand in names too: Jean le Goff, Smith Co, Lt Jones."""


def looks_like_filter(text: str) -> bool:
    """Whether text typed into a search field is meant as a SCIM filter, however incomplete or wrong.

    It is one where an attribute path is followed by an operator or a `[`. "Jean le Goff" is not: an operator that is
    part of names counts only before something like a value, or after a path that no name looks like.
    """
    start = _START.match(text)
    if start is None:
        return False
    operator = (start["operator"] or "").casefold()
    path = start["path"]
    if operator == "pr":
        return not path.istitle() or path.casefold() in _core_names()
    if operator not in _WORDS_OF_NAMES:
        return True
    is_path = not path.islower() and not path.istitle() and not path.isupper()
    return is_path or path.casefold() in _core_names() or start["value"] in set("\"'“‘-0123456789")


@cache
def _core_names() -> frozenset[str]:
    """Every attribute of the core schemas, with and without its sub-attributes, in lower case."""

    def names(attributes: Iterable[Attribute]) -> set[str]:
        return {attribute.name.casefold() for attribute in attributes} | {
            f"{attribute.name}.{sub.name}".casefold() for attribute in attributes for sub in attribute.sub_attributes
        }

    return frozenset(names(COMMON_ATTRIBUTES).union(*(names(schema.attributes) for schema in CORE.values())))
