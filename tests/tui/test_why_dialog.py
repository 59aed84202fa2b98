"""`w`: why this person cannot log in, and the key that mends it."""

from __future__ import annotations

import pytest
from fakes.consoles import console_on
from fakes.in_memory_provider import FakeProvider


@pytest.fixture
def provider():
    provider = FakeProvider()
    ann = provider.add_user("ann", displayName="Ann [red]Lee[/]", active=False)
    provider.add_group("Staff", [ann["id"]])
    provider.add_group("VPN")
    return provider


async def test_what_is_wrong_is_shown_and_the_key_beside_it_mends_it(provider, tmp_path):
    async with console_on(provider, tmp_path, (80, 24), login_groups=["Staff", "VPN"]) as run:
        await run.until("acme Group: 2 in")
        await run.press("w")
        await run.until("✗ active       d  inactive in acme")
        assert "Ann [red]Lee[/] (ann) in acme: asked at" in run.text
        assert "$ scimtui activate ann --tenant acme" in run.text
        await run.press("d")
        await run.until("Activate Ann [red]Lee[/] (ann) in acme?")
        await run.press("y")
        await run.until("done and verified")
        await run.press("w")
        await run.until("✗ groups       m  in Staff, not in VPN")
        await run.press("enter")
        await run.until("acme: groups of Ann")
    assert provider.user("ann")["active"] is True


async def test_what_the_role_does_not_do_is_said_in_the_checklist(provider, tmp_path):
    async with console_on(provider, tmp_path, role="view") as run:
        await run.until("acme Group: 2 in")
        await run.press("enter")
        await run.until("Ann [red]Lee[/]")
        await run.press("w")
        await run.until("✗ active")
        await run.press("d")
        await run.until("activate: the role in acme is view")
        await run.press("P", "escape", "2")
        await run.until("VPN")
        await run.press("w")
        await run.until("a Group does not log in")
    assert provider.writes() == []
