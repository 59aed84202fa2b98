"""What is said of members who came or left, at providers that show some, none, or something else of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with

from scimtui.ops.apply import Outcome, Receipt, apply
from scimtui.ops.browse import fetch
from scimtui.ops.guard import Consent
from scimtui.scim.change import plan_members
from scimtui.scim.schema import core_resource_type

GROUP = core_resource_type("Group")


async def changed(home: Path, habits: Habits, *, add: int = 0, remove: int = 0, members: int = 105) -> Receipt:
    """Let somebody come into a group, or leave it, by their number."""
    provider = FakeProvider(habits)
    provider.add_users(110)
    people = [raw["id"] for raw in provider.users()]
    group = provider.add_group("Staff", people[:members])
    coming, going = ([people[number - 1]] if number else [] for number in (add, remove))
    async with session_with(provider, home) as session:
        before = (await fetch(session, GROUP, group["id"])).raw
        added = [{"value": one} for one in coming]
        change = plan_members("acme", before, added, going, GROUP, session.provider, session.dialect)
        return await apply(change, session, Consent())


@pytest.mark.rule("R30", "R43")
@pytest.mark.parametrize("habits", [Habits(members_empty=True), Habits(members_shown=100), Habits(members_never=True)])
@pytest.mark.parametrize("wish", [{"add": 107}, {"remove": 104}])
async def test_nobody_claims_to_know_who_is_in_a_group_that_does_not_show_it(tmp_path, habits, wish):
    receipt = await changed(tmp_path, habits, **wish)
    assert receipt.outcome is Outcome.UNKNOWN
    assert "the provider may not show" in receipt.detail


async def test_who_was_shown_and_is_not_any_more_has_left(tmp_path):
    receipt = await changed(tmp_path, Habits(members_shown=100), remove=3, members=100)
    assert receipt.outcome is Outcome.APPLIED


@pytest.mark.rule("R43")
@pytest.mark.parametrize("habits", [Habits(add_replaces=True), Habits(members_lost_above=100)])
async def test_others_who_are_thrown_out_are_said(tmp_path, habits):
    receipt = await changed(tmp_path, habits, add=107)
    assert receipt.outcome is Outcome.ALTERED
    assert receipt.detail == "105 others are no members any more"
    assert [edit.path for edit in receipt.differences] == ["members"]


async def test_a_member_who_comes_under_another_name_was_not_ignored(tmp_path):
    receipt = await changed(tmp_path, Habits(member_form="name"), add=107)
    assert receipt.outcome is Outcome.ALTERED


async def test_what_was_ignored_is_said_where_the_members_are_shown(tmp_path):
    receipt = await changed(tmp_path, Habits(patch_ignored=True), add=107)
    assert receipt.outcome is Outcome.IGNORED
