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
    try:
        parts = urlsplit(base_url.strip())
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise ConfigError("base_url is no web address", _FORM) from None
    if parts.scheme not in PORTS or not host or any(letter.isspace() for letter in base_url.strip()):
        raise ConfigError("base_url is no web address", _FORM)
    if parts.username is not None or parts.password is not None:
        raise ConfigError("base_url holds a user or password", 'use auth = "basic" and username')
    if parts.query or parts.fragment:
        raise ConfigError("base_url ends with a query or fragment", _FORM)
    if parts.scheme == "http" and not (allow_http or is_loopback(host)):
        hint = "use https, or set allow_http = true if you must"
        raise ConfigError("base_url would send the token unencrypted", hint)
    return base_url.strip().rstrip("/")


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
