"""What stops a write before anything is sent: role, production lock, reason, protected accounts, blast radius."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from sys import maxsize
from typing import TYPE_CHECKING, Any

from scimtui.errors import GuardStopped, LocalError, UsageError
from scimtui.ops.harm import groups_of_harm, removed_members, turns_off
from scimtui.ops.named_groups import check_admin_groups, is_group, is_named
from scimtui.ops.whoami import whoami
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.kind import Kind
from scimtui.scim.resource import lookup, natural_key

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.schema import ResourceType

FEW = 5
"""Up to so many objects no share of the tenant counts: small tenants and groups stay workable."""

HELPDESK = frozenset({Kind.ACTIVATE, Kind.DEACTIVATE, Kind.ADD_MEMBERS, Kind.REMOVE_MEMBERS})
"""What the help desk may do."""
MEMBERSHIP = frozenset({Kind.ADD_MEMBERS, Kind.REMOVE_MEMBERS})


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person who asks for a write has agreed to."""

    unlocked: bool = False
    """The production tenant is unlocked."""
    reason: str = ""
    expected: int | None = None
    """The number of objects they typed, needed above the blast radius."""
    batch: str = ""
    """Id of the batch that the write is a part of; the journal keeps it, so that a batch that was cut off can go on."""
    number: int = 0
    """The change's number in that batch, from 1."""
    undoes: str = ""
    """Journal id of the write that this one takes back."""


def check(changes: Sequence[Change], session: Session, consent: Consent) -> None:
    """Return if all these changes may be sent together. Blocks for the cache.

    Raises:
        GuardStopped: a rule stops one of them, so none is sent.
        UsageError: a change was planned for another tenant.
    """
    _check_rules(changes, session, consent)
    number, tripped = number_to_type(changes, session), list(_tripped(changes, session))
    are_members = any(removed_members(change) for change in changes)
    if number is not None and consent.expected != number and (are_members or consent.expected != len(changes)):
        raise _too_many(number, " and ".join(words for _, words in tripped), session)


def check_again(changes: Sequence[Change], session: Session, consent: Consent) -> None:
    """Return if a part of what was checked together may be sent now. Blocks for the cache.

    A number that was typed for all of them covers a part.

    Raises:
        GuardStopped, UsageError: see `check`.
    """
    _check_rules(changes, session, consent)
    for touched, words in _tripped(changes, session):
        if consent.expected is None or consent.expected < touched:
            raise _too_many(touched, words, session)


def stopped_anyway(changes: Sequence[Change], session: Session) -> GuardStopped | None:
    """Return what stops changes whatever is agreed to: role, protected accounts, last admins. None: nothing. Blocks.

    Asked before a person types a name or a reason for nothing.
    """
    try:
        check_again(changes, session, Consent(unlocked=True, reason="-", expected=maxsize))
    except GuardStopped as error:
        return error
    return None


def _check_rules(changes: Sequence[Change], session: Session, consent: Consent) -> None:
    """Return if all but the number may be sent."""
    for change in changes:
        if change.tenant != session.tenant.name:
            raise UsageError(f"{change.title} is planned for {change.tenant}, not for {session.tenant.name}")
        stopped = why_not(change.kind, session, unlocked=consent.unlocked) or _not_for_helpdesk(change, session)
        if stopped:
            raise GuardStopped(f"{change.title}: {stopped}")
    if needs_reason(session) and not has_reason(changes, consent.reason):
        raise GuardStopped(f"{session.tenant.name} wants a reason for every write", "give one, or use --reason")
    _check_protected(changes, session)
    _check_own_account(changes, session)
    check_admin_groups(changes, session)


def number_to_type(changes: Sequence[Change], session: Session) -> int | None:
    """Return the number of objects that must be agreed to, None where no limit is passed. Blocks for the cache.

    Those of several groups, or types, that are above a limit count together.
    """
    return sum(touched for touched, _ in _tripped(changes, session)) or None


def why_not(kind: Kind, session: Session, *, unlocked: bool) -> str | None:
    """Return why changes of this kind are not allowed here, None where they are."""
    if reason := role_refuses(kind, session):
        return reason
    if session.tenant.production and not unlocked:
        return f"{session.tenant.name} is a production tenant and locked"
    return None


def role_refuses(kind: Kind, session: Session) -> str | None:
    """Return why the role of whoever sits here does not make changes of this kind, None where it does."""
    tenant = session.tenant
    if tenant.role == "view":
        return f"the role in {tenant.name} is view: nothing is changed there"
    if tenant.role == "helpdesk" and kind not in HELPDESK:
        return f"the role in {tenant.name} is helpdesk: it turns accounts on and off and changes its own groups"
    if tenant.role == "helpdesk" and kind in MEMBERSHIP and not tenant.helpdesk_groups:
        return f"{tenant.name} has no helpdesk_groups"
    return None


def require(kind: Kind, session: Session) -> None:
    """Return if the role makes changes of this kind; asked before anything is read, looked up or typed for one.

    Raises:
        GuardStopped: it does not.
    """
    if reason := role_refuses(kind, session):
        raise GuardStopped(f"nothing is written to {session.tenant.name}: {reason}", "an admin of the tenant does it")


def group_refused(group: Mapping[str, Any], session: Session) -> str | None:
    """Return why the role does not change the members of this group, None where it does."""
    if reason := role_refuses(Kind.ADD_MEMBERS, session):
        return reason
    tenant = session.tenant
    if tenant.role != "helpdesk" or is_named(group, tenant.helpdesk_groups):
        return None
    own = ", ".join(tenant.helpdesk_groups)
    return f"the help desk may not change {natural_key(group)} in {tenant.name}; it changes {own}"


