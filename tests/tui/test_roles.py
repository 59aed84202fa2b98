"""What each role may do in the console: every action that writes, with the answer of each role."""

from __future__ import annotations

import pytest
from fakes.consoles import console_on
from fakes.in_memory_provider import FakeProvider

from scimtui.tui.action import Danger
from scimtui.tui.action_table import ACTIONS
from scimtui.tui.shell.roles import TO_OTHERS, refused_here

HELPDESK = "the role in acme is helpdesk: it turns accounts on and off and changes its own groups"
VIEW = "the role in acme is view: nothing is changed there"

MAY = {
    "toggle_active": True, "offboard": True, "undo": True, "send": True,
    "members": True, "colleague": True, "add_members": True, "remove_members": True,
    "edit": False, "edit_json": False, "edit_external": False, "set_password": False,
    "new": False, "new_like": False, "delete": False,
}  # fmt: skip
"""Whether the help desk does it: some of these are looked at again, change by change, when they are planned."""


@pytest.fixture
def provider():
    provider = FakeProvider()
    provider.add_users(3)
    provider.add_group("Staff", [provider.user("user00001")["id"]])
    provider.add_group("Board")
    return provider


def test_every_action_that_writes_has_an_answer_for_each_role():
    writing = {action.id for action in ACTIONS if action.danger is Danger.WRITE}
    assert writing - TO_OTHERS == set(MAY)


@pytest.mark.parametrize(
    ("role", "word", "refused"),
    [
        ("admin", "", {}),
        ("helpdesk", "help desk", {action: HELPDESK for action, may in MAY.items() if not may}),
        ("view", "view only", dict.fromkeys(MAY, VIEW)),
    ],
)
async def test_a_role_is_told_at_once_what_it_does_not_do(provider, tmp_path, role, word, refused):
    async with console_on(provider, tmp_path, role=role, helpdesk_groups=["Staff"]) as run:
        await run.until("acme Group: 2 in")
        await run.until("user00001")
        assert word in run.text.splitlines()[0]
        shell = run.app.screen
        assert dict(refused_here(shell.view)) == refused
        bar = run.text.splitlines()[-1]
        assert ("Edit" in bar, "Deactivate" in bar) == (role == "admin", role != "view")
        for key, action in (("e", "edit"), ("X", "delete"), ("P", "set_password"), ("n", "new"), ("M", "colleague")):
            if action in refused:
                await run.press(key)
                await run.until(refused[action][:40])
                assert run.app.screen is shell
                assert len(shell.tabs) == 1
        await run.press("question_mark")
        await run.until("Esc closes")
        assert ("✗" in run.text) is bool(refused)
    assert provider.writes() == []


async def test_the_help_desk_chooses_among_its_own_groups_alone(provider, tmp_path):
    async with console_on(provider, tmp_path, role="helpdesk", helpdesk_groups=["Staff"]) as run:
        await run.until("acme Group: 2 in")
        await run.until("user00001")
        await run.press("m")
        await run.until("help desk: 1 of 2")
        assert "Staff" in run.text
        assert "Board" not in run.text
        await run.press("escape", "2")
        await run.until("Board")
        await run.press("G", "m")
        await run.until("members Board")
        await run.press("plus")
        await run.until("may not change Board in acme; it changes Staff")


async def test_a_group_that_holds_a_protected_account_is_refused_before_its_name_is_typed(provider, tmp_path):
    async with console_on(provider, tmp_path, protected=['userName eq "user00001"'], production=True) as run:
        await run.until("acme Group: 2 in")
        await run.press("exclamation_mark", "y", "2")
        await run.until("Staff")
        await run.press("X")
        await run.until("user00001 is protected by")
        assert "Enter deletes" not in run.text
        await run.press("enter", "escape")
        await run.until("Nothing was deleted")
    assert provider.writes() == []
