"""Filters that are one row of conditions, joined by `and` or by `or`: what a form can show and change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from scimtui.scim.coerce import is_number, read_number
from scimtui.scim.completion import NEGATED, compared, meaning, operators_of
from scimtui.scim.expression import (
    And,
    Comparison,
    Filter,
    Not,
    Operator,
    Or,
    Path,
    Present,
    Value,
    all_of,
    any_of,
)
from scimtui.scim.literal import instant
from scimtui.scim.schema import Attribute, Type

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
Join = Literal["and", "or"]
NOT = "not "
"""In front of an operator: the condition stands in `not (…)`."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One row."""

    path: Path
    operator: str
    """One of RFC 7644 table 3 with `pr`, or with "not " in front."""
    value: str = ""
    """As a person types it, without quotes; "" for `pr`."""


def conditions_of(filter: Filter) -> tuple[Join, tuple[Condition, ...]] | None:  # noqa: A002 - the RFC's word
    """Take a filter apart; None where it is more than one row, or compares with null."""
    join: Join = "or" if isinstance(filter, Or) else "and"
    terms = filter.filters if isinstance(filter, And | Or) else (filter,)
    rows = [_condition(term) for term in terms]
    known = tuple(row for row in rows if row is not None)
    return (join, known) if len(known) == len(rows) else None


def filter_of(join: Join, conditions: tuple[tuple[Condition, Attribute | None], ...]) -> Filter:
    """Put conditions together, each with what its path names; there is at least one."""
    terms = [_term(condition, attribute) for condition, attribute in conditions]
    return all_of(*terms) if join == "and" else any_of(*terms)


def questions_of(attribute: Attribute | None) -> tuple[str, ...]:
    """Return what a row can ask of an attribute, each with its opposite; `is not` has a word of its own."""
    questions: list[str] = []
    for operator in operators_of(attribute):
        questions.append(operator)
        if operator in NEGATED:
            questions.append(f"{NOT}{operator}")
    return tuple(questions)


def question_words(question: str, attribute: Attribute | None) -> str:
    """Return a question as people ask it."""
    operator = question.removeprefix(NOT)
    return NEGATED[operator] if question.startswith(NOT) else meaning(operator, attribute)


def value_fault(text: str, attribute: Attribute | None) -> str:
    """Return why a text can't be the value of a row, "" where it can."""
    kind = compared(attribute).type if attribute is not None else Type.STRING
    if kind is Type.BOOLEAN and text.casefold() not in ("true", "false"):
        return "true or false"
    if kind in (Type.INTEGER, Type.DECIMAL) and (not is_number(text) or read_number(text) is None):
        return "a number"
    if kind is Type.DATE_TIME and instant(text) is None:
        return "a date such as 2026-01-31"
    return ""


def _condition(term: Filter) -> Condition | None:
    if isinstance(term, Not):
        inner = _condition(term.filter) if isinstance(term.filter, Comparison | Present) else None
        is_question = inner is not None and inner.operator in NEGATED
        return Condition(inner.path, f"{NOT}{inner.operator}", inner.value) if inner and is_question else None
    if isinstance(term, Present):
        return Condition(term.path, "pr")
    if isinstance(term, Comparison) and term.value is not None:
        return Condition(term.path, term.operator, _typed(term.value))
    return None


def _typed(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _term(condition: Condition, attribute: Attribute | None) -> Filter:
    operator = condition.operator.removeprefix(NOT)
    term: Filter = Present(condition.path)
    if operator != "pr":
        term = Comparison(condition.path, Operator(operator), _read(condition.value, attribute))
    return Not(term) if condition.operator.startswith(NOT) else term


def _read(text: str, attribute: Attribute | None) -> Value:
    kind = compared(attribute).type if attribute is not None else Type.STRING
    if kind is Type.BOOLEAN:
        return text.casefold() == "true"
    if kind in (Type.INTEGER, Type.DECIMAL):
        return read_number(text)
    if kind is Type.DATE_TIME and _DAY.fullmatch(text):
        return f"{text}T00:00:00Z"  # a dateTime has a time; providers are strict about it
    return text
