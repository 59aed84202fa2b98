"""Try each form of a write on one made-up user, and look each time whether it happened."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scimtui.errors import GuardStopped, ScimtuiError
from scimtui.ops.apply import Outcome, Receipt, apply
from scimtui.ops.guard import Consent, why_not
from scimtui.ops.session import Session, learn
from scimtui.scim.change import Change, plan_active, plan_create, plan_delete, plan_edit
from scimtui.scim.dialect import Deletion, Dialect
from scimtui.scim.kind import Kind
from scimtui.scim.probe import Probe, Verdict

if TYPE_CHECKING:
    from scimtui.scim.resource import Resource
    from scimtui.scim.schema import ResourceType

REASON = "check of the provider's dialect"
_RESULTS = {
    Outcome.APPLIED: Verdict.YES,
    Outcome.ALREADY: Verdict.UNKNOWN,
    Outcome.ALTERED: Verdict.PARTLY,
    Outcome.IGNORED: Verdict.NO,
    Outcome.REFUSED: Verdict.NO,
    Outcome.PENDING: Verdict.PARTLY,
    Outcome.UNKNOWN: Verdict.UNKNOWN,
    Outcome.SKIPPED: Verdict.UNKNOWN,
}


def why_not_write(session: Session) -> str | None:
    """Return why no made-up user may be created there, None where one may."""
    if session.tenant.production:
        return "it is production"
    return why_not(Kind.CREATE, session, unlocked=True)


async def check_writes(session: Session) -> AsyncGenerator[Probe, None]:
    """Yield which forms of a write work: create, PATCH in each dialect, PUT, deactivate, delete. Keeps what was learned.

    Every write goes through `apply`, so that it is guarded, journalled and read back. The user is deleted at the end,
    whatever happened; a probe says so where that failed.

    Raises:
        GuardStopped: the tenant is production, or its role may not do this.
    """
    if reason := why_not_write(session):
        raise GuardStopped(f"nothing is written to {session.tenant.name} for a check: {reason}")
    kind = session.provider.resource_type("User")
    if kind is None:
        return
    name = f"scimtui-check-{secrets.token_hex(4)}"
    wanted = {
        "schemas": [kind.schema.id],
        "userName": f"{name}@example.com",
        "name": {"givenName": "Scimtui", "familyName": "Check"},
        "displayName": name,
        "emails": [{"value": f"{name}@example.com", "type": "work", "primary": True}],
        "active": True,
    }
    created = await _try(plan_create(session.tenant.name, wanted, kind, session.provider, session.dialect), session)
    yield _probe("create", "7644 3.3", created)
    user = created.resource if isinstance(created, Receipt) else None
    if user is None or not user.id:
        return
    results: dict[str, Verdict] = {}
    try:
        for probe_name, rfc, dialect, edit in _forms(session.dialect, name):
            receipt = await _try(_edit(session, user, edit, kind, dialect), replace(session, dialect=dialect))
            probe = _probe(probe_name, rfc, receipt)
            results[probe_name] = probe.result
            user = _newer(user, receipt)
            yield probe
        for active, probe_name in ((False, "deactivate by PATCH"), (True, "activate by PATCH")):
            change = plan_active(session.tenant.name, user.raw, active, kind, session.provider, session.dialect)
            receipt = await _try(change, session)
            user = _newer(user, receipt)
            yield _probe(probe_name, "7643 4.1.1", receipt)
    finally:
        gone = await _try(plan_delete(session.tenant.name, user.raw, kind, session.provider, session.dialect), session)
        await asyncio.to_thread(_learn_forms, session, results, gone)
    yield _probe("delete", "7644 3.6", gone)


def _forms(dialect: Dialect, name: str) -> list[tuple[str, str, Dialect, Mapping[str, Any]]]:
    """Return each form: its name, section, the dialect that sends it, and what it changes."""
    patching = replace(dialect, can_patch=True, pathless=False, capital_ops=False, value_filters=True)
    rfc = "7644 3.5.2"
    mail = [{"value": f"{name}-2@example.com", "type": "work", "primary": True}]
    two = [*mail, {"value": f"{name}-3@example.com", "type": "home"}]
    return [
        ("PATCH replace with a path", f"{rfc}.3", patching, _family("Checked")),
        ("PATCH without a path", f"{rfc}.3", replace(patching, pathless=True), _family("Check")),
        ("PATCH with capital operations", rfc, replace(patching, capital_ops=True), _family("Checked")),
        ("PATCH of a plain attribute", f"{rfc}.3", patching, {"displayName": f"{name} b"}),
        ("PATCH with a value filter", f"{rfc}.3", patching, {"emails": mail}),
        ("PATCH add to a list", f"{rfc}.1", patching, {"emails": two}),
        ("PATCH remove from a list", f"{rfc}.2", patching, {"emails": mail}),
        ("PATCH remove an attribute", f"{rfc}.2", patching, {"displayName": None}),
        ("PUT", "7644 3.5.1", replace(dialect, can_patch=False), _family("Replaced")),
    ]


def _family(name: str) -> Mapping[str, Any]:
    """Return an edit of the attribute that hardly any provider does without."""
    return {"name": {"givenName": "Scimtui", "familyName": name}}


def _edit(session: Session, user: Resource, edit: Mapping[str, Any], kind: ResourceType, dialect: Dialect) -> Change:
    merged = {**user.raw, **edit}
    after = {key: value for key, value in merged.items() if value is not None}
    return plan_edit(session.tenant.name, user.raw, after, kind, session.provider, dialect)


async def _try(change: Change, session: Session) -> Receipt | ScimtuiError:
    try:
        return await apply(replace(change, reason=REASON), session, Consent(reason=REASON, unlocked=True))
    except ScimtuiError as error:
        return error


def _newer(user: Resource, receipt: Receipt | ScimtuiError) -> Resource:
    return receipt.resource if isinstance(receipt, Receipt) and receipt.resource is not None else user


def _probe(name: str, rfc: str, receipt: Receipt | ScimtuiError) -> Probe:
    if isinstance(receipt, ScimtuiError):
        return Probe(name, rfc, Verdict.UNKNOWN, receipt.message)
    status = f"HTTP {receipt.status}" if receipt.status else "nothing was sent"
    said = f": {receipt.detail}" if receipt.detail else ""
    return Probe(name, rfc, _RESULTS[receipt.outcome], f"{receipt.outcome.value}, {status}{said}")


def _learn_forms(session: Session, results: Mapping[str, Verdict], gone: Receipt | ScimtuiError) -> None:
    """Keep which form is to be sent from now on: the RFC's where it works, else one that does."""
    plain, pathless = results.get("PATCH replace with a path"), results.get("PATCH without a path")
    capital, put = results.get("PATCH with capital operations"), results.get("PUT")
    works = Verdict.YES
    if works in {plain, pathless, capital}:
        learn(session, "can_patch", True, "a PATCH was read back")
        if plain is not works:
            field = "capital_ops" if capital is works else "pathless"
            learn(session, field, True, "only that form of PATCH was read back")
        by_filter = results.get("PATCH with a value filter")
        if by_filter in {works, Verdict.NO}:
            told = "an e-mail was changed by a value filter" if by_filter is works else "a value filter changed nothing"
            learn(session, "value_filters", by_filter is works, told)
    elif plain is Verdict.NO and put is works:
        learn(session, "can_patch", False, "no form of PATCH was read back, and a PUT was")
    if put in {works, Verdict.NO}:
        learn(session, "can_put", put is works, "a PUT was read back" if put is works else "a PUT changed nothing")
    if isinstance(gone, Receipt) and gone.outcome in {Outcome.APPLIED, Outcome.ALTERED}:
        does = Deletion.DELETES if gone.outcome is Outcome.APPLIED else Deletion.DEACTIVATES
        learn(session, "deletion", does.value, f"a made-up user was deleted: {gone.detail or gone.outcome.value}")
