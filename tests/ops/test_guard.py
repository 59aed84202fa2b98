"""What stops a write before anything is sent."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

import pytest
from fakes.in_memory_provider import FakeProvider
from fakes.sessions import session_with, sync_all

from scimtui.errors import GuardStopped, UsageError
from scimtui.ops.guard import Consent, check
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
