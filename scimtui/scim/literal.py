"""Compares one JSON value with the literal of a filter (RFC 7644 section 3.4.2.2)."""

from __future__ import annotations

import operator
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, TypeAlias

from scimtui.errors import FilterError
from scimtui.scim.coerce import as_boolean, read_number
from scimtui.scim.expression import ORDERING, SUBSTRING, Comparison, Operator
from scimtui.scim.schema import Attribute, Type

Test: TypeAlias = Callable[[Any], bool]
"""Asked of one value that is no object; None stands for no value."""


class Form(Enum):
    """What a value and a literal are turned into before they are compared."""

    EXACT = auto()
    """Text with its letter case."""
    FOLDED = auto()
    """Text without letter case: see `fold`."""
    BOOLEAN = auto()
    NUMBER = auto()
    INSTANT = auto()
    BINARY = auto()
    """base64 without padding, in the usual alphabet."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal in the form in which it is compared, and how."""

    form: Form
    operator: Operator
    """Never `ne`, which is the opposite of `eq`: see `is_negated`."""
    wanted: Any
    is_negated: bool = False


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


def read_literal(comparison: Comparison, attribute: Attribute | None) -> Literal:
    """Return the literal of a comparison, read as the type of the attribute that it is compared with.

    A literal that cannot be of that type is text, which no value of that type equals.

    Raises:
        FilterError: the comparison needs an order, and there is none.
    """
    if comparison.operator is Operator.NE:
        return replace(read_literal(replace(comparison, operator=Operator.EQ), attribute), is_negated=True)
    wanted, kind = comparison.value, attribute.type if attribute else Type.STRING
    _check_order(comparison, kind)
    if comparison.operator not in SUBSTRING:
        if kind is Type.BOOLEAN and (truth := as_boolean(wanted)) is not None:
            return Literal(Form.BOOLEAN, comparison.operator, truth)
        if kind is Type.DATE_TIME and (moment := _moment(comparison)) is not None:
            return Literal(Form.INSTANT, comparison.operator, moment)
        if kind is Type.BINARY and isinstance(wanted, str):
            return Literal(Form.BINARY, comparison.operator, _base64(wanted))
        is_numeric = kind in {Type.INTEGER, Type.DECIMAL} or not isinstance(wanted, str)
        if is_numeric and kind not in {Type.BOOLEAN, Type.DATE_TIME} and (number := _number(wanted)) is not None:
            return Literal(Form.NUMBER, comparison.operator, number)
    text = _text(wanted) or ""
    is_exact = attribute is not None and (attribute.case_exact or kind in {Type.REFERENCE, Type.BINARY})
    if is_exact and not isinstance(wanted, bool):
        return Literal(Form.EXACT, comparison.operator, text)
    return Literal(Form.FOLDED, comparison.operator, fold(text))


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


def _moment(comparison: Comparison) -> datetime | None:
    moment = instant(comparison.value)
    if moment is None and comparison.operator in ORDERING:
        raise FilterError(
            f"expected a dateTime after {comparison.operator}: {comparison}",
            text=str(comparison),
            position=0,
            hint=f'Write {comparison.path} {comparison.operator} "2025-01-31T00:00:00Z".',
        )
    try:
        return moment and moment.astimezone(UTC)  # two of one zone are compared in half the time
    except OverflowError:  # the first or last day that there is, in another zone
        return moment


def literal_test(literal: Literal) -> Test:
    """Return the comparison of one value with the literal."""
    if literal.is_negated:
        equals = literal_test(replace(literal, is_negated=False))
        return lambda value: not equals(value)
    wanted, holds = literal.wanted, _HOLDS[literal.operator]
    read = _READ[literal.form]

    def test(value: Any) -> bool:
        found = read(value)
        return found is not None and holds(found, wanted)

    return test


def _text(value: Any) -> str | None:
    """Return a value as the text that a provider could have sent for it, None where there is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return repr(value) if isinstance(value, int | float) else None
    except ValueError:  # more digits than repr() writes
        return None


def _folded(value: Any) -> str | None:
    text = _text(value)
    return None if text is None else fold(text)


def fold(text: str) -> str:
    """Return the text without letter case, an accented letter always being one character."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", folded)


def _truth(value: Any) -> bool | None:
    """Return a boolean, also one in quotes, 0 or 1."""
    return as_boolean(value) if isinstance(value, str | bool) or value in (0, 1) else None


def _number(value: Any) -> float | None:
    """Return a JSON number, also one in quotes."""
    if isinstance(value, str):
        return read_number(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


_URL_SAFE = str.maketrans("-_", "+/")


def _base64(value: Any) -> str | None:
    """Return base64 in one spelling: padding may be missing, and two alphabets are in use (RFC 7643 section 2.3.6)."""
    return value.translate(_URL_SAFE).rstrip("=") if isinstance(value, str) else None


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


_READ: dict[Form, Callable[[Any], Any]] = {
    Form.EXACT: _text,
    Form.FOLDED: _folded,
    Form.BOOLEAN: _truth,
    Form.NUMBER: _number,
    Form.INSTANT: instant,
    Form.BINARY: _base64,
}
