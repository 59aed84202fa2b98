"""Resource types that nobody has ever seen, and resources of them: what proves that the core goes by the schema alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from scim2_models import Extension, Resource, Schema as SchemaModel

from scimtui.scim.schema import Attribute, ResourceType, Schema, Type, read_schema

CORE_URN = "urn:example:params:scim:schemas:core:2.0:Thing"
EXTENSION_URN = "urn:example:params:scim:schemas:extension:more.of.it:2.0:Thing"

NAMES = ["alpha", "betaRay", "gamma-1", "delta_2", "epsilon", "zeta"]
TEXTS = st.sampled_from(["Babs", "babs", "Straße", 'a "quoted" \\ one', "x] eq y", "line\nbreak", "0", "true"])
MOMENTS = st.sampled_from(["2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01:00", "2020-12-31T23:59:59Z"])
LINKS = st.sampled_from(["https://example.org/a", "https://example.org/A", "https://example.org/b"])
SIMPLE = {
    Type.STRING: TEXTS,
    Type.BOOLEAN: st.booleans(),
    Type.DECIMAL: st.sampled_from([0.5, 1.0, -2.25, 1e20]),
    Type.INTEGER: st.integers(-3, 3) | st.just(2**40),
    Type.DATE_TIME: MOMENTS,
    Type.BINARY: st.sampled_from(["AAAA", "aGVsbG8="]),
    Type.REFERENCE: LINKS,
}
USUAL = ("value", "type", "primary", "display")
"""Sub-attributes that many lists have (RFC 7643 section 2.4)."""


@st.composite
def _simple_documents(draw: st.DrawFn, name: str, *, fixed: bool) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(SIMPLE)))
    # A fixed moment that is sent again in another zone is the same to one judge, and another text to the other.
    is_fixed = fixed and kind is not Type.DATE_TIME
    mutability = ["readWrite"] * 6 + (["readOnly", "immutable"] if is_fixed else [])
    return {
        "name": name,
        "type": str(kind),
        "multiValued": False,
        "caseExact": kind is Type.REFERENCE or draw(st.booleans()),  # RFC 7643 section 2.3.7
        "mutability": draw(st.sampled_from(mutability)),
        "returned": "default",
        "description": "",
        **({"referenceTypes": ["external"]} if kind is Type.REFERENCE else {}),
    }


def _usual(name: str) -> dict[str, Any]:
    kind = "boolean" if name == "primary" else "string"
    return {"name": name, "type": kind, "multiValued": False, "mutability": "readWrite", "description": ""}


@st.composite
def _documents(draw: st.DrawFn, name: str, *, fixed: bool) -> dict[str, Any]:
    """Draw the description of one attribute: plain or complex, one or many."""
    is_many = draw(st.booleans())
    if draw(st.booleans()):
        document = draw(_simple_documents(name, fixed=fixed and not is_many))
        # scim2-models cannot read a list of binaries again that it has written.
        return {**document, "multiValued": is_many and document["type"] != "binary"}
    names = draw(st.lists(st.sampled_from(["red", "green", "blue-1"]), unique=True, min_size=1))
    subs = [draw(_simple_documents(sub, fixed=False)) for sub in names]
    if is_many:
        subs += [_usual(sub) for sub in draw(st.lists(st.sampled_from(USUAL), unique=True))]
    return {
        "name": name,
        "type": "complex",
        "multiValued": is_many,
        "mutability": "readWrite",
        "description": "",
        "subAttributes": subs,
    }


@st.composite
def schema_documents(draw: st.DrawFn, *, fixed: bool = True) -> list[dict[str, Any]]:
    """Draw one or two Schema documents, the first of the type itself. `fixed`: also with what may not be changed."""
    names = draw(st.permutations(NAMES))
    middle = draw(st.integers(1, len(names)))
    parts = [(CORE_URN, "Thing", names[:middle][:4]), (EXTENSION_URN, "ThingMore", names[middle:][:3])]
    return [
        {"id": urn, "name": name, "attributes": [draw(_documents(one, fixed=fixed)) for one in some]}
        for urn, name, some in parts
        if some
    ]


def resource_type_of(documents: list[dict[str, Any]]) -> ResourceType:
    """Return the type that schema documents describe."""
    own, *extensions = map(read_schema, documents)
    return ResourceType("Thing", "/Things", own, tuple(extensions))


def resource_types(*, fixed: bool = True) -> st.SearchStrategy[ResourceType]:
    """Types with attributes of every kind."""
    return schema_documents(fixed=fixed).map(resource_type_of)


def values_of(attribute: Attribute) -> st.SearchStrategy[Any]:
    """Values that an attribute may have, absence not among them."""
    if attribute.type is not Type.COMPLEX:
        one = SIMPLE[attribute.type]
        return st.lists(one, max_size=3, unique_by=repr) if attribute.multi_valued else one
    subs = {sub.name: values_of(sub) for sub in attribute.sub_attributes}
    objects = st.fixed_dictionaries({}, optional=subs).filter(bool)
    return st.lists(objects, max_size=3).map(_with_one_primary) if attribute.multi_valued else objects


def _with_one_primary(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave `primary` to the first that has it: two of them are none (RFC 7643 section 2.4)."""
    found: list[dict[str, Any]] = []
    for element in elements:
        is_second = element.get("primary") is True and any(one.get("primary") is True for one in found)
        found.append({**element, "primary": False} if is_second else element)
    return found


