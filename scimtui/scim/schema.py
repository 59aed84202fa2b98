"""Schema, Attribute and ResourceType of RFC 7643, read leniently from what a provider says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, TypeVar

from scimtui.scim.core_schemas import CORE_SCHEMAS
from scimtui.scim.resource import lookup

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class Type(StrEnum):
    """Data types of RFC 7643 section 2.3. Section 7 forgets `binary`; it is one."""

    STRING = "string"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE_TIME = "dateTime"
    BINARY = "binary"
    REFERENCE = "reference"
    COMPLEX = "complex"


class Mutability(StrEnum):
    """When a value may be written (RFC 7643 section 7)."""

    READ_ONLY = "readOnly"
    READ_WRITE = "readWrite"
    IMMUTABLE = "immutable"
    """May be set at creation, or added while it is unset; never changed."""
    WRITE_ONLY = "writeOnly"
    """May be written and is never shown: password."""


class Returned(StrEnum):
    """When a value is sent back (RFC 7643 section 7). For `request` and `never`, absent does not mean unassigned."""

    ALWAYS = "always"
    DEFAULT = "default"
    REQUEST = "request"
    NEVER = "never"


class Uniqueness(StrEnum):
    """How far a value must be unique (RFC 7643 section 7)."""

    NONE = "none"
    SERVER = "server"
    GLOBAL = "global"


@dataclass(frozen=True)
class Attribute:
    """One attribute and its characteristics; the defaults are those of RFC 7643 section 2.2."""

    name: str
    """As the provider spells it; compared without regard to case."""
    type: Type = Type.STRING
    multi_valued: bool = False
    description: str = ""
    """For the admin. A provider's own text is hostile: show it through `present.cells.safe`."""
    required: bool = False
    case_exact: bool = False
    mutability: Mutability = Mutability.READ_WRITE
    returned: Returned = Returned.DEFAULT
    uniqueness: Uniqueness = Uniqueness.NONE
    canonical_values: tuple[str, ...] = ()
    """Suggestions: a provider may accept others (RFC 7643 section 2.3.1)."""
    reference_types: tuple[str, ...] = ()
    sub_attributes: tuple[Attribute, ...] = ()

    def sub(self, name: str) -> Attribute | None:
        """Return the sub-attribute of that name, in any letter case."""
        return self._subs.get(name.casefold())

    @cached_property
    def _subs(self) -> dict[str, Attribute]:
        return _by_folded_name(self.sub_attributes)

    @property
    def is_writable(self) -> bool:
        """Whether a client may ever send it."""
        return self.mutability is not Mutability.READ_ONLY


