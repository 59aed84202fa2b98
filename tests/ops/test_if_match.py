"""Versions that a provider shows and does not understand, and answers that lead to nobody."""

from __future__ import annotations

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with

from scimtui.errors import VersionConflict
from scimtui.ops.apply import Outcome, apply
from scimtui.ops.discover import discover
from scimtui.ops.guard import Consent
from scimtui.ops.session import Session
from scimtui.scim.change import plan_create, plan_edit
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")


async def titled(session: Session, before: dict, title: str) -> Outcome:
    change = plan_edit("acme", before, {**before, "title": title}, USER, session.provider, session.dialect)
    return (await apply(change, session, Consent())).outcome


def if_match(provider: FakeProvider) -> list[bool]:
    """Return for each PATCH whether it was conditional."""
    return ["if-match" in seen.headers for seen in provider.seen if seen.method == "PATCH"]


@pytest.mark.rule("M12", "R13")
@pytest.mark.parametrize("habits", [Habits(if_match="never true"), Habits(etag_place="unlike")])
async def test_nobody_is_accused_where_the_provider_refuses_the_version_that_it_shows(tmp_path, habits):
    provider = FakeProvider(habits)
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        assert await titled(session, ann, "Boss") is Outcome.APPLIED
        assert if_match(provider) == [True, False]
        assert session.lessons["if_match"].value is False
        assert await titled(session, {**ann, "title": "Boss"}, "Chief") is Outcome.APPLIED
    assert if_match(provider) == [True, False, False]


async def test_a_config_that_wants_versions_is_obeyed(tmp_path):
    provider = FakeProvider(Habits(if_match="never true"))
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path, profile={"if_match": True}) as session:
        with pytest.raises(VersionConflict):
            await titled(session, ann, "Boss")
    assert if_match(provider) == [True]


@pytest.mark.rule("M12")
async def test_who_keeps_the_interop_profile_gets_no_if_match(tmp_path):
    provider = FakeProvider(Habits(if_match="refused", announced={"interopProfileConformant": True}))
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        assert await titled(session, ann, "Boss") is Outcome.APPLIED
    assert if_match(provider) == [False]


@pytest.mark.rule("P2")
async def test_a_location_that_leads_to_nobody_does_not_say_that_nobody_was_created(tmp_path):
    provider = FakeProvider(Habits(post_without_body=True, location="by name"))
    async with session_with(provider, tmp_path) as session:
        change = plan_create("acme", {"userName": "ann"}, USER, session.provider, session.dialect)
        receipt = await apply(change, session, Consent())
    assert receipt.outcome is Outcome.UNKNOWN
    assert receipt.detail == "it is not where the provider said that it put it"