@st.composite
def resources(draw: st.DrawFn, resource_type: ResourceType) -> dict[str, Any]:
    """Draw a resource that keeps to its schemas."""
    raw: dict[str, Any] = {"schemas": [resource_type.schema.id], "id": "42"}
    raw |= _attributes(draw, resource_type.schema)
    for schema in resource_type.extensions:
        inner = _attributes(draw, schema)
        if inner:
            raw[schema.id] = inner
            raw["schemas"] = [*raw["schemas"], schema.id]
    return raw


def _attributes(draw: st.DrawFn, schema: Schema) -> dict[str, Any]:
    wanted = {attribute.name: values_of(attribute) for attribute in schema.attributes}
    return draw(st.fixed_dictionaries({}, optional=wanted))


@dataclass(frozen=True)
class Pair:
    """Two resources of one type that have much in common."""

    documents: list[dict[str, Any]]
    resource_type: ResourceType
    before: dict[str, Any]
    after: dict[str, Any]


@st.composite
def pairs(draw: st.DrawFn, *, fixed: bool = False) -> Pair:
    """Draw a type and two resources of it."""
    documents = draw(schema_documents(fixed=fixed))
    resource_type = resource_type_of(documents)
    before, after = draw(resources(resource_type)), draw(resources(resource_type))
    kept = draw(st.sets(st.sampled_from([*before, *after]))) - {"schemas"}
    after |= {name: before[name] for name in kept if name in before}
    after["schemas"] = list(dict.fromkeys([*after["schemas"], *(u for u in before["schemas"] if u in after)]))
    return Pair(documents, resource_type, before, after)


def scim2_model(documents: list[dict[str, Any]]) -> type[Resource[Any]]:
    """Return the class that scim2-models makes of the same schema documents."""
    own = Resource.from_schema(SchemaModel.model_validate(documents[0]))
    extensions = [Extension.from_schema(SchemaModel.model_validate(one)) for one in documents[1:]]
    return own[extensions[0]] if extensions else own


any_text = st.text(max_size=8) | st.sampled_from(
    ["", "\ud800", "value", "members", "name.givenName", "PRIMARY", "[", "a" * 500]
)
any_key = any_text | st.sampled_from(["userName", "emails", "ACTIVE", "op", "path", "Operations", "schemas", CORE_URN])
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_key, inner, max_size=4),
    max_leaves=12,
)
"""Any JSON value: odd keys, wrong types, lone surrogates."""


def nested(levels: int) -> Any:
    """Return JSON that nests so deep, lists and objects in turn."""
    value: Any = "x"
    for level in range(levels):
        value = [value] if level % 2 else {"value": value}
    return value