@dataclass(frozen=True)
class Schema:
    """The attributes that one URN stands for (RFC 7643 section 7)."""

    id: str
    name: str = ""
    description: str = ""
    attributes: tuple[Attribute, ...] = ()

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute of that name, in any letter case."""
        return self._attributes.get(name.casefold())

    @cached_property
    def _attributes(self) -> dict[str, Attribute]:
        return _by_folded_name(self.attributes)


@dataclass(frozen=True)
class ResourceType:
    """What a provider serves at one endpoint (RFC 7643 section 6), with its schemas resolved."""

    name: str
    endpoint: str
    """As the provider spells it, relative to the base URL: "/Users" or "Users". Never derived, never lower-cased."""
    schema: Schema
    extensions: tuple[Schema, ...] = ()
    required_extensions: frozenset[str] = field(default_factory=frozenset)
    """URNs that every resource of the type must carry."""
    description: str = ""

    @cached_property
    def attributes(self) -> tuple[Attribute, ...]:
        """The common attributes of RFC 7643 section 3.1, which no schema document lists, then those of the schema."""
        declared = {attribute.name.casefold() for attribute in self.schema.attributes}
        missing = [attribute for attribute in COMMON_ATTRIBUTES if attribute.name.casefold() not in declared]
        return (*missing, *self.schema.attributes)

    def attribute(self, name: str, urn: str | None = None) -> Attribute | None:
        """Return a core attribute by name, or an attribute of the schema `urn`; letter case is ignored in both."""
        if urn is None or urn.casefold() == self.schema.id.casefold():
            return self._attributes.get(name.casefold())
        extension = self.extension(urn)
        return extension.attribute(name) if extension else None

    def extension(self, urn: str) -> Schema | None:
        """Return the extension of that URN, in any letter case."""
        folded = urn.casefold()
        return next((schema for schema in self.extensions if schema.id.casefold() == folded), None)

    def placed_attributes(self) -> Iterator[tuple[str | None, Attribute]]:
        """Yield each attribute with the URN under which its value stands in the JSON; None for core attributes."""
        for attribute in self.attributes:
            yield None, attribute
        for schema in self.extensions:
            for attribute in schema.attributes:
                yield schema.id, attribute

    @cached_property
    def _attributes(self) -> dict[str, Attribute]:
        return _by_folded_name(self.attributes)


def read_schema(document: Any) -> Schema:
    """Read one Schema resource; what is missing or wrong gets the defaults of RFC 7643 section 2.2."""
    attributes = lookup(document, "attributes")
    return Schema(
        id=_text(lookup(document, "id")),
        name=_text(lookup(document, "name")),
        description=_text(lookup(document, "description")),
        attributes=_read_attributes(attributes),
    )


def read_resource_type(document: Any, schemas: Mapping[str, Schema]) -> ResourceType:
    """Read one ResourceType resource. `schemas` maps casefolded URNs; an unknown URN becomes an empty Schema."""

    def resolve(urn: str) -> Schema:
        return schemas.get(urn.casefold()) or CORE.get(urn.casefold()) or Schema(id=urn)

    extensions = [entry for entry in _objects(lookup(document, "schemaExtensions")) if lookup(entry, "schema")]
    name = _text(lookup(document, "name")) or _text(lookup(document, "id"))
    return ResourceType(
        name=name,
        endpoint=_text(lookup(document, "endpoint")) or f"/{name}s",
        schema=resolve(_text(lookup(document, "schema"))),
        extensions=tuple(resolve(_text(lookup(entry, "schema"))) for entry in extensions),
        required_extensions=frozenset(
            _text(lookup(entry, "schema")) for entry in extensions if lookup(entry, "required") is True
        ),
        description=_text(lookup(document, "description")),
    )


@cache
def core_resource_type(name: str) -> ResourceType:
    """Return the User or Group of RFC 7643 section 4, the User with its enterprise extension.

    Raises:
        KeyError: there is no built-in type of that name.
    """
    return {
        "User": ResourceType(
            "User", "/Users", CORE[USER.casefold()], (CORE[ENTERPRISE_USER.casefold()],), description="User Account"
        ),
        "Group": ResourceType("Group", "/Groups", CORE[GROUP.casefold()], description="Group"),
    }[name]


_Choice = TypeVar("_Choice", bound=StrEnum)


def _read_attributes(documents: Any, *, depth: int = 0) -> tuple[Attribute, ...]:
    """Read attribute definitions; the first of two with one name wins, complex ones nest once (section 2.3.8)."""
    seen: dict[str, Attribute] = {}
    for document in _objects(documents):
        name = _text(lookup(document, "name"))
        if name and name.casefold() not in seen:
            seen[name.casefold()] = _read_attribute(name, document, depth)
    return tuple(seen.values())


def _read_attribute(name: str, document: Mapping[str, Any], depth: int) -> Attribute:
    sub_attributes = _read_attributes(lookup(document, "subAttributes"), depth=depth + 1) if depth == 0 else ()
    kind = _choice(Type, lookup(document, "type"), Type.COMPLEX if sub_attributes else Type.STRING)
    return Attribute(
        name=name,
        type=kind,
        multi_valued=lookup(document, "multiValued") is True,
        description=_text(lookup(document, "description")),
        required=lookup(document, "required") is True,
        case_exact=lookup(document, "caseExact") is True,
        mutability=_choice(Mutability, lookup(document, "mutability"), Mutability.READ_WRITE),
        returned=_choice(Returned, lookup(document, "returned"), Returned.DEFAULT),
        uniqueness=_choice(Uniqueness, lookup(document, "uniqueness"), Uniqueness.NONE),
        canonical_values=_texts(lookup(document, "canonicalValues")),
        reference_types=_texts(lookup(document, "referenceTypes")),
        sub_attributes=sub_attributes if kind is Type.COMPLEX else (),
    )


def _choice(choices: type[_Choice], value: Any, default: _Choice) -> _Choice:
    folded = value.casefold() if isinstance(value, str) else None
    return next((choice for choice in choices if choice.value.casefold() == folded), default)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _by_folded_name(attributes: Iterable[Attribute]) -> dict[str, Attribute]:
    return {attribute.name.casefold(): attribute for attribute in reversed(list(attributes))}


COMMON_ATTRIBUTES = _read_attributes(CORE_SCHEMAS["common"]["attributes"])
"""id, externalId, schemas and meta (RFC 7643 section 3.1): part of every resource, listed in no schema document."""

CORE: dict[str, Schema] = {
    urn.casefold(): read_schema({"id": urn, **document})
    for urn, document in CORE_SCHEMAS.items()
    if urn.startswith("urn:")
}
"""The schemas of RFC 7643 section 8.7 by casefolded URN, for providers that do not publish theirs."""