def undo_refused(operator: str, session: Session) -> str | None:
    """Return why the role does not take back a write of this person, None where it does.

    What is sent to take it back is checked by itself: a deletion undoes a creation.
    """
    if session.tenant.role == "helpdesk" and operator != whoami():
        return f"{operator or 'somebody else'} wrote it, and the help desk takes back its own writes alone"
    return role_refuses(Kind.EDIT, session) if session.tenant.role == "view" else None


def needs_reason(session: Session) -> bool:
    """Whether every write to the tenant needs a reason."""
    return session.tenant.production or session.tenant.reason_required


def has_reason(changes: Sequence[Change], reason: str) -> bool:
    """Whether there is a reason for each of these changes: one for all of them, or its own."""
    return bool(reason.strip()) or (bool(changes) and all(change.reason.strip() for change in changes))


def _not_for_helpdesk(change: Change, session: Session) -> str | None:
    tenant = session.tenant
    if tenant.role != "helpdesk" or change.kind not in MEMBERSHIP or is_group(change, tenant.helpdesk_groups):
        return None
    return f"the help desk may not change {change.key} in {tenant.name}"


# ---------------------------------------------------------------- protected accounts


def _check_protected(changes: Sequence[Change], session: Session) -> None:
    if not session.tenant.protected:
        return
    filters: dict[str, Callable[[Mapping[str, Any]], bool]] = {}
    for change in changes:
        if change.before is not None:
            _check_one(change, change.before, change.resource_type, session, filters)
        for identifier in who_leaves(change, session):
            is_known = False
            for resource_type in session.provider.resource_types:
                member = session.cache.resources(resource_type.name).get(identifier)
                if member is not None:
                    is_known = True
                    _check_one(change, member, resource_type, session, filters)
            if not is_known and not _is_complete(session):
                message = f"{change.title}: whether {identifier} is protected is not known"
                raise GuardStopped(message, f"sync {session.tenant.name} first")


def who_leaves(change: Change, session: Session) -> Sequence[str]:
    """Return the ids of those who leave a group by a change: all of them where the group itself goes.

    Raises:
        GuardStopped: the group goes, and its members are in no answer of the provider.
    """
    if change.kind is not Kind.DELETE or change.resource_type.attribute("members") is None:
        return removed_members(change)
    members = as_list(lookup(change.before, "members"))
    if not members and session.dialect.shows_members is False:
        message = (
            f"{change.title}: {session.tenant.name} shows no members, so whether a protected one is in it is not known"
        )
        raise GuardStopped(message, "delete it at the provider itself")
    return [str(value) for member in members if (value := element_value(member)) is not None]


def _check_own_account(changes: Sequence[Change], session: Session) -> None:
    """Stop what would end the access that scimtui itself has there, as far as the config names the account."""
    tenant = session.tenant
    own = {tenant.username.casefold(), tenant.oauth2.client_id.casefold() if tenant.oauth2 else ""} - {""}
    for change in changes:
        name = lookup(change.before, "userName")
        is_own = isinstance(name, str) and name.casefold() in own
        if is_own and (turns_off(change) or change.kind is Kind.DELETE):
            message = f"{change.title}: scimtui itself signs in to {tenant.name} with this account"
            raise GuardStopped(message, "it is changed at the provider itself")


def _is_complete(session: Session) -> bool:
    """Whether who is in no cache is nobody: a member that is gone may be taken out."""
    states = [session.cache.resources(one.name).state for one in session.provider.resource_types]
    return all(state is not None and state.complete for state in states)


def check_protected(change: Change, raw: Mapping[str, Any], resource_type: ResourceType, session: Session) -> None:
    """Return if no filter of protected accounts holds for somebody whom a change is about.

    Raises:
        GuardStopped: one does, or cannot be read.
    """
    _check_one(change, raw, resource_type, session, {})


def _check_one(
    change: Change,
    raw: Mapping[str, Any],
    resource_type: ResourceType,
    session: Session,
    filters: dict[str, Callable[[Mapping[str, Any]], bool]],
) -> None:
    from scimtui.scim.match import compile_filter  # screens ask what is allowed before anything is written

    for text in session.tenant.protected:
        key = f"{resource_type.name} {text}"
        try:
            if key not in filters:
                filters[key] = compile_filter(text, resource_type)
        except LocalError as error:
            message = f"protected of {session.tenant.name} holds a filter that cannot be read: {error.message}"
            raise GuardStopped(message, "correct it in the config") from error
        if filters[key](raw):
            message = f"{change.title}: {natural_key(raw)} is protected by {text}"
            raise GuardStopped(message, "protected accounts are changed at the provider itself")


# ---------------------------------------------------------------- blast radius


def _tripped(changes: Sequence[Change], session: Session) -> Iterator[tuple[int, str]]:
    """Yield how many objects are touched, and the words for it, wherever that is above a limit."""
    for touched, of, what in groups_of_harm(changes, session):
        if _is_above(touched, of, session):
            share = f" of {of:,}" if of else "" if of is None else " of an unknown number"
            yield touched, f"{what} {touched:,}{share}"


def _too_many(touched: int, words: str, session: Session) -> GuardStopped:
    limits = session.tenant.limits
    message = f"this {words} in {session.tenant.name}, the limit is {limits.count} or {limits.share:.0%}"
    return GuardStopped(message, f"type the number {touched}, or use --expect {touched}")


def _is_above(touched: int, of: int | None, session: Session) -> bool:
    """Whether a limit is passed. Where nothing of a type was ever read, more than a few may be too large a share of it."""
    limits = session.tenant.limits
    is_share = touched > FEW and of is not None and touched > limits.share * of and limits.share < 1
    return touched > limits.count or is_share
