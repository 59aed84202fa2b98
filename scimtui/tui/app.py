"""The console."""

from __future__ import annotations

import asyncio
import os
import sys
import time
import traceback
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message

from scimtui.errors import SecretError
from scimtui.ops.remember import Remembered, open_remembered, read_themes
from scimtui.present.cells import safe
from scimtui.tui.actions import check_keymap
from scimtui.tui.shell import themes
from scimtui.tui.shell.palette import Commands
from scimtui.tui.shell.sessions import Sessions
from scimtui.tui.shell.shell_screen import ShellScreen
from scimtui.tui.view import View

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget

    from scimtui.config import Config

DEFAULT_THEME = "scimtui-dark"
HELD = 0.15
"""Seconds that the first painting waits for rows: four screens without any would be painted and thrown away."""

LOST = 0.5
"""Seconds after which a key counts as done whose message was lost with a widget that went away."""
STUCK = 3.0
"""Seconds after which it counts as done though its widget is still there: a loaded machine takes its time."""


class KeyDone(Message):
    """Follows a key through the widgets; when it arrives, the key has been dealt with."""


class ScimtuiApp(App[None]):
    """One shell screen over the sessions of the config."""

    TITLE = "scimtui"
    COMMANDS: ClassVar = {Commands}
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "screen.run('cancel')", show=False, priority=True)]
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(self, config: Config, home: Path) -> None:
        super().__init__()
        self.config = config
        self.home = home
        self.sessions = Sessions(config, home, self._ask_token)
        self._remembered: Remembered = open_remembered(home)
        self._keys: deque[events.Key | events.Paste] = deque()
        self._is_key_open = False
        self._key_opened = 0.0
        self._key_target: Widget | Screen[object] | None = None
        self._has_rows = asyncio.Event()

    # ------------------------------------------------------------------ keys, one after the other

    async def on_event(self, event: events.Event) -> None:
        """Give a key to the program only when the one before it has had all its effects.

        Textual hands each key to what has the focus when it arrives. Over a slow line many arrive at once, and the
        letters after `/` would be commands to the table.
        """
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._keys.append(event)
        if self._is_key_open:
            self.set_timer(LOST, self._go_on_without)
        else:
            await self._next_key()

    async def _go_on_without(self) -> None:
        passed = time.monotonic() - self._key_opened
        is_there = self._key_target is not None and self._key_target.is_attached and self._key_target.is_running
        if self._keys and passed >= (STUCK if is_there else LOST):
            await self._next_key()
        elif self._keys:
            self.set_timer(LOST, self._go_on_without)

    async def _next_key(self) -> None:
        """Hand on the next key, with a message behind it that takes the same way through the widgets."""
        self._is_key_open = bool(self._keys)
        self._key_opened = time.monotonic()
        if not self._keys:
            return
        if isinstance(self.screen, ShellScreen) and self.screen.is_preparing:
            self.set_timer(0.02, self._next_key)  # the question that this key answers is not there yet
            return
        event = self._keys.popleft()
        target = self._key_target = self.focused or self.screen
        await super().on_event(event)
        target.post_message(KeyDone())

    def on_key_done(self) -> None:
        """Go on once what the key has put in line, such as a change of focus, is done."""
        self.call_later(self._next_key)

    def on_mount(self) -> None:
        """Set colours and keys, then show the shell."""
        self._hold_painting()
        for theme in (*themes.OURS, *(themes.theme_of(n, v) for n, v in read_themes(self.config.path.parent))):
            self.register_theme(theme)
        wanted = self.config.ui.theme or self._remembered.get("theme", DEFAULT_THEME)
        self.theme = wanted if wanted in self.available_themes else DEFAULT_THEME
        self.theme_changed_signal.subscribe(self, lambda theme: self._remembered.put("theme", theme.name))
        self.set_keymap(self.config.keys)
        tabs, current = self._remembered.get("tabs", []), self._remembered.get("current", 0)
        self.push_screen(ShellScreen(self.sessions, tabs, current if isinstance(current, int) else 0))

    @work(exit_on_error=False)
    async def _hold_painting(self) -> None:
        with self.batch_update(), suppress(TimeoutError):
            await asyncio.wait_for(self._has_rows.wait(), HELD)
        self.screen.refresh(layout=True)  # nothing else wakes a screen that was held

    @on(View.Ready)
    def _first_rows_came(self) -> None:
        self._has_rows.set()

    def exit(self, *arguments: Any, **values: Any) -> None:
        """Remember the tabs while they are still there, then end."""
        shell = next((screen for screen in self.screen_stack if isinstance(screen, ShellScreen)), None)
        if shell is not None:
            kept = [spec for tab in shell.tabs if (spec := tab.kept()) is not None and not self._names_somebody(spec)]
            self._remembered.put("tabs", [dict(spec) for spec in kept])
            self._remembered.put("current", shell.current)
        super().exit(*arguments, **values)

    def _names_somebody(self, spec: Mapping[str, str]) -> bool:
        """Whether a tab would put an id on the disk, which can be a name, of a tenant that keeps nothing there."""
        tenant = self.config.tenants.get(spec["tenant"])
        about_one = spec["view"] in ("resource", "person") or bool(spec.get("resource"))
        return about_one and tenant is not None and tenant.cache == "off"

    async def on_unmount(self) -> None:
        """Close connections and caches."""
        await self.sessions.close()

    async def _ask_token(self, tenant: str) -> str:
        from scimtui.tui.shell.token_dialog import TokenDialog

        why = "No token was found in the environment, by a command or in the keyring."
        token = await self.push_screen_wait(TokenDialog(safe(tenant), why))
        if token is None:
            raise SecretError(f"no token for {tenant}", f"run scimtui tenant token {tenant}, or press r and type it")
        return token

    def _fatal_error(self) -> None:
        """Report a bug without the values of local variables, which may be tokens."""
        self.bell()
        self._exit_renderables.append(_report(sys.exc_info()[1], self.home))
        self._close_messages_no_wait()


def run(config: Config, home: Path) -> None:
    """Run the console until the person quits.

    Raises:
        ConfigError: the keys or a theme of the config are wrong.
    """
    check_keymap(config.keys)
    app = ScimtuiApp(config, home)
    app.run(mouse=config.ui.mouse)


def _report(error: BaseException | None, home: Path) -> str:
    # Only where it happened: the message of an exception can hold a value, and a value can be a token.
    frames = traceback.format_tb(error.__traceback__, limit=30) if error is not None else []
    lines = [f"{type(error).__name__}\n", *frames]
    path = home / "crash.txt"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.writelines(lines)
    except OSError:
        return f"scimtui: a bug, {type(error).__name__}"
    return f"scimtui: a bug, {type(error).__name__}. The report, without any values, is in {path}"
