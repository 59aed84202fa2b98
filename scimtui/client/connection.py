"""How a connection is made: trust, certificates, proxy, HTTP/2. Read from the disk when the first request needs it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import truststore

from scimtui import __version__
from scimtui.errors import ConfigError
from scimtui.scim.address import is_loopback

IDLE_SECONDS = 3.0
"""An idle connection is closed after this. Many servers close theirs after five seconds; a POST that meets such a
connection has no answer, and whether it was carried out is then unknown."""


@dataclass(frozen=True)
class Connection:
    """What the config says about the way to a provider."""

    timeout: float = 30.0
    """Seconds to wait for one answer, and for each part of it."""
    verify: bool = True
    ca_bundle: Path | None = None
    """An authority of one's own beside the system's, in PEM form."""
    client_cert: Path | None = None
    """Certificate and unencrypted private key of the client in one PEM file."""
    proxy: str | None = None
    """None: the one of the environment, if there is one."""
    transport: httpx.AsyncBaseTransport | None = None
    """Stands in for the network."""


def open_client(base_url: str, connection: Connection) -> httpx.AsyncClient:
    """Return a client for one origin; it costs nothing before its first request.

    Raises:
        ConfigError: a certificate file or the address of the proxy cannot be used.
    """
    tls = _tls_context(base_url, connection)
    try:
        return httpx.AsyncClient(
            transport=connection.transport,
            verify=tls,
            proxy=connection.proxy,
            http2=isinstance(tls, ssl.SSLContext),  # only TLS can agree on it
            # A proxy named in the environment does not reach our own machine.
            trust_env=not is_loopback(urlsplit(base_url).hostname or ""),
            timeout=httpx.Timeout(connection.timeout, connect=min(connection.timeout, 10.0), pool=None),
            limits=httpx.Limits(keepalive_expiry=IDLE_SECONDS),
            headers={"User-Agent": f"scimtui/{__version__}"},
        )
    except (ValueError, ImportError, httpx.InvalidURL):  # of httpx, about the address of a proxy
        where = "of the config" if connection.proxy else "in the environment (ALL_PROXY, HTTPS_PROXY, HTTP_PROXY)"
        message = f"the proxy {where} has no address that can be used"
        raise ConfigError(message, "write http://host:port") from None  # it may hold a password


def _tls_context(base_url: str, connection: Connection) -> ssl.SSLContext | bool:
    if connection.transport is not None or urlsplit(base_url).scheme == "http":
        return False
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not connection.verify:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    bundle, own = connection.ca_bundle, connection.client_cert
    if bundle is not None:
        _load(bundle, "it holds no certificate in PEM form", lambda: context.load_verify_locations(cafile=str(bundle)))
    if own is not None:
        what = "it must hold a certificate and its unencrypted private key, in PEM form"
        _load(own, what, lambda: context.load_cert_chain(str(own), password=_no_password))
    return context


def _no_password() -> str:
    """Answer OpenSSL, which would ask on the terminal behind the console's back."""
    return ""


def _load(file: Path, what_else: str, load: Callable[[], None]) -> None:
    try:
        load()
    except (OSError, ssl.SSLError, ValueError) as error:
        is_about_content = isinstance(error, ssl.SSLError | ValueError)
        why = what_else if is_about_content else getattr(error, "strerror", None) or "it cannot be read"
        raise ConfigError(f"{file} is no usable certificate file: {why}", "correct the path") from error
