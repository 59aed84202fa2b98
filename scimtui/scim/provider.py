"""What a service provider says about itself (RFC 7644 section 4), and what is assumed where it says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scimtui.scim.message import as_integer
from scimtui.scim.resource import lookup
from scimtui.scim.schema import (
    CORE,
    ResourceType,
    Returned,
    Schema,
    core_resource_type,
    read_resource_type,
    read_schema,
)

CONFIG = "ServiceProviderConfig"
TYPES = "ResourceTypes"
SCHEMAS = "Schemas"


@dataclass(frozen=True)
class Pagination:
    """The `pagination` block of RFC 9865 section 4. None: not said, which is never "no limit"."""

    cursor: bool | None = None
    index: bool | None = None
    default_method: str | None = None
    """"cursor" or "index": how a list is walked where a request says neither."""
    default_page_size: int | None = None
    max_page_size: int | None = None
    cursor_timeout: int | None = None
    """Seconds for which a cursor is good."""


@dataclass(frozen=True)
class Provider:
    """Resource types and features of one service provider. A feature is None where nothing was said about it."""

    resource_types: tuple[ResourceType, ...]
    patch: bool | None = None
    bulk: bool | None = None
    filter: bool | None = None
    sort: bool | None = None
    etag: bool | None = None
    change_password: bool | None = None
    max_results: int | None = None
    """The most resources in one answer (`filter.maxResults`)."""
    bulk_max_operations: int | None = None
    bulk_max_payload: int | None = None
    """Bytes."""
    pagination: Pagination = field(default_factory=Pagination)
    documents: Mapping[str, Any] = field(default_factory=dict)
    """Discovery answers as they came, by endpoint: "ServiceProviderConfig", "ResourceTypes", "Schemas". Empty before the
    first discovery."""
    notes: tuple[str, ...] = ()
    """What was missing and what stands in for it, in words."""

    def resource_type(self, name: str) -> ResourceType | None:
        """Return the type of that name or endpoint in any letter case: "user", "Users" and "/Users" are the same."""
        wanted = name.strip("/").casefold()
        for known in self.resource_types:
            if known.name.casefold() == wanted:
                return known
        for known in self.resource_types:
            if known.endpoint.rstrip("/").rpartition("/")[2].casefold() == wanted:
                return known
        return None


def read_provider(documents: Mapping[str, Any]) -> Provider:
    """Read discovery answers; what is absent or unusable falls back to the User and Group of RFC 7643.

    `documents` maps "ServiceProviderConfig", "ResourceTypes" and "Schemas" to decoded JSON or None: a ListResponse in any
    letter case, a bare list or a single object.
    """
    notes: list[str] = []
    config = _config(documents.get(CONFIG), notes)
    schemas = _schemas(documents.get(SCHEMAS), notes)
    types = _resource_types(documents.get(TYPES), schemas, notes)
    bulk, filtering, paging = (lookup(config, name) for name in ("bulk", "filter", "pagination"))
    return Provider(
        resource_types=types,
        patch=_supported(config, "patch"),
        bulk=_supported(config, "bulk"),
        filter=_supported(config, "filter"),
        sort=_supported(config, "sort"),
        etag=False if _boolean(lookup(config, "interopProfileConformant")) else _supported(config, "etag"),
        change_password=_supported(config, "changePassword"),
        max_results=_positive(lookup(filtering, "maxResults")),
        bulk_max_operations=_positive(lookup(bulk, "maxOperations")),
        bulk_max_payload=_positive(lookup(bulk, "maxPayloadSize")),
        pagination=Pagination(
            cursor=_boolean(lookup(paging, "cursor")),
            index=_boolean(lookup(paging, "index")),
            default_method=_method(lookup(paging, "defaultPaginationMethod")),
            default_page_size=_positive(lookup(paging, "defaultPageSize")),
            max_page_size=_positive(lookup(paging, "maxPageSize")),
            cursor_timeout=_positive(lookup(paging, "cursorTimeout")),
        ),
        documents=dict(documents),
        notes=tuple(notes),
    )


def hiding(provider: Provider, attribute: str) -> Provider:
    """Return the provider as one that does not show an attribute: where it is absent, its value is not known."""

    def hidden(known: ResourceType) -> ResourceType:
        attributes = tuple(
            replace(one, returned=Returned.REQUEST) if one.name.casefold() == attribute.casefold() else one
            for one in known.schema.attributes
        )
        return replace(known, schema=replace(known.schema, attributes=attributes))

    return replace(provider, resource_types=tuple(hidden(known) for known in provider.resource_types))


def _config(document: Any, notes: list[str]) -> Mapping[str, Any]:
    config = next(iter(_objects(document)), None)
    if config is None:
        notes.append("no ServiceProviderConfig: which features there are is not known")
        return {}
    return config


def _schemas(document: Any, notes: list[str]) -> dict[str, Schema]:
    found = [read_schema(entry) for entry in _objects(document)]
    schemas = {schema.id.casefold(): schema for schema in reversed(found) if schema.id and schema.attributes}
    if not schemas:
        notes.append("no Schemas: the schemas of RFC 7643 are used")
    return schemas


def _resource_types(document: Any, schemas: Mapping[str, Schema], notes: list[str]) -> tuple[ResourceType, ...]:
    types: dict[str, ResourceType] = {}
    for entry in _objects(document):
        resource_type = read_resource_type(entry, schemas)
        if resource_type.name and resource_type.name.casefold() not in types:
            types[resource_type.name.casefold()] = resource_type
            notes.extend(_unknown_schemas(resource_type, schemas))
    if types:
        return tuple(types.values())
    notes.append("no ResourceTypes: User and Group of RFC 7643 are used")
    return tuple(_with_schemas(core_resource_type(name), schemas) for name in ("User", "Group"))


def _with_schemas(resource_type: ResourceType, schemas: Mapping[str, Schema]) -> ResourceType:
    """Return a built-in type with the provider's own schemas where it publishes them."""

    def own(schema: Schema) -> Schema:
        return schemas.get(schema.id.casefold(), schema)

    return ResourceType(
        name=resource_type.name,
        endpoint=resource_type.endpoint,
        schema=own(resource_type.schema),
        extensions=tuple(own(schema) for schema in resource_type.extensions),
        description=resource_type.description,
    )


