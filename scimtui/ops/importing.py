"""A file of people, or of any resources, in one tenant: who is created, who is updated by key, and into which groups.

All of it is planned before anything is sent. Who exists already keeps what the file does not state.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scimtui.errors import EndpointError, PatchError, UsageError
from scimtui.ops import joining
from scimtui.ops.import_file import Problem
from scimtui.ops.member_plans import KeyIndex, Known, key_index
from scimtui.ops.newcomers import ASKED_LIVE, Said, asked, newcomers
from scimtui.scim.change import plan_create, plan_edit
from scimtui.scim.coerce import element_value
from scimtui.scim.joiner import LeftOut, Mapped, Rules, placed
from scimtui.scim.pairing import key_reader
from scimtui.scim.path import Path, attribute_at, parse_path, values_at
from scimtui.scim.resource import Resource, resource_id
from scimtui.scim.typed_text import column_path, nearest

if TYPE_CHECKING:
    from scimtui.ops.import_file import Entry, ImportFile
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.schema import ResourceType

KEYS = ("userName", "displayName", "externalId", "id")


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is taken."""

    key: str = ""
    """The path that tells who is who; "" is `match` of the tenant, or the first of the usual ones that the type has."""
    create: bool = True
    update: bool = True
    groups: tuple[str, ...] = ()
    """Everybody comes into these, also who was there before."""
    unseen: bool = False
    """Create also those of whom nobody can tell whether they are there."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One entry in one tenant. Hostile text throughout."""

    entry: Entry
    key: str
    change: Change | None = None
    """None where it is left alone."""
    there: Resource | None = None
    """Who has the key already."""
    left_out: tuple[LeftOut, ...] = ()
    groups: tuple[Resource, ...] = ()
    """What they are to be in afterwards."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A file in one tenant."""

    session: Session
    resource_type: ResourceType
    key: str
    entries: tuple[Planned, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Why none of it is sent."""
    joiners: tuple[Resource, ...] = ()
    """The groups of those who are new."""


@dataclass(frozen=True, slots=True)
class _Keyed:
    """One entry as it would be created, and its key."""

    entry: Entry
    made: Mapped
    key: str
    folded: str


@dataclass(frozen=True, slots=True)
class _Tenant:
    """What the entries are planned against."""

    session: Session
    resource_type: ResourceType
    file_type: ResourceType
    key: str
    rules: Rules
    wish: Wish
    there: Mapping[str, Sequence[Resource]]
    """By folded key."""
    groups: Mapping[str, Resource]
    """By name."""


def key_path(session: Session, resource_type: ResourceType, wanted: str) -> str:
    """Return the path that tells who is who.

    Raises:
        UsageError: the type has no such attribute.
        PathError: it is no path.
    """
    if wanted and (path := column_path(wanted, resource_type)) is not None:
        return str(path)
    usual = [session.tenant.match] if has_people(resource_type) else []
    for text in () if wanted else (*usual, *KEYS):
        if attribute_at(parse_path(text, resource_type), resource_type) is not None:
            return text
    near = nearest(wanted, resource_type)
    hint = f"did you mean {near[0]}?" if near else "name one with --key"
    raise UsageError(f"a {resource_type.name} of {session.tenant.name} has no attribute {wanted}", hint)


def has_people(resource_type: ResourceType) -> bool:
    """Whether the rules for joiners are about this type."""
    return resource_type.attribute("userName") is not None


async def plan_file(session: Session, file: ImportFile, resource_type: ResourceType, wish: Wish) -> ImportPlan:
    """Plan every entry in one tenant whose cache holds the type.

    Raises:
        UsageError: the key, a rule or a group is none of this tenant.
        EndpointError, Refused, CacheError: somebody cannot be looked up.
    """
    key, rules = key_path(session, resource_type, wish.key), joining.rules_of(session, resource_type)
    made = await _made(session, file, resource_type, rules)
    reader = key_reader(key, resource_type)
    keys = [
        reader.read(entry.raw if key == "id" else one.resource).strip()
        for entry, one in zip(file.entries, made, strict=True)
    ]
    keyed = [
        _Keyed(entry, one, key, reader.fold(key)) for entry, one, key in zip(file.entries, made, keys, strict=True)
    ]
    joiners = session.tenant.joiner.groups if has_people(resource_type) else ()
    names = [*(joiners if wish.create else ()), *wish.groups, *(name for one in file.entries for name in one.groups)]
    groups, missing = await joining.groups_named(session, names)
    there = await asyncio.to_thread(there_by_key, session, resource_type, key, {one.folded for one in keyed})
    unknown = {one.folded: one.key for one in keyed if one.folded and not there[one.folded]}
    came, doubt = await newcomers(session, resource_type, key, unknown)
    there |= came
    tenant = _Tenant(session, resource_type, file.resource_type, key, rules, wish, there, groups)
    planned, wrong = await asyncio.to_thread(_planned, tenant, keyed)
    known = tuple(groups[name] for name in joiners if name in groups)
    unseen = [Problem(0, doubt)] if doubt and wish.create and not wish.unseen else []
    problems = [*_doubtful(keyed, key), *wrong, *_no_groups(file, joiners, missing), *unseen]
    return ImportPlan(session, resource_type, key, tuple(planned), tuple(problems), known)


def _no_groups(file: ImportFile, joiners: Sequence[str], missing: Sequence[str]) -> Iterator[Problem]:
    """Yield where each group is named that there is not."""
    for name in missing:
        line = next((one.line for one in file.entries if name in one.groups), 0)
        rule = "joiner.groups: " if name in joiners and not line else ""
        yield Problem(line, f"{rule}there is no group {name}")


async def _made(session: Session, file: ImportFile, resource_type: ResourceType, rules: Rules) -> list[Mapped]:
    """Return each entry as a new resource of this tenant, with those whom it names."""
    sources = [joining.Source(file.resource_type, entry.raw) for entry in file.entries]
    made = await asyncio.to_thread(lambda: [joining.as_joiner(one, session, resource_type, rules) for one in sources])
    if not any(one.links for one in made):
        return made
    find = _Finder(session, resource_type, await asyncio.to_thread(key_index, session, [resource_type]))
    return [
        await joining.with_links(session, source, resource_type, one, find.id_of)
        for source, one in zip(sources, made, strict=True)
    ]


class _Finder:
    """Whom a name in a file means: most name the same few managers."""

    def __init__(self, session: Session, resource_type: ResourceType, index: KeyIndex) -> None:
        self._session, self._type, self._index = session, resource_type, index
        self._known: dict[str, tuple[str, str]] = {}

    async def id_of(self, name: str) -> tuple[str, str]:
        """Return the id that a name has here, or why it has none."""
        if name not in self._known:
            self._known[name] = await self._look(name)
        return self._known[name]

    async def _look(self, name: str) -> tuple[str, str]:
        found = self._index.find(name)
        if found.known is Known.FOUND:
            return found.members[0].id, ""
        if found.known is Known.AMBIGUOUS:
            return "", f"{len(found.members)} are called {name} there"
        if len(self._known) >= ASKED_LIVE:
            return "", f"nobody is called {name} there"
        try:
            said = await asked(self._session, self._type, "userName", name)
        except EndpointError as error:
            said = Said(untold=error.message)
        if len(said.found) == 1:
            return said.found[0].id, ""
        return "", f"nobody is called {name} there{f', as far as is known: {said.untold}' if said.untold else ''}"


# ---------------------------------------------------------------- who is there


def there_by_key(
    session: Session, resource_type: ResourceType, key: str, wanted: Iterable[str]
) -> dict[str, list[Resource]]:
    """Return the cached resources that have one of these keys, by folded key. Blocks: one pass over the cache."""
    cache, reader, path = (
        session.cache.resources(resource_type.name),
        key_reader(key, resource_type),
        parse_path(key, resource_type),
    )
    ids: dict[str, list[str]] = {folded: [] for folded in wanted if folded}
    for raw in cache.parts(("id", path.urn or path.attribute)):
        folded = reader.fold(reader.read(raw).strip())
        if folded in ids:
            ids[folded].append(resource_id(raw))
    found = {folded: [cache.get(one) for one in those] for folded, those in ids.items()}
    return {folded: [Resource(resource_type.name, raw) for raw in those if raw] for folded, those in found.items()}


def _doubtful(keyed: Sequence[_Keyed], key: str) -> list[Problem]:
    """Return each entry without a key, and each whose key another one has."""
    problems = []
    seen: dict[str, int] = {}
    for one in keyed:
        line = one.entry.line
        if not one.folded:
            why = next((left.why for left in one.made.left_out if left.path.casefold() == key.casefold()), "")
            problems.append(Problem(line, f"there is no {key}{f': {why}' if why else ''}"))
        elif one.folded in seen:
            problems.append(Problem(line, f"{key} {one.key} stands in line {seen[one.folded]} already"))
        seen.setdefault(one.folded, line)
    return problems


# ---------------------------------------------------------------- changes


def _planned(tenant: _Tenant, keyed: Sequence[_Keyed]) -> tuple[list[Planned], list[Problem]]:
    planned: list[Planned] = []
    problems: list[Problem] = []
    for one in keyed:
        found = tenant.there.get(one.folded, ())
        if len(found) > 1:
            problems.append(Problem(one.entry.line, f"{len(found)} have {tenant.key} {one.key} there"))
            continue
        try:
            planned.append(_plan(tenant, one, found[0] if found else None))
        except (PatchError, UsageError) as error:
            hint = f"; {error.hint}" if getattr(error, "hint", "") else ""
            problems.append(Problem(one.entry.line, f"{error.message}{hint}"))
    return planned, problems


def _plan(tenant: _Tenant, one: _Keyed, there: Resource | None) -> Planned:
    session, wish, kind = tenant.session, tenant.wish, tenant.resource_type
    name, provider, dialect = session.tenant.name, session.provider, session.dialect
    joiners = session.tenant.joiner.groups if there is None and has_people(kind) else ()
    groups = tuple(
        tenant.groups[group]
        for group in dict.fromkeys((*joiners, *wish.groups, *one.entry.groups))
        if group in tenant.groups
    )
    planned = Planned(one.entry, one.key, None, there, groups=groups)
    if there is None and tenant.key == "id":
        raise UsageError(f"there is no {kind.name} {one.key}", "leave its id out to create it")
    if there is None and wish.create and one.folded:
        change = plan_create(name, one.made.resource, kind, provider, dialect)
        warnings = (*change.warnings, *joining.left_out_words(one.made.left_out))
        return replace(planned, change=replace(change, warnings=warnings), left_out=one.made.left_out)
    if there is None or not wish.update:
        return replace(planned, groups=groups if there is not None else ())
    after, left_out = _updated(tenant, one, there.raw)
    return replace(planned, change=plan_edit(name, there.raw, after, kind, provider, dialect), left_out=tuple(left_out))


def _updated(tenant: _Tenant, one: _Keyed, there: Mapping[str, Any]) -> tuple[dict[str, Any], list[LeftOut]]:
    """Return what somebody becomes who is there already: what the file states, under the names it has here."""
    kind, after = tenant.resource_type, dict(there)
    ruled = {_root(parse_path(path, kind)) for path in tenant.rules.map}
    key = str(parse_path(tenant.key, kind)).casefold()  # it is the same, but perhaps for its letter case
    left_out = []
    for text, values in one.entry.stated:
        path = parse_path(text, kind)
        if _root(path) in ruled or key == str(path).casefold():
            continue
        if attribute_at(path, kind) is None:
            left_out.append(LeftOut(text, "there is no such attribute there"))
            continue
        if any(_root(parse_path(link.path, kind)) == _root(path) for link in one.made.links):
            values = values_at(one.made.resource, path, kind)  # noqa: PLW2901 - the id, in place of a name
            left_out += [left for left in one.made.left_out if left.path == str(Path(path.urn, path.attribute))]
        if values:
            after = _over(after, path, values, kind)
    for text, origin in tenant.rules.of_those_there.map.items():
        if key == str(parse_path(text, kind)).casefold():
            continue
        values = values_at(one.entry.raw, parse_path(origin, tenant.file_type), tenant.file_type) if origin else []
        if values:
            after = _over(after, parse_path(text, kind), values, kind)
    return after, left_out


def _root(path: Path) -> str:
    return str(Path(path.urn, path.attribute)).casefold()


def _over(there: Mapping[str, Any], path: Path, values: Sequence[Any], kind: ResourceType) -> dict[str, Any]:
    """Put values over those that are there. Of a list that is stated as a whole, each keeps what is known of it, its type."""
    attribute, root = kind.attribute(path.attribute, path.urn), Path(path.urn, path.attribute)
    is_one = attribute is None or not attribute.multi_valued or path.value_filter is not None
    if is_one or path.sub not in {None, "value"}:
        return placed(there, str(path), values, kind)
    held = {str(element_value(one)).casefold(): one for one in values_at(there, root, kind)}
    merged = [_merged(held.get(str(element_value(one)).casefold()), one) for one in values]
    return placed(there, str(root), merged, kind)


def _merged(old: Any, new: Any) -> Any:
    if not isinstance(old, Mapping):
        return new
    return {**old, **new} if isinstance(new, Mapping) else dict(old)
