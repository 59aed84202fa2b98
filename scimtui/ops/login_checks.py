"""What a login needs, check by check: yes, no, or not known, each with what mends it. Nothing is asked here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scimtui.ops.login_facts import LISTED, Check, Facts, Finding, Origin, Remedy, Result
from scimtui.ops.login_origins import compared, described, key_of, state_of, where_people_come_from
from scimtui.ops.receipts import Outcome
from scimtui.scim.coerce import is_active
from scimtui.scim.resource import is_empty, lookup, natural_key, resource_id
from scimtui.scim.schema import ENTERPRISE_USER

if TYPE_CHECKING:
    from scimtui.ops.everywhere import Account


def findings_of(facts: Facts) -> Iterator[Finding]:
    """Yield the findings in their order. What only an account can tell is left out where there is none."""
    yield _token(facts)
    yield _exists(facts)
    twins = _alone(facts)
    if twins is not None:
        yield twins
    if facts.account is None:
        return
    yield _active(facts, facts.account)
    yield from where_people_come_from(facts)
    yield from compared(facts, facts.account)
    yield _groups(facts, facts.account)
    yield _last_change(facts, facts.account)
    yield _password(facts)


# ---------------------------------------------------------------- the tenant and the account


def _token(facts: Facts) -> Finding:
    name, trouble = facts.tenant.name, facts.place.trouble
    if 401 in facts.statuses:
        return Finding(Check.TOKEN, Result.NO, f"{name} does not accept its token any more: 401", Remedy.TOKEN)
    if trouble and facts.place.asked_at is None:
        return Finding(Check.TOKEN, Result.UNKNOWN, f"{name} gave no answer: {trouble}", Remedy.TOKEN)
    if not facts.statuses:
        return Finding(Check.TOKEN, Result.UNKNOWN, f"{name} takes no filters, so there was nothing to ask it for")
    if facts.tenant.auth == "none":
        return Finding(Check.TOKEN, Result.YES, f"{name} answers, and wants no token")
    ends = facts.tenant.token_expires
    return Finding(Check.TOKEN, Result.YES, f"{name} answers to it" + (f"; it ends on {ends}" if ends else ""))


def _exists(facts: Facts) -> Finding:
    name, account = facts.tenant.name, facts.account
    if account is not None:
        shared = ", ".join(account.shared)
        how = f"; it is theirs by {shared}" if shared else ""
        cached = "" if account.seen_at else ", as the cache has it; all below is from there too"
        detail = f"{natural_key(account.raw)}, id {resource_id(account.raw)}{how}{cached}"
        return Finding(Check.EXISTS, Result.YES, detail)
    if facts.place.accounts:
        listed = ", ".join(described(one) for one in facts.place.accounts[:LISTED])
        other = resource_id(facts.place.accounts[0].raw)
        detail = f"no account of {name} is surely theirs; these may be: {listed}"
        return Finding(Check.EXISTS, Result.UNKNOWN, detail, Remedy.OTHER, (other,))
    where = [f"{one.tenant} ({state_of(one.account)})" for one in facts.elsewhere if one.account is not None]
    known = next((_copied(one.tenant, one.account) for one in _sources(facts) if one.account), None)
    there = _there(where, [one.tenant for one in facts.elsewhere if one.account is None and not one.place.is_known])
    if not facts.place.is_known:
        why = facts.place.trouble or "the cache is not complete"
        return Finding(Check.EXISTS, Result.UNKNOWN, f"nobody found in {name}, but {why}{there}", Remedy.SYNC)
    gone = ", though the cache still had them" if facts.was_cached else ""
    remedy = (Remedy.CREATE, known) if known else (None, ())
    return Finding(Check.EXISTS, Result.NO, f"{name} has no account of theirs{gone}{there}", *remedy)


def _copied(tenant: str, account: Account) -> tuple[str, ...]:
    """Return from where an account is copied, and the path of what must stay behind: a manager has another id here."""
    has_manager = not is_empty(lookup(lookup(account.raw, ENTERPRISE_USER), "manager"))
    return (tenant, resource_id(account.raw), *([f"{ENTERPRISE_USER}:manager"] if has_manager else []))


def _there(where: Sequence[str], unknown: Sequence[str]) -> str:
    """Return where else they are, and where that is not known; a half list says of nobody that they are missing."""
    there = f"; they are in {', '.join(where)}" if where else "" if unknown else "; and no other tenant has them"
    return f"{there}; whether they are in {', '.join(unknown)} is not known" if unknown else there


def _sources(facts: Facts) -> Sequence[Origin]:
    """Return the other tenants, the one that people come from first."""
    return sorted(facts.elsewhere, key=lambda one: one.tenant != facts.tenant.source)


def _alone(facts: Facts) -> Finding | None:
    """Return whether other accounts may be the same person's; None where there is no account at all."""
    twins = [one for one in facts.place.accounts if one is not facts.account]
    if not facts.place.accounts:
        return None
    if twins:
        listed = ", ".join(described(one) for one in twins[:LISTED])
        detail = f"another account may be theirs: {listed}; they may be signing in with that one"
        if facts.account is None:
            detail = f"{len(twins)} accounts there may be theirs, and a login reaches one of them at most"
        return Finding(Check.ALONE, Result.NO, detail, Remedy.OTHER, (resource_id(twins[0].raw),))
    if not facts.place.is_complete:
        detail = "no other was found, but the cache is not complete"
        return Finding(Check.ALONE, Result.UNKNOWN, detail, Remedy.SYNC)
    return Finding(
        Check.ALONE, Result.YES, f"no other account of {facts.tenant.name} has their userName, e-mail or externalId"
    )


