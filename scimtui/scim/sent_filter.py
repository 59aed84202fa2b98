"""Which filters a provider evaluates itself, and how they are written for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scimtui.scim.dialect import Dialect, Filters
from scimtui.scim.expression import And, Comparison, Filter, Not, Operator, Or, Path, ValuePath, located
from scimtui.scim.schema import Attribute, ResourceType, Type


def sent_filter(filter: Filter, dialect: Dialect, resource_type: ResourceType) -> str | None:  # noqa: A002 - the RFC's word
    """Return the text to send to a provider of that dialect; None: the filter has to be evaluated here.

    Attributes of extensions are qualified by their URN (RFC 7644 section 3.10), the provider's own way of spelling a
    schema included. An attribute that no schema declares is never sent: one provider refuses it, the next one ignores
    the whole filter and answers with everybody.
    """
    if dialect.filters is Filters.NONE or (dialect.filters is Filters.EQUALITY and not _is_equality(filter)):
        return None
    if dialect.filter_attributes and not _names_only(filter, dialect.filter_attributes):
        return None
    placed = _placed(filter, resource_type)
    return None if placed is None else str(placed)


def _is_equality(filter: Filter) -> bool:  # noqa: A002 - the RFC's word
    terms = filter.filters if isinstance(filter, And) else (filter,)
    return all(
        isinstance(term, Comparison) and term.operator is Operator.EQ and term.value is not None for term in terms
    )


def _names_only(filter: Filter, allowed: Sequence[str]) -> bool:  # noqa: A002 - the RFC's word
    """Whether a filter names no attribute but these, or sub-attributes of them."""
    match filter:
        case And(filters) | Or(filters):
            return all(_names_only(term, allowed) for term in filters)
        case Not(inner):
            return _names_only(inner, allowed)
        case _:
            wanted = str(filter.path).casefold()
            return any(wanted == name or wanted.startswith(f"{name}.") for name in map(str.casefold, allowed))


def _placed(expression: Filter, resource_type: ResourceType) -> Filter | None:
    """Return the filter with every path as it is sent; None where a path names nothing that is declared."""
    match expression:
        case And(filters) | Or(filters):
            terms = [_placed(term, resource_type) for term in filters]
            known = tuple(term for term in terms if term is not None)
            return type(expression)(known) if len(known) == len(terms) else None
        case Not(inner):
            placed = _placed(inner, resource_type)
            return None if placed is None else Not(placed)
        case _:
            path = located(expression.path, resource_type)
            attribute = resource_type.attribute(path.attribute, path.urn)
            if attribute is None or not _is_declared(path.sub, attribute):
                return None
            if isinstance(expression, ValuePath) and not _are_declared(expression.value_filter, attribute):
                return None
            return replace(expression, path=_spelled(path, resource_type))


def _spelled(path: Path, resource_type: ResourceType) -> Path:
    extension = resource_type.extension(path.urn) if path.urn is not None else None
    return replace(path, urn=extension.id if extension else None)


def _is_declared(sub: str | None, attribute: Attribute) -> bool:
    if sub is None or attribute.sub(sub) is not None:
        return True
    return sub.casefold() == "value" and attribute.type is not Type.COMPLEX


def _are_declared(expression: Filter, attribute: Attribute) -> bool:
    match expression:
        case And(filters) | Or(filters):
            return all(_are_declared(term, attribute) for term in filters)
        case Not(inner):
            return _are_declared(inner, attribute)
        case _:
            return _is_declared(expression.path.attribute, attribute)
