"""The one road of the commands to `ops.apply`: show, guard, ask, send, say what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scimtui.cli import agreeing, asking, sending
from scimtui.cli.agreeing import ByTenant
from scimtui.cli.output import emit_records, note
from scimtui.cli.sending import CANCELLED, Batch, status_of
from scimtui.config import home_path
from scimtui.errors import GuardStopped, ScimtuiError
from scimtui.ops import guard
from scimtui.ops.batch import Asks
from scimtui.ops.every_tenant import TenantSteps
from scimtui.ops.guard import Consent
from scimtui.ops.kept_plans import is_kept, keeper_of
from scimtui.ops.plan_file import Left, Step, new_batch
from scimtui.ops.session import Session
from scimtui.present.cells import safe
from scimtui.present.changes import change_lines
from scimtui.present.formats import Format, json_document
from scimtui.present.wording import DEACTIVATION, DELETION, count_of, tenant_name
from scimtui.scim.change import Change
from scimtui.scim.kind import Kind
from scimtui.scim.masks import masked_body, masked_edits

SHOWN = 20
"""So many changes are listed before a question."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that every write has."""

    dry_run: bool = False
    yes: bool = False
    reason: str = ""
    unlock: bool = False
    expect: int | None = None
    form: Format = Format.TABLE
    answers: Asks | None = None
    """See `sending.Wish`."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A change and the open tenant that it is for."""

    session: Session
    change: Change
    number: int = 0
    """In its plan; 0 where there is none yet."""
    undoes: str = ""
    """Journal id of the write that it takes back."""
    left: Left = Left.NOT_YET
    why: str = ""
    """What was in the way when it was tried before."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is carried out of one plan, under the batch that the plan is of."""

    planned: Sequence[Planned]
    batch: str = ""
    """"": a new one."""
    path: Path | None = None
    """Where it was read from."""
    beside: tuple[Step, ...] = ()
    """What else is in that plan, and stays in it."""


def planned_step(step: Step, session: Session) -> Planned:
    """Return a step of a plan that is carried out in its tenant."""
    return Planned(session, step.change, step.number, step.undoes, step.left, step.why)


async def carry_out(
    planned: Sequence[Planned], asked: Asked, failed: Sequence[int] = (), plan: tuple[str, Path] | None = None
) -> int:
    """Show the changes, ask, send the first one, then five, then the rest, and return the exit status.

    `failed` holds the statuses of what could not even be planned: it counts as objects that failed. `plan` is the batch
    that goes on, and the file that it stands in.

    Raises:
        GuardStopped: a rule stops one of them, or nobody can be asked; none was sent.
    """
    return await carry_out_all([Part(planned, *(plan or ()))], asked, failed)


async def carry_out_all(parts: Sequence[Part], asked: Asked, failed: Sequence[int] = ()) -> int:
    """Show the changes of several plans, ask once, and send one plan after the other; see `carry_out`.

    Raises:
        GuardStopped: see `carry_out`.
    """
    planned = [one for part in parts for one in part.planned]
    groups = by_tenant(planned)
    await agreeing.read_groups(groups)
    if asked.dry_run:
        _dry_run(planned, asked)
        return status_of(list(failed)) if failed and not planned else 1 if failed else 0
    asked = _with_reason(planned, asked)
    consents = agreeing.consents(groups, _consent(asked))
    batches = [_batch(part, consents, is_all=len(parts) == 1) for part in parts]
    for session, changes in groups:
        _guard_or_keep(session, changes, consents[session.tenant.name], groups, batches)
    if not _is_agreed(planned, asked):
        note("Nothing was sent.")
        return CANCELLED
    may_ask = not asked.yes and asking.can_ask()
    wish = sending.Wish(asked.reason, asked.form, may_ask=may_ask, answers=asked.answers)
    return await sending.send_all(batches, wish, failed)


def _batch(part: Part, consents: Mapping[str, Consent], *, is_all: bool) -> Batch:
    """Return the changes of a plan by tenant, with their numbers and what was agreed to, and where the plan is kept.

    `is_all`: it is the only plan. What was agreed to for several covers each of them. Blocks for the cache.
    """
    planned = part.planned
    steps = [
        Step(one.number or number, one.change, one.undoes, one.left, one.why) for number, one in enumerate(planned, 1)
    ]
    groups: dict[str, TenantSteps] = {}
    for one, step in zip(planned, steps, strict=True):
        name = one.session.tenant.name
        groups.setdefault(name, TenantSteps(one.session, [], consents[name])).steps.append(step)
    if not is_all:
        groups = {name: agreeing.part_of(one) for name, one in groups.items()}
    home = planned[0].session.home if planned else home_path()
    unkept = [one.session.tenant.name for one in groups.values() if one.session.tenant.cache == "off"]
    keeper = keeper_of(home, part.batch or new_batch(), unkept, part.path, part.beside)
    return Batch(list(groups.values()), keeper, goes_on=part.path is not None)


def _guard_or_keep(
    session: Session, changes: Sequence[Change], consent: Consent, groups: ByTenant, batches: Sequence[Batch]
) -> None:
    """Return if the changes may be sent. Where a limit alone is in the way, keep the plan, so that it can be agreed to.

    Raises:
        GuardStopped: a rule stops one of them; where it is the limit, the hint names the way to go on.
    """
    try:
        _guard(session, changes, consent)
    except GuardStopped as error:
        number = guard.number_to_type(changes, session)
        if number is None:
            raise
        try:
            guard.check(changes, session, replace(consent, expected=number))
        except GuardStopped:  # something else is in the way too
            raise error from None
        number = agreeing.number_to_type(groups)
        hint = f"use --expect {number}"
        if len(batches) == 1:  # several were kept before
            sending.keep_plan(batches[0], f"stopped by the limit of {session.tenant.name}", consent.reason)
            if is_kept(batches[0].keeper):
                hint = f"look through the plan, then: scimtui apply {batches[0].keeper.path} --expect {number}"
        hint = hint if len(groups) == 1 else f"{number} are touched in all {len(groups)} tenants; {hint}"
        raise GuardStopped(error.message, hint) from error


