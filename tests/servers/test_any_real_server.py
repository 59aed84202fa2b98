"""One story on four servers that are not ours: list, find, open, edit, deactivate, members in and out, each time seen there."""

from __future__ import annotations

import os
from contextlib import aclosing
from pathlib import Path

import pytest
from fakes.sessions import sync_all, tenant_at
from real_servers import TOKEN, RealServer

from scimtui.ops.apply import Outcome, apply
from scimtui.ops.browse import fetch
from scimtui.ops.check import check
from scimtui.ops.check_writes import check_writes
from scimtui.ops.discover import discover
from scimtui.ops.guard import Consent
from scimtui.ops.live import find
from scimtui.ops.session import close_session, open_session
from scimtui.scim.change import Change, plan_active, plan_edit, plan_members
from scimtui.scim.probe import Verdict

SWEEP = bool(os.environ.get("SCIMTUI_SWEEP"))
SERVERS = ["scim2_server_of_200", "scimmy_of_200", "scim2_flask", "django_scim2_server"]
LARGE = ["django_scim2_server_of_many", "scim2_server_of_many"] if SWEEP else []


@pytest.mark.parametrize("name", [*SERVERS, *LARGE])
async def test_the_story_holds_on_each_server(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    server: RealServer = request.getfixturevalue(name)
    session = open_session(tenant_at(server.base_url), tmp_path / "home", secret=server.token)

    async def written(change: Change) -> Outcome:
        return (await apply(change, session, Consent())).outcome

    await discover(session)
    for type_name, endpoint in (("User", "/Users"), ("Group", "/Groups")):
        report = await sync_all(session, type_name)
        assert report.complete, report.why
        assert {raw["id"] for raw in session.cache.resources(type_name).documents()} == server.ids(endpoint, 500)
    users, groups = session.provider.resource_type("User"), session.provider.resource_type("Group")
    assert users is not None
    assert groups is not None
    raw = next(one for one in session.cache.resources("User").documents() if one.get("active") and one.get("name"))
    found = await find(session, users, raw["userName"])
    assert found is not None
    assert found.id == raw["id"]

    before = (await fetch(session, users, raw["id"])).raw
    after = {**before, "name": {**before["name"], "familyName": "Lovelace"}}
    edit = plan_edit("acme", before, after, users, session.provider, session.dialect)
    assert await written(edit) is Outcome.APPLIED
    assert server.ask(f"/Users/{raw['id']}")["name"]["familyName"] == "Lovelace"

    for active in (False, True):
        before = (await fetch(session, users, raw["id"])).raw
        change = plan_active("acme", before, active, users, session.provider, session.dialect)
        assert await written(change) is Outcome.APPLIED
        assert server.ask(f"/Users/{raw['id']}")["active"] is active

    group = next(
        one
        for one in session.cache.resources("Group").documents()
        if len(one.get("members", [])) > 1 and raw["id"] not in {member["value"] for member in one["members"]}
    )
    members = {member["value"] for member in group["members"]}
    for coming, leaving, wanted in (([{"value": raw["id"]}], [], members | {raw["id"]}), ([], [raw["id"]], members)):
        before = (await fetch(session, groups, group["id"])).raw
        change = plan_members("acme", before, coming, leaving, groups, session.provider, session.dialect)
        assert await written(change) is Outcome.APPLIED
        assert {member["value"] for member in server.ask(f"/Groups/{group['id']}")["members"]} == wanted
    await close_session(session)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("scim2_server", {"filter co", "sort", "ETag", ".search", "PATCH with a value filter", "PUT"}, set()),
        ("scimmy", {"filter co", "ETag", ".search", "PATCH with a value filter"}, {"filter eq in another letter case"}),
        ("scim2_flask", {"filter co", "PATCH with a value filter"}, {"discovery without a token"}),
        ("django_scim2_server", {"filter eq", "PUT"}, {"sort", "ETag", ".search", "attributes"}),
    ],
)
async def test_a_check_knows_each_server_for_what_it_is(
    name: str, right: set[str], wrong: set[str], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server: RealServer = request.getfixturevalue(name)
    before = server.ids("/Users")
    session = open_session(tenant_at(server.base_url), tmp_path / "home", secret=server.token)
    probes = {}
    for kind in (check, check_writes):
        async with aclosing(kind(session)) as steps:
            probes |= {probe.name: probe async for probe in steps}
    await close_session(session)
    assert {one for one in right if probes[one].result is not Verdict.YES} == set()
    assert {one for one in wrong if probes[one].result is not Verdict.NO} == set()
    # django-scim2-server keeps whom it deletes, inactive.
    assert len(server.ids("/Users") - before) == (1 if name == "django_scim2_server" else 0)


async def test_a_page_that_scimmy_did_not_change_is_not_sent_again(scimmy: RealServer, tmp_path: Path) -> None:
    session = open_session(
        tenant_at(scimmy.base_url, page_size=25, profile={"filters_by_date": False}), tmp_path / "home", secret=TOKEN
    )
    assert (await sync_all(session)).complete
    assert session.dialect.list_etags is True
    before = len(session.endpoint.wire)
    report = await sync_all(session)
    statuses = [exchange.status for exchange in list(session.endpoint.wire)[before:]]
    assert (report.complete, report.changed) == (True, 0)
    assert statuses.count(304) >= 3
    assert 200 not in statuses
    await close_session(session)
