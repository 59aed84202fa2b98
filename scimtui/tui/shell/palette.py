"""The command palette: every action of the registry, every tenant and resource type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from scimtui.present.cells import safe
from scimtui.tui.action_table import ACTIONS
from scimtui.tui.actions import shown_key

if TYPE_CHECKING:
    from scimtui.tui.shell.shell_screen import ShellScreen


class Commands(Provider):
    """Finds commands by any letters of their names."""

    async def discover(self) -> Hits:
        """Offer everything before a letter was typed."""
        for name, run, help_ in self._commands():
            yield DiscoveryHit(name, run, help=help_)

    async def search(self, query: str) -> Hits:
        """Offer what matches, best first."""
        matcher = self.matcher(query)
        for name, run, help_ in self._commands():
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name), run, help=help_)

    def _commands(self) -> Iterator[tuple[str, Callable[[], object], str]]:
        shell = cast("ShellScreen", self.screen)
        places = {*(shell.view.places if shell.view else ()), "everywhere"}
        for action in ACTIONS:
            if places.intersection(action.where) and action.id != "palette":
                reason = shell.why_not(action.id)
                help_ = f"{shown_key(action.keys[0])}  {action.help}" if reason is None else f"not now: {reason}"
                yield f"{action.where[0].value}: {action.title}", partial(shell.action_run, action.id), help_
        for name, tenant in shell.sessions.config.tenants.items():
            session = shell.sessions.opened(name)
            types = [known.name for known in session.provider.resource_types] if session else [""]
            for type_name in types:
                label = f"open: {tenant.label or name} {type_name}".strip()
                yield safe(label).replace("[", "("), partial(shell.open_type, name, type_name), "Open its table"
