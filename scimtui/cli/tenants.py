"""Adds, tests, shows and removes tenants."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from scimtui.cli import asking
from scimtui.cli.opening import opened_one, run, settings, state_of
from scimtui.cli.output import emit, emit_records, note
from scimtui.config import stated
from scimtui.errors import UsageError
from scimtui.ops import tenants
from scimtui.ops.config_file import set_key
from scimtui.ops.session import profile_of
from scimtui.ops.tenants import Greeting, NewTenant
from scimtui.present.cells import cell, safe
from scimtui.present.formats import Format, json_document
from scimtui.present.wording import age, count_of
from scimtui.scim.provider import Provider

CANCELLED = 130


def add(new: NewTenant, *, token_stdin: bool, test: bool) -> None:
    """Add a tenant. Where its token would be kept is said before it is asked for."""
    config, home = settings()
    if new.name in config.tenants:
        raise UsageError(f"there is a tenant {new.name} already", f"see scimtui tenant show {new.name}")
    tenants.check_new(new)
    keeps = False
    if new.auth != "none" and "private_key" not in new.oauth2:
        secret, keeps = _new_secret(new.name, new.auth, token_stdin=token_stdin)
        new = replace(new, secret=secret)
    greeting = run(tenants.add_tenant(config.path, home, new, keeps, test=test))
    if test:
        _greet(new.name, greeting)
    note(f"{new.name} is in {config.path}")
    _say_kept(new.name, greeting, has_secret=bool(new.secret))


def test(name: str) -> None:
    """Test a tenant with the token that is found for it, or asked for."""
    config, home = settings()
    tenant = config.tenant(name)
    greeting = run(tenants.check_tenant(tenant, home))
    _greet(name, greeting)


def replace_token(name: str, *, token_stdin: bool, test: bool, expires: date | None = None) -> None:
    """Put another token into the keyring, and its end into the config."""
    config, home = settings()
    tenant = config.tenant(name)
    if tenant.auth == "none":
        raise UsageError(f'{name} needs no token: its auth is "none"')
    notice = tenants.keyring_notice()
    if not notice.usable:
        raise tenants.no_keyring(name, notice)
    note(notice.text)
    secret = asking.secret_from_stdin() if token_stdin else asking.hidden(_prompt(name, tenant.auth))
    greeting = run(tenants.set_token(tenant, home, secret, test=test))
    if expires is not None:
        set_key(config.path, name, "token_expires", expires)
    elif tenant.token_expires is not None:
        note(f"the config still says that the token of {name} ends on {tenant.token_expires}: give --expires")
    if test:
        _greet(name, greeting)
    _say_kept(name, greeting, has_secret=True)


def remove(name: str, *, yes: bool) -> int:
    """Remove a tenant and return the exit status."""
    config, home = settings()
    config.tenant(name)
    if not yes:
        asking.need_terminal("nothing was removed")
        if not asking.is_yes(f"Remove {name}, its token and its cache from this machine?"):
            note("Nothing was removed.")
            return CANCELLED
    had_token = tenants.remove_tenant(config, home, name)
    note(f"{name} is removed{', its token too' if had_token else ''}; its journal stays in {home / 'journal'}")
    return 0


def list_tenants(form: Format) -> None:
    """Print the tenants in the order of the config."""
    config, _ = settings()
    records = [
        {
            "name": tenant.name,
            "label": tenant.label,
            "base_url": tenant.base_url,
            "auth": tenant.auth,
            "production": tenant.production,
            "role": tenant.role,
            "token_expires": tenant.token_expires.isoformat() if tenant.token_expires else None,
        }
        for tenant in config.tenants.values()
    ]
    emit_records(records, form)
    if not records:
        note("there is no tenant yet; add one: scimtui tenant add NAME --base-url URL")


def show(name: str, form: Format) -> None:
    """Print what is known about one tenant, without asking it."""

    async def work() -> dict[str, Any]:
        async with opened_one(name) as session:
            tenant, provider, profile = session.tenant, session.provider, profile_of(session.tenant)
            cached = []
            for type_name in session.cache.type_names():
                resource_type = provider.resource_type(type_name)
                state = state_of(session, resource_type) if resource_type else None
                if state is not None:
                    synced = state.synced_at.isoformat()
                    cached.append(
                        {"type": type_name, "count": state.count, "synced": synced, "complete": state.complete}
                    )
            return {
                **stated(tenant),
                "auth": tenant.auth,
                "token": tenants.secret_place(tenant),
                "dialect": session.dialect.name,
                "lessons": {field: asdict(one) for field, one in session.lessons.items()},
                "types": [one.name for one in provider.resource_types],
                "notes": [*(profile.notes if profile else ()), *provider.notes],
                "cache": cached,
            }

    record = run(work())
    if form is Format.TABLE:
        emit(_shown(record))
    elif form is Format.JSON:
        emit([json_document(record)])
    else:
        emit_records([record], form)


def _shown(record: dict[str, Any]) -> list[str]:
    from datetime import datetime

    lines = [f"{key:16} {cell(value)}" for key, value in record.items() if not isinstance(value, list | dict)]
    lines += [
        f"{'learned':16} {safe(field)} = {cell(one['value'])}: {safe(one['evidence'])}"
        for field, one in record["lessons"].items()
    ]
    lines += [f"{'types':16} {', '.join(map(safe, record['types']))}"]
    lines += [f"{'note':16} {safe(note_text)}" for note_text in record["notes"]]
    for one in record["cache"]:
        complete = "" if one["complete"] else ", incomplete"
        synced = age(datetime.fromisoformat(one["synced"]))
        lines.append(f"{'cached':16} {safe(one['type'])}: {one['count']:,}, synced {synced}{complete}")
    return lines


def _new_secret(name: str, auth: str, *, token_stdin: bool) -> tuple[str, bool]:
    """Return the secret, "" where the environment has it, and whether it is put into the keyring."""
    if tenants.has_other_secret(name) and not token_stdin:
        note(f"The token is taken from {tenants.token_variable(name)} and not kept.")
        return "", False
    notice = tenants.keyring_notice()
    note(notice.text)
    if token_stdin:
        return asking.secret_from_stdin(), notice.usable
    return asking.hidden(_prompt(name, auth)), notice.usable


def _prompt(name: str, auth: str) -> str:
    what = {"basic": "Password", "oauth2": "Client secret"}.get(auth, "Token")
    return f"{what} for {name} (not shown):"


def _greet(name: str, greeting: Greeting) -> None:
    """Say what a tenant answered: its types, how many people, what it can, what it leaves unsaid."""
    provider = greeting.provider
    users = "it does not say how many users" if greeting.users is None else count_of(greeting.users, "user")
    types = ", ".join(safe(one.name) for one in provider.resource_types)
    emit([f"{name} answers: {users}; types: {types}; {_features(provider)}"])
    for line in provider.notes:
        note(f"{name}: {safe(line)}")


def _features(provider: Provider) -> str:
    told = {"PATCH": provider.patch, "filter": provider.filter, "ETag": provider.etag, "bulk": provider.bulk}
    words = {True: "yes", False: "no", None: "not said"}
    return ", ".join(f"{name} {words[value]}" for name, value in told.items())


def _say_kept(name: str, greeting: Greeting, *, has_secret: bool) -> None:
    if greeting.kept:
        note(f"the token is in the keyring ({greeting.kept})")
    elif has_secret:
        note(f"the token was not kept: set token_command in the config, or {tenants.token_variable(name)}")
