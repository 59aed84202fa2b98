"""Every action, in the order of the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.tui.action_tables.comparing import COMPARING
from scimtui.tui.action_tables.everywhere import EVERYWHERE
from scimtui.tui.action_tables.resources import RESOURCES
from scimtui.tui.action_tables.rows import ROWS

if TYPE_CHECKING:
    from scimtui.tui.action import Action

ACTIONS: tuple[Action, ...] = (*ROWS, *RESOURCES, *COMPARING, *EVERYWHERE)
