"""The fixtures themselves: the servers hold what the tests believe they hold."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("fixture", ["scim2_server", "scim2_server_cursor", "scimmy"])
def test_a_server_holds_the_seeded_people_and_groups(request, fixture):
    server = request.getfixturevalue(fixture)
    assert len(server.ids("/Users")) == 60
    assert len(server.ids("/Groups")) == 8
    alice = server.user("alice.whitfield@acme.example")
    assert alice["title"] == "Chief Executive Officer"
    assert server.user("nobody@acme.example") is None
    assert server.group("Legal")["members"]


def test_each_test_has_a_tenant_of_its_own(scim2_server, other_scim2_server):
    assert scim2_server.ids().isdisjoint(other_scim2_server.ids())
    victim = next(iter(scim2_server.ids()))
    scim2_server.ask(f"/Users/{victim}", method="DELETE")
    assert scim2_server.ask(f"/Users/{victim}") is None
    assert len(other_scim2_server.ids()) == 60