# ---------------------------------------------------------------- before anything is sent


def _dry_run(planned: Sequence[Planned], asked: Asked) -> None:
    emit_records(
        [record for one in planned for record in _requests(one.change)],
        asked.form,
        lambda: [line for one in planned for line in _plan_lines(one, with_body=True)],
    )
    groups = by_tenant(planned)
    consents = agreeing.consents(groups, _consent(asked))
    for session, changes in groups:
        try:
            _guard(session, changes, consents[session.tenant.name])
        except ScimtuiError as error:
            note(f"It would be stopped: {safe(error.message)}. {safe(error.hint)}".rstrip())


def _requests(change: Change) -> Iterator[dict[str, Any]]:
    """Yield a record for each request, secrets masked; the edits stand with the first one."""
    shown = masked_edits(change.edits, change.resource_type)
    about = {"tenant": change.tenant, "type": change.resource_type.name, "id": change.id, "title": change.title}
    for request in change.requests:
        body = masked_body(request, change.resource_type)
        yield {**about, "method": request.method, "path": request.path, "body": body, "edits": shown}
        shown = []
    if not change.requests:
        yield {**about, "method": None, "path": None, "body": None, "edits": shown}


def _plan_lines(one: Planned, *, with_body: bool) -> Iterator[str]:
    change, tenant = one.change, one.session.tenant
    title, *edits = change_lines(change)
    where = tenant_name(tenant)
    yield f"{where}: {title}"
    yield from edits
    for warning in change.warnings:
        yield f"  ! {safe(warning)}"
    if not change.requests:
        yield "  It is so already, as far as the cache tells."
    for request in change.requests if with_body else ():
        yield f"  {request.method} {safe(request.path)}"
        if request.body is not None:
            yield from (f"  {line}" for line in json_document(masked_body(request, change.resource_type)).splitlines())
    if with_body and change.requests:
        yield from _told_beside(one)


def _told_beside(one: Planned) -> Iterator[str]:
    """Yield what is known of the provider, and the same as commands."""
    from scimtui.present.command_lines import cli_line, curl_commands
    from scimtui.present.expected import if_match_of, notes

    change, tenant = one.change, one.session.tenant
    yield from (f"  · {note}" for note in notes(change, one.session))
    commands = [cli_line(change, tenant), *curl_commands(change, tenant, if_match_of(change, one.session))]
    yield from (f"  $ {command}" for command in commands if command)


def by_tenant(planned: Sequence[Planned]) -> list[tuple[Session, list[Change]]]:
    """Return all changes of each tenant together."""
    groups: dict[str, tuple[Session, list[Change]]] = {}
    for one in planned:
        groups.setdefault(one.session.tenant.name, (one.session, []))[1].append(one.change)
    return list(groups.values())


def _with_reason(planned: Sequence[Planned], asked: Asked) -> Asked:
    """Ask for the reason where one is needed and somebody is there."""
    is_needed = any(guard.needs_reason(one.session) and not one.change.reason.strip() for one in planned)
    if not is_needed or asked.reason.strip() or asked.yes or not asking.can_ask():
        return asked
    return replace(asked, reason=asking.typed("Reason, for the journal:"))


def _guard(session: Session, changes: Sequence[Change], consent: Consent) -> None:
    tenant = session.tenant
    try:
        guard.check(changes, session, consent)
    except GuardStopped as error:
        if tenant.production and not consent.unlocked and not error.hint:
            raise GuardStopped(error.message, "add --unlock and --reason TEXT") from error
        raise


def _consent(asked: Asked) -> Consent:
    return Consent(unlocked=asked.unlock, reason=asked.reason, expected=asked.expect)


def _is_agreed(planned: Sequence[Planned], asked: Asked) -> bool:
    """Whether the person agrees to what they are shown, or has done so before by --yes.

    Raises:
        GuardStopped: there is nobody to ask.
    """
    if asked.yes or not planned:
        return True
    asking.need_terminal("nothing was sent")
    for one in planned[:SHOWN]:
        for line in _plan_lines(one, with_body=False):
            note(line)
    if len(planned) > SHOWN:
        note(f"and {len(planned) - SHOWN:,} more")
    for meaning in dict.fromkeys(filter(None, map(_meaning, planned))):
        note(f"{meaning}.")
    deleted = [one.change.key for one in planned if one.change.kind is Kind.DELETE]
    if len(deleted) == 1 and asking.typed(f"Type {safe(deleted[0])} to delete it:") != deleted[0]:
        return False
    if len(deleted) > 1 and asking.typed(f"Type {len(deleted)} to delete them:") != str(len(deleted)):
        return False
    if len(deleted) == len(planned):
        return True
    tenants = ", ".join(session.tenant.name for session, _ in by_tenant(planned))
    return asking.is_yes(f"Send {count_of(len(planned), 'change')} to {tenants}?")


def _meaning(one: Planned) -> str:
    """Return what the change does at this provider, "" where that is plain."""
    dialect, name = one.session.dialect, one.session.tenant.name
    if one.change.kind is Kind.DEACTIVATE:
        return f"{name}: {DEACTIVATION[dialect.deactivation]}"
    return f"{name}: {DELETION[dialect.deletion]}" if one.change.kind is Kind.DELETE else ""
