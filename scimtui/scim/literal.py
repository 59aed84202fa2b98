"""Compares one JSON value with the literal of a filter (RFC 7644 section 3.4.2.2)."""

from __future__ import annotations

import operator
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from scimtui.errors import FilterError
from scimtui.scim.coerce import as_boolean
from scimtui.scim.expression import ORDERING, SUBSTRING, Comparison, Operator
from scimtui.scim.filter_text import read_number
from scimtui.scim.schema import Attribute, Type

Test: TypeAlias = Callable[[Any], bool]
"""Asked of one value that is no object; None stands for no value."""

_HOLDS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: operator.eq,
    Operator.CO: operator.contains,
    Operator.SW: str.startswith,
    Operator.EW: str.endswith,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
}


def literal_test(comparison: Comparison, attribute: Attribute | None) -> Test:
    """Return the comparison of one value with the literal; `attribute` is what the value belongs to.

    Raises:
        FilterError: the comparison needs an order, and there is none.
    """
    if comparison.operator is Operator.NE:
        equals = literal_test(replace(comparison, operator=Operator.EQ), attribute)
        return lambda value: not equals(value)
    wanted, holds = comparison.value, _HOLDS[comparison.operator]
    kind = attribute.type if attribute else Type.STRING
    _check_order(comparison, kind)
    number = _number(wanted) if kind in {Type.INTEGER, Type.DECIMAL} or not isinstance(wanted, str) else None
    is_exact = attribute is not None and (attribute.case_exact or kind in {Type.REFERENCE, Type.BINARY})
    text = _text_test(holds, _text(wanted) or "", is_exact=is_exact and not isinstance(wanted, bool))
    if comparison.operator in SUBSTRING:
        return text
    if kind is Type.BOOLEAN:
        return _boolean_test(as_boolean(wanted), text)
    if kind is Type.DATE_TIME:
        return _instant_test(comparison, holds, text)
    return text if number is None else _number_test(holds, number)


def _check_order(comparison: Comparison, kind: Type) -> None:
    if comparison.operator not in ORDERING:
        return
    if isinstance(comparison.value, bool):
        kind = Type.BOOLEAN
    if kind in {Type.BOOLEAN, Type.BINARY}:
        raise FilterError(
            f"{comparison.operator} needs an order, and a {kind} has none: {comparison}",
            text=str(comparison),
            position=0,
            hint="Compare it with eq or ne.",
        )


def _text_test(holds: Callable[[Any, Any], bool], wanted: str, *, is_exact: bool) -> Test:
    if is_exact:

        def test_exactly(value: Any) -> bool:
            text = value if type(value) is str else _text(value)
            return text is not None and holds(text, wanted)

        return test_exactly

    wanted = fold(wanted)

    def test(value: Any) -> bool:
        text = value if type(value) is str else _text(value)
        return text is not None and holds(text.lower() if text.isascii() else fold(text), wanted)

    return test


def _text(value: Any) -> str | None:
    """Return a value as the text that a provider could have sent for it, None where there is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else None


def fold(text: str) -> str:
    """Return the text without letter case, an accented letter always being one character."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", folded)


def _boolean_test(wanted: bool | None, text: Test) -> Test:  # noqa: FBT001 - it is the value
    if wanted is None:
        return text
    return lambda value: value is wanted or (type(value) is not bool and as_boolean(value) is wanted)


def _number_test(holds: Callable[[Any, Any], bool], wanted: float) -> Test:
    def test(value: Any) -> bool:
        number = _number(value)
        return number is not None and holds(number, wanted)

    return test


def _number(value: Any) -> float | None:
    """Return a JSON number, also one in quotes."""
    if isinstance(value, str):
        return read_number(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _instant_test(comparison: Comparison, holds: Callable[[Any, Any], bool], text: Test) -> Test:
    wanted = instant(comparison.value)
    if wanted is None:
        if comparison.operator in ORDERING:
            raise FilterError(
                f"expected a dateTime after {comparison.operator}: {comparison}",
                text=str(comparison),
                position=0,
                hint=f'Write {comparison.path} {comparison.operator} "2025-01-31T00:00:00Z".',
            )
        return text

    def test(value: Any) -> bool:
        found = instant(value)
        return found is not None and holds(found, wanted)

    return test


def instant(value: Any) -> datetime | None:
    """Return a dateTime of RFC 7643 section 2.3.5; without a time it is midnight, without a zone it is UTC."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        try:
            found = datetime.fromisoformat(value.strip().upper())
        except ValueError:
            return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
