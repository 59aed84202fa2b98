"""Why somebody cannot log in: every check once right and once wrong, asked of providers on loopback."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from fakes.in_memory_provider import FakeProvider
from fakes.sessions import good_token, sync_all, tenant_at

from scimtui.errors import UsageError
from scimtui.ops.apply import apply
from scimtui.ops.guard import Consent
from scimtui.ops.login_facts import Check, Remedy, Result
from scimtui.ops.session import close_session, open_session
from scimtui.ops.why import find_person, why
from scimtui.scim.change import plan_active

MAIL = [{"value": "ann@example.com", "type": "work", "primary": True}]


@asynccontextmanager
async def tenants(home, *, sync=("acme", "corp"), corp=None, **values):
    """Serve and open acme, which the people of corp log in to, and corp; `values` are keys of acme's config."""
    acme, corp = FakeProvider(), corp or FakeProvider()
    async with AsyncExitStack() as stack:
        sessions = []
        for name, provider, keys in (("acme", acme, values), ("corp", corp, {})):
            base_url = stack.enter_context(provider.serve())
            session = open_session(tenant_at(base_url, name, **keys), home, ask=good_token)
            stack.push_async_callback(close_session, session)
            sessions.append(session)

        async def look(key: str, *, again: bool = True):
            for session in sessions if again else ():
                for type_name in ("User", "Group") if session.tenant.name in sync else ():
                    await sync_all(session, type_name)
            person = await find_person(sessions[0], sessions[1:], key)
            found = await why(sessions[0], sessions[1:], person)
            return found, {one.check: one for one in found.findings}

        yield acme, corp, sessions[0], look


def both(acme, corp, **of_acme):
    """Put Ann into corp and, with what is said of her there, into acme."""
    there = corp.add_user("ann", externalId="E-1")
    mine = acme.add_user("ann", **{"externalId": "E-1", **of_acme})
    return mine, there


async def test_somebody_with_whom_all_is_well_is_told_so_and_what_is_unknown_stays_unknown(tmp_path):
    async with tenants(tmp_path, source="corp", login_groups=["Staff"]) as (acme, corp, _, look):
        ann, _ = both(acme, corp)
        acme.add_group("Staff", [ann["id"]])
        found, checks = await look("ann")
    assert (found.is_wrong, found.asked_at is not None) == (False, True)
    unknown = {Check.LAST_CHANGE, Check.PASSWORD}
    assert {check: one.result for check, one in checks.items()} == {
        check: Result.UNKNOWN if check in unknown else Result.YES for check in Check
    }


@pytest.mark.parametrize(
    ("of_acme", "check", "remedy", "arguments"),
    [
        ({"active": False}, Check.ACTIVE, Remedy.ACTIVATE, ("acme", "ann")),
        ({"user_name": "Ann", "emails": MAIL}, Check.USER_NAME, Remedy.EDIT, ("userName=ann",)),
        (
            {"emails": [{"value": "Ann@example.com", "type": "work"}]},
            Check.EMAIL,
            Remedy.EDIT,
            ('emails[type eq "work"].value=ann@example.com',),
        ),
        (
            {"emails": []},
            Check.EMAIL,
            Remedy.ADD,
            ('emails={"value": "ann@example.com", "type": "work", "primary": true}',),
        ),
        ({"externalId": "E-2"}, Check.EXTERNAL_ID, Remedy.EDIT, ("externalId=E-1",)),
    ],
    ids=["inactive", "userName", "letter case", "no address", "externalId"],
)
async def test_each_wrong_value_is_found_with_what_mends_it(tmp_path, of_acme, check, remedy, arguments):
    async with tenants(tmp_path) as (acme, corp, _, look):
        corp.add_user("ann", externalId="E-1")
        acme.add_user(**{"user_name": "ann", "externalId": "E-1", **of_acme})
        found, checks = await look("ann")
    assert {one.check for one in found.findings if one.result is Result.NO} == {check}
    assert (checks[check].remedy, checks[check].arguments) == (remedy, arguments)


async def test_what_was_changed_since_the_last_sync_counts_as_it_is_now(tmp_path):
    async with tenants(tmp_path) as (acme, corp, session, look):
        ann, _ = both(acme, corp)
        await sync_all(session)
        acme.resources["Users"][ann["id"]]["active"] = False
        _, checks = await look("ann", again=False)
    assert checks[Check.ACTIVE].result is Result.NO


async def test_who_is_missing_is_told_where_they_are_and_how_they_come_here(tmp_path):
    async with tenants(tmp_path) as (_, corp, _, look):
        there = corp.add_user("ann")
        found, checks = await look("ann@example.com")
    assert found.account is None
    assert (checks[Check.EXISTS].result, checks[Check.EXISTS].remedy) == (Result.NO, Remedy.CREATE)
    assert checks[Check.EXISTS].arguments == ("corp", there["id"])
    assert "corp (active)" in checks[Check.EXISTS].detail


