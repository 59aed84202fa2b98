"""Known drift between servers of two kinds: their own quirks are no differences between people, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.sessions import sync_all, tenant_at
from generated.drift import Drift, Truth, drifted
from generated.drift_changes import CHANGES, ENTERPRISE, STAFF, Raw, defaults, person, recased, reordered
from other_servers import _django
from real_servers import TOKEN, RealServer, _tenants

from scimtui.ops.compare import SidesCompared, compare_sides
from scimtui.ops.discover import discover
from scimtui.ops.session import Session, close_session, open_session
from scimtui.ops.sides import tenant_side
from scimtui.scim.absence import Absence

PEOPLE = 26
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
OF_THE_RFC = [
    change for change in CHANGES if not any(STAFF in path or path == "shoeSize" for path in change(person(1)))
]
"""Changes of what every server of the RFC's schemas takes."""
Shape = Callable[[Raw], Raw]


def as_it_is(raw: Raw) -> Raw:
    return raw


def without_extension(raw: Raw) -> Raw:
    return {name: value for name, value in raw.items() if name != ENTERPRISE}


def load(server: RealServer, held: dict[str, list[Raw]], shape: Shape) -> None:
    """Put people and groups in by the front door. Ids are the server's own; managers come when all are there."""
    ids: dict[str, str] = {}
    bodies = {raw["id"]: shape(body_of(raw)) for raw in held["User"]}
    for raw in held["User"]:
        ids[raw["id"]] = server.ask("/Users", bodies[raw["id"]])["id"]
    for raw in held["User"]:
        manager, body = raw.get(ENTERPRISE, {}).get("manager"), bodies[raw["id"]]
        if manager and ENTERPRISE in body:
            named = {**body[ENTERPRISE], "manager": {"value": ids[manager["value"]]}}
            server.ask(f"/Users/{ids[raw['id']]}", {**body, ENTERPRISE: named}, "PUT")
    groups: dict[str, str] = {}
    for raw in held["Group"]:
        known = {"Group": groups}
        members = [
            {**one, "value": known.get(one.get("type", ""), ids)[one["value"]]} for one in raw.get("members", [])
        ]
        made = server.ask("/Groups", {"schemas": [GROUP], "displayName": raw["displayName"], "members": members})
        groups[raw["id"]] = made["id"]


def body_of(raw: Raw) -> Raw:
    """Return somebody without what no RFC knows, and without the manager."""
    body = {name: value for name, value in raw.items() if name not in {"id", STAFF, "groups", "meta"}}
    extension = {name: value for name, value in raw.get(ENTERPRISE, {}).items() if name != "manager"}
    body |= {ENTERPRISE: extension} if extension else {}
    return body | {"schemas": [urn for urn in raw["schemas"] if urn in body or "core" in urn]}


async def synced(name: str, server: RealServer, home: Path) -> Session:
    session = open_session(tenant_at(server.base_url, name=name, token_command=["echo", server.token]), home)
    await discover(session)
    for type_name in ("User", "Group"):
        await sync_all(session, type_name)
    return session


def differing(found: SidesCompared) -> Truth:
    """Return the verdicts between people: what one of the servers has no attribute for is none."""
    comparison = found.comparison
    assert found.is_complete
    assert comparison.ambiguous == ()
    changes = ((one.key, change) for one in comparison.different for change in one.changes)
    return frozenset(
        [
            *(("only left", one.key, "") for one in comparison.only_left),
            *(("only right", one.key, "") for one in comparison.only_right),
            *(
                ("differs", key, change.path)
                for key, change in changes
                if Absence.NOT_IN_SCHEMA not in {change.left_absence, change.right_absence}
            ),
        ]
    )


async def compared(left: RealServer, right: RealServer, home: Path) -> dict[str, SidesCompared]:
    sessions = [await synced("acme", left, home), await synced("bolt", right, home)]
    try:
        sides = [tenant_side(session) for session in sessions]
        return {name: compare_sides(*sides, name) for name in ("User", "Group")}
    finally:
        for session in sessions:
            await close_session(session)


def drift_of(seed: int) -> Drift:
    return drifted(seed, PEOPLE, 6, OF_THE_RFC, (recased, reordered, defaults), odd=False)


@pytest.fixture
def empty_scimmy(_scimmy_process: str) -> RealServer:
    RealServer(_scimmy_process, TOKEN).ask("/rows", method="DELETE")
    return RealServer(f"{_scimmy_process}/scim", TOKEN)


@pytest.fixture
def empty_scim2_server(_scim2_server_process: str) -> RealServer:
    return RealServer(f"{_scim2_server_process}/tenant{next(_tenants)}/v2", TOKEN)


@pytest.mark.rule("R52", "R53")
async def test_what_differs_between_scim2_server_and_scimmy_is_what_was_changed_and_nothing_else(
    empty_scim2_server: RealServer, empty_scimmy: RealServer, tmp_path: Path
) -> None:
    drift = drift_of(1)
    load(empty_scim2_server, drift.left, as_it_is)
    load(empty_scimmy, drift.right, as_it_is)
    found = await compared(empty_scim2_server, empty_scimmy, tmp_path)
    assert {name: differing(one) for name, one in found.items()} == drift.truth


KEPT = ("userName", "name.givenName", "name.familyName", "active", "externalId")
"""What django-scim2-server keeps of a person, and of several e-mails the first."""


def other_mail(drift: Drift) -> Truth:
    """Return who has a first e-mail on the right that is none of theirs on the left."""
    known = {raw["userName"]: {mail["value"].casefold() for mail in raw["emails"]} for raw in drift.left["User"]}
    first = {raw["userName"].casefold(): raw["emails"][0]["value"].casefold() for raw in drift.right["User"]}
    path = 'emails[type eq "work"].value'
    return frozenset(
        ("differs", key, path) for key, mails in known.items() if first.get(key.casefold(), "") not in {"", *mails}
    )


@pytest.mark.rule("R52", "R53")
async def test_what_differs_between_scim2_server_and_django_is_what_was_changed_in_what_django_keeps(
    empty_scim2_server: RealServer, tmp_path: Path
) -> None:
    drift = drift_of(2)
    load(empty_scim2_server, drift.left, as_it_is)
    with _django(tmp_path) as django:
        load(django, drift.right, without_extension)
        found = await compared(empty_scim2_server, django, tmp_path)
    people = {one for one in drift.truth["User"] if not one[2] or one[2] in KEPT}
    assert differing(found["User"]) == people | other_mail(drift)
    assert differing(found["Group"]) == drift.truth["Group"]
    assert [one.path for one in found["User"].comparison.unknown] == ["emails"]