def _unknown_schemas(resource_type: ResourceType, schemas: Mapping[str, Schema]) -> Iterator[str]:
    if not schemas:
        return
    for schema in (resource_type.schema, *resource_type.extensions):
        folded = schema.id.casefold()
        if folded in schemas:
            continue
        stand_in = "the one of RFC 7643 is used" if folded in CORE else "its attributes are not known"
        yield f"Schemas does not list {schema.id or 'the schema'} of {resource_type.name}: {stand_in}"


def _objects(document: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a ListResponse, of a bare list, or the single object itself."""
    inner = lookup(document, "Resources")
    if isinstance(inner, list):
        document = inner
    elif isinstance(document, Mapping) and lookup(document, "totalResults") is not None:
        return
    for entry in document if isinstance(document, list) else [document]:
        if isinstance(entry, Mapping) and entry:
            yield entry


def _supported(config: Mapping[str, Any], name: str) -> bool | None:
    block = lookup(config, name)
    return _boolean(block if isinstance(block, bool) else lookup(block, "supported"))


def _boolean(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().casefold())
    return value if isinstance(value, bool) else None


def _method(value: Any) -> str | None:
    folded = value.strip().casefold() if isinstance(value, str) else ""
    return folded if folded in {"cursor", "index"} else None


def _positive(value: Any) -> int | None:
    number = as_integer(value)
    return number if number is not None and number > 0 else None


BUILT_IN = read_provider({})
"""A provider of which nothing is known yet: User and Group of RFC 7643."""
