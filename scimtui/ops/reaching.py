"""How a tenant of the config is reached: where its secret comes from, how requests are signed, which connection is made."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from scimtui.errors import ConfigError, SecretError

if TYPE_CHECKING:
    import httpx

    from scimtui.client.connection import Connection
    from scimtui.client.endpoint import Endpoint
    from scimtui.client.oauth import Grant, TokenKeeper
    from scimtui.client.wire_log import WireLog
    from scimtui.config import Tenant
    from scimtui.scim.dialect import Dialect

AskSecret = Callable[[], Awaitable[str]]
"""Asks a person for the secret of a tenant."""


def make_endpoint(
    tenant: Tenant,
    dialect: Dialect,
    secret: AskSecret,
    on_wait: Callable[[str | None], None] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Endpoint:
    """Return the way to a tenant. `on_wait` hears what is waited for; `transport` stands in for the network.

    Raises:
        ConfigError: its address, or that of its token service, cannot be used.
    """
    from scimtui.client.connection import Connection
    from scimtui.client.endpoint import Endpoint
    from scimtui.client.wire_log import WireLog

    connection = Connection(
        timeout=tenant.timeout,
        verify=tenant.verify_tls,
        ca_bundle=tenant.ca_bundle,
        client_cert=tenant.client_cert,
        proxy=tenant.proxy,
        transport=transport,
    )
    wire = WireLog()
    return Endpoint(
        tenant.base_url,
        auth=_signature(tenant, secret, connection, wire),
        connection=connection,
        allow_http=tenant.allow_http,
        concurrency=dialect.concurrency,
        reads_per_minute=dialect.reads_per_minute,
        writes_per_minute=dialect.writes_per_minute,
        wire=wire,
        on_wait=on_wait,
    )


def _signature(tenant: Tenant, secret: AskSecret, connection: Connection, wire: WireLog) -> httpx.Auth | None:
    from scimtui.client import auth
    from scimtui.client.oauth import TokenSource

    match tenant.auth:
        case "none":
            return None
        case "basic":
            return auth.basic(tenant.username, secret)
        case "header":
            return auth.header(tenant.header, secret)
        case "oauth2":
            source = TokenSource(_grant(tenant), _proof_of(tenant, secret), _keeper(tenant), connection, wire)
            return auth.bearer(source.current, source.renewed)
        case _:
            return auth.bearer(secret)


def _grant(tenant: Tenant) -> Grant:
    from scimtui.client.oauth import Grant

    assert tenant.oauth2 is not None  # the config is refused without it
    told = tenant.oauth2
    return Grant(told.token_url, told.client_id, told.scope, told.audience, told.method, told.key_id)


def _proof_of(tenant: Tenant, secret: AskSecret) -> AskSecret:
    """Return who knows what the client proves itself with: its key file where the config names one."""
    file = tenant.oauth2.private_key if tenant.oauth2 else None

    async def key() -> str:
        assert file is not None
        try:
            return await asyncio.to_thread(file.read_text, "ascii")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise ConfigError(f"{file} is no usable key file: {why}", "correct private_key of oauth2") from error

    return secret if file is None else key


def _keeper(tenant: Tenant) -> TokenKeeper:
    """Keep access tokens in the keyring as far as there is one, each under the grant it came from."""
    from scimtui import credentials
    from scimtui.client.oauth import AccessToken, TokenKeeper

    grant = _grant(tenant)
    stamp = hashlib.sha256(json.dumps([tenant.base_url, *map(str, vars(grant).values())]).encode()).hexdigest()[:16]

    def load() -> AccessToken | None:
        kept = credentials.kept_access_token(tenant.name, stamp)
        return AccessToken(*kept) if kept else None

    def save(token: AccessToken) -> None:
        credentials.keep_access_token(tenant.name, stamp, token.value, token.ends_at)

    return TokenKeeper(load, save)


async def find_secret_for(tenant: Tenant, ask: AskSecret | None) -> str:
    """Return the tenant's secret from the environment, its command, the keyring, or the person behind `ask`.

    Raises:
        SecretError: nobody has it.
    """
    from scimtui.credentials import find_secret

    try:
        found = await asyncio.to_thread(find_secret, tenant.name, tenant.token_command)
    except SecretError:
        if ask is None:
            raise
        return await ask()
    return found.reveal()
