"""One person in all tenants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scimtui.cli import failures
from scimtui.cli.opening import filled, opened, run, tenant_names
from scimtui.cli.output import emit_records, note, width
from scimtui.errors import EndpointError, Refused, SyntaxFault
from scimtui.ops import search
from scimtui.ops.people_search import Everybody, FoundPeople, completed, everybody, owned
from scimtui.ops.session import Session
from scimtui.present.cells import cell
from scimtui.present.columns import ACTIVE, INACTIVE, UNKNOWN, default_columns, projection
from scimtui.present.formats import Format, table_lines
from scimtui.present.person_words import found_words
from scimtui.scim.coerce import as_list, element_value, is_active
from scimtui.scim.filter import parse_filter
from scimtui.scim.persons import Owned, Theirs, persons
from scimtui.scim.recognise import looks_like_filter
from scimtui.scim.resource import lookup, resource_id

Found = dict[str, Any]
_Groups = dict[str, list[Any]]


def find_people(text: str, *, sync_now: bool, form: Format) -> int:
    """Print who matches, each with their accounts in all tenants, and return the exit status.

    A tenant that cannot be read is reported and left out: 1 then, or the status of its error where all failed.
    """
    if looks_like_filter(text):
        parse_filter(text)
    people, statuses = run(_search_all(text, sync_now=sync_now))
    people.sort(key=lambda person: person["key"].casefold())
    emit_records(people, form, lambda: _table(people))
    if not people:
        note("nobody matches")
    if not statuses:
        return 0
    return 1 if people or len(statuses) < len(tenant_names()) else max(statuses)


async def _search_all(text: str, *, sync_now: bool) -> tuple[list[Found], list[int]]:
    tenants: list[Everybody] = []
    found: list[Owned] = []
    statuses: list[int] = []
    async with opened(tenant_names()) as sessions:
        for session in sessions:
            try:
                resource_type = await filled(session, "User", sync_now=sync_now)
                known = everybody(session, projection(default_columns(resource_type), resource_type))
                if known is not None:
                    found += _matching(known, text)
                    tenants.append(known)
            except SyntaxFault:
                raise
            except (EndpointError, Refused) as error:
                statuses.append(failures.tell(error))
        whole = completed(tenants, FoundPeople(tuple(map(tuple, persons(found))), len(found)))
        groups = {one.session.tenant.name: _groups_by_member(one.session) for one in tenants if whole.people}
        is_complete = not statuses and all(one.is_complete for one in tenants)
        return [_record(person, groups, is_complete=is_complete) for person in whole.people], statuses


def _matching(tenant: Everybody, text: str) -> list[Owned]:
    if looks_like_filter(text):
        places = search.matching(tenant.session, tenant.resource_type, text, tenant.rows)
    else:
        places = search.plain(tenant.rows, text)
    return owned(tenant, [tenant.rows[place][0] for place in places])


def _record(person: Sequence[Theirs], groups: Mapping[str, _Groups | None], *, is_complete: bool) -> Found:
    first = person[0].account
    return {
        "key": first.traits.rule or resource_id(first.raw),
        "complete": is_complete,
        "tenants": [_account(one, groups[one.account.tenant]) for one in person],
    }


def _account(one: Theirs, groups: _Groups | None) -> Found:
    raw, identity = one.account.raw, resource_id(one.account.raw)
    return {
        "tenant": one.account.tenant,
        "id": identity,
        "userName": lookup(raw, "userName"),
        "displayName": lookup(raw, "displayName"),
        "active": is_active(raw),
        "groups": _own_groups(raw) or (None if groups is None else groups.get(identity, [])),
        "matched_by": [str(shared) for shared in one.shared],
        "sure": one.is_sure,
        "doubts": [str(doubt) for doubt in one.against],
    }


def _own_groups(raw: Mapping[str, Any]) -> list[Any]:
    listed = as_list(lookup(raw, "groups"))
    return [lookup(group, "display") or element_value(group) for group in listed]


def _groups_by_member(session: Session) -> _Groups | None:
    """Return the names of groups by the id of a member, None where groups were never synced: not known is not none."""
    group_type = session.provider.resource_type("Group")
    if group_type is None or session.cache.resources(group_type.name).state is None:
        return None
    found: _Groups = {}
    for group in session.cache.resources(group_type.name).documents():
        name = lookup(group, "displayName") or resource_id(group)
        for member in as_list(lookup(group, "members")):
            found.setdefault(str(element_value(member)), []).append(name)
    return found


def _table(people: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    rows = [
        (
            cell(person["key"]),
            cell(one["tenant"]),
            UNKNOWN if one["active"] is None else ACTIVE if one["active"] else INACTIVE,
            cell(one["displayName"]),
            found_words(one["matched_by"], one["doubts"], is_sure=one["sure"]),
            UNKNOWN if one["groups"] is None else ", ".join(cell(group) for group in one["groups"]),
        )
        for person in people
        for one in person["tenants"]
    ]
    if rows:
        yield from table_lines(("person", "tenant", "active", "displayName", "found by", "groups"), rows, width())
