"""A batch goes by bulk at servers that we did not write, with the server's own word on each person."""

from __future__ import annotations

import pytest
from fakes.sessions import tenant_at
from real_servers import RealServer

from scimtui.ops.batch import run_batch
from scimtui.ops.discover import discover
from scimtui.ops.guard import Consent
from scimtui.ops.plan_file import new_batch, numbered
from scimtui.ops.session import close_session, open_session
from scimtui.scim.change import plan_active


@pytest.mark.rule("R47")
@pytest.mark.parametrize("fixture", ["scim2_server", "scimmy"])
async def test_many_are_turned_off_and_on_again_in_few_requests(request, fixture, tmp_path):
    server: RealServer = request.getfixturevalue(fixture)
    session = open_session(tenant_at(server.base_url), tmp_path, secret=server.token)
    try:
        await discover(session)
        kind = session.provider.resource_type("User")
        before = [server.ask(f"/Users/{identity}") for identity in server.ids()]
        chosen = [raw for raw in before if raw["active"]][:30]
        for is_on in (False, True):
            now = [server.ask(f"/Users/{raw['id']}") for raw in chosen]
            steps = numbered(plan_active("acme", raw, is_on, kind, session.provider, session.dialect) for raw in now)
            report = await run_batch(steps, session, Consent(expected=len(steps)), batch=new_batch())
            assert ({one.outcome for one in report.results}, report.stopped) == ({"applied"}, None)
            assert {server.ask(f"/Users/{raw['id']}")["active"] for raw in chosen} == {is_on}
        writes = [one.path == "/Bulk" for one in session.wire if one.method != "GET"]
        assert writes == ([False] * 6 + [True] * 2) * 2
        assert session.dialect.bulk is None
    finally:
        await close_session(session)
