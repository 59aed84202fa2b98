"""A new password for one person: typed twice, or made up and shown once. It is kept nowhere."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from scimtui.errors import ScimtuiError
from scimtui.ops.new_password import new_password
from scimtui.present.deleting import who
from scimtui.present.wording import error_line, tenant_name
from scimtui.scim.change import plan_edit
from scimtui.tui.resource_actions.target import loaded, target_of

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.resource import Resource
    from scimtui.tui.resource_actions.target import Target
    from scimtui.tui.shell.shell_screen import ShellScreen

KEYS = "Enter go on to the preview · ^G make one up · Esc back, nothing is sent"


class PasswordDialog(ModalScreen["Change | None"]):
    """Gives back the change, unsent."""

    DEFAULT_CSS = """
    PasswordDialog { align: center middle; background: $background 60%; }
    PasswordDialog > Vertical { width: 76; max-width: 95%; height: auto; background: $surface; border: round $primary; padding: 0 1; }
    PasswordDialog Static { height: auto; }
    PasswordDialog #note, PasswordDialog #keys { color: $text-muted; }
    PasswordDialog #keys.-wrong { color: $text-error; }
    PasswordDialog #made { display: none; margin: 1 0 0 0; }
    PasswordDialog #made.-shown { display: block; }
    PasswordDialog Input, PasswordDialog Input:focus { height: 1; border: none; background: $panel; margin: 1 0 0 0; }
    """

    def __init__(self, target: Target) -> None:
        super().__init__()
        self._target = target
        self._found: Resource | None = None

    def compose(self) -> ComposeResult:
        """Compose whose it is, and the two masked fields."""
        tenant = self._target.session.tenant
        with Vertical() as box:
            box.border_title = Content(f"Password in {tenant_name(tenant)}")
            yield Static("Reading it…", id="who", markup=False)
            yield Static(_note(self._target.session), id="note", markup=False)
            yield Input(password=True, placeholder="New password", id="first")
            yield Input(password=True, placeholder="The same once more", id="second")
            yield Static("", id="made", markup=False)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Read whose password it is."""
        self._load()

    @work(exclusive=True, exit_on_error=False)
    async def _load(self) -> None:
        try:
            self._found = await loaded(self._target)
        except ScimtuiError as error:
            self.query_one("#who", Static).update(error_line(error))
            return
        name = who(self._found.raw, self._target.resource_type)
        self.query_one("#who", Static).update(Content.styled(f"A new password for {name}", "bold"))

    def on_key(self, event: events.Key) -> None:
        """Go back, make one up, or hide the one that is shown."""
        is_shown = self.query_one("#made").has_class("-shown")
        if event.key in ("escape", "ctrl+c"):
            self.dismiss(None)
        elif event.key == "ctrl+g":
            self._make()
        elif is_shown:
            self._hide()
            if event.key == "enter":
                self._go_on()
            else:
                self.query_one("#first").focus()
        else:
            return
        event.stop()
        event.prevent_default()

    def _make(self) -> None:
        password = new_password()
        for field in self.query(Input):
            field.value = password
        made = Content.assemble("Made up, and shown until the next key:  ", (password, "bold"))
        self.query_one("#made", Static).update(made)
        self.query_one("#made").add_class("-shown")
        self._say("Write it down: it is kept nowhere · Enter go on to the preview · any other key hides it")
        self.set_focus(None)

    def _hide(self) -> None:
        self.query_one("#made", Static).update("")
        self.query_one("#made").remove_class("-shown")
        self._say(KEYS)

    def _say(self, text: str, *, is_wrong: bool = False) -> None:
        keys = self.query_one("#keys", Static)
        keys.set_class(is_wrong, "-wrong")
        keys.update(text)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "first" and not self.query_one("#second", Input).value:
            self.query_one("#second").focus()
        else:
            self._go_on()

    def _go_on(self) -> None:
        first, second = (self.query_one(f"#{name}", Input).value for name in ("first", "second"))
        if not first:
            self.query_one("#first").focus()
        elif first != second:
            self._say("! The two are not the same; type them again", is_wrong=True)
            self.query_one("#second", Input).value = ""
            self.query_one("#second").focus()
        elif self._found is not None:
            self.dismiss(password_change(self._target, self._found, first))


def _note(session: Session) -> str:
    denied = " The provider says of itself that it changes no passwords (changePassword)." * (
        session.provider.change_password is False
    )
    return f"It is sent once and shown by no provider again, so nothing can verify it but a login.{denied}"


def password_change(target: Target, found: Resource, password: str) -> Change:
    """Plan the new password."""
    session = target.session
    wanted = {**found.raw, "password": password}
    planned = plan_edit(session.tenant.name, found.raw, wanted, target.resource_type, session.provider, session.dialect)
    return replace(planned, title=f"Set the password of {planned.key}")


def ask(shell: ShellScreen) -> None:
    """Ask for a new password of the person that the open tab is about."""
    if (target := target_of(shell)) is not None:
        shell.app.push_screen(PasswordDialog(target), partial(_answered, shell, target))


def _answered(shell: ShellScreen, target: Target, change: Change | None) -> None:
    from scimtui.tui.writing.one_change import send

    if change is None:
        shell.say("Nothing was sent", "info")
        return
    shell.run_worker(send(shell, target.session, change), group="write", exit_on_error=False)
