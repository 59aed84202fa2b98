"""A resource under the names of another tenant: `title` there may be `jobTitle` in an extension here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scimtui.errors import PathError
from scimtui.scim.path import Path, parse_path, values_at

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType

Raw = Mapping[str, Any]


def renamer(names: Mapping[str, str], left_type: ResourceType, right_type: ResourceType) -> Callable[[Raw], Raw]:
    """Return what gives a resource of the right side the names of the left one. `names` are left paths to right paths.

    A value that stands under a plain attribute is moved; one that a filter chose, such as an e-mail address that is a
    userName on the left, is copied, since the list that it stands in is compared too.

    Raises:
        PathError: one of them is no path, or a left one holds a filter.
    """
    moves = []
    for left, right in names.items():
        target, source = parse_path(left, left_type), parse_path(right, right_type)
        if target.value_filter is not None or not target.attribute:
            raise PathError("a value cannot be put there: name an attribute or a sub-attribute", text=left, position=0)
        moves.append((target, source))

    def renamed(raw: Raw) -> Raw:
        found = [(target, source, values_at(raw, source, right_type)) for target, source in moves]
        out: dict[str, Any] = dict(raw)
        for _, source, values in found:
            if values and source.value_filter is None:
                out = _without(out, _names(source))
        for target, source, values in found:
            if values:
                is_list = source.value_filter is None and isinstance(_at(raw, _names(source)), list)
                out = _with(out, _names(target), values if is_list else values[0])
        return out

    return renamed


def _names(path: Path) -> list[str]:
    return [name for name in (path.urn, path.attribute, path.sub) if name]


def _key(raw: Raw, name: str) -> str:
    """Return a key as it is spelled there."""
    return next((key for key in raw if key.casefold() == name.casefold()), name)


def _at(raw: Any, names: Sequence[str]) -> Any:
    for name in names:
        raw = raw.get(_key(raw, name)) if isinstance(raw, Mapping) else None
    return raw


def _without(raw: Raw, names: Sequence[str]) -> dict[str, Any]:
    key, *deeper = _key(raw, names[0]), *names[1:]
    inner = raw.get(key)
    if deeper and isinstance(inner, Mapping):
        return {**raw, key: _without(inner, deeper)}
    return {name: value for name, value in raw.items() if deeper or name != key}


def _with(raw: Raw, names: Sequence[str], value: Any) -> dict[str, Any]:
    key, *deeper = _key(raw, names[0]), *names[1:]
    inner = raw.get(key)
    return {**raw, key: _with(inner if isinstance(inner, Mapping) else {}, deeper, value) if deeper else value}
