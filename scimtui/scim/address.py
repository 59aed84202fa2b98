"""Which addresses a tenant's token may go to."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from scimtui.errors import ConfigError

PORTS = {"http": 80, "https": 443}
_FORM = "write https://host/path"


def checked_base(base_url: str, *, allow_http: bool = False) -> str:
    """Return the base URL without a slash at its end.

    Raises:
        ConfigError: it is no http(s) address, holds a password, a query or a fragment, or would send the token in the
            clear. The message starts with "base_url" and never repeats the address: it may hold a password.
    """
    parts = _checked(base_url, "base_url", _FORM)
    if parts.query or parts.fragment:
        raise ConfigError("base_url ends with a query or fragment", _FORM)
    if parts.scheme == "http" and not (allow_http or is_loopback(parts.hostname or "")):
        hint = "use https, or set allow_http = true if you must"
        raise ConfigError("base_url would send the token unencrypted", hint)
    return base_url.strip().rstrip("/")


def checked_token_url(token_url: str) -> str:
    """Return the address of a token service as it was written; it may have a query.

    Raises:
        ConfigError: it is no https address, or holds a password. Only this machine is asked without TLS.
    """
    parts = _checked(token_url, "token_url", _FORM)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ConfigError("token_url would send the client's secret unencrypted", "use https")
    return token_url.strip()


def _checked(url: str, key: str, hint: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise ConfigError(f"{key} is no web address", hint) from None
    if parts.scheme not in PORTS or not host or any(letter.isspace() for letter in url.strip()):
        raise ConfigError(f"{key} is no web address", hint)
    if parts.username is not None or parts.password is not None:
        raise ConfigError(f"{key} holds a user or password", 'use auth = "basic" and username')
    return parts


def holds(base_url: str, url: str) -> bool:
    """Whether an absolute URL lies below the base URL: same origin, same path prefix, no way out by dots."""
    base = urlsplit(base_url)
    try:
        other = urlsplit(url)
        same_origin = _origin(base) == _origin(other)
    except ValueError:
        return False
    steps = [unquote(part) for part in other.path.split("/")]
    stays = not any(step in {".", ".."} for step in steps) and "\\" not in url
    below = other.path == base.path or other.path.startswith(base.path.rstrip("/") + "/")
    return same_origin and other.username is None and other.password is None and stays and below


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host.casefold() == "localhost" or host.casefold().endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, (parts.hostname or "").casefold(), parts.port or PORTS.get(parts.scheme, 0)
