"""What a filter asks of which values, once its names are found in the schemas of a resource type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, TypeAlias

from scimtui.scim.expression import (
    And,
    Comparison,
    Filter,
    Not,
    Operator,
    Or,
    Path,
    Present,
    located,
)
from scimtui.scim.literal import Literal, literal_test, read_literal
from scimtui.scim.schema import Attribute, ResourceType, Type

MOST_KEYS = 1000
"""Keys that are remembered as ordinary. Resources share a few dozen; only hostile ones have more."""


class Keys:
    """The names that a filter looks up in one kind of object: a resource, an extension, the elements of a list.

    A key that is spelled as the schema spells it is found by itself. Where one is missing, all keys have to be looked
    at for another letter case; those that were seen to be ordinary are remembered, and no key is looked at twice.
    """

    def __init__(self) -> None:
        self.ordinary: set[str] = set()
        """Keys that are no other spelling of a name."""
        self._spelled: dict[str, str] = {}

    def name(self, name: str) -> str:
        """Return a name that will be looked up, in its spelling."""
        if self._spelled.setdefault(name.casefold(), name) != name:
            self._spelled[name.casefold()] = ""  # asked for in two spellings: none of them is ordinary
        return name

    def get(self, owner: Mapping[str, Any], name: str) -> Any:
        """Return the value of the key that is `name`, else of the first one that is so in another letter case."""
        value = owner.get(name)
        if value is not None or name in owner or self.ordinary.issuperset(owner):
            return value
        folded = name.casefold()
        for key, inner in owner.items():
            if key in self.ordinary or not isinstance(key, str):
                continue
            other = key.casefold()
            if other == folded:
                return inner
            if self._spelled.get(other, key) == key and len(self.ordinary) < MOST_KEYS:
                self.ordinary.add(key)
        return None


class Presence(Enum):
    """Questions that need no literal."""

    PRESENT = auto()
    """`pr`: the value, or one node of a complex one, is neither null nor empty."""
    ASSIGNED = auto()
    """`ne null`: neither null nor an empty array (RFC 7643 section 2.5). An empty string is assigned."""


@dataclass(frozen=True, slots=True)
class Every:
    """All of them."""

    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One of them."""

    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    """Not this one."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Never:
    """Nothing fulfils it."""


@dataclass(frozen=True, slots=True)
class Inside:
    """The same, asked of the object of an extension; where it is missing, of an empty one."""

    keys: Keys
    urn: str
    plan: Values

    @property
    def absent(self) -> bool:
        """The answer where there is no value."""
        return self.plan.absent


@dataclass(frozen=True, slots=True)
class Values:
    """The values that an object has under one name: those of a list, or the only one. One of them is enough."""

    keys: Keys
    name: str
    attribute: Attribute | None
    asked: Plan | Literal | Presence
    """Of each value. A plan and a literal are asked of objects: the literal of their `value`."""
    elements: Keys
    """For the names inside the values."""
    absent: bool
    """The answer where there is no value."""

    @property
    def is_many(self) -> bool:
        """Whether a list is expected."""
        return self.attribute is not None and self.attribute.multi_valued

    @property
    def is_complex(self) -> bool:
        """Whether objects are expected."""
        return self.attribute is not None and self.attribute.type is Type.COMPLEX


Plan: TypeAlias = Every | Some | Opposite | Never | Inside | Values


def plan(expression: Filter, resource_type: ResourceType) -> Plan:
    """Return what a filter asks of a resource.

    Raises:
        FilterError: it asks for an order where there is none, or compares a dateTime with something else.
    """
    return _plan(expression, _Resource(resource_type))


def top_level_names(asked: Plan) -> frozenset[str]:
    """Return the keys of a resource that a plan looks at: attributes of the core, and URNs of extensions."""
    if isinstance(asked, Every | Some):
        return frozenset[str]().union(*map(top_level_names, asked.plans))
    if isinstance(asked, Opposite):
        return top_level_names(asked.plan)
    if isinstance(asked, Inside):
        return frozenset({asked.urn})
    return frozenset({asked.name}) if isinstance(asked, Values) else frozenset()


# ---------------------------------------------------------------- where values stand


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the value of a path stands in an object, and what its schema says of it."""

    keys: Keys
    name: str
    """Spelled as in the schema, since that is how most providers spell it."""
    attribute: Attribute | None
    elements: _Elements
    extension: tuple[Keys, str] | None = None
    """Keys of the resource and the URN under which it stands there."""
    is_primary: bool = False


