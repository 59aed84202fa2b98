"""One person in all tenants."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scimtui.cli import failures
from scimtui.cli.opening import filled, opened, run, tenant_names
from scimtui.cli.output import emit_records, note, width
from scimtui.errors import EndpointError, Refused, SyntaxFault
from scimtui.ops import browse, search
from scimtui.ops.session import Session
from scimtui.present.cells import cell
from scimtui.present.columns import ACTIVE, INACTIVE, UNKNOWN, default_columns, projection
from scimtui.present.formats import Format, table_lines
from scimtui.scim.coerce import as_list, element_value, is_active
from scimtui.scim.filter import parse_filter
from scimtui.scim.recognise import looks_like_filter
from scimtui.scim.resource import lookup, resource_id
from scimtui.scim.schema import ResourceType

Found = dict[str, Any]


def find_people(text: str, *, sync_now: bool, form: Format) -> int:
    """Print who matches, grouped by the key that pairs people, and return the exit status.

    A tenant that cannot be read is reported and left out: 1 then, or the status of its error where all failed.
    """
    if looks_like_filter(text):
        parse_filter(text)
    found, statuses = run(_search_all(text, sync_now=sync_now))
    people = sorted(_grouped(found), key=lambda person: person["key"].casefold())
    emit_records(people, form, lambda: _table(people))
    if not people:
        note("nobody matches")
    if not statuses:
        return 0
    return 1 if people or len(statuses) < len(tenant_names()) else max(statuses)


async def _search_all(text: str, *, sync_now: bool) -> tuple[list[tuple[str, Found]], list[int]]:
    found: list[tuple[str, Found]] = []
    statuses: list[int] = []
    async with opened(tenant_names()) as sessions:
        for session in sessions:
            try:
                resource_type = await filled(session, "User", sync_now=sync_now)
                found += _search(session, resource_type, text)
            except SyntaxFault:
                raise
            except (EndpointError, Refused) as error:
                statuses.append(failures.tell(error))
    return found, statuses


def _search(session: Session, resource_type: ResourceType, text: str) -> Iterator[tuple[str, Found]]:
    rows = browse.rows(session, resource_type.name, projection(default_columns(resource_type), resource_type)).rows
    if looks_like_filter(text):
        places = search.matching(session, resource_type, text, rows)
    else:
        places = search.plain(rows, text)
    wanted = {rows[place][0] for place in places}
    if not wanted:
        return
    groups = _groups_by_member(session)
    for raw in session.cache.resources(resource_type.name).documents():
        identity = resource_id(raw)
        if cell(identity) in wanted:
            key = lookup(raw, session.tenant.match)
            yield (
                str(key) if key else identity,
                {
                    "tenant": session.tenant.name,
                    "id": identity,
                    "userName": lookup(raw, "userName"),
                    "displayName": lookup(raw, "displayName"),
                    "active": is_active(raw),
                    "groups": _own_groups(raw) or (None if groups is None else groups.get(identity, [])),
                },
            )


def _own_groups(raw: Mapping[str, Any]) -> list[Any]:
    listed = as_list(lookup(raw, "groups"))
    return [lookup(group, "display") or element_value(group) for group in listed]


def _groups_by_member(session: Session) -> dict[str, list[Any]] | None:
    """Return the names of groups by the id of a member, None where groups were never synced: not known is not none."""
    group_type = session.provider.resource_type("Group")
    if group_type is None or session.cache.resources(group_type.name).state is None:
        return None
    found: dict[str, list[Any]] = {}
    for group in session.cache.resources(group_type.name).documents():
        name = lookup(group, "displayName") or resource_id(group)
        for member in as_list(lookup(group, "members")):
            found.setdefault(str(element_value(member)), []).append(name)
    return found


def _grouped(found: Sequence[tuple[str, Found]]) -> list[dict[str, Any]]:
    people: dict[str, dict[str, Any]] = {}
    for key, person in found:
        folded = unicodedata.normalize("NFC", key).casefold()
        people.setdefault(folded, {"key": key, "tenants": []})["tenants"].append(person)
    return list(people.values())


def _table(people: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    rows = [
        (
            cell(person["key"]),
            cell(one["tenant"]),
            UNKNOWN if one["active"] is None else ACTIVE if one["active"] else INACTIVE,
            cell(one["displayName"]),
            UNKNOWN if one["groups"] is None else ", ".join(cell(group) for group in one["groups"]),
        )
        for person in people
        for one in person["tenants"]
    ]
    if rows:
        yield from table_lines(("person", "tenant", "active", "displayName", "groups"), rows, width())
