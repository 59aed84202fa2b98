"""Why no answer came, in words an admin can act on."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx

from scimtui.errors import Unreachable


def failure(error: Exception, base_url: str, timeout: float, proxy: str | None = None) -> Unreachable:
    """Return what a failed connection means, with the next step. `timeout` is in seconds, `proxy` an address."""
    parts = urlsplit(base_url)
    host = parts.hostname or base_url
    place = f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
    causes = list(_causes(error))
    for cause in causes:
        found = (proxy and _by_proxy(cause, proxy)) or _by_cause(cause, host, place)
        if found:
            return Unreachable(*found)
    if isinstance(error, httpx.ConnectTimeout):
        return Unreachable(f"no connection to {place} in {min(timeout, 10.0):g} s", "check network, VPN and firewall")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return Unreachable(f"{host} gave no answer in {timeout:g} s", "try again, or raise timeout in the config")
    if isinstance(error, httpx.ProxyError):
        return Unreachable(f"the proxy did not let us through to {place}", "check proxy in the config")
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError):
        return Unreachable(f"{host} closed the connection before its answer was complete", "try again")
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return Unreachable(f"{base_url} is no address that can be reached", "correct base_url")
    return Unreachable(f"no connection to {place}", "check base_url, network, VPN and firewall")


def is_hopeless(error: Exception) -> bool:
    """Whether trying again at once cannot help: the name does not exist, or TLS fails."""
    return any(isinstance(cause, socket.gaierror | ssl.SSLError) for cause in _causes(error))


def _by_proxy(cause: BaseException, proxy: str) -> tuple[str, str] | None:
    parts = urlsplit(proxy)
    if isinstance(cause, socket.gaierror):
        return f"there is no host {parts.hostname}, the proxy", "check proxy in the config, DNS and VPN"
    if isinstance(cause, ConnectionRefusedError):
        return f"nothing listens at the proxy {parts.hostname}:{parts.port or 80}", "check proxy in the config"
    return None


def _by_cause(cause: BaseException, host: str, place: str) -> tuple[str, str] | None:
    if isinstance(cause, socket.gaierror):
        return f"there is no host {host}", "check base_url, DNS and VPN"
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = cause.verify_message or "verification failed"
        return f"the certificate of {host} is not trusted ({why})", "set ca_bundle to your CA's file"
    if isinstance(cause, ssl.SSLError):
        return f"{place} does not speak TLS", "check the port and the https:// in base_url"
    if isinstance(cause, ConnectionRefusedError):
        return f"nothing listens at {place}", "check that the service runs, and the port in base_url"
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    pending: list[BaseException] = [error]
    while pending:
        cause = pending.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        pending += [inner for inner in (cause.__cause__, cause.__context__) if inner is not None]
        pending += list(getattr(cause, "exceptions", ()))
