"""The table of actions and what carries them out."""

from __future__ import annotations

from pkgutil import resolve_name

import pytest

from scimtui.tui.actions import BY_ID
from scimtui.tui.shell.shell_actions import ELSEWHERE


@pytest.mark.parametrize("action_id", ELSEWHERE)
def test_what_is_carried_out_elsewhere_is_an_action_and_is_there(action_id):
    assert action_id in BY_ID
    assert callable(resolve_name(f"scimtui.tui.{ELSEWHERE[action_id]}"))
