"""Groups that may have members which they do not show."""

from __future__ import annotations

import pytest

from scimtui.scim.change import may_have_more_members, plan_members
from scimtui.scim.dialect import RFC
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.schema import core_resource_type

GROUP = core_resource_type("Group")


def group(number: int) -> dict:
    return {"id": "7", "displayName": "Staff", "members": [{"value": str(one)} for one in range(number)]}


@pytest.mark.rule("R30")
@pytest.mark.parametrize("shown", [{"id": "7"}, group(0), group(100), group(200)])
def test_who_is_not_shown_is_taken_out_where_the_members_may_not_all_be_shown(shown):
    assert may_have_more_members(shown)
    change = plan_members("acme", shown, [], ["unseen"], GROUP, BUILT_IN, RFC)
    assert [one["path"] for request in change.requests for one in request.body["Operations"]] == [
        'members[value eq "unseen"]'
    ]


@pytest.mark.parametrize("number", [1, 99, 101])
def test_who_is_not_shown_is_no_member_where_all_are_shown(number):
    assert not may_have_more_members(group(number))
    assert plan_members("acme", group(number), [], ["unseen"], GROUP, BUILT_IN, RFC).requests == ()
