"""What a filter or path says, as values. Text is read in `filter_text`; `str()` of each value is its canonical text."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType


class Operator(StrEnum):
    """The comparisons of RFC 7644 table 3. `pr` is not one of them: it takes no value and has its own node."""

    EQ = "eq"
    NE = "ne"
    CO = "co"
    SW = "sw"
    EW = "ew"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


ORDERING = frozenset({Operator.GT, Operator.GE, Operator.LT, Operator.LE})
"""Comparisons that need an order; booleans and binaries have none (RFC 7644 section 3.4.2.2)."""

SUBSTRING = frozenset({Operator.CO, Operator.SW, Operator.EW})

Value: TypeAlias = str | int | float | bool | None
"""A literal of a filter: what JSON can write without brackets."""


@dataclass(frozen=True, slots=True)
class Path:
    """The attribute that a filter or a PATCH operation speaks of (RFC 7644 sections 3.5.2 and 3.10)."""

    urn: str | None = None
    """Schema in front of the name, as typed. None: not qualified."""
    attribute: str = ""
    """Name as typed; letter case means nothing. "" stands for the whole object that `urn` names."""
    value_filter: Filter | None = None
    """Which elements of a multi-valued attribute; only in PATCH paths, a filter has `ValuePath` for it."""
    sub: str | None = None
    """Sub-attribute of a complex attribute."""

    def __str__(self) -> str:
        name = ":".join(part for part in (self.urn, self.attribute) if part)
        chosen = f"[{self.value_filter}]" if self.value_filter is not None else ""
        return f"{name}{chosen}.{self.sub}" if self.sub else f"{name}{chosen}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`path operator value`."""

    path: Path
    operator: Operator
    value: Value

    def __str__(self) -> str:
        return f"{self.path} {self.operator} {json.dumps(self.value, ensure_ascii=False)}"


@dataclass(frozen=True, slots=True)
class Present:
    """`path pr`: the attribute has a value that is not empty."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path} pr"


@dataclass(frozen=True, slots=True)
class And:
    """Every one of `filters`."""

    filters: tuple[Filter, ...]

    def __str__(self) -> str:
        return " and ".join(f"({term})" if isinstance(term, Or) else str(term) for term in self.filters)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of `filters`."""

    filters: tuple[Filter, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.filters))


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of `filter`."""

    filter: Filter

    def __str__(self) -> str:
        return f"not ({self.filter})"


@dataclass(frozen=True, slots=True)
class ValuePath:
    """`path[value_filter]`: one element of `path` fulfils all of `value_filter`."""

    path: Path
    value_filter: Filter
    """Its paths name sub-attributes of `path`."""

    def __str__(self) -> str:
        return f"{self.path}[{self.value_filter}]"


Filter: TypeAlias = Comparison | Present | And | Or | Not | ValuePath


def all_of(*filters: Filter) -> Filter:
    """Join filters by `and`, without brackets inside brackets."""
    terms = [inner for term in filters for inner in (term.filters if isinstance(term, And) else (term,))]
    return terms[0] if len(terms) == 1 else And(tuple(terms))


def any_of(*filters: Filter) -> Filter:
    """Join filters by `or`, without brackets inside brackets."""
    terms = [inner for term in filters for inner in (term.filters if isinstance(term, Or) else (term,))]
    return terms[0] if len(terms) == 1 else Or(tuple(terms))


def split_urn(text: str, urns: tuple[str, ...]) -> tuple[str, str] | None:
    """Split `text` after the longest of `urns` that it starts with; the rest is "" where it is one of them.

    URNs hold colons and dots, so only the schemas of a resource type tell for certain where one ends. Letter case is
    ignored, the spelling of `text` is kept. None where it starts with none of them.
    """
    for urn in sorted(urns, key=len, reverse=True):
        head, colon, rest = text[: len(urn)], text[len(urn) : len(urn) + 1], text[len(urn) + 1 :]
        if urn and head.casefold() == urn.casefold() and (colon == ":" or not colon):
            return head, rest
    return None


def schema_urns(resource_type: ResourceType | None) -> tuple[str, ...]:
    """Return the URNs of a resource type's schemas, its own first."""
    if resource_type is None:
        return ()
    return (resource_type.schema.id, *(schema.id for schema in resource_type.extensions))


def located(path: Path, resource_type: ResourceType | None) -> Path:
    """Return `path` with the URN under which its value stands in the JSON (RFC 7643 section 3.3).

    The URN of the resource type's own schema is dropped, since its attributes stand at the top. An attribute that only
    one extension declares gets that extension's URN. A URN that was split at the wrong colon is split again.
    """
    if resource_type is None:
        return path
    if path.urn is not None:
        return _split_again(path, resource_type)
    if resource_type.attribute(path.attribute) is None:
        homes = [schema.id for schema in resource_type.extensions if schema.attribute(path.attribute)]
        return replace(path, urn=homes[0]) if len(homes) == 1 else path
    return path


def _split_again(path: Path, resource_type: ResourceType) -> Path:
    split = split_urn(str(replace(path, value_filter=None)), schema_urns(resource_type))
    if split is None:
        return path
    urn, name = split
    attribute, _, sub = name.partition(".")
    is_core = bool(attribute) and urn.casefold() == resource_type.schema.id.casefold()
    return replace(path, urn=None if is_core else urn, attribute=attribute, sub=sub or None)
