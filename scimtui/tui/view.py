"""What every open tab has in common, and what a tab may ask of the shell around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from textual.containers import Vertical
from textual.message import Message
from textual.worker import Worker, WorkerState

from scimtui.errors import ScimtuiError
from scimtui.present.wording import error_line

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.ops.apply import Receipt
    from scimtui.ops.guard import Consent
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.action import Where


@dataclass(frozen=True, slots=True)
class Header:
    """What the top line says of the open tab."""

    tenant: Tenant
    parts: tuple[str, ...]
    """Safe texts, most important first; the last ones go when the line is too short."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one thing, asked in the strip above the key bar."""

    text: str
    """Safe text of one to three lines; it names the tenant and the resource."""
    tenant: Tenant | None = None
    """Whose resource it is about; named in front, in its colour."""
    needs_reason: bool = False
    can_preview: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said to a question."""

    yes: bool
    reason: str = ""
    preview: bool = False
    """They want to see the exact request first."""


NO = Answer(yes=False)


class Shell(Protocol):
    """What a tab may ask of the screen it lives in."""

    def say(self, text: str, kind: str = "info") -> None:
        """Show a safe text on the message line; kind is "info", "done", "warning" or "error"."""

    async def ask(self, question: Question) -> Answer:
        """Ask in the strip and wait."""

    async def preview(self, change: Change, *, needs_reason: bool) -> Answer:
        """Show edits and exact requests in a dialog and wait."""

    async def preview_many(self, changes: list[Change], *, needs_reason: bool) -> Answer:
        """Show many changes in a dialog, have their number typed, and wait."""

    def session(self, tenant: str) -> Session:
        """Return the session of a tenant, opened when it is first asked for; no network."""

    def is_unlocked(self, tenant: Tenant) -> bool:
        """Whether writes to the tenant are unlocked: it is no production tenant, or was unlocked lately."""

    def consent(self, tenant: Tenant, reason: str, of: int = 1) -> Consent:
        """Return what the person has agreed to, for `ops.guard`; `of` is the number of changes they were asked about."""

    async def write(self, change: Change, session: Session, consent: Consent) -> Receipt:
        """Apply a change to its end, whatever becomes of the tab; raises what `ops.apply` raises."""

    def open_resource(self, session: Session, resource_type: ResourceType, resource_id: str, mode: str) -> None:
        """Open a resource in a tab; mode is "details", "json" or "form"."""

    def start_sync(self, session: Session, type_names: list[str], *, full: bool = False) -> None:
        """Sync in the background; tabs that show these types are told when it ends."""

    def sync_text(self, tenant: str, type_name: str) -> str:
        """Return "loading 400 of 1,000" while that type is being synced, else ""."""

    def counted(self, tenant: str, type_name: str, count: int | None) -> None:
        """Hear from a table how many resources a type has; None for one that was never synced."""

    def header_changed(self) -> None:
        """Paint the top line and the key bar again."""

    def resource_changed(self, session: Session, type_name: str, resource_id: str) -> None:
        """Tell every tab that shows the resource that the cache has a new copy of it."""


class View(Vertical):
    """One open tab. It carries its own session: there is no current tenant."""

    PLACES: ClassVar[tuple[Where, ...]] = ()
    """Where its actions are at home; the shell adds `everywhere`."""

    class Ready(Message):
        """What the tab was opened for can be painted."""

    class Titled(Message):
        """The title of the tab changed."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    @property
    def shell(self) -> Shell:
        """The screen around this tab."""
        return cast("Shell", self.screen)

    @property
    def title(self) -> str:
        """Safe text for the tab, short."""
        return ""

    @property
    def places(self) -> tuple[Where, ...]:
        """Where actions are looked up now."""
        return self.PLACES

    def header(self) -> Header:
        """Return what the top line says."""
        return Header(self.session.tenant, ())

    def spec(self) -> dict[str, str] | None:
        """Return what is needed to open the same tab at the next start, None for a tab that is not kept."""
        return None

    def why_not(self, action_id: str) -> str | None:
        """Return why an action can't be carried out now, as a sentence without its full stop."""
        _ = action_id
        return None

    def is_open_work(self) -> bool:
        """Whether closing the tab would lose something that was typed."""
        return False

    def focus_first(self) -> None:
        """Put the focus where a person starts."""

    def leave(self) -> bool:
        """Leave a form or another face inside the tab; True when there was something to leave."""
        return False

    def stop(self) -> bool:
        """Stop what runs in this tab alone; True when something did."""
        return False

    def synced(self, tenant: str, type_name: str) -> None:
        """Hear that the cache has a new copy of a type."""

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Hear that the cache has a new copy of one resource."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Turn what a worker raised into one notice; the app lives on."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            event.stop()
            self.shell.say(worker_error_line(event.worker.error), "error")


def worker_error_line(error: BaseException) -> str:
    """Return what went wrong in a worker, in words; a bug of ours is called one and names its type only."""
    if isinstance(error, ScimtuiError):
        return error_line(error)
    return f"A bug in scimtui: {type(error).__name__}. Nothing else is affected; please report it."


def find_type(session: Session, name: str) -> ResourceType | None:
    """Return the resource type of that name at this provider."""
    return session.provider.resource_type(name)


def any_of(*reasons: str | None) -> str | None:
    """Return the first reason there is."""
    return next((reason for reason in reasons if reason), None)


def as_text(value: Any) -> str:
    """Return a remembered value as text, "" where it is none."""
    return value if isinstance(value, str) else ""
