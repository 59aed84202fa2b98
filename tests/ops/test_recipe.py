"""How people leave a tenant, step by step, on fake providers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fakes.in_memory_provider import ENTERPRISE, FakeProvider, Habits
from fakes.sessions import session_with, sync_all

from scimtui.errors import GuardStopped
from scimtui.ops import guard
from scimtui.ops.batch import run_batch
from scimtui.ops.guard import Consent
from scimtui.ops.plan_file import numbered
from scimtui.ops.receipts import Outcome
from scimtui.ops.recipe import PlannedStep, offboarding, plan_recipe
from scimtui.ops.session import Session
from scimtui.scim.kind import Kind
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")
TODAY = date(2026, 11, 25)
WHOLE: list[Any] = [
    "deactivate",
    {"remove_from_groups": "all", "keep_groups": ["Alumni"]},
    {"add_to_group": "Blocked"},
    {"hand_over_reports": "manager"},
    {"clear": ["entitlements", "roles"]},
    {"set": {"title": "Left {date}: {reason}"}},
]


@pytest.fixture
def provider() -> FakeProvider:
    """Ann, whose manager is Meg, manages Bob and Cy, has roles, and is in four groups."""
    made = FakeProvider()
    meg = made.add_user("meg")["id"]
    ann = made.add_user(
        "ann", title="Engineer", roles=[{"value": "admin"}], **{ENTERPRISE: {"manager": {"value": meg}}}
    )["id"]
    for name in ("bob", "cy"):
        made.add_user(name, **{ENTERPRISE: {"manager": {"value": ann}}})
    for name in ("Engineers", "VPN", "Alumni"):
        made.add_group(name, [ann, meg])
    made.add_group("Sales", [meg])
    made.add_group("Blocked", [])
    return made


@asynccontextmanager
async def synced(
    provider: FakeProvider, home: Path, steps: Sequence[Any] = WHOLE, **values: Any
) -> AsyncIterator[Session]:
    async with session_with(provider, home, recipe={"steps": list(steps)}, **values) as session:
        await sync_all(session, "User")
        await sync_all(session, "Group")
        yield session


def cached(session: Session, provider: FakeProvider, name: str) -> dict[str, Any]:
    raw = session.cache.resources("User").get(str(provider.user(name)["id"]))
    assert raw is not None
    return raw


def titles(planned: Sequence[PlannedStep]) -> list[str]:
    return [change.title for one in planned for change in one.changes if change.requests]


def problems(planned: Sequence[PlannedStep]) -> list[str]:
    return [problem for one in planned for problem in one.problems]


async def plan(session: Session, provider: FakeProvider, *names: str, **more: Any) -> list[PlannedStep]:
    return await plan_recipe(session, USER, [cached(session, provider, one) for one in names], today=TODAY, **more)


async def test_a_recipe_is_done_in_its_order_and_a_second_time_finds_all_of_it_done(provider, tmp_path):
    async with synced(provider, tmp_path) as session:
        planned = await plan(session, provider, "ann", reason="moved on")
        assert titles(planned) == [
            "Deactivate ann",
            "Remove ann from Engineers",
            "Remove ann from VPN",
            "Add ann to Blocked",
            "Hand bob over to meg",
            "Hand cy over to meg",
            "Clear roles of ann",
            "Set title of ann",
        ]
        assert problems(planned) == []
        report = await run_batch(numbered(one for each in planned for one in each.changes), session, Consent())
        assert {one.outcome for one in report.results} == {Outcome.APPLIED}
        assert [one.receipt.kept for one in report.results if one.receipt and one.receipt.kept] == []
        ann, meg = provider.user("ann"), provider.user("meg")
        assert (ann["active"], ann["title"], ann.get("roles")) == (False, "Left 2026-11-25: moved on", None)
        inside = {
            group["displayName"]
            for group in provider.resources["Groups"].values()
            if ann["id"] in [one["value"] for one in group["members"]]
        }
        assert inside == {"Alumni", "Blocked"}
        assert {provider.user(one)[ENTERPRISE]["manager"]["value"] for one in ("bob", "cy")} == {meg["id"]}
        again = await plan_recipe(session, USER, [ann], reason="again", today=date(2026, 12, 24))
        assert (titles(again), problems(again)) == ([], [])
        changes = await offboarding(session, USER, ann)
    assert [(one.title, one.requests) for one in changes] == [("Deactivate ann", ())]


async def test_without_a_recipe_a_person_is_turned_off_and_nothing_is_asked(provider, tmp_path):
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        provider.seen.clear()
        (change,) = await offboarding(session, USER, cached(session, provider, "ann"))
    assert (change.kind, provider.seen) == (Kind.DEACTIVATE, [])


async def test_who_joined_a_group_after_the_last_sync_leaves_it_too(provider, tmp_path):
    async with synced(provider, tmp_path, [{"remove_from_groups": "all"}]) as session:
        provider.add_group("New", [provider.user("ann")["id"]])
        assert "Remove ann from New" in titles(await plan(session, provider, "ann"))


async def test_groups_that_were_never_synced_are_asked_for(provider, tmp_path):
    recipe = {"steps": [{"remove_from_groups": ["VPN", "Sales"]}, {"add_to_group": "Blocked"}]}
    async with session_with(provider, tmp_path, recipe=recipe) as session:
        await sync_all(session)
        planned = await plan(session, provider, "ann")
    assert titles(planned) == ["Remove ann from VPN", "Add ann to Blocked"]
    assert problems(planned) == []


async def test_what_nobody_can_know_is_said_and_nothing_is_sent_blindly(provider, tmp_path):
    provider.habits.filter_ignored = True
    recipe = {"steps": [{"remove_from_groups": "all"}, {"hand_over_reports": "manager"}]}
    async with session_with(provider, tmp_path, recipe=recipe) as session:
        state = await sync_all(session)
        assert state.complete
        planned = await plan(session, provider, "ann")
        assert titles(planned) == ["Hand bob over to meg", "Hand cy over to meg"]
        (told,) = problems(planned)
        assert told.startswith("ann: which groups they are in is not known")


async def test_hidden_members_are_told_by_the_person_and_are_unknown_where_nobody_tells(tmp_path):
    provider = FakeProvider(Habits(members_never=True, filter_ignored=True))
    ann = provider.add_user("ann")
    vpn = provider.add_group("VPN", [ann["id"]])
    async with synced(provider, tmp_path, [{"remove_from_groups": ["VPN"]}]) as session:
        assert "whether they are in VPN is not known" in problems(await plan(session, provider, "ann"))[0]
        ann["groups"] = [{"value": vpn["id"], "type": "direct"}]
        planned = await plan(session, provider, "ann")
    assert (titles(planned), problems(planned)) == (["Remove ann from VPN"], [])


async def test_groups_that_are_not_there_or_are_two_or_have_a_rule_are_named(provider, tmp_path):
    provider.add_group("Twins", [])
    provider.add_group("Twin", [])["displayName"] = "Twins"
    ruled = provider.add_group("Ruled", [provider.user("ann")["id"]])
    ruled["urn:ietf:params:scim:schemas:oracle:idcs:extension:dynamic:Group"] = {"membershipType": "dynamic"}
    steps = [{"remove_from_groups": ["Ruled", "Nowhere"]}, {"add_to_group": "Twins"}]
    async with synced(provider, tmp_path, steps) as session:
        told = problems(await plan(session, provider, "ann"))
    assert told[0] == "there is no group Nowhere in acme"
    assert told[1].startswith("Ruled has members by a rule")
    assert told[2].startswith("2 groups are called Twins; put the id")


async def test_a_group_that_is_left_by_leaving_another_one_is_not_asked_for_and_one_that_stays_is_said(tmp_path):
    provider = FakeProvider()
    ann = provider.add_user("ann")["id"]
    engineers = provider.add_group("Engineers", [ann])["id"]
    provider.add_group("Staff", [engineers])
    async with synced(provider, tmp_path, [{"remove_from_groups": "all"}]) as session:
        planned = await plan(session, provider, "ann")
        assert (titles(planned), problems(planned)) == (["Remove ann from Engineers"], [])
    async with synced(provider, tmp_path, [{"remove_from_groups": "all", "keep_groups": ["Engineers"]}]) as session:
        planned = await plan(session, provider, "ann")
    assert titles(planned) == []
    assert "in Staff through another group" in problems(planned)[0]


async def test_many_who_leave_are_one_change_of_each_group_and_the_limits_count_them_together(provider, tmp_path):
    provider.add_users(8)
    names = [f"user{number:05d}" for number in range(1, 9)]
    provider.add_group("Crowd", [provider.user(name)["id"] for name in names])
    steps = [{"remove_from_groups": ["Crowd"]}]
    async with synced(provider, tmp_path, steps, limits={"count": 5, "share": 1.0}) as session:
        planned = await plan(session, provider, *names)
        assert titles(planned) == ["Remove 8 members from Crowd"]
        with pytest.raises(GuardStopped, match="removes members from Crowd: 8 of 8"):
            guard.check([one for each in planned for one in each.changes], session, Consent())


async def test_the_help_desk_turns_off_and_says_which_steps_are_not_its_own(provider, tmp_path):
    helpdesk = {"role": "helpdesk", "helpdesk_groups": ["VPN"]}
    async with synced(provider, tmp_path, **helpdesk) as session:
        planned = await plan(session, provider, "ann")
        guard.check([one for each in planned for one in each.changes], session, Consent())
    assert titles(planned) == ["Deactivate ann", "Remove ann from VPN"]
    told = " | ".join(problems(planned))
    assert "the help desk may not change Engineers" in told
    assert "the help desk may not change Blocked" in told
    assert "Clear roles of ann: the role in acme is helpdesk" in told


async def test_a_protected_person_stops_all_of_it_and_a_protected_report_only_itself(provider, tmp_path):
    async with synced(provider, tmp_path, protected=['userName eq "ann"']) as session:
        planned = await plan(session, provider, "ann")
        with pytest.raises(GuardStopped, match="ann is protected"):
            guard.check([one for each in planned for one in each.changes], session, Consent())
    async with synced(provider, tmp_path, protected=['userName eq "bob"']) as session:
        planned = await plan(session, provider, "ann")
        guard.check([one for each in planned for one in each.changes], session, Consent())
    assert "Hand cy over to meg" in titles(planned)
    assert any("bob is protected" in one for one in problems(planned))


async def test_reports_go_to_the_nearest_manager_who_stays_or_are_said_to_stay(provider, tmp_path):
    async with synced(provider, tmp_path, [{"hand_over_reports": "manager"}]) as session:
        both = await plan(session, provider, "ann", "meg")
        assert titles(both) == []
        assert "bob still has ann as manager: ann has no manager" in problems(both)
        bob = await plan(session, provider, "bob", "ann")
        assert titles(bob) == ["Hand cy over to meg"]
    async with synced(provider, tmp_path, [{"hand_over_reports": "cy"}]) as session:
        planned = await plan(session, provider, "ann")
        assert titles(planned) == ["Hand bob over to cy"]
        assert problems(planned) == ["cy still has ann as manager: nobody manages themselves"]
    async with synced(provider, tmp_path, [{"hand_over_reports": "zoe"}]) as session:
        assert problems(await plan(session, provider, "ann")) == [
            "nobody is zoe in acme, so the reports stay as they are"
        ]


async def test_somebody_who_is_gone_is_said_and_does_not_stop_the_others(provider, tmp_path):
    async with synced(provider, tmp_path) as session:
        raws = [cached(session, provider, one) for one in ("bob", "ann")]
        del provider.resources["Users"][raws[0]["id"]]
        planned = await plan_recipe(session, USER, raws, skip={"set"}, today=TODAY)
    assert problems(planned) == ["bob: not there any more"]
    assert titles(planned)[0] == "Deactivate ann"
    assert not any(title.startswith("Set") for title in titles(planned))


class AnyCase(FakeProvider):
    """Compares ids in filters without letter case, and answers with people of somebody else too."""

    def _list(self, endpoint: str, query: dict[str, str], tag: str | None) -> Any:
        wanted = query.get("filter", "")
        if "manager" not in wanted:
            return super()._list(endpoint, query, tag)
        sought = wanted.split('"')[1].casefold()
        found = [
            raw
            for raw in self.users()
            if raw.get(ENTERPRISE, {}).get("manager", {}).get("value", "").casefold() == sought
        ]
        return self.json(200, {"totalResults": len(found), "startIndex": 1, "Resources": found})


async def test_a_provider_that_answers_with_reports_of_somebody_else_stops_nothing(tmp_path):
    made = AnyCase(Habits(ids="name"))
    made.add_user("meg")
    made.add_user("ann", **{ENTERPRISE: {"manager": {"value": "meg"}}})
    made.add_user("cy", **{ENTERPRISE: {"manager": {"value": "ANN"}}})
    async with synced(made, tmp_path, ["deactivate", {"hand_over_reports": "manager"}]) as session:
        changes = await offboarding(session, USER, made.user("ann"))
    assert [change.title for change in changes] == ["Deactivate ann"]
