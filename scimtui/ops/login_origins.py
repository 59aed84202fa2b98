"""An account beside those of the same person in other tenants: who they are must be spelled the same, letter by letter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scimtui.ops.login_facts import LISTED, Check, Facts, Finding, Remedy, Result
from scimtui.scim.coerce import as_list, element_value, is_active
from scimtui.scim.literal import fold
from scimtui.scim.resource import lookup, natural_key, resource_id

if TYPE_CHECKING:
    from scimtui.ops.everywhere import Account, Place


def described(account: Account) -> str:
    """Return an account by its name, id and state, and what it shares with the person."""
    shared = f", same {' and '.join(account.shared)}" if account.shared else ""
    return f"{natural_key(account.raw)} (id {resource_id(account.raw)}, {state_of(account)}{shared})"


def key_of(account: Account, place: Place) -> str:
    """Return what an account can be called in a command: its userName, its id where another one there has the same."""
    key, others = natural_key(account.raw), (one for one in place.accounts if one is not account)
    return resource_id(account.raw) if any(fold(natural_key(one.raw)) == fold(key) for one in others) else key


def state_of(account: Account | None) -> str:
    """Return whether an account is active, in words."""
    active = None if account is None else is_active(account.raw)
    return {True: "active", False: "inactive", None: "active or not is not known"}[active]


def where_people_come_from(facts: Facts) -> Iterator[Finding]:
    """Yield whether the tenant that people come from has them, where the config names it."""
    name = facts.tenant.source
    if not name:
        return
    origin = next((one for one in facts.origins if one.tenant == name), None)
    if origin is None:
        detail = f"source names {name}, which is no tenant of the config"
        yield Finding(Check.SOURCE, Result.UNKNOWN, detail, Remedy.CONFIG, ("source",))
    elif origin.account is None and not origin.place.is_known:
        why = origin.place.trouble or "its cache is not complete"
        yield Finding(Check.SOURCE, Result.UNKNOWN, f"nobody found in {name}, but {why}")
    elif origin.account is None:
        detail = f"nobody in {name} is surely them, and that is where people come from"
        yield Finding(Check.SOURCE, Result.NO, detail)
    elif is_active(origin.account.raw) is False:
        arguments = (name, key_of(origin.account, origin.place))
        yield Finding(Check.SOURCE, Result.NO, f"inactive in {name}", Remedy.ACTIVATE, arguments)
    else:
        yield Finding(
            Check.SOURCE, Result.YES, f"{natural_key(origin.account.raw)} in {name}, {state_of(origin.account)}"
        )


def compared(facts: Facts, account: Account) -> Iterator[Finding]:
    """Yield whether userName, e-mail and externalId fit those of the other tenants; nothing where none has the person."""
    yield from _user_name(facts, account)
    yield from _email(facts, account)
    yield from _external_id(facts, account)


def _known_origins(facts: Facts) -> list[tuple[str, Mapping[str, Any]]]:
    return [(one.tenant, one.account.raw) for one in facts.origins if one.account is not None]


def _user_name(facts: Facts, account: Account) -> Iterator[Finding]:
    here, origins = _text(lookup(account.raw, "userName")), _known_origins(facts)
    theirs = {tenant: _text(lookup(raw, "userName")) for tenant, raw in origins}
    if not origins or not here:
        return
    address = next((tenant for tenant, raw in origins if here in _addresses(raw)), None)
    if address is not None and here not in theirs.values():
        yield Finding(Check.USER_NAME, Result.YES, f"{here} is their e-mail address in {address}")
    else:
        yield _compare(Check.USER_NAME, here, theirs, lambda wanted: (Remedy.EDIT, f"userName={wanted}"))


def _email(facts: Facts, account: Account) -> Iterator[Finding]:
    here = _primary(account.raw)
    theirs = {tenant: _primary(raw) for tenant, raw in _known_origins(facts)}
    if any(theirs.values()):
        yield _compare(Check.EMAIL, here, theirs, lambda wanted: _email_remedy(account.raw, wanted))


def _compare(
    check: Check, here: str, theirs: Mapping[str, str], remedy: Callable[[str], tuple[Remedy, str]]
) -> Finding:
    """Return whether a value is the same elsewhere, letter by letter. Where the others differ, none of them is right."""
    told = {tenant: value for tenant, value in theirs.items() if value}
    wanted = set(told.values())
    if wanted == {here}:
        return Finding(check, Result.YES, f"{here}, as in {', '.join(told)}")
    shown = ", ".join(f"{value} in {tenant}" for tenant, value in list(told.items())[:LISTED])
    detail = f"{here or 'none'} here, {shown}"
    if {fold(value) for value in wanted} == {fold(here)}:
        detail += ": only the letter case differs, which some applications mind"
    if len(wanted) > 1:
        detail += "; source in the config says which of them counts"
        return Finding(check, Result.UNKNOWN, detail, Remedy.CONFIG, ("source",))
    kind, assignment = remedy(next(iter(wanted)))
    return Finding(check, Result.NO, detail, kind, (assignment,))


def _email_remedy(raw: Mapping[str, Any], wanted: str) -> tuple[Remedy, str]:
    """Return the assignment that makes an address the first one: that of the element which is it now."""
    first = _first(raw)
    if first is None:
        return (
            Remedy.ADD,
            f"emails={json.dumps({'value': wanted, 'type': 'work', 'primary': True}, ensure_ascii=False)}",
        )
    kind = lookup(first, "type")
    same_kind = [one for one in as_list(lookup(raw, "emails")) if lookup(one, "type") == kind]
    if isinstance(kind, str) and kind.isalnum() and len(same_kind) == 1:
        return Remedy.EDIT, f'emails[type eq "{kind}"].value={wanted}'
    old = str(element_value(first)).replace("\\", "").replace('"', "")
    return Remedy.EDIT, f'emails[value eq "{old}"].value={wanted}'


def _external_id(facts: Facts, account: Account) -> Iterator[Finding]:
    here, origins = _text(lookup(account.raw, "externalId")), _known_origins(facts)
    if not origins:
        return
    links = {tenant: (resource_id(raw), _text(lookup(raw, "externalId"))) for tenant, raw in origins}
    linked = [tenant for tenant, values in links.items() if here and here in values]
    back = [tenant for tenant, raw in origins if _text(lookup(raw, "externalId")) == resource_id(account.raw)]
    if linked:
        tenant = linked[0]
        what = "id" if links[tenant][0] == here else "externalId"
        yield Finding(Check.EXTERNAL_ID, Result.YES, f"{here} is their {what} in {tenant}")
    elif back:
        yield Finding(Check.EXTERNAL_ID, Result.YES, f"{back[0]} has the id of this account as its externalId")
    elif not here:
        detail = "none here, so they can be linked by userName or e-mail alone"
        yield Finding(Check.EXTERNAL_ID, Result.UNKNOWN, detail, *_link(links))
    else:
        shown = ", ".join(
            f"id {one} and {f'externalId {external}' if external else 'no externalId'} in {tenant}"
            for tenant, (one, external) in list(links.items())[:LISTED]
        )
        remedy, arguments = _link(links)
        yield Finding(Check.EXTERNAL_ID, Result.NO, f"{here} here, but they have {shown}", remedy, arguments)


def _link(links: Mapping[str, tuple[str, str]]) -> tuple[Remedy | None, tuple[str, ...]]:
    """Return the assignment that links to the only tenant that is compared with: its externalId, else its id."""
    if len(links) != 1:
        return Remedy.CONFIG, ("source",)
    identity, external = next(iter(links.values()))
    return Remedy.EDIT, (f"externalId={external or identity}",)


def _addresses(raw: Mapping[str, Any]) -> list[str]:
    return [_text(element_value(one)) for one in as_list(lookup(raw, "emails"))]


def _first(raw: Mapping[str, Any]) -> Any:
    emails = as_list(lookup(raw, "emails"))
    return next((one for one in emails if lookup(one, "primary") is True), emails[0] if emails else None)


def _primary(raw: Mapping[str, Any]) -> str:
    first = _first(raw)
    return "" if first is None else _text(element_value(first))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
