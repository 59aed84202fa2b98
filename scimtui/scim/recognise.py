"""Whether a text is meant as a filter. The first screen asks that, and does not wait for what reads filters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from scimtui.scim.schema import COMMON_ATTRIBUTES, CORE, Attribute

NAME = r"\$?[A-Za-z][A-Za-z0-9_$-]*"
"""ATTRNAME of RFC 7643 section 2.1, and `$ref`."""

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
