"""The resources that a list, an export or a script wants: filtered, sorted, from the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path as FilePath
from typing import Any

from scimtui.ops.search import fold
from scimtui.ops.session import Session
from scimtui.scim.match import compile_filter
from scimtui.scim.path import Path, parse_path, values_at
from scimtui.scim.schema import ResourceType
from scimtui.store.private_files import disk_errors, write_whole

Raw = Mapping[str, Any]


def cached(session: Session, resource_type: ResourceType, filter: str | None = None) -> Iterator[dict[str, Any]]:  # noqa: A002
    """Yield the cached resources that match a filter, in the order of the cache. Blocks for the disk.

    Raises:
        FilterError: the filter cannot be read.
        CacheError: the cache cannot be read.
    """
    wanted = compile_filter(filter, resource_type) if filter else None
    return _matching(session, resource_type, wanted)


def _matching(
    session: Session, resource_type: ResourceType, wanted: Callable[[Raw], bool] | None
) -> Iterator[dict[str, Any]]:
    for raw in session.cache.resources(resource_type.name).documents():
        if wanted is None or wanted(raw):
            yield raw


def arranged(
    resources: Iterable[dict[str, Any]],
    resource_type: ResourceType,
    *,
    sort: str | None = None,
    descending: bool = False,
    limit: int | None = None,
) -> Iterable[dict[str, Any]]:
    """Return resources in the order of an attribute and no more than `limit`; without `sort` as they come.

    Text is compared without accents and letter case. Who has no value comes last in either direction.

    Raises:
        PathError: `sort` is no attribute path.
    """
    if sort is None:
        return islice(resources, limit)
    path = parse_path(sort, resource_type)
    keyed = [(_sort_key(raw, path), raw) for raw in resources]
    some = sorted(((key, raw) for key, raw in keyed if key is not None), key=lambda pair: pair[0], reverse=descending)
    none = (raw for key, raw in keyed if key is None)
    return islice([*(raw for _, raw in some), *none], limit)


def _sort_key(raw: Raw, path: Path) -> tuple[int, float, str] | None:
    values = values_at(raw, path)
    if not values:
        return None
    value = values[0]
    if isinstance(value, bool | int | float):
        return (0, float(value), "")
    if isinstance(value, Mapping):
        value = value.get("value") or value.get("display") or ""
    return (1, 0.0, fold(str(value)))


def write_export(path: FilePath, lines: Iterable[str]) -> None:
    """Write lines into a file that only its owner may read; an earlier one is replaced whole or stays.

    Raises:
        CacheError: it cannot be written.
    """
    with disk_errors(f"write {path}"):
        write_whole(path.absolute(), "".join(f"{line}\n" for line in lines).encode())