def _active(facts: Facts, account: Account) -> Finding:
    active, tenant = is_active(account.raw), facts.tenant.name
    if active is None:
        return Finding(Check.ACTIVE, Result.UNKNOWN, f"{tenant} does not say whether the account is active")
    if active:
        return Finding(Check.ACTIVE, Result.YES, f"active in {tenant}")
    return Finding(
        Check.ACTIVE, Result.NO, f"inactive in {tenant}", Remedy.ACTIVATE, (tenant, key_of(account, facts.place))
    )


# ---------------------------------------------------------------- groups, the last change, the password


def _groups(facts: Facts, account: Account) -> Finding:
    wanted = facts.tenant.login_groups
    if not wanted:
        has = "which groups they are in is not known" if account.groups is None else _has(account.groups)
        detail = f"{has}; which are needed, login_groups in the config would say"
        return Finding(Check.GROUPS, Result.UNKNOWN, detail, Remedy.CONFIG, ("login_groups",))
    identity = resource_id(account.raw)
    states = {name: _stands(facts, name, identity) for name in wanted}
    missing = [name for name, (is_in, _) in states.items() if is_in is False]
    told = ", ".join(f"{words} {name}" for name, (_, words) in states.items())
    if missing:
        can_join = [name for name in missing if states[name][1] == "not in"]
        remedy = Remedy.JOIN if can_join else Remedy.CONFIG
        return Finding(Check.GROUPS, Result.NO, told, remedy, tuple(can_join) or ("login_groups",))
    if any(is_in is None for is_in, _ in states.values()):
        return Finding(Check.GROUPS, Result.UNKNOWN, told, Remedy.SYNC)
    return Finding(Check.GROUPS, Result.YES, told)


def _has(groups: Sequence[str]) -> str:
    more = f" and {len(groups) - LISTED} more" if len(groups) > LISTED else ""
    return f"they are in {', '.join(groups[:LISTED])}{more}" if groups else "they are in no group"


def _stands(facts: Facts, name: str, identity: str) -> tuple[bool | None, str]:
    """Return whether somebody is in a group that the config names, and the words for it."""
    folded = name.casefold()
    found = [one for one in facts.standings or () if folded in {one.id.casefold(), one.name.casefold()}]
    if any(identity in one.direct for one in found):
        return True, "in"
    through = next((one.nested[identity] for one in found if identity in one.nested), None)
    if through is not None:
        return True, f"in (through {', '.join(through) or 'another group'})"
    if not found:
        return (False, "there is no group") if facts.groups_are_complete else (None, "not known, sync first:")
    shows_own = facts.account is not None and lookup(facts.account.raw, "groups") is not None
    if not shows_own and any(one.size is None for one in found):
        return None, "not known, its members are hidden:"
    return False, "not in"


def _last_change(facts: Facts, account: Account) -> Finding:
    write, modified = facts.last_write, lookup(lookup(account.raw, "meta"), "lastModified")
    at_provider = f"; {facts.tenant.name} dates its last change {modified}" if isinstance(modified, str) else ""
    if write is None:
        detail = (
            f"nothing was written to it from here{at_provider}{', and does not say by whom' if at_provider else ''}"
        )
        return Finding(Check.LAST_CHANGE, Result.UNKNOWN, detail)
    who = f" by {write.operator}" if write.operator else ""
    why = f", because: {write.reason}" if write.reason else ""
    word = write.outcome or "interrupted"
    detail = f"{write.title}{who}{why} ({word}, {write.id}){at_provider}"
    if write.is_interrupted:
        detail += "; nobody knows how it ended"
        return Finding(Check.LAST_CHANGE, Result.NO, detail, Remedy.LOOK_UP, (write.id,), write.time)
    is_done = word == Outcome.APPLIED.value
    result = Result.YES if is_done else Result.UNKNOWN
    return Finding(Check.LAST_CHANGE, result, detail, None if is_done else Remedy.SHOW, (write.id,), write.time)


def _password(facts: Facts) -> Finding:
    detail = "SCIM shows no password, no lock after wrong ones, no second factor and no session; the application knows"
    can_set = facts.resource_type.attribute("password") is not None
    return Finding(Check.PASSWORD, Result.UNKNOWN, detail, Remedy.PASSWORD if can_set else None)
