"""The resources that a list, an export or a script wants: filtered, sorted, from the cache."""

from __future__ import annotations

import os
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from scimtui.ops import browse
from scimtui.ops.search import fold
from scimtui.scim.match import compile_filter
from scimtui.scim.path import Path, parse_path, values_at
from scimtui.scim.resource import resource_id
from scimtui.store.private_files import disk_errors, make_private_folder, open_private, sync_folder

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.store.cache import SyncState

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


def named(
    session: Session, type_name: str, row_ids: Iterable[str], row_id: Callable[[Raw], str] = resource_id
) -> Iterator[dict[str, Any]]:
    """Yield the cached resources of rows, in the order of the rows; what is gone meanwhile is left out.

    Blocks for the disk. `row_id` returns the id that a resource has in a row: safe text, "" where it has none.

    Raises:
        CacheError: the cache cannot be read.
    """
    odd: dict[str, deque[dict[str, Any]]] | None = None
    for identity in row_ids:
        found = browse.resource(session, type_name, identity) if identity else None
        if found is not None:
            yield dict(found.raw)
            continue
        if odd is None:
            odd = _with_odd_ids(session, type_name, row_id)
        if odd.get(identity):
            yield odd[identity].popleft()


def _with_odd_ids(session: Session, type_name: str, row_id: Callable[[Raw], str]) -> dict[str, deque[dict[str, Any]]]:
    """Return the resources that cannot be asked for by the id in their row: it is missing, or was made safe to show."""
    odd: dict[str, deque[dict[str, Any]]] = defaultdict(deque)
    for raw in session.cache.resources(type_name).documents():
        shown = row_id(raw)
        if not shown or shown != resource_id(raw):
            odd[shown].append(raw)
    return odd


def write_export(path: FilePath, lines: Iterable[str]) -> None:
    """Write lines into a file that only its owner may read; an earlier one is replaced whole or stays.

    The lines are written as they come, so that a large export needs no memory. Whatever `lines` raises ends it.

    Raises:
        CacheError: it cannot be written.
    """
    target = path.absolute()
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    with disk_errors(f"write {path}"):
        make_private_folder(target.parent)
        try:
            with open_private(beside, "wb") as file:
                file.writelines(f"{line}\n".encode() for line in lines)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise
        sync_folder(target.parent)


def obstacle(path: FilePath) -> str | None:
    """Return why no file can be written there, in words; None where it can, or where a file would be replaced."""
    if path.is_dir():
        return f"{path} is a folder"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    return None


def state_of(session: Session, type_name: str) -> SyncState | None:
    """Return how far the cached copy of a type can be trusted; None where it was never synced. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    return session.cache.resources(type_name).state
