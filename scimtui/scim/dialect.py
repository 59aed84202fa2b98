"""How a provider departs from the RFCs. What is not known is None, and None is never taken for yes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any


class Paging(StrEnum):
    """How lists are walked."""

    AUTO = "auto"
    """By what discovery and the answers say."""
    INDEX = "index"
    CURSOR = "cursor"
    NONE = "none"
    """One answer holds everything; nothing says whether it really does."""


class Filters(StrEnum):
    """Which filters the provider evaluates itself; all others are evaluated here, on the cache."""

    ALL = "all"
    EQUALITY = "equality"
    """`eq` joined by `and` on plain attributes."""
    NONE = "none"


class MemberRemoval(StrEnum):
    """The form in which members leave a group."""

    FILTER = "filter"
    """`members[value eq "…"]`, one operation a member (RFC 7644 section 3.5.2.2)."""
    VALUE_ARRAY = "value-array"
    """`path: members` with a list of values: what Entra sends, and some servers only read."""


class Deactivation(StrEnum):
    """What `active: false` does to the account at this provider."""

    UNKNOWN = "unknown"
    SUSPENDS = "suspends"
    REMOVES = "removes"
    """Leaves the organisation; the account exists on."""
    DESTROYS = "destroys"
    """Gone for good; cannot be undone here."""
    HIDES = "hides"
    """Answers 404 afterwards."""


class Deletion(StrEnum):
    """What DELETE does at this provider."""

    UNKNOWN = "unknown"
    DELETES = "deletes"
    DEACTIVATES = "deactivates"


@dataclass(frozen=True)
class Dialect:
    """One provider's habits; the defaults are a provider that keeps to the RFCs, where they decide."""

    name: str = "rfc"
    paging: Paging = Paging.AUTO
    page_size: int = 100
    """Resources asked for at once; a provider's own maximum lowers it."""
    concurrency: int = 2
    """Requests in flight at once."""
    parallel_pages: bool | None = None
    """Whether pages may be asked for before the one in front of them came. None: not before a list was walked honestly."""
    filters: Filters = Filters.ALL
    filter_attributes: tuple[str, ...] = ()
    """Paths that a filter may name there; (): all."""
    filters_by_date: bool | None = None
    """Whether `meta.lastModified gt` brings what changed since then. None: to be found out; only True is relied on."""
    list_etags: bool | None = None
    """Whether a page asked for under its own ETag is answered with 304. None: to be found out."""
    reads_per_minute: int | None = None
    """Requests that may be sent in a minute; None: as many as the provider answers without 429."""
    writes_per_minute: int | None = None
    can_patch: bool | None = None
    """None: ask ServiceProviderConfig, and learn from 501 and 405."""
    can_put: bool | None = None
    """False: a resource is never replaced as a whole there. None: not known."""
    capital_ops: bool = False
    """Send "Replace" for "replace"."""
    pathless: bool = False
    """Send add and replace as one object without `path`."""
    sub_paths: bool = True
    """Paths such as `name.givenName` are understood; otherwise a complex attribute is replaced as a whole."""
    value_filters: bool = True
    """Paths such as `emails[type eq "work"].value` are understood; otherwise the whole list is replaced."""
    member_removal: MemberRemoval = MemberRemoval.FILTER
    members_per_request: int = 100
    removals_per_request: int | None = None
    """Members that may leave in one request; None: as many as may come. Entra takes one."""
    operations_per_request: int | None = None
    """Operations of one PATCH; None: any number. More than that are sent in several requests, which are not atomic."""
    lists_members: bool | None = None
    """Whether a list of groups carries `members`. False: absent members are unknown, not none."""
    shows_members: bool | None = None
    """False: members are in no answer at all, so that they are unknown and never none."""
    excludes_members: bool | None = None
    """Whether `excludedAttributes=members` is understood. None: it is tried, and given up where it is refused."""
    if_match: bool | None = None
    """None: where the provider announces ETags and the resource has a version."""
    bulk: bool | None = None
    """Whether the changes of a batch go together (RFC 7644 section 3.7). None: where the provider announces it."""
    deactivation: Deactivation = Deactivation.UNKNOWN
    deletion: Deletion = Deletion.UNKNOWN


RFC = Dialect()
"""A provider that does what RFC 7644 says."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One field of a dialect as it was learned from the provider itself."""

    value: Any
    """JSON: enums by their value, tuples as lists."""
    evidence: str
    """What was asked and what came, for an admin."""
    learned: str
    """When: ISO 8601, UTC."""


_KINDS = {"paging": Paging, "filters": Filters, "member_removal": MemberRemoval, "deletion": Deletion}
"""Fields of an enumeration that can be learned; what `active: false` means to a person is never guessed."""


def with_lessons(dialect: Dialect, lessons: Mapping[str, Lesson]) -> Dialect:
    """Return the dialect as it was learned. A lesson that fits no field, as of another version, is left out."""
    known = {field.name: getattr(RFC, field.name) for field in fields(Dialect)}
    values: dict[str, Any] = {}
    for name, lesson in lessons.items():
        value = lesson.value
        if name in _KINDS and value in list(_KINDS[name]):
            values[name] = _KINDS[name](value)
        elif name == "filter_attributes" and isinstance(value, list):
            values[name] = tuple(str(item) for item in value)
        elif (name in known and isinstance(value, bool) and isinstance(known[name], bool | None)) or (
            name == "page_size" and type(value) is int and value > 0
        ):
            values[name] = value
    return replace(dialect, **values)
