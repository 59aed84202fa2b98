"""Add, test and remove tenants; say where a token is kept before one is asked for."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scimtui import credentials
from scimtui.config import Config, Tenant, load_config, read_tenant
from scimtui.errors import ConfigError, NotScim, Refused, SecretError, UsageError
from scimtui.ops.config_file import drop_tenant, put_tenant
from scimtui.ops.discover import discover
from scimtui.ops.session import Session, close_session, connect, open_session
from scimtui.scim.exchange import read_page
from scimtui.scim.paging import first_request, start_walk
from scimtui.scim.provider import BUILT_IN, Provider
from scimtui.scim.refusal import raise_for_status
from scimtui.store.cache import DISCOVERY, TenantCache

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class KeyringNotice:
    """What a person should know before they type a token."""

    usable: bool
    text: str
    """One or two sentences."""


@dataclass(frozen=True, slots=True)
class NewTenant:
    """A tenant as it was typed in."""

    name: str
    base_url: str
    auth: str = "bearer"
    username: str = ""
    header: str = ""
    production: bool = False
    label: str = ""
    oauth2: Mapping[str, str] = field(default_factory=dict)
    """Keys of the config's oauth2 table, for auth = "oauth2"."""
    secret: str = field(default="", repr=False)
    """Token or password; "" where there is none or another source has it."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a tenant answered."""

    provider: Provider
    """`BUILT_IN` where it was not asked."""
    users: int | None = None
    """How many it says it has; None: it does not say."""
    kept: str = ""
    """Name of the keyring that holds the token now; "" where none does."""


def keyring_notice() -> KeyringNotice:
    """Try the keyring and say where a token would be kept. Blocks: a keyring may ask the person to unlock it."""
    probe = credentials.probe_keyring()
    if probe.usable:
        warning = f" Mind that {probe.why}." if probe.why else ""
        return KeyringNotice(usable=True, text=f"The token is kept in the keyring ({probe.backend}).{warning}")
    text = (
        f"No keyring can keep the token: {probe.why}. It is used now and then forgotten. "
        "Later it comes from token_command in the config, from SCIMTUI_TOKEN_<TENANT>, or is asked for."
    )
    return KeyringNotice(usable=False, text=text)


async def check_tenant(
    tenant: Tenant, home: Path, *, secret: str | None = None, transport: httpx.AsyncBaseTransport | None = None
) -> Greeting:
    """Ask a tenant who it is, and whether it lets us list users. Keeps nothing.

    `secret` is used in place of the one that is found for the tenant; None looks for it.

    Raises:
        EndpointError: no usable answer: the address, the network or the token is wrong.
        Refused: it lets us read nothing at all.
        SecretError: there is no token.
        ConfigError: the tenant's address or certificate cannot be used.
    """
    session = open_session(replace(tenant, cache="off"), home, secret=secret, transport=transport)
    try:
        provider = await discover(session)
        return Greeting(provider, await _count_users(session))
    finally:
        await close_session(session)


