"""How a table is arranged: its columns, its order, which rows; kept for each tenant and resource type, and by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scimtui.errors import PathError
from scimtui.scim.path import parse_path
from scimtui.store.remembered import Remembered

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.scim.schema import ResourceType

NARROWEST, WIDEST = 3, 200
"""Cells that a column can be set to."""
MOST_VIEWS = 50
LONGEST_NAME = 40
_MOST_PATHS = 100
_LATELY = timedelta(days=7)


class Activity(StrEnum):
    """Which resources are shown by their `active`."""

    ALL = "all"
    ACTIVE = "active"
    INACTIVE = "inactive"

    @property
    def following(self) -> Activity:
        """The one that comes after it, round and round."""
        every = list(Activity)
        return every[(every.index(self) + 1) % len(every)]


@dataclass(frozen=True, slots=True)
class ChosenColumn:
    """One column as it was chosen."""

    path: str
    width: int = 0
    """Cells on the screen; 0: as the table sees fit."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """An attribute that rows are sorted by."""

    path: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What is shown of a table, and how."""

    columns: tuple[ChosenColumn, ...] = ()
    """In their order; none: the usual ones of the type."""
    sort: tuple[SortKey, ...] = ()
    """The first decides, the next where it leaves two rows equal; none: as the provider lists them."""
    activity: Activity = Activity.ALL
    filter: str = ""
    """What stands in the filter bar; kept with saved views only."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """An arrangement under a name."""

    name: str
    arrangement: Arrangement
    is_built_in: bool = False


# ---------------------------------------------------------------- changing one


def same(one: str, other: str) -> bool:
    """Whether two paths name the same column."""
    return one.casefold() == other.casefold()


def toggled(columns: tuple[ChosenColumn, ...], path: str) -> tuple[ChosenColumn, ...]:
    """Return the columns with that one at their end, or without it; the last one stays."""
    kept = tuple(one for one in columns if not same(one.path, path))
    if len(kept) == len(columns):
        return (*columns, ChosenColumn(path))
    return kept or columns


def moved(columns: tuple[ChosenColumn, ...], place: int, step: int) -> tuple[ChosenColumn, ...]:
    """Return the columns with one of them a step further to the right or left, as far as there is room."""
    target = min(max(place + step, 0), len(columns) - 1)
    order = [one for number, one in enumerate(columns) if number != place]
    return (*order[:target], columns[place], *order[target:])


def resized(columns: tuple[ChosenColumn, ...], place: int, width: int) -> tuple[ChosenColumn, ...]:
    """Return the columns with one of them as wide as that; 0 leaves it to the table."""
    wide = replace(columns[place], width=min(max(width, NARROWEST), WIDEST) if width else 0)
    return (*columns[:place], wide, *columns[place + 1 :])


def sorted_by(sort: tuple[SortKey, ...], path: str) -> tuple[SortKey, ...]:
    """Return the order with a path added as its last key; one that is there is turned round, then taken away."""
    for place, key in enumerate(sort):
        if same(key.path, path):
            turned = () if key.descending else (SortKey(key.path, descending=True),)
            return (*sort[:place], *turned, *sort[place + 1 :])
    return (*sort, SortKey(path))


def reversed_order(sort: tuple[SortKey, ...]) -> tuple[SortKey, ...]:
    """Return the order with every key turned round."""
    return tuple(SortKey(key.path, not key.descending) for key in sort)


# ---------------------------------------------------------------- as JSON


def as_json(arrangement: Arrangement) -> dict[str, Any]:
    """Return an arrangement as it is kept."""
    return {
        "columns": [{"path": one.path, "width": one.width} for one in arrangement.columns],
        "sort": [{"path": key.path, "descending": key.descending} for key in arrangement.sort],
        "activity": arrangement.activity.value,
        "filter": arrangement.filter,
    }


def read_arrangement(value: Any, resource_type: ResourceType) -> tuple[Arrangement, list[str]]:
    """Return what can be made of a kept value, and the paths that could not be understood any more.

    A path that no schema declares is kept: providers return attributes that they do not publish, and a provider
    that was silent for once publishes nothing.
    """
    kept = value if isinstance(value, Mapping) else {}
    dropped: dict[str, None] = {}

    def understood(name: str) -> Iterable[Mapping[str, Any]]:
        listed = kept.get(name)
        for one in listed[:_MOST_PATHS] if isinstance(listed, list) else []:
            path = one.get("path") if isinstance(one, Mapping) else None
            if not isinstance(path, str):
                continue
            try:
                parse_path(path, resource_type)
            except PathError:
                dropped[path] = None
            else:
                yield one

    columns = {one["path"].casefold(): ChosenColumn(one["path"], _width(one)) for one in understood("columns")}
    sort = {one["path"].casefold(): SortKey(one["path"], one.get("descending") is True) for one in understood("sort")}
    activity = kept.get("activity")
    text = kept.get("filter")
    arrangement = Arrangement(
        tuple(columns.values()),
        tuple(sort.values()),
        next((one for one in Activity if one.value == activity), Activity.ALL),
        text if isinstance(text, str) else "",
    )
    return arrangement, list(dropped)


def _width(column: Mapping[str, Any]) -> int:
    width = column.get("width")
    fits = isinstance(width, int) and not isinstance(width, bool) and NARROWEST <= width <= WIDEST
    return width if fits and isinstance(width, int) else 0


# ---------------------------------------------------------------- views that need not be saved


def built_in_views(resource_type: ResourceType, present: Arrangement, now: datetime | None = None) -> list[SavedView]:
    """Return the views that every table has, as far as the type has the attributes; columns and order stay."""

    def view(name: str, activity: Activity = Activity.ALL, text: str = "") -> SavedView:
        return SavedView(name, replace(present, activity=activity, filter=text), is_built_in=True)

    is_person = resource_type.attribute("userName") is not None
    views = [view("Everybody" if is_person else "All")]
    if resource_type.attribute("active") is not None:
        views.append(view("Inactive", Activity.INACTIVE))
    since = ((now or datetime.now(UTC)) - _LATELY).strftime("%Y-%m-%dT%H:%M:%SZ")
    views.append(view("Changed in the last 7 days", text=f'meta.lastModified gt "{since}"'))
    if resource_type.attribute("emails") is not None:
        views.append(view("Without e-mail", text="not (emails pr)"))
    return views


# ---------------------------------------------------------------- the memory


@lru_cache(maxsize=8)
def _memory(home: Path) -> Remembered:
    """Return the one memory of a home: two would write over each other."""
    return Remembered(home / "tables.json")


@dataclass(frozen=True, slots=True)
class TableMemory:
    """What is kept of the tables of one resource type at one tenant. Blocks for the disk.

    A filter can name people. Where the tenant's cache may not be read by others, none is kept here either.
    """

    home: Path
    tenant: Tenant
    resource_type: ResourceType

    @property
    def keeps_filters(self) -> bool:
        """Whether a filter may be written down."""
        return self.tenant.cache == "on"

    def present(self) -> tuple[Arrangement, list[str]]:
        """Return the arrangement of the last time, and the paths in it that could not be understood."""
        return read_arrangement(self._kept().get("present"), self.resource_type)

    def keep_present(self, arrangement: Arrangement) -> None:
        """Keep the arrangement, without its filter.

        Raises:
            CacheError: the disk refuses it.
        """
        self._put({"present": as_json(replace(arrangement, filter=""))})

    def views(self) -> list[SavedView]:
        """Return the saved views by name."""
        kept = self._kept().get("views")
        found = kept.items() if isinstance(kept, Mapping) else ()
        read = [SavedView(name, read_arrangement(value, self.resource_type)[0]) for name, value in found]
        return sorted(read, key=lambda view: view.name.casefold())

    def keep_views(self, views: Iterable[SavedView]) -> None:
        """Keep these views and no others.

        Raises:
            CacheError: the disk refuses it.
        """
        self._put({"views": {view.name: as_json(view.arrangement) for view in views}})

    def _put(self, changes: Mapping[str, Any]) -> None:
        _memory(self.home).put(self._key, {**self._kept(), **changes})

    def _kept(self) -> Mapping[str, Any]:
        found = _memory(self.home).get(self._key)
        return found if isinstance(found, Mapping) else {}

    @property
    def _key(self) -> str:
        return f"{self.tenant.name}/{self.resource_type.name}"
