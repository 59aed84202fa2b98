"""What the person agreed to in each tenant: the number that they gave, as far as a limit asks for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scimtui.cli import failures
from scimtui.cli.opening import filled
from scimtui.errors import EndpointError, Refused, SecretError
from scimtui.ops import guard
from scimtui.ops.every_tenant import TenantSteps
from scimtui.ops.guard import Consent
from scimtui.ops.named_groups import unread_groups
from scimtui.ops.session import Session
from scimtui.scim.change import Change

ByTenant = Sequence[tuple[Session, Sequence[Change]]]
"""All changes of each tenant together: a limit would be passed bit by bit else."""


def above_limit(groups: ByTenant) -> list[str]:
    """Return the names of the tenants where a limit is passed. Blocks for the cache."""
    return [session.tenant.name for session, changes in groups if guard.number_to_type(changes, session)]


def number_to_type(groups: ByTenant) -> int | None:
    """Return the one number that agrees to all of it, None where no limit is passed. Blocks for the cache.

    In several tenants it is that of all objects that are touched in any of them.
    """
    if not above_limit(groups):
        return None
    return sum(_touched(changes, session) for session, changes in groups)


def consents(groups: ByTenant, consent: Consent) -> dict[str, Consent]:
    """Return what was agreed to for each tenant: a number for several is that of all of them. Blocks for the cache."""
    if consent.expected is None or len(groups) == 1:
        return {session.tenant.name: consent for session, _ in groups}
    is_agreed = consent.expected == number_to_type(groups)
    return {
        session.tenant.name: replace(consent, expected=_touched(changes, session) if is_agreed else None)
        for session, changes in groups
    }


def part_of(one: TenantSteps) -> TenantSteps:
    """Return steps with their own number, where one was agreed to for more than these. Blocks for the cache."""
    if one.consent.expected is None:
        return one
    number = _touched([step.change for step in one.steps], one.session)
    return replace(one, consent=replace(one.consent, expected=number))


def _touched(changes: Sequence[Change], session: Session) -> int:
    return guard.number_to_type(changes, session) or len(changes)


async def read_groups(groups: ByTenant) -> None:
    """Read the groups of tenants where somebody is turned off and who is in the admin groups was never read.

    Where that fails it is said, and the guard stops what nobody can know.
    """
    for session, changes in groups:
        for name in unread_groups(changes, session):
            try:
                await filled(session, name, say_age=False)
            except (EndpointError, Refused, SecretError) as error:
                failures.tell(error)
