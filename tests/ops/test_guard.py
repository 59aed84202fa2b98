"""What stops a write before anything is sent."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with, sync_all

from scimtui.errors import GuardStopped, UsageError
from scimtui.ops.apply import apply
from scimtui.ops.guard import Consent, check
from scimtui.ops.receipts import Outcome
from scimtui.scim.change import plan_active, plan_delete, plan_edit, plan_members
from scimtui.scim.schema import core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")


def off(session, raw):
    return plan_active(session.tenant.name, raw, False, USER, session.provider, session.dialect)


def is_let_through(*, allowed: bool):
    return nullcontext() if allowed else pytest.raises(GuardStopped)


async def test_a_change_of_another_tenant_is_never_sent_here(tmp_path):
    provider = FakeProvider()
    ann = provider.add_user("ann")
    async with session_with(provider, tmp_path) as session:
        change = plan_active("other", ann, False, USER, session.provider, session.dialect)
        with pytest.raises(UsageError):
            check([change], session, Consent())


@pytest.mark.parametrize(
    ("role", "kind", "allowed"),
    [
        ("view", "deactivate", False),
        ("helpdesk", "deactivate", True),
        ("helpdesk", "edit", False),
        ("helpdesk", "delete", False),
        ("helpdesk", "own group", True),
        ("helpdesk", "other group", False),
        ("admin", "delete", True),
    ],
)
async def test_a_role_decides_what_may_be_changed(tmp_path, role, kind, allowed):
    provider = FakeProvider()
    ann = provider.add_user("ann")
    staff, board = provider.add_group("Staff"), provider.add_group("Board")
    async with session_with(provider, tmp_path, role=role, helpdesk_groups=["Staff"]) as session:
        where = (session.provider, session.dialect)
        add = [{"value": ann["id"]}]
        change = {
            "deactivate": lambda: off(session, ann),
            "edit": lambda: plan_edit("acme", ann, {**ann, "title": "Boss"}, USER, *where),
            "delete": lambda: plan_delete("acme", ann, USER, *where),
            "own group": lambda: plan_members("acme", staff, add, [], GROUP, *where),
            "other group": lambda: plan_members("acme", board, add, [], GROUP, *where),
        }[kind]()
        with is_let_through(allowed=allowed):
            check([change], session, Consent())


async def test_a_deactivation_through_the_form_counts_as_one(tmp_path):
    provider = FakeProvider()
    people = [provider.add_user(f"user{number}") for number in range(7)]
    limits = {"count": 6, "share": 1.0}
    async with session_with(provider, tmp_path, limits=limits) as session:
        where = (session.provider, session.dialect)
        changes = [plan_edit("acme", raw, {**raw, "active": False, "title": "x"}, USER, *where) for raw in people]
        check(changes[:6], session, Consent())
        with pytest.raises(GuardStopped, match="7"):
            check(changes, session, Consent())
        check(changes, session, Consent(expected=7))
        with pytest.raises(GuardStopped):
            check(changes, session, Consent(expected=6))


async def test_a_share_of_the_tenant_counts_above_five_objects(tmp_path):
    provider = FakeProvider()
    people = [provider.add_user(f"user{number}") for number in range(20)]
    async with session_with(provider, tmp_path, limits={"count": 50, "share": 0.2}) as session:
        await sync_all(session)
        check([off(session, raw) for raw in people[:5]], session, Consent())
        with pytest.raises(GuardStopped, match="6 of 20"):
            check([off(session, raw) for raw in people[:6]], session, Consent())


async def test_the_same_person_twice_is_one(tmp_path):
    provider = FakeProvider()
    ann = provider.add_user("ann")
    async with session_with(provider, tmp_path, limits={"count": 1, "share": 1.0}) as session:
        check([off(session, ann), off(session, ann)], session, Consent())


async def test_protected_accounts_are_left_alone_also_as_members(tmp_path):
    provider = FakeProvider()
    ann, root = provider.add_user("ann"), provider.add_user("break-glass")
    group = provider.add_group("Admins", [ann["id"], root["id"]])
    protected = ['userName sw "break"']
    async with session_with(provider, tmp_path, protected=protected) as session:
        await sync_all(session)
        check([off(session, ann)], session, Consent())
        with pytest.raises(GuardStopped, match="break-glass is protected"):
            check([off(session, root)], session, Consent())
        change = plan_members("acme", group, [], [root["id"]], GROUP, session.provider, session.dialect)
        with pytest.raises(GuardStopped, match="break-glass is protected"):
            check([change], session, Consent())


async def test_a_protected_filter_that_cannot_be_read_stops_everything(tmp_path):
    provider = FakeProvider()
    ann = provider.add_user("ann")
    async with session_with(provider, tmp_path, protected=["userName like x"]) as session:
        with pytest.raises(GuardStopped, match="cannot be read"):
            check([off(session, ann)], session, Consent())


async def test_an_admin_group_keeps_its_last_member(tmp_path):
    provider = FakeProvider()
    ann, bob = provider.add_user("ann"), provider.add_user("bob")
    group = provider.add_group("Admins", [ann["id"], bob["id"]])
    async with session_with(provider, tmp_path, admin_groups=["Admins"]) as session:
        where = (GROUP, session.provider, session.dialect)
        check([plan_members("acme", group, [], [ann["id"]], *where)], session, Consent())
        with pytest.raises(GuardStopped, match="last member"):
            check([plan_members("acme", group, [], [ann["id"], bob["id"]], *where)], session, Consent())
        with pytest.raises(GuardStopped, match="admin group"):
            check([plan_delete("acme", group, *where)], session, Consent())


async def test_a_group_with_a_protected_member_is_not_deleted_nor_one_that_hides_its_members(tmp_path):
    provider = FakeProvider()
    ann, root = provider.add_user("ann"), provider.add_user("break-glass")
    staff, admins = provider.add_group("Staff", [ann["id"]]), provider.add_group("Admins", [ann["id"], root["id"]])
    async with session_with(provider, tmp_path, protected=['userName sw "break"']) as session:
        await sync_all(session)
        where = (GROUP, session.provider, session.dialect)
        check([plan_delete("acme", staff, *where)], session, Consent())
        with pytest.raises(GuardStopped, match="break-glass is protected"):
            check([plan_delete("acme", admins, *where)], session, Consent())
        session.dialect = replace(session.dialect, shows_members=False)
        with pytest.raises(GuardStopped, match="whether a protected one is in it is not known"):
            check([plan_delete("acme", {**staff, "members": []}, *where)], session, Consent())


async def test_the_limit_of_a_group_is_not_passed_bit_by_bit(tmp_path):
    provider = FakeProvider()
    ids = [provider.add_user(f"user{number}")["id"] for number in range(12)]
    staff, other = provider.add_group("Staff", ids), provider.add_group("Other", ids)
    async with session_with(provider, tmp_path, limits={"count": 5, "share": 1.0}) as session:
        where = (GROUP, session.provider, session.dialect)
        parts = [plan_members("acme", staff, [], ids[start : start + 4], *where) for start in (0, 4, 8)]
        check([*parts[:1], plan_members("acme", other, [], ids[4:8], *where)], session, Consent())
        with pytest.raises(GuardStopped, match="Staff: 12 of 12"):
            check(parts, session, Consent())
        check(parts, session, Consent(expected=12))


async def test_where_nothing_of_a_type_was_read_more_than_a_few_need_their_number(tmp_path):
    provider = FakeProvider()
    changes = [provider.add_user(f"user{number}") for number in range(6)]
    async with session_with(provider, tmp_path, limits={"count": 50, "share": 0.2}) as session:
        leavers = [off(session, raw) for raw in changes]
        check(leavers[:5], session, Consent())
        with pytest.raises(GuardStopped, match="6 of an unknown number"):
            check(leavers, session, Consent())
        check(leavers, session, Consent(expected=6))


async def test_who_is_off_already_is_no_member_that_an_admin_group_keeps(tmp_path):
    provider = FakeProvider()
    ann, bob, cy = (provider.add_user(name) for name in ("ann", "bob", "cy"))
    group = provider.add_group("Admins", [ann["id"], bob["id"]])
    async with session_with(provider, tmp_path, admin_groups=["Admins"]) as session:
        await sync_all(session, "Group")
        await apply(off(session, ann), session, Consent())
        where = (GROUP, session.provider, session.dialect)
        for change in (off(session, bob), plan_members("acme", group, [], [bob["id"]], *where)):
            with pytest.raises(GuardStopped, match="keeps its last member"):
                check([change], session, Consent())
        check([off(session, cy)], session, Consent())
        check([plan_members("acme", group, [], [ann["id"]], *where)], session, Consent())


async def test_nobody_is_turned_off_while_the_admin_groups_were_never_read(tmp_path):
    provider = FakeProvider()
    ann, bob = provider.add_user("ann"), provider.add_user("bob")
    provider.add_group("Admins", [bob["id"]])
    async with session_with(provider, tmp_path, admin_groups=["Admins"]) as session:
        await sync_all(session)
        with pytest.raises(GuardStopped, match="who is in the admin groups of acme is not known"):
            check([off(session, ann)], session, Consent())
        await sync_all(session, "Group")
        check([off(session, ann)], session, Consent())


async def test_a_member_whose_copy_does_not_say_that_it_is_protected_is_read_before_it_leaves(tmp_path):
    provider = FakeProvider(Habits(list_omits=frozenset({"title"})))
    ann, root = provider.add_user("ann"), provider.add_user("root", title="break glass")
    group = provider.add_group("Staff", [ann["id"], root["id"]])
    async with session_with(provider, tmp_path, protected=['title eq "break glass"']) as session:
        await sync_all(session)
        where = (GROUP, session.provider, session.dialect)
        with pytest.raises(GuardStopped, match="root is protected"):
            await apply(plan_members("acme", group, [], [root["id"]], *where), session, Consent())
        assert provider.writes() == []
        assert (
            await apply(plan_members("acme", group, [], [ann["id"]], *where), session, Consent())
        ).outcome is Outcome.APPLIED


async def test_a_reason_may_be_that_of_each_change(tmp_path):
    provider = FakeProvider()
    people = [provider.add_user(name) for name in ("ann", "bob")]
    async with session_with(provider, tmp_path, reason_required=True) as session:
        changes = [replace(off(session, raw), reason=f"ticket {raw['id']}") for raw in people]
        check(changes, session, Consent())
        with pytest.raises(GuardStopped, match="wants a reason"):
            check([*changes, off(session, people[0])], session, Consent())