class _Resource:
    """The names of a resource."""

    def __init__(self, resource_type: ResourceType) -> None:
        self._type = resource_type
        self._keys = Keys()
        self._extensions: dict[str, Keys] = {}
        self._elements: dict[tuple[str, str], _Elements] = {}

    def find(self, path: Path) -> _Place:
        path = located(path, self._type)
        extension = self._type.extension(path.urn) if path.urn is not None else None
        urn = extension.id if extension else path.urn
        if urn is not None and not path.attribute:
            attributes = extension.attributes if extension else ()
            return self._place(self._keys, urn, Attribute(urn, Type.COMPLEX, sub_attributes=attributes), None)
        attribute = self._type.attribute(path.attribute, path.urn)
        if attribute and urn is None:
            attribute = _as_the_rfc_says(attribute)
        if urn is None:
            return self._place(self._keys, attribute.name if attribute else path.attribute, attribute, None)
        keys = self._extensions.setdefault(urn.casefold(), Keys())
        return self._place(keys, attribute.name if attribute else path.attribute, attribute, urn)

    def _place(self, keys: Keys, name: str, attribute: Attribute | None, urn: str | None) -> _Place:
        elements = self._elements.setdefault(((urn or "").casefold(), name.casefold()), _Elements(attribute))
        home = None if urn is None else (self._keys, self._keys.name(urn))
        return _Place(keys, keys.name(name), attribute, elements, home)


class _Elements:
    """The names of the values of one attribute."""

    def __init__(self, attribute: Attribute | None) -> None:
        self._attribute = attribute
        self.keys = Keys()

    def find(self, path: Path) -> _Place:
        attribute, folded = self._attribute, path.attribute.casefold()
        sub = attribute.sub(path.attribute) if attribute else None
        if sub is None and attribute and folded == "value" and attribute.type is not Type.COMPLEX:
            sub = replace(attribute, name="value", multi_valued=False)  # schemas[value eq "…"]: the elements are bare
        name = self.keys.name(sub.name if sub else "value" if folded == "value" else path.attribute)
        is_primary = folded == "primary" and attribute is not None and attribute.multi_valued
        return _Place(self.keys, name, sub, _Elements(sub), is_primary=is_primary)


def _as_the_rfc_says(attribute: Attribute) -> Attribute:
    """Return a common attribute as RFC 7643 section 3.1 has it, whatever a provider's own schema forgets to say."""
    folded = attribute.name.casefold()
    if folded in {"id", "externalid"}:
        return replace(attribute, case_exact=True)
    if folded == "schemas":
        return replace(attribute, type=Type.STRING, case_exact=False)  # URNs have no letter case
    return attribute


# ---------------------------------------------------------------- filters


_Scope: TypeAlias = _Resource | _Elements


def _plan(expression: Filter, scope: _Scope) -> Plan:
    match expression:
        case And(filters):
            return Every(tuple(_plan(term, scope) for term in filters))
        case Or(filters):
            return Some(tuple(_plan(term, scope) for term in filters))
        case Not(inner):
            return Opposite(_plan(inner, scope))
        case Comparison(path, operator, None):
            assigned = _values(path, Presence.ASSIGNED, scope)
            unordered = {Operator.EQ: Opposite(assigned), Operator.NE: assigned}
            return unordered.get(operator, Never())  # nothing is greater than null, or contains it
        case Comparison():
            return _values(expression.path, expression, scope)
        case Present(path):
            return _values(path, Presence.PRESENT, scope)
        case _:
            place = scope.find(expression.path)
            return _at(place, _plan(expression.value_filter, place.elements), absent=False)


def _values(path: Path, asked: Comparison | Presence, scope: _Scope) -> Inside | Values:
    place = scope.find(path)
    attribute = place.attribute
    is_many = attribute is not None and attribute.multi_valued
    if path.sub is not None:
        inner = _values(Path(attribute=path.sub), asked, place.elements)
        return _at(place, inner, absent=not is_many and inner.absent)
    if isinstance(asked, Presence):
        return _at(place, asked, absent=False)
    is_complex = attribute is not None and attribute.type is Type.COMPLEX
    literal = read_literal(asked, attribute.sub("value") if attribute and is_complex else attribute)
    place.elements.keys.name("value")
    # RFC 7643 section 2.4: where no `primary` is specified, it is false.
    is_fulfilled = literal_test(literal)(False) if place.is_primary else literal.is_negated
    return _at(place, literal, absent=is_fulfilled and not is_many)


def _at(place: _Place, asked: Plan | Literal | Presence, *, absent: bool) -> Inside | Values:
    values = Values(place.keys, place.name, place.attribute, asked, place.elements.keys, absent)
    return values if place.extension is None else Inside(*place.extension, values)
