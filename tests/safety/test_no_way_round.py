"""Ways round the guard, and claims that nobody could make: each was found by trying, and none may come back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.loopback import served
from fakes.sessions import good_token, session_with, tenant_at

from scimtui.errors import GuardStopped, NotScim, UsageError
from scimtui.ops import guard
from scimtui.ops.apply import apply
from scimtui.ops.browse import fetch
from scimtui.ops.guard import Consent
from scimtui.ops.history import Write
from scimtui.ops.journalled import change_of
from scimtui.ops.kept_plans import alone
from scimtui.ops.plan_file import numbered, read_plan, steps_of, write_plan
from scimtui.ops.session import close_session, open_session
from scimtui.ops.verify import judge
from scimtui.scim.change import plan_active, plan_delete, plan_edit, plan_members
from scimtui.scim.dialect import RFC, Dialect
from scimtui.scim.diff import Edit
from scimtui.scim.masks import MASK, masked_edits, without_secrets
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.resource import Resource
from scimtui.scim.schema import Attribute, Mutability, Type, core_resource_type
from scimtui.store.journal import Journal

USER, GROUP = core_resource_type("User"), core_resource_type("Group")
ABOUT = (BUILT_IN, RFC)
STAFF = {"id": "g", "displayName": "Staff", "members": [{"value": str(number)} for number in range(4)]}


def test_a_group_that_shows_nobody_after_one_was_to_leave_is_not_called_done():
    change = plan_members("acme", STAFF, (), ["0"], GROUP, *ABOUT)
    verdict = judge(change, Resource("Group", {"id": "g", "displayName": "Staff"}))
    assert not verdict.is_done
    assert "3 others are no members any more" in verdict.why


async def test_nothing_is_written_to_another_resource_than_was_asked_for(tmp_path):
    provider = FakeProvider(Habits())
    provider.add_users(2)
    ann, bob = provider.users()

    def confused(method: str, target: str, headers: Mapping[str, str], body: bytes):
        there = target.replace(ann["id"], bob["id"]) if method == "GET" else target
        return provider.answer(method, there, headers, body)

    with served(confused, provider.base, lambda _: False) as base_url:
        session = open_session(tenant_at(base_url), tmp_path, ask=good_token)
        try:
            change = plan_active("acme", dict(ann), False, USER, session.provider, session.dialect)
            with pytest.raises(NotScim, match="asked for"):
                await apply(change, session, Consent())
        finally:
            await close_session(session)
    assert [raw.get("active") for raw in provider.users()] == [True, True]
    assert provider.writes() == []


@pytest.mark.parametrize("hidden", [Habits(members_never=True), Habits(members_empty=True), Habits(members_shown=100)])
async def test_members_who_are_not_shown_count_towards_the_limit_when_they_leave(tmp_path, hidden):
    provider = FakeProvider(hidden)
    provider.add_users(300)
    ids = [raw["id"] for raw in provider.users()]
    group = provider.add_group("Staff", ids)
    async with session_with(provider, tmp_path) as session:
        before = (await fetch(session, GROUP, group["id"])).raw
        change = plan_members("acme", before, (), ids, GROUP, session.provider, session.dialect)
        assert len(guard.removed_members(change)) == 300
        assert guard.number_to_type([change], session) == 300
        with pytest.raises(GuardStopped):
            await apply(change, session, Consent())
    assert provider.writes() == []


async def test_the_number_of_changes_is_not_agreement_to_the_number_of_members(tmp_path):
    provider = FakeProvider(Habits())
    provider.add_users(120)
    ids = [raw["id"] for raw in provider.users()]
    groups = [provider.add_group(f"Team {number}", ids[number : number + 60]) for number in range(2)]
    async with session_with(provider, tmp_path) as session:
        changes = [
            plan_members("acme", group, (), [member["value"] for member in group["members"]], GROUP, *ABOUT)
            for group in groups
        ]
        with pytest.raises(GuardStopped) as stopped:
            guard.check(changes, session, Consent(expected=2))
        assert "type the number 120" in stopped.value.hint
        guard.check(changes, session, Consent(expected=120))


async def test_the_last_member_of_an_admin_group_is_not_turned_off(tmp_path):
    provider = FakeProvider(Habits())
    provider.add_users(2)
    ann = provider.users()[0]
    group = provider.add_group("Admins", [ann["id"]])
    async with session_with(provider, tmp_path, admin_groups=["Admins"]) as session:
        session.cache.resources("Group").put(group)
        off = plan_active("acme", ann, False, USER, *ABOUT)
        with pytest.raises(GuardStopped, match="last member"):
            guard.check([off], session, Consent())
        guard.check([plan_active("acme", provider.users()[1], False, USER, *ABOUT)], session, Consent())


async def test_a_write_that_was_pending_wants_what_it_wanted_when_it_is_looked_up(tmp_path):
    provider = FakeProvider(Habits(patch_pending=True))
    provider.add_users(1)
    ann = dict(provider.users()[0])
    async with session_with(provider, tmp_path) as session:
        change = plan_active("acme", ann, False, USER, session.provider, session.dialect)
        receipt = await apply(change, session, Consent())
        intent, outcome = session.journal.entries()
        write = Write(receipt.journal, "acme", intent.time, intent.payload, outcome.payload)
        assert change_of(write, session).after["active"] is False
        assert not judge(change_of(write, session), receipt.resource).is_done


def test_words_put_into_a_line_behind_its_hash_are_found(tmp_path):
    journal = Journal(tmp_path / "acme.jsonl")
    entry = journal.intend({"title": "Deactivate ann", "reason": "left"})
    journal.record(entry, {"outcome": "refused"})
    first, second = journal.path.read_bytes().splitlines()
    journal.path.write_bytes(first[:-1] + b',"reason":"forged"}\n' + second[:-1] + b',"outcome":"applied"}\n')
    assert [problem.split(":")[0] for problem in Journal(journal.path).verify()][:2] == ["line 1", "line 2"]


async def test_a_plan_file_is_shown_as_what_it_does_and_not_as_it_calls_itself(tmp_path):
    path = tmp_path / "plan.json"
    ann = {"schemas": [USER.schema.id], "id": "7", "userName": "ann"}
    write_plan(path, numbered([plan_delete("acme", ann, USER, *ABOUT)]), "batch", "why")
    told = json.loads(path.read_text())
    told["changes"][0]["title"] = "Sync User ann"
    path.write_text(json.dumps(told))
    async with session_with(FakeProvider(Habits()), tmp_path) as session:
        (step,) = steps_of(path, read_plan(path), {"acme": session})
    assert step.change.title == "Delete User ann"


def test_a_password_that_a_provider_shows_masked_is_not_set_by_a_put():
    ann = {"schemas": [USER.schema.id], "id": "7", "userName": "ann", "password": "********", "title": "A"}
    change = plan_edit("acme", ann, {**ann, "title": "B"}, USER, BUILT_IN, Dialect(can_patch=False))
    assert [request.method for request in change.requests] == ["PUT"]
    assert "password" not in change.requests[0].body


def test_values_of_a_list_that_is_written_only_are_masked_wherever_an_edit_names_them():
    pins = Attribute("pins", type=Type.COMPLEX, multi_valued=True, mutability=Mutability.WRITE_ONLY)
    kind = replace(USER, schema=replace(USER.schema, attributes=(*USER.schema.attributes, pins)))
    told = masked_edits([Edit('pins[type eq "a]b"].value', None, "1234")], kind)
    assert told[0]["after"] == MASK
    assert "1234" not in without_secrets("1234 is weak", {"pins": [{"value": 1234}]}, kind)


def test_a_batch_that_is_on_its_way_is_not_carried_out_a_second_time(tmp_path):
    with alone(tmp_path, "20261125-1"):
        with pytest.raises(UsageError, match="another scimtui"), alone(tmp_path, "20261125-1"):
            pytest.fail("two at once")
        with alone(tmp_path, "../../elsewhere"):
            pass
    with alone(tmp_path, "20261125-1"):
        pass
    assert {path.parent for path in tmp_path.rglob("*.lock")} == {tmp_path / "plans"}


async def test_the_account_that_scimtui_signs_in_with_is_not_turned_off(tmp_path):
    provider = FakeProvider(Habits())
    provider.add_users(2)
    own, other = provider.users()
    async with session_with(provider, tmp_path, auth="basic", username=own["userName"].upper()) as session:
        for change in (plan_active("acme", own, False, USER, *ABOUT), plan_delete("acme", own, USER, *ABOUT)):
            with pytest.raises(GuardStopped, match="signs in"):
                guard.check([change], session, Consent())
        guard.check([plan_active("acme", other, False, USER, *ABOUT)], session, Consent())
        guard.check([plan_edit("acme", own, {**own, "title": "B"}, USER, *ABOUT)], session, Consent())
