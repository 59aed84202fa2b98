"""Adds a tenant: where it is, how to sign in, and a token that goes to the keyring, tested before it is kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from scimtui.ops.tenants import NewTenant, add_tenant, has_other_secret, keyring_notice
from scimtui.present.cells import safe
from scimtui.present.wording import count_of
from scimtui.tui.dialogs.choice_field import ChoiceField
from scimtui.tui.view import worker_error_line

AUTH = (
    ("bearer token", "bearer"),
    ("user name and password", "basic"),
    ("own header", "header"),
    ("OAuth 2", "oauth2"),
    ("none", "none"),
)
PRODUCTION = (("no", ""), ("yes: read-only until unlocked, a reason for every write", "yes"))
LOGIN = {"basic": "User name", "header": "Header name", "oauth2": "Client ID"}
SECRET = {"basic": "Password", "oauth2": "Secret"}


@dataclass(frozen=True, slots=True)
class Added:
    """A tenant that was added."""

    name: str
    secret: str = field(repr=False)
    """To be held until the end of the program where no keyring keeps it, else ""."""


class TenantDialog(ModalScreen[Added | None]):
    """Gives back the new tenant, None after Esc."""

    DEFAULT_CSS = """
    TenantDialog { align: center middle; background: $background 60%; }
    TenantDialog > Vertical { width: 76; max-width: 95%; height: auto; background: $surface; border: round $primary; padding: 0 1; }
    TenantDialog Horizontal { height: 1; margin-top: 1; }
    TenantDialog Horizontal > Static { width: 12; color: $text-muted; }
    TenantDialog Input, TenantDialog Input:focus { height: 1; width: 1fr; border: none; background: $panel; padding: 0 1; }
    TenantDialog #notice { height: auto; margin-top: 1; }
    TenantDialog #notice.-error { color: $text-error; }
    """

    def __init__(self, config_path: Path, home: Path) -> None:
        super().__init__()
        self._config_path = config_path
        self._home = home
        self._is_kept = True

    def compose(self) -> ComposeResult:
        """Compose the fields, one line each."""
        with Vertical() as box:
            box.border_title = "Add a tenant"
            box.border_subtitle = "^S tests and adds it, Esc closes"
            yield from self._field("Name", Input(placeholder="acme-prod", id="name"))
            yield from self._field("Base URL", Input(placeholder="https://example.com/scim/v2", id="base_url"))
            yield from self._field("Sign in by", ChoiceField(AUTH, id="auth"))
            yield from self._field("User name", Input(id="login"))
            yield from self._field("Token URL", Input(placeholder="https://login.example.com/token", id="token_url"))
            yield from self._field("Scope", Input(placeholder="where one is needed", id="scope"))
            yield from self._field("Token", Input(password=True, placeholder="token or password", id="token"))
            yield from self._field("Production", ChoiceField(PRODUCTION, id="production"))
            yield Static("", id="notice", markup=False)

    @staticmethod
    def _field(label: str, widget: Input | ChoiceField) -> ComposeResult:
        with Horizontal(id=f"{widget.id}-row"):
            yield Static(label, markup=False)
            yield widget

    def on_mount(self) -> None:
        """Say where the token will live, before it is typed."""
        self._auth_chosen()
        self.query_one("#name").focus()
        self._look_for_keyring()

    @work(exclusive=True, group="keyring", exit_on_error=False)
    async def _look_for_keyring(self) -> None:
        notice = await asyncio.to_thread(keyring_notice)
        self._is_kept = notice.usable
        self._say(notice.text)

    def on_key(self, event: events.Key) -> None:
        """Add or close; Enter goes to the next field."""
        if event.key in ("escape", "ctrl+c"):
            event.stop()
            self.dismiss(None)
        elif event.key == "ctrl+s":
            event.stop()
            self._add()

    @on(ChoiceField.Changed)
    def _auth_chosen(self) -> None:
        """Show the fields that this way of signing in needs."""
        auth = self.query_one("#auth", ChoiceField).value
        self.query_one("#login-row").display = auth in LOGIN
        self.query_one("#login-row Static", Static).update(LOGIN.get(auth, ""))
        self.query_one("#token-row").display = auth != "none"
        self.query_one("#token-row Static", Static).update(SECRET.get(auth, "Token"))
        for name in ("token_url", "scope"):
            self.query_one(f"#{name}-row").display = auth == "oauth2"

    @on(Input.Submitted)
    def _next_field(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    @work(exclusive=True, group="add", exit_on_error=False)
    async def _add(self) -> None:
        new = self._typed()
        if new.auth != "none" and not new.secret and not has_other_secret(new.name):
            self._say(f"Type the token; it is sent to {safe(new.base_url) or 'the base URL'} alone", error=True)
            self.query_one("#token").focus()
            return
        self._say(f"Asking {safe(new.base_url)} …")
        greeting = await add_tenant(self._config_path, self._home, new, keep_secret=self._is_kept)
        found = "" if greeting.users is None else f", {count_of(greeting.users, 'user')}"
        self.notify(f"{safe(new.name)} answers{found}", markup=False)
        self.dismiss(Added(new.name, "" if greeting.kept else new.secret))

    def _typed(self) -> NewTenant:
        def text(name: str) -> str:
            return self.query_one(f"#{name}", Input).value.strip()

        auth = self.query_one("#auth", ChoiceField).value
        return NewTenant(
            name=text("name"),
            base_url=text("base_url"),
            auth=auth,
            username=text("login") if auth == "basic" else "",
            header=text("login") if auth == "header" else "",
            oauth2=self._grant() if auth == "oauth2" else {},
            production=bool(self.query_one("#production", ChoiceField).value),
            secret=text("token"),
        )

    def _grant(self) -> dict[str, str]:
        told = {"token_url": "token_url", "client_id": "login", "scope": "scope"}
        typed = {key: self.query_one(f"#{name}", Input).value.strip() for key, name in told.items()}
        return {key: value for key, value in typed.items() if value}

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what is wrong; what was typed stays."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self._say(worker_error_line(event.worker.error), error=True)

    def _say(self, text: str, *, error: bool = False) -> None:
        notice = self.query_one("#notice", Static)
        notice.set_class(error, "-error")
        notice.update(text)
