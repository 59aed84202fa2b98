"""From a person to the checklist, and from a check to what mends it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scimtui.errors import ScimtuiError
from scimtui.ops import guard
from scimtui.ops.everywhere import Person, person_of
from scimtui.ops.login_facts import Remedy
from scimtui.ops.why import find_person, why
from scimtui.present.cells import safe
from scimtui.scim.kind import Kind
from scimtui.scim.resource import resource_id
from scimtui.tui.dialogs.shown_dialog import shown
from scimtui.tui.resource_actions.target import Target, loaded, target_of
from scimtui.tui.why.why_dialog import Mend, WhyDialog

if TYPE_CHECKING:
    from textual.worker import Worker

    from scimtui.ops.login_facts import Finding
    from scimtui.ops.session import Session
    from scimtui.ops.why import Why
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.shell.shell_screen import ShellScreen

_KINDS = {
    Remedy.ACTIVATE: Kind.ACTIVATE,
    Remedy.EDIT: Kind.EDIT,
    Remedy.ADD: Kind.EDIT,
    Remedy.PASSWORD: Kind.EDIT,
    Remedy.JOIN: Kind.ADD_MEMBERS,
    Remedy.CREATE: Kind.CREATE,
}
"""What mending changes, as far as it changes anything."""


def ask(shell: ShellScreen) -> Worker[None] | None:
    """Say why the person under the cursor, or of the open tab, cannot log in there."""
    target = target_of(shell)
    return None if target is None else shell.run_worker(_of_target(shell, target), group="write", exit_on_error=False)


async def _of_target(shell: ShellScreen, target: Target) -> None:
    await open_why(shell, target.session, (await loaded(target)).raw)


async def open_why(shell: ShellScreen, session: Session, whom: Mapping[str, Any] | Person | str) -> None:
    """Show why somebody cannot log in at the tenant of `session`, then carry out what mends it. Only from a worker.

    `whom` is their account there, the person as found in any tenant, or what they are called there or elsewhere.

    Raises:
        UsageError: nobody is called that, or what mends it cannot be done.
    """
    others = _others(shell, session)

    async def look() -> Why:
        if isinstance(whom, Person):
            return await why(session, others, whom)
        if isinstance(whom, str):
            return await why(session, others, await find_person(session, others, whom))
        kind = session.provider.resource_type("User")
        assert kind is not None  # an account of the tenant was given
        return await why(session, others, person_of(session, kind, whom))

    def refuses(finding: Finding) -> str | None:
        kind = _KINDS.get(finding.remedy) if finding.remedy is not None else None
        where = shell.session(_tenant_of(session, finding))
        return guard.why_not(kind, where, unlocked=shell.is_unlocked(where.tenant)) if kind is not None else None

    mend = await shown(shell, WhyDialog(session, shell.sessions.config.tenants, look, refuses))
    if mend is not None and mend.finding.remedy is not None:
        await _MEND[mend.finding.remedy](shell, session, mend)


def _others(shell: ShellScreen, session: Session) -> list[Session]:
    """Return the sessions of the other tenants; one whose cache cannot be opened is left out."""
    found = []
    for name in shell.sessions.config.tenants:
        if name != session.tenant.name:
            with suppress(ScimtuiError):
                found.append(shell.session(name))
    return found


def _tenant_of(session: Session, finding: Finding) -> str:
    """Return the tenant in which a finding is mended: somebody may be off where people come from."""
    return finding.arguments[0] if finding.remedy is Remedy.ACTIVATE else session.tenant.name


# ---------------------------------------------------------------- what mends it


def _place(mend: Mend, session: Session) -> tuple[Session, ResourceType, str]:
    """Return the account that was looked at."""
    assert mend.why.account is not None  # nothing else is mended where there is none
    return session, mend.why.resource_type, resource_id(mend.why.account.raw)


async def _activate(shell: ShellScreen, session: Session, mend: Mend) -> None:
    from scimtui.tui.writing import one_change

    name, key = mend.finding.arguments
    if name == session.tenant.name:
        await one_change.toggle_active(shell, *_place(mend, session)[:2], [_place(mend, session)[2]])
        return
    there = shell.session(name)
    person = await find_person(there, [], key)
    kind = there.provider.resource_type("User")
    if kind is not None:
        await one_change.toggle_active(shell, there, kind, [resource_id(person.raw)])


async def _edit(shell: ShellScreen, session: Session, mend: Mend) -> None:
    shell.open_resource(*_place(mend, session), "form")
    shell.say(f"To be set: {safe(mend.finding.arguments[0])}", "info")


async def _join(shell: ShellScreen, session: Session, mend: Mend) -> None:
    from scimtui.tui.members import groups_dialog

    where, kind, identity = _place(mend, session)
    await groups_dialog.members_of_chosen(shell, where, kind, [identity])


async def _create(shell: ShellScreen, session: Session, mend: Mend) -> None:
    from scimtui.tui.joining.elsewhere import copy_elsewhere

    del session
    name, identity, *_ = mend.finding.arguments
    there = shell.session(name)
    kind = there.provider.resource_type("User")
    if kind is not None:
        await copy_elsewhere(shell, there, kind, identity)


async def _password(shell: ShellScreen, session: Session, mend: Mend) -> None:
    from scimtui.tui.resource_actions.password_dialog import PasswordDialog
    from scimtui.tui.writing.one_change import send

    change = await shown(shell, PasswordDialog(Target(*_place(mend, session))))
    if change is not None:
        await send(shell, session, change)


async def _open_other(shell: ShellScreen, session: Session, mend: Mend) -> None:
    shell.open_resource(session, mend.why.resource_type, mend.finding.arguments[0], "details")


async def _history(shell: ShellScreen, session: Session, mend: Mend) -> None:
    identity = _place(mend, session)[2]
    shell.open_tab({"view": "journal", "tenant": session.tenant.name, "resource": identity})


async def _sync(shell: ShellScreen, session: Session, mend: Mend) -> None:
    _ = mend
    await asyncio.sleep(0)
    shell.start_sync(session, [])


_MEND: Mapping[Remedy, Callable[[ShellScreen, Session, Mend], Awaitable[None]]] = {
    Remedy.ACTIVATE: _activate,
    Remedy.EDIT: _edit,
    Remedy.ADD: _edit,
    Remedy.JOIN: _join,
    Remedy.CREATE: _create,
    Remedy.PASSWORD: _password,
    Remedy.OTHER: _open_other,
    Remedy.LOOK_UP: _history,
    Remedy.SHOW: _history,
    Remedy.SYNC: _sync,
}
