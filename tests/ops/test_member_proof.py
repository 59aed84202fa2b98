"""Members of groups that show none, proven by the people themselves or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with, sync_all

from scimtui.ops.apply import Outcome, apply
from scimtui.ops.browse import fetch
from scimtui.ops.guard import Consent
from scimtui.ops.member_plans import plan_group
from scimtui.ops.member_proof import proof_by_people
from scimtui.ops.memberships import member_named
from scimtui.scim.schema import core_resource_type

GROUP = core_resource_type("Group")


async def proven(home: Path, habits: Habits, *, add: bool) -> bool:
    """Let a person who is in one group come into another, or leave it, and ask that person."""
    provider = FakeProvider(habits)
    ann = provider.add_user("ann")
    provider.add_group("Other", [ann["id"]])
    group = provider.add_group("Staff", [] if add else [ann["id"]])
    async with session_with(provider, home) as session:
        await sync_all(session)
        person = [member_named("User", next(iter(session.cache.resources("User").documents())))]
        before = (await fetch(session, GROUP, group["id"])).raw
        change = plan_group(session, GROUP, before, person if add else [], [] if add else person)
        receipt = await apply(change, session, Consent())
        assert receipt.outcome in {Outcome.UNKNOWN, Outcome.APPLIED}
        verdict = await proof_by_people(receipt.change, session)
    return verdict is not None and verdict.is_done


@pytest.mark.parametrize("add", [True, False])
async def test_people_who_show_their_groups_prove_what_the_group_does_not_show(tmp_path, add):
    assert await proven(tmp_path, Habits(members_never=True, groups_of_users=True), add=add)


@pytest.mark.parametrize("add", [True, False])
async def test_people_who_show_no_groups_prove_nothing(tmp_path, add):
    assert not await proven(tmp_path, Habits(members_never=True), add=add)


@pytest.mark.parametrize("add", [True, False])
async def test_a_change_that_was_ignored_is_proven_by_nobody(tmp_path, add):
    habits = Habits(members_never=True, groups_of_users=True, patch_ignored=True)
    assert not await proven(tmp_path, habits, add=add)
