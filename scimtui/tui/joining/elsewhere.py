"""From one person to the same one in other tenants: choose where, create, and then, by the ids they got, into groups."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from scimtui.ops import guard, joining
from scimtui.ops.memberships import member_named
from scimtui.present.cells import safe
from scimtui.present.joining_words import receipt_words
from scimtui.scim.kind import Kind
from scimtui.scim.resource import natural_key, resource_id
from scimtui.tui.dialogs.shown_dialog import shown
from scimtui.tui.joining.join_dialog import JoinDialog, Row

if TYPE_CHECKING:
    from textual.worker import Worker

    from scimtui.ops.joining import Joiner, Source
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.resource.resource_view import ResourceView
    from scimtui.tui.shell.shell_screen import ShellScreen


def why_not(shell: ShellScreen, action_id: str) -> str | None:
    """Return why "new_like" or "create_elsewhere" can't be carried out now."""
    person = _person(shell)
    if action_id == "create_elsewhere":
        if len(shell.sessions.config.tenants) < 2:
            return "there is only one tenant; ^T adds another"
        return None if person is not None or _new_form(shell) is not None else "there is no person here"
    if person is None:
        return "there is no person here"
    return guard.why_not(Kind.CREATE, person[0], unlocked=shell.is_unlocked(person[0].tenant))


def _new_form(shell: ShellScreen) -> ResourceView | None:
    """Return the open form of somebody who does not exist yet."""
    from scimtui.tui.resource.resource_view import FORM, ResourceView

    view = shell.view
    is_new = isinstance(view, ResourceView) and not view.identity and view.mode == FORM
    return view if isinstance(view, ResourceView) and is_new and _is_person(view.resource_type) else None


def _person(shell: ShellScreen) -> tuple[Session, ResourceType, str] | None:
    """Return the account that somebody is copied from."""
    from scimtui.tui.resource_actions.target import target_of

    if (card := _card(shell)) is not None:
        return card
    target = target_of(shell)
    if target is None or not _is_person(target.resource_type):
        return None
    return target.session, target.resource_type, target.id


class _Card(Protocol):
    """A tab about all accounts of a person."""

    def at_cursor(self) -> tuple[Session, ResourceType, Mapping[str, Any]] | None:
        """Return the account under the cursor; None where the tenant of that row has none."""


def _card(shell: ShellScreen) -> tuple[Session, ResourceType, str] | None:
    """Return the account under the cursor of a person's card, else the one that the card was opened for."""
    spec = (shell.view.spec() if shell.view is not None else None) or {}
    if spec.get("view") != "person":
        return None
    found = cast("_Card", shell.view).at_cursor()
    if found is not None:
        return found[0], found[1], resource_id(found[2])
    session = shell.session(spec["tenant"])
    kind = session.provider.resource_type(spec["type"])
    return (session, kind, spec["id"]) if kind is not None else None


def _is_person(resource_type: ResourceType) -> bool:
    return resource_type.attribute("userName") is not None


def create_elsewhere(shell: ShellScreen) -> Worker[None]:
    """Create the person of the open form, or a copy of the one under the cursor, in other tenants."""
    view = _new_form(shell)
    if view is not None:
        return shell.run_worker(_from_form(shell, view), group="write", exit_on_error=False)
    found = _person(shell)
    assert found is not None
    return shell.run_worker(copy_elsewhere(shell, *found), group="write", exit_on_error=False)


async def copy_elsewhere(shell: ShellScreen, session: Session, resource_type: ResourceType, identity: str) -> None:
    """Create somebody who is in one tenant in others."""
    from scimtui.tui.resource_actions.target import Target, loaded

    person = await loaded(Target(session, resource_type, identity))
    source = joining.Source(resource_type, person.raw, session)
    others = [one for one in shell.sessions.config.tenants if one != session.tenant.name]
    await _choose(shell, safe(member_named(person.type, person.raw).name), [(name, source, ()) for name in others])


async def _from_form(shell: ShellScreen, view: ResourceView) -> None:
    """Create who is typed in a form, here and elsewhere; afterwards the form shows who was created here."""
    from scimtui.tui.joining.like_view import LikeView

    if errors := view.form.errors():
        shell.say(errors[0], "error")
        view.form.go_to_error()
        return
    wanted = view.form.wanted()
    source = joining.Source(view.resource_type, wanted, view.session)
    here = view.session.tenant.name
    names = [here, *(one for one in shell.sessions.config.tenants if one != here)]
    groups = view.group_names if isinstance(view, LikeView) else ()
    chosen = await _choose(
        shell, safe(natural_key(wanted)) or "new", [(name, source, groups if name == here else ()) for name in names]
    )
    made = next((one for one in chosen if one.session.tenant.name == here), None)
    account = await asyncio.to_thread(joining.arrived, made) if made is not None else None
    if account is not None and view.is_attached:
        view.identity = account.id
        view.form.load(view.resource_type, account.raw)
        view.turn_to("details")
        view.do_refresh()


Wanted = tuple[str, "Source", Sequence[str]]
"""Name of a tenant, who is to be made there, and groups besides those of its rules."""


async def _choose(shell: ShellScreen, who: str, wanted: Sequence[Wanted]) -> Sequence[Joiner]:
    rows = [_row(shell, *one) for one in wanted]
    rows[0].is_meant = len(rows) == 1 or wanted[0][1].is_of(rows[0].session)
    chosen = await shown(shell, JoinDialog(who, rows))
    if chosen:
        await _send(shell, who, chosen)
    return chosen


def _row(shell: ShellScreen, name: str, source: Source, groups: Sequence[str]) -> Row:
    session = shell.session(name)
    reason = guard.why_not(Kind.CREATE, session, unlocked=True)  # the preview unlocks
    is_locked = not shell.is_unlocked(session.tenant)
    return Row(session, partial(joining.plan_joiner, session, source, groups), safe(reason or ""), is_locked)


async def _send(shell: ShellScreen, who: str, chosen: Sequence[Joiner]) -> None:
    """Create them everywhere, then bring those who are there into their groups, and say what became of it."""
    from scimtui.tui.writing.everywhere import send_everywhere

    parts = [(one.session, [one.change]) for one in chosen if one.change is not None]
    if parts:
        await send_everywhere(shell, parts, f"Create {who}")
        if not await asyncio.to_thread(lambda: any(joining.is_done(one) for one in chosen if one.change is not None)):
            return  # they said no, or nothing of it could be done; that was said
    groups = await asyncio.to_thread(_group_parts, chosen)
    if groups:
        await send_everywhere(shell, groups, f"Groups of {who}")
    told = await asyncio.to_thread(lambda: [receipt_words(one) for one in chosen])
    kinds = {kind for _, kind in told}
    shell.say(" · ".join(text for text, _ in told), "done" if kinds == {"done"} else "warning")


def _group_parts(chosen: Sequence[Joiner]) -> list[tuple[Session, list[Change]]]:
    """Plan the groups of those who are really there. Blocks for the cache."""
    parts = []
    for one in chosen:
        account = joining.arrived(one) if joining.is_done(one) else None
        if account is not None and one.groups:
            changes = joining.plan_memberships(one.session, [(account, one.groups)])
            parts += [(one.session, changes)] if changes else []
    return parts
