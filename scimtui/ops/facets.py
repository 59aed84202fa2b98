"""Count resources by the values of one attribute, and say the filter that each count stands for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

from scimtui.errors import FilterError
from scimtui.ops import browse
from scimtui.ops.exporting import named
from scimtui.ops.stoppable import Progress, watched
from scimtui.scim.coerce import as_boolean, element_value
from scimtui.scim.expression import (
    And,
    Comparison,
    Filter,
    Not,
    Operator,
    Path,
    Present,
    Value,
    all_of,
    located,
)
from scimtui.scim.filter import parse_filter
from scimtui.scim.literal import fold
from scimtui.scim.path import attribute_at, parse_path, values_at
from scimtui.scim.recognise import looks_like_filter
from scimtui.scim.resource import resource_id
from scimtui.scim.schema import ENTERPRISE_USER, Attribute, ResourceType, Returned, Type
from scimtui.store.collector import collector_paused

if TYPE_CHECKING:
    from scimtui.ops.session import Session

Raw = Mapping[str, Any]

ONE_PASS = 4
"""Where fewer than one in so many resources is counted, each is read alone; else all are read once."""

MOST = 1000
"""Values that are spelled out; where each of many values is rare, counting tells nothing."""

FIRST = (f"{ENTERPRISE_USER}:department", "title", "active", "emails.value", "userType")
"""What people count by, most wanted first."""

_PICTURED = re.compile("[\u2400-\u2421‹\ufffd]|.{500}", re.DOTALL)
"""A cell that was made safe to show, or cut: its value is another one."""


class Kind(StrEnum):
    """What is counted of a value."""

    VALUE = "value"
    TRUTH = "truth"
    DOMAIN = "domain"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Facet:
    """One way of counting."""

    title: str
    """For people; holds names of the provider's schema."""
    path: Path
    kind: Kind = Kind.VALUE
    case_exact: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """So many resources have this value."""

    value: str | None
    """As the provider sent it; None: they have none."""
    number: int
    filter: Filter
    """Matches these resources."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Resources counted by one facet."""

    counts: tuple[Count, ...]
    """The most frequent value first; no more than `MOST`, those without a value always among them."""
    distinct: int
    """Different values there are, none not counted."""
    resources: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The column of a table that shows a facet."""

    projection: browse.Projection
    """That the rows of the table are made by."""
    place: int
    """Of the cell in a row."""
    means: Mapping[str, bool | None] = field(default_factory=dict)
    """What its cells say in words of ours; {}: they are the values themselves."""


def facets(resource_type: ResourceType, columns: Sequence[str] = ()) -> list[Facet]:
    """Return what resources can be counted by: the usual first, then the columns shown, then every other attribute."""
    known = {text.casefold(): text for text in _countable(resource_type)}
    shown = [str(parse_path(text, resource_type)) for text in columns]
    wanted = [*FIRST, *(one for path in shown for one in (path, f"{path}.value", f"{path}.display")), *known]
    chosen = dict.fromkeys(path.casefold() for path in wanted)
    return [_facet(parse_path(known[path], resource_type), resource_type) for path in chosen if path in known]


def _countable(resource_type: ResourceType) -> Iterator[str]:
    for urn, attribute in resource_type.placed_attributes():
        name = f"{urn}:{attribute.name}" if urn else attribute.name
        if attribute.returned is Returned.NEVER or attribute.name.casefold() in {"id", "schemas", "members"}:
            continue
        if attribute.type is not Type.COMPLEX:
            yield name
            continue
        for sub in attribute.sub_attributes:
            path = f"{name}.{sub.name}"
            if sub.type is Type.COMPLEX or sub.returned is Returned.NEVER or sub.name == "$ref":
                continue
            if path.casefold() not in {"meta.location", "meta.version"}:  # everybody has one of their own
                yield path


def _facet(path: Path, resource_type: ResourceType) -> Facet:
    attribute = attribute_at(path, resource_type) or Attribute(path.attribute)
    if path.urn is None and path.attribute.casefold() == "emails" and (path.sub or "").casefold() == "value":
        return Facet("e-mail domain", path, Kind.DOMAIN)
    bare = Path(None, path.attribute, None, path.sub)
    short = bare if located(bare, resource_type) == path else path  # typed and read with less trouble
    title = f"{path.attribute}.{path.sub}" if path.sub else path.attribute
    kinds = {Type.BOOLEAN: Kind.TRUTH, Type.DATE_TIME: Kind.MONTH}
    return Facet(title, short, kinds.get(attribute.type, Kind.VALUE), attribute.case_exact)


# ---------------------------------------------------------------- counting


def count(
    session: Session,
    resource_type: ResourceType,
    facet: Facet,
    row_ids: Sequence[str],
    *,
    row_id: Callable[[Raw], str] = resource_id,
    shown: Shown | None = None,
    progress: Progress,
) -> Tally:
    """Count the resources of rows by a facet. Blocks for the disk.

    A column that is shown is counted from its cells, which takes no time; anything else is read from the documents.

    Raises:
        CacheError: the cache cannot be read.
        Stopped: the progress said so.
    """
    values = _cells(session, resource_type, facet, row_ids, shown) if shown is not None else None
    if values is None:
        read = _reader(facet, resource_type)
        with collector_paused():
            documents = _documents(session, resource_type.name, row_ids, row_id)
            values = [read(raw) for raw in watched(documents, progress)]
    return tally(facet, values)


def _documents(
    session: Session, type_name: str, row_ids: Sequence[str], row_id: Callable[[Raw], str]
) -> Iterator[dict[str, Any]]:
    cache = session.cache.resources(type_name)
    if len(row_ids) * ONE_PASS < len(cache):
        yield from named(session, type_name, row_ids, row_id)
        return
    wanted = set(row_ids)
    yield from (raw for raw in cache.documents() if row_id(raw) in wanted)


def _cells(
    session: Session, resource_type: ResourceType, facet: Facet, row_ids: Sequence[str], shown: Shown
) -> list[tuple[Hashable, ...]] | None:
    """Return the values as the cells of a table show them; None where a cell is not the value itself."""
    if not shown.means and (facet.kind is not Kind.VALUE or not _is_one_text(facet.path, resource_type)):
        return None
    place, wanted = shown.place, set(row_ids)
    rows = browse.rows(session, resource_type.name, shown.projection).rows
    cells = [row[place] for row in rows if row[0] in wanted]
    if len(cells) != len(row_ids):
        return None
    numbers = Counter(cells)
    if shown.means:
        values = {cell: _one(shown.means.get(cell)) for cell in numbers}
    elif any(map(_PICTURED.search, numbers)):
        return None
    else:
        values = {cell: _one(cell or None) for cell in numbers}
    return [values[cell] for cell in cells]


def _one(value: Hashable) -> tuple[Hashable, ...]:
    return () if value is None else (value,)


def _is_one_text(path: Path, resource_type: ResourceType) -> bool:
    placed = located(path, resource_type)
    owner, attribute = resource_type.attribute(placed.attribute, placed.urn), attribute_at(placed, resource_type)
    if owner is None or attribute is None or owner.multi_valued or attribute.multi_valued:
        return False
    return attribute.type in {Type.STRING, Type.REFERENCE}


def _reader(facet: Facet, resource_type: ResourceType) -> Callable[[Raw], tuple[Hashable, ...]]:
    """Return the function that gives the values of a resource that are counted, each once."""
    path = located(facet.path, resource_type)
    worded = {Kind.DOMAIN: _domain, Kind.MONTH: _month, Kind.TRUTH: as_boolean, Kind.VALUE: _plain}[facet.kind]

    def read(raw: Raw) -> tuple[Hashable, ...]:
        found = values_at(raw, path, resource_type)
        if not found:
            return ()
        return tuple(dict.fromkeys(one for value in found if (one := worded(value)) is not None))

    return read


def _plain(value: Any) -> Hashable:
    inner = element_value(value)
    return inner if isinstance(inner, str | int | float) and inner != "" else None  # "" is not present


def _domain(value: Any) -> str | None:
    inner = element_value(value)
    return inner.rpartition("@")[2] if isinstance(inner, str) and "@" in inner else None


def _month(value: Any) -> str | None:
    try:
        moment = datetime.fromisoformat(value).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return f"{moment.year:04}-{moment.month:02}"


def tally(facet: Facet, values: Iterable[tuple[Hashable, ...]]) -> Tally:
    """Count what resources have; one that has several values counts for each.

    Spellings that a filter does not tell apart are one value, written as it came first.
    """
    numbers = Counter(values)
    folded: Counter[Hashable] = Counter()
    spelled: dict[Hashable, Hashable] = {}
    for some, number in numbers.items():
        keys = {_key(facet, value): value for value in some} or {None: None}
        for key, value in keys.items():
            spelled.setdefault(key, value)
            folded[key] += number
    distinct = len(folded) - (None in folded)
    often = nsmallest(MOST, folded.items(), key=lambda pair: (-pair[1], pair[0] is None, str(pair[0])))
    if None in folded and all(key is not None for key, _ in often):
        often[-1] = (None, folded[None])
    counts = (Count(_text(spelled[key]), number, filter_of(facet, spelled[key])) for key, number in often)
    return Tally(tuple(counts), distinct, numbers.total())


def _key(facet: Facet, value: Hashable) -> Hashable:
    return value if facet.case_exact or not isinstance(value, str) else fold(value)


def _text(value: Hashable) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


# ---------------------------------------------------------------- filters


def filter_of(facet: Facet, value: Any) -> Filter:
    """Return the filter that matches the resources with this value; None: those that have none."""
    if facet.kind is Kind.DOMAIN:
        domain = Comparison(facet.path, Operator.EW, f"@{value}")
        return Not(Comparison(facet.path, Operator.CO, "@")) if value is None else domain
    if value is None:
        return Not(Present(facet.path))
    if facet.kind is Kind.MONTH:
        return _within(facet.path, *map(int, value.split("-")))
    literal: Value = value
    return Comparison(facet.path, Operator.EQ, literal)


def _within(path: Path, year: int, month: int) -> Filter:
    since = Comparison(path, Operator.GE, f"{year:04}-{month:02}-01T00:00:00Z")
    year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    if year > 9999:  # written for "never"
        return since
    return And((since, Comparison(path, Operator.LT, f"{year:04}-{month:02}-01T00:00:00Z")))


def narrowed(text: str, more: Filter) -> str | None:
    """Return the filter of a bar joined with another one; None where the bar holds words, or no whole filter."""
    if not text.strip():
        return str(more)
    if not looks_like_filter(text):
        return None
    try:
        return str(all_of(parse_filter(text), more))
    except FilterError:
        return None