async def add_tenant(
    config_path: Path,
    home: Path,
    new: NewTenant,
    keep_secret: bool = True,  # noqa: FBT001, FBT002, a plain choice of the person
    *,
    test: bool = True,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Greeting:
    """Test a tenant, keep its token in the keyring if asked to, and write it into the config. All of it or nothing.

    Raises:
        UsageError: the name is taken, or a value is wrong.
        ConfigError: the config cannot be written.
        EndpointError, Refused: the test failed; nothing was kept.
        SecretError: the keyring did not take the token; nothing was kept.
    """
    tenant = await asyncio.to_thread(_checked, config_path, new)
    greeting = Greeting(BUILT_IN)
    if test:
        greeting = await check_tenant(tenant, home, secret=new.secret or None, transport=transport)
    kept = ""
    if new.secret and keep_secret:
        kept = await asyncio.to_thread(credentials.keep_secret, new.name, credentials.Secret(new.secret))
    try:
        await asyncio.to_thread(put_tenant, config_path, new.name, _values(new))
    except Exception:
        if kept:
            await asyncio.to_thread(credentials.forget_secret, new.name)
        raise
    await asyncio.to_thread(_remember, home, new.name, greeting.provider)
    return replace(greeting, kept=kept)


async def set_token(
    tenant: Tenant,
    home: Path,
    secret: str,
    *,
    test: bool = True,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Greeting:
    """Test a new token and keep it in the keyring. The old one stays where the test fails.

    Raises:
        EndpointError, Refused: the test failed.
        SecretError: the keyring did not take it.
    """
    greeting = Greeting(BUILT_IN)
    if test:
        greeting = await check_tenant(tenant, home, secret=secret, transport=transport)
    kept = await asyncio.to_thread(credentials.keep_secret, tenant.name, credentials.Secret(secret))
    return replace(greeting, kept=kept)


def remove_tenant(config: Config, home: Path, name: str) -> bool:
    """Remove a tenant from the config, its token from the keyring and its cache from disk; its journal stays.

    Returns whether the keyring had a token. Blocks for the disk and the keyring.

    Raises:
        UsageError: there is none of that name.
        ConfigError: the config cannot be written.
    """
    drop_tenant(config.path, name)
    had_token = credentials.forget_secret(name)
    for kept in ("cache", "snapshots"):
        shutil.rmtree(home / kept / name, ignore_errors=True)
    return had_token


def check_new(new: NewTenant) -> None:
    """Return if these values can stand in a config, so that nobody types a token for nothing.

    Raises:
        UsageError: one of them cannot.
    """
    _tenant_of(new)


def no_keyring(tenant_name: str, notice: KeyringNotice) -> SecretError:
    """Return the error for a token that was to be kept where no keyring answers."""
    return SecretError(notice.text.split(". ")[0], credentials.ways_out(tenant_name))


def secret_place(tenant: Tenant) -> str:
    """Return where the tenant's secret would come from, in words. Blocks for the keyring; no command is run."""
    return "none is needed" if tenant.auth == "none" else credentials.where_secret(tenant.name, tenant.token_command)


def has_other_secret(tenant_name: str) -> bool:
    """Whether the environment holds the secret of a tenant, so that nobody needs to be asked."""
    return credentials.where_secret(tenant_name, ("-",)).startswith("variable")


def token_variable(tenant_name: str) -> str:
    """Return the name of the environment variable that may hold a tenant's secret."""
    return credentials.variable_of(tenant_name)


def _checked(config_path: Path, new: NewTenant) -> Tenant:
    """Return the tenant as it will stand in the config.

    Raises:
        UsageError: the name is taken or no name, or a value is wrong.
        ConfigError: the config itself is wrong.
    """
    if new.name in load_config(config_path).tenants:
        raise UsageError(f"there is a tenant {new.name} already", "choose another name, or remove that one first")
    return _tenant_of(new)


def _tenant_of(new: NewTenant) -> Tenant:
    try:
        return read_tenant(new.name, _values(new))
    except ConfigError as error:
        raise UsageError(error.message, error.hint) from None


def _values(new: NewTenant) -> Mapping[str, Any]:
    """Return the keys that the config needs: those that are not the default."""
    told = {"label": new.label, "username": new.username, "header": new.header}
    values: dict[str, Any] = {"base_url": new.base_url.strip().rstrip("/")}
    values |= {key: value for key, value in told.items() if value}
    if new.auth != "bearer":
        values["auth"] = new.auth
    if new.oauth2:
        values["oauth2"] = dict(new.oauth2)
    if new.production:
        values["production"] = True
    return values


def _remember(home: Path, name: str, provider: Provider) -> None:
    """Keep what the provider said of itself, so that the first screen knows its types."""
    if not provider.documents:
        return
    cache = TenantCache(home / "cache" / name)
    try:
        if not cache.read_only:
            cache.keep(DISCOVERY, provider.documents)
    finally:
        cache.close()


async def _count_users(session: Session) -> int | None:
    """Return how many users there are, None where that is not told or may not be listed.

    Raises:
        Unauthorized, Unreachable: see `check_tenant`.
    """
    user = session.provider.resource_type("User")
    if user is None:
        return None
    walk = replace(start_walk(user, session.provider, session.dialect), page_size=1)
    endpoint = await connect(session)
    response = await endpoint.send(first_request(walk))
    try:
        raise_for_status(response, "list users")
        return read_page(response).total_results
    except (Refused, NotScim):
        return None