async def test_nobody_is_called_missing_where_the_list_is_not_complete(tmp_path):
    corp = FakeProvider()
    corp.add_user("ann")
    async with tenants(tmp_path, sync=("corp",), corp=corp, profile={"filters": "none"}) as (_, _, _, look):
        _, checks = await look("ann")
    assert (checks[Check.EXISTS].result, checks[Check.EXISTS].remedy) == (Result.UNKNOWN, Remedy.SYNC)


async def test_two_accounts_of_one_person_are_told_with_their_states_and_none_is_picked(tmp_path):
    async with tenants(tmp_path) as (acme, corp, _, look):
        both(acme, corp)
        acme.add_user("ann.old", emails=MAIL, active=False)
        _, checks = await look("ann")
        assert (checks[Check.ALONE].result, checks[Check.ALONE].remedy) == (Result.NO, Remedy.OTHER)
        assert "ann.old" in checks[Check.ALONE].detail
        assert "inactive" in checks[Check.ALONE].detail
        for name in ("x", "y"):
            acme.add_user(name, displayName="Twin")
        with pytest.raises(UsageError, match=r"2 are called Twin"):
            await look("Twin")


async def test_a_token_that_is_over_is_told_and_the_rest_comes_from_the_cache(tmp_path):
    async with tenants(tmp_path) as (acme, corp, session, look):
        both(acme, corp, active=False)
        await sync_all(session)
        acme.habits.token_ends_after = 0
        found, checks = await look("ann", again=False)
    assert (checks[Check.TOKEN].result, checks[Check.TOKEN].remedy) == (Result.NO, Remedy.TOKEN)
    assert found.asked_at is None
    assert "cache" in checks[Check.EXISTS].detail
    assert checks[Check.ACTIVE].result is Result.NO


async def test_groups_that_are_needed_count_and_their_hidden_members_are_unknown(tmp_path):
    async with tenants(tmp_path, login_groups=["Staff", "VPN"]) as (acme, corp, _, look):
        ann, _ = both(acme, corp)
        acme.add_group("Staff", [ann["id"]])
        vpn = acme.add_group("VPN")
        _, checks = await look("ann")
        assert (checks[Check.GROUPS].result, checks[Check.GROUPS].arguments) == (Result.NO, ("VPN",))
        vpn["members"].append({"value": ann["id"]})
        _, checks = await look("ann", again=False)
        assert checks[Check.GROUPS].result is Result.YES
        acme.habits.members_never = True
        _, checks = await look("ann")
        assert checks[Check.GROUPS].result is Result.UNKNOWN


async def test_a_tenant_that_was_never_synced_is_asked_for_the_groups_that_are_needed(tmp_path):
    async with tenants(tmp_path, sync=(), login_groups=["Staff", "VPN"]) as (acme, _, _, look):
        ann = acme.add_user("ann")
        acme.add_group("Staff", [ann["id"]])
        acme.add_group("VPN")
        _, checks = await look("ann")
    assert (checks[Check.GROUPS].detail, checks[Check.GROUPS].arguments) == ("in Staff, not in VPN", ("VPN",))


async def test_somebody_who_is_off_where_people_come_from_is_told(tmp_path):
    async with tenants(tmp_path, source="corp") as (acme, corp, _, look):
        _, there = both(acme, corp)
        there["active"] = False
        _, checks = await look("ann")
        assert (checks[Check.SOURCE].result, checks[Check.SOURCE].arguments) == (Result.NO, ("corp", "ann"))
        corp.resources["Users"].clear()
        _, checks = await look("ann")
        assert (checks[Check.SOURCE].result, Check.USER_NAME in checks) == (Result.NO, False)


async def test_the_last_write_from_here_is_told_and_one_that_nobody_knows_the_end_of_is_wrong(tmp_path):
    async with tenants(tmp_path) as (acme, corp, session, look):
        ann, _ = both(acme, corp)
        await sync_all(session)
        change = plan_active(
            "acme", ann, False, session.provider.resource_type("User"), session.provider, session.dialect
        )
        await apply(change, session, Consent(reason="left"))
        _, checks = await look("ann")
        assert checks[Check.LAST_CHANGE].result is Result.YES
        assert "left" in checks[Check.LAST_CHANGE].detail
        session.journal.intend({"title": "Deactivate ann", "id": ann["id"], "type": "User", "tenant": "acme"})
        _, checks = await look("ann")
        assert (checks[Check.LAST_CHANGE].result, checks[Check.LAST_CHANGE].remedy) == (Result.NO, Remedy.LOOK_UP)


async def test_a_source_that_is_no_tenant_is_told_and_nothing_is_compared(tmp_path):
    async with tenants(tmp_path, source="nowhere") as (acme, corp, _, look):
        both(acme, corp)
        _, checks = await look("ann")
    assert (checks[Check.SOURCE].result, checks[Check.SOURCE].arguments) == (Result.UNKNOWN, ("source",))
    assert Check.USER_NAME not in checks


async def test_nobody_who_is_called_that_anywhere_is_an_error(tmp_path):
    async with tenants(tmp_path) as (_, _, _, look):
        with pytest.raises(UsageError, match="nobody is called ghost in acme, corp"):
            await look("ghost")
