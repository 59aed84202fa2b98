"""Which resource a value stands for: a manager, a member, a group of a person, any attribute that names a resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from scimtui.scim.elements import names_resources
from scimtui.scim.resource import lookup
from scimtui.scim.schema import Attribute, Type

if TYPE_CHECKING:
    from scimtui.scim.provider import Provider

ELSEWHERE = frozenset({"external", "uri"})
"""What referenceTypes calls an address that is no resource of the provider (RFC 7643 section 7)."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource that a value names. Whether there is one is not known."""

    id: str
    types: tuple[str, ...]
    """Names of the resource types that it may be of, the likeliest first; never empty."""


def reference(value: Any, attribute: Attribute, provider: Provider) -> Reference | None:
    """Return the resource that one value of an attribute names, None where it names none that the provider could have.

    `$ref` only tells the type: nothing is ever fetched from where it points.
    """
    if isinstance(value, Mapping):
        return _of_object(value, attribute, provider) if _may_name(value, attribute) else None
    if attribute.type is not Type.REFERENCE or not isinstance(value, str):
        return None
    types = _known(attribute.reference_types, provider)
    if not types or "/" not in value:
        return Reference(value, types) if types and value else None
    kind, identity = _of_address(value, provider)
    return Reference(identity, (kind,)) if kind in types and identity else None


def _may_name(value: Mapping[str, Any], attribute: Attribute) -> bool:
    return attribute.sub("$ref") is not None or lookup(value, "$ref") is not None or names_resources(attribute)


def _of_object(value: Mapping[str, Any], attribute: Attribute, provider: Provider) -> Reference | None:
    kind, pointed = _of_address(lookup(value, "$ref"), provider)
    identity = lookup(value, "value")
    identity = pointed if identity is None else str(identity) if isinstance(identity, str | int) else ""
    link = attribute.sub("$ref")
    told = [kind, lookup(value, "type"), *(link.reference_types if link else ())]
    types = _known(told[:1], provider) or _known(told[1:], provider)
    if attribute.name.casefold() == "groups" and not kind:
        # A person's `type` is "direct" there, and integer ids are the same for people and groups.
        types = tuple(known.name for known in provider.resource_types if known.attribute("members")) or types
    elif not types and names_resources(attribute):
        types = tuple(known.name for known in provider.resource_types)
    return Reference(identity, types) if identity and types else None


def _known(names: Iterable[Any], provider: Provider) -> tuple[str, ...]:
    """Return those of the names that are resource types, as the provider spells them."""
    return tuple(dict.fromkeys(_types(names, provider)))


def _types(names: Iterable[Any], provider: Provider) -> Iterator[str]:
    for name in names:
        if isinstance(name, str) and name and name.casefold() not in ELSEWHERE:
            known = provider.resource_type(name)
            if known is not None:
                yield known.name


def _of_address(address: Any, provider: Provider) -> tuple[str, str]:
    """Return resource type and id of an address such as `https://example.com/v2/Users/7` or `../Users/7`, "" where none."""
    try:
        steps = urlsplit(address).path.rstrip("/").split("/") if isinstance(address, str) else []
    except ValueError:
        steps = []
    known = provider.resource_type(steps[-2]) if len(steps) > 1 and steps[-2] else None
    return (known.name, unquote(steps[-1])) if known is not None else ("", "")
