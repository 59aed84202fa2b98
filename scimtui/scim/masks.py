"""What may be shown and kept of a write: values that nobody may read are masked, at any depth."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scimtui.scim.kind import Kind
from scimtui.scim.resource import lookup
from scimtui.scim.schema import Attribute, Mutability, ResourceType, Returned

if TYPE_CHECKING:
    from scimtui.scim.change import Change
    from scimtui.scim.diff import Edit
    from scimtui.scim.merge import Conflict
    from scimtui.scim.message import ScimRequest

MASK = "••••••••"
"""Stands for a value that is never shown."""
_FILTER = re.compile(r'\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\]')
"""A value filter in a path."""


def masked_body(request: ScimRequest, resource_type: ResourceType) -> Any:
    """Return the body of a request as it may be shown and kept: values that are written only are masked."""
    return _masked(request.body, _secrets(resource_type))


def masked_resource(raw: Mapping[str, Any] | None, resource_type: ResourceType) -> Any:
    """Return a resource as it may be kept: values that are written only are masked."""
    return _masked(raw, _secrets(resource_type))


def masked_edits(edits: Iterable[Edit], resource_type: ResourceType) -> list[dict[str, Any]]:
    """Return edits as JSON as they may be shown and kept: values that are written only are masked."""
    return [{"path": edit.path, "before": edit.before, "after": edit.after} for edit in hidden_in(edits, resource_type)]


def hidden_in(edits: Iterable[Edit], resource_type: ResourceType) -> list[Edit]:
    """Return the edits as they may be shown: values that are written only are masked."""
    secrets = _secrets(resource_type)
    return [
        replace(
            edit,
            before=_masked_value(edit.path, edit.before, secrets),
            after=_masked_value(edit.path, edit.after, secrets),
        )
        for edit in edits
    ]


def holds_secret(change: Change) -> bool:
    """Whether a change writes a value that may be written down nowhere, such as a password."""
    kind = change.resource_type
    if hidden_in(change.edits, kind) != list(change.edits):
        return True
    return change.kind is Kind.CREATE and masked_resource(change.after, kind) != change.after


def secret_paths(edits: Iterable[Edit], resource_type: ResourceType) -> tuple[str, ...]:
    """Return the paths of the values that nobody may read, so that no look can show whether they arrived."""
    secrets = _secrets(resource_type)
    return tuple(edit.path for edit in edits if _names_secret(edit.path, secrets))


def masked_conflicts(conflicts: Iterable[Conflict], resource_type: ResourceType) -> tuple[Conflict, ...]:
    """Return the conflicts as they may be shown: values that are written only are masked."""
    secrets = _secrets(resource_type)

    def masked(path: str, value: Any) -> Any:
        return _masked_value(path, value, secrets)

    return tuple(
        replace(
            one, base=masked(one.path, one.base), mine=masked(one.path, one.mine), theirs=masked(one.path, one.theirs)
        )
        for one in conflicts
    )


def without_secrets(text: str, wanted: Mapping[str, Any] | None, resource_type: ResourceType) -> str:
    """Return words of a provider without the values that nobody may read: some repeat a password that they refuse."""
    for secret in sorted(_secret_texts(wanted, _secrets(resource_type)), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def _secret_texts(value: Any, secrets: frozenset[str]) -> Iterator[str]:
    """Yield the texts under a name of `secrets`, at any depth."""
    for name, inner in value.items() if isinstance(value, Mapping) else ():
        if str(name).casefold() in secrets:
            yield from _texts(inner)
        else:
            yield from _secret_texts(inner, secrets)
    for item in value if isinstance(value, list | tuple) else ():
        yield from _secret_texts(item, secrets)


def _texts(value: Any) -> Iterator[str]:
    """Yield every text and number in a value."""
    if isinstance(value, Mapping | list | tuple):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)
    elif value not in (None, "") and not isinstance(value, bool):
        yield str(value)


def _masked(value: Any, secrets: frozenset[str]) -> Any:
    """Return a copy in which every value under a name of `secrets` (casefolded), at any depth, is a mask."""
    if isinstance(value, Mapping):
        copy = {name: _masked_value(str(name), inner, secrets) for name, inner in value.items()}
        path = lookup(value, "path")
        if isinstance(path, str) and lookup(value, "op") is not None and _names_secret(path, secrets):
            return {name: MASK if str(name).casefold() == "value" else inner for name, inner in copy.items()}
        return copy
    return [_masked(item, secrets) for item in value] if isinstance(value, list | tuple) else value


def _masked_value(path: str, value: Any, secrets: frozenset[str]) -> Any:
    return MASK if value is not None and _names_secret(path, secrets) else _masked(value, secrets)


def _names_secret(path: str, secrets: frozenset[str]) -> bool:
    names = _FILTER.sub("", path).replace(":", ".")
    return any(part.casefold() in secrets for part in names.split("."))


def _secrets(resource_type: ResourceType) -> frozenset[str]:
    """Return the casefolded names of attributes whose values nobody may read, `password` in any case."""

    def found(attributes: Sequence[Attribute]) -> Iterator[str]:
        for attribute in attributes:
            if attribute.mutability is Mutability.WRITE_ONLY or attribute.returned is Returned.NEVER:
                yield attribute.name.casefold()
            yield from found(attribute.sub_attributes)

    schemas = (resource_type.schema, *resource_type.extensions)
    return frozenset({"password", *(name for schema in schemas for name in found(schema.attributes))})
