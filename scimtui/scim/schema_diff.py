"""What two providers' schemas, features and habits do not have alike, and what that means for people who are moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from scimtui.scim.dialect import RFC, Dialect
from scimtui.scim.provider import CONFIG
from scimtui.scim.resource import lookup
from scimtui.scim.schema import Attribute, Mutability, ResourceType, Returned, Type, Uniqueness

if TYPE_CHECKING:
    from scimtui.scim.provider import Provider


class Area(StrEnum):
    """What is compared."""

    TYPE = "resource type"
    EXTENSION = "extension"
    ATTRIBUTE = "attribute"
    FEATURE = "feature"
    """What ServiceProviderConfig announces."""
    HABIT = "habit"
    """What was learned of how the provider is spoken to, or stands in the config."""


class Bearing(StrEnum):
    """What it means for people of the left side who are moved to the right one."""

    TIGHTER = "tighter"
    """Something that goes on the left does not go on the right, or not as it is."""
    LOOSER = "looser"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """One thing that the two do not have alike."""

    area: Area
    place: str
    """Such as `User`, `User emails.type`, `filter.maxResults` or `value_filters`. Of a provider: hostile text."""
    what: str
    """Which characteristic: `required`, `type`, …; "declared" where only one side has it at all, "value" of a feature."""
    left: Any
    """JSON; None: it has none, or does not say."""
    right: Any
    bearing: Bearing


def schema_differences(
    left: Provider, right: Provider, dialects: tuple[Dialect, Dialect] = (RFC, RFC)
) -> list[SchemaDifference]:
    """Compare what two providers say of themselves, and how they are spoken to.

    An extension, attribute or resource type that one side does not have is one difference, whatever is in it.
    Descriptions do not count.
    """
    return [*_types(left, right), *_features(left, right), *_habits(*dialects)]


def _verdict(*, is_tighter: bool, is_looser: bool) -> Bearing:
    return Bearing.TIGHTER if is_tighter else Bearing.LOOSER if is_looser else Bearing.OTHER


# ---------------------------------------------------------------- resource types and attributes


def _types(left: Provider, right: Provider) -> Iterator[SchemaDifference]:
    theirs = {kind.name.casefold(): kind for kind in right.resource_types}
    for mine in left.resource_types:
        other = theirs.pop(mine.name.casefold(), None)
        if other is None:
            yield SchemaDifference(Area.TYPE, mine.name, "declared", True, None, Bearing.TIGHTER)
        else:
            yield from _of_type(mine, other)
    for other in theirs.values():
        yield SchemaDifference(Area.TYPE, other.name, "declared", None, True, Bearing.LOOSER)


def _of_type(left: ResourceType, right: ResourceType) -> Iterator[SchemaDifference]:
    for what, mine, other in (
        ("endpoint", left.endpoint, right.endpoint),
        ("schema", left.schema.id, right.schema.id),
    ):
        if mine.strip("/").casefold() != other.strip("/").casefold():
            yield SchemaDifference(Area.TYPE, left.name, what, mine, other, Bearing.OTHER)
    yield from _attributes(left.name, left.attributes, right.attributes)
    theirs = {schema.id.casefold(): schema for schema in right.extensions}
    needed = [{urn.casefold() for urn in kind.required_extensions} for kind in (left, right)]
    for schema in left.extensions:
        folded, place = schema.id.casefold(), f"{left.name} {schema.id}"
        extension = theirs.pop(folded, None)
        if extension is None:
            yield SchemaDifference(Area.EXTENSION, place, "declared", True, None, Bearing.TIGHTER)
            continue
        is_needed, is_needed_there = (folded in urns for urns in needed)
        if is_needed != is_needed_there:
            bearing = _verdict(is_tighter=is_needed_there, is_looser=is_needed)
            yield SchemaDifference(Area.EXTENSION, place, "required", is_needed, is_needed_there, bearing)
        yield from _attributes(f"{place}:", schema.attributes, extension.attributes)
    for folded, extension in theirs.items():
        place, bearing = f"{left.name} {extension.id}", _verdict(is_tighter=folded in needed[1], is_looser=True)
        yield SchemaDifference(Area.EXTENSION, place, "declared", None, True, bearing)


def _attributes(
    place: str, left: Iterable[Attribute], right: Iterable[Attribute], gap: str = " "
) -> Iterator[SchemaDifference]:
    """Compare attributes at a place; `gap` stands between the place and a name."""
    gap = "" if place.endswith(":") else gap
    theirs = {attribute.name.casefold(): attribute for attribute in right}
    for mine in left:
        name, other = f"{place}{gap}{mine.name}", theirs.pop(mine.name.casefold(), None)
        if other is None:
            bearing = _verdict(is_tighter=_is_brought(mine), is_looser=False)
            yield SchemaDifference(Area.ATTRIBUTE, name, "declared", True, None, bearing)
            continue
        for what, values, bearing in _characteristics(mine, other):
            yield SchemaDifference(Area.ATTRIBUTE, name, what, *values, bearing)
        if mine.type is other.type is Type.COMPLEX:
            yield from _attributes(name, mine.sub_attributes, other.sub_attributes, gap=".")
    for other in theirs.values():
        bearing = _verdict(is_tighter=other.required, is_looser=_is_brought(other))
        yield SchemaDifference(Area.ATTRIBUTE, f"{place}{gap}{other.name}", "declared", None, True, bearing)


def _is_brought(attribute: Attribute) -> bool:
    """Whether people bring it along: what a provider makes up itself nobody misses."""
    return attribute.is_writable and attribute.name.casefold() not in {"$ref", "display"}


_WRITABLE = {Mutability.READ_WRITE: 2, Mutability.WRITE_ONLY: 1, Mutability.IMMUTABLE: 1, Mutability.READ_ONLY: 0}
_SHOWN = {Returned.ALWAYS: 1, Returned.DEFAULT: 1, Returned.REQUEST: 0, Returned.NEVER: 0}
_SHARED = {Uniqueness.NONE: 2, Uniqueness.SERVER: 1, Uniqueness.GLOBAL: 0}


def _characteristics(left: Attribute, right: Attribute) -> Iterator[tuple[str, tuple[Any, Any], Bearing]]:
    """Yield what two attributes of one name do not have alike (RFC 7643 section 7)."""
    if left.type is not right.type:
        is_looser = right.type is Type.STRING and left.type is not Type.COMPLEX
        yield "type", (left.type.value, right.type.value), _verdict(is_tighter=not is_looser, is_looser=is_looser)
    for what, mine, other, freer in (
        ("multiValued", left.multi_valued, right.multi_valued, True),
        ("required", left.required, right.required, False),
        ("caseExact", left.case_exact, right.case_exact, True),
    ):
        if mine != other and not (what == "caseExact" and left.type is not Type.STRING):
            yield what, (mine, other), _verdict(is_tighter=other is not freer, is_looser=other is freer)
    ranked: tuple[tuple[str, Mapping[Any, int], Any, Any], ...] = (
        ("mutability", _WRITABLE, left.mutability, right.mutability),
        ("returned", _SHOWN, left.returned, right.returned),
        ("uniqueness", _SHARED, left.uniqueness, right.uniqueness),
    )
    for what, ranks, old, new in ranked:
        if old is not new:
            yield (
                what,
                (old.value, new.value),
                _verdict(is_tighter=ranks[new] < ranks[old], is_looser=ranks[new] > ranks[old]),
            )
    for what, known, others in (
        ("canonicalValues", left.canonical_values, right.canonical_values),
        ("referenceTypes", left.reference_types, right.reference_types),
    ):
        mine_set, other_set = ({value.casefold() for value in values} for values in (known, others))
        if mine_set != other_set:
            is_tighter = bool(other_set) and not (mine_set and mine_set <= other_set)  # none named: any will do
            yield what, (list(known), list(others)), _verdict(is_tighter=is_tighter, is_looser=True)


# ---------------------------------------------------------------- features


def _features(left: Provider, right: Provider) -> Iterator[SchemaDifference]:
    pairs: list[tuple[str, Any, Any]] = [
        (f"{name}.supported", getattr(left, field), getattr(right, field))
        for name, field in (
            *((one, one) for one in ("patch", "bulk", "filter", "sort", "etag")),
            ("changePassword", "change_password"),
        )
    ]
    pairs += [
        ("filter.maxResults", left.max_results, right.max_results),
        ("bulk.maxOperations", left.bulk_max_operations, right.bulk_max_operations),
        ("bulk.maxPayloadSize", left.bulk_max_payload, right.bulk_max_payload),
    ]
    mine, other = left.pagination, right.pagination
    pairs += [
        (f"pagination.{name}", getattr(mine, field), getattr(other, field))
        for name, field in (
            ("cursor", "cursor"),
            ("index", "index"),
            ("defaultPaginationMethod", "default_method"),
            ("defaultPageSize", "default_page_size"),
            ("maxPageSize", "max_page_size"),
            ("cursorTimeout", "cursor_timeout"),
        )
    ]
    pairs.append(("authenticationSchemes", _schemes(left), _schemes(right)))
    for place, one, two in pairs:
        if one != two:
            yield SchemaDifference(Area.FEATURE, place, "value", one, two, _more_or_less(one, two))


def _more_or_less(left: Any, right: Any) -> Bearing:
    """Less is tighter. What one side does not say is neither."""
    if not isinstance(left, bool | int) or not isinstance(right, bool | int):
        return Bearing.OTHER
    return _verdict(is_tighter=right < left, is_looser=right > left)


def _schemes(provider: Provider) -> list[str]:
    """Return how a client may sign in, as the provider names it, sorted."""
    found = lookup(provider.documents.get(CONFIG), "authenticationSchemes")
    named = (lookup(one, "type") or lookup(one, "name") for one in found) if isinstance(found, list) else ()
    return sorted({name for name in named if isinstance(name, str)})


# ---------------------------------------------------------------- habits

_OURS = frozenset({"name", "page_size", "concurrency"})
"""Fields of a dialect that are a choice of ours."""
_FREER = frozenset(
    {
        "can_patch",
        "can_put",
        "sub_paths",
        "value_filters",
        "lists_members",
        "shows_members",
        "excludes_members",
        "filters_by_date",
        "list_etags",
        "parallel_pages",
        "if_match",
        "bulk",
        "members_per_request",
        "removals_per_request",
        "operations_per_request",
        "reads_per_minute",
        "writes_per_minute",
    }
)
"""Fields of which more is better."""


def _habits(left: Dialect, right: Dialect) -> Iterator[SchemaDifference]:
    for field in fields(Dialect):
        mine, other = getattr(left, field.name), getattr(right, field.name)
        if mine == other or field.name in _OURS:
            continue
        bearing = _more_or_less(mine, other) if field.name in _FREER else Bearing.OTHER
        yield SchemaDifference(Area.HABIT, field.name, "value", _plain(mine), _plain(other), bearing)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
