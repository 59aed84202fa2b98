"""Everything that can go wrong, on one page, sorted by who must act.

ScimtuiError
├── LocalError            we were asked for nonsense; nothing was sent
│   ├── UsageError            a name, key or option that means nothing here
│   ├── ConfigError           config.toml: file, line and key
│   ├── SecretError           no token, or no place to keep one
│   ├── CacheError            a cache file cannot be read or written
│   └── SyntaxFault           text that does not parse, with its position
│       ├── FilterError           RFC 7644 section 3.4.2.2
│       └── PathError             RFC 7644 section 3.5.2
├── EndpointError         no usable answer: nothing is known to have changed
│   ├── Unreachable           no connection, no TLS, no answer in time
│   ├── NotScim               an answer that is not SCIM, with its status
│   └── Unauthorized          401: the token is missing, wrong or expired
├── Refused               the provider said no (RFC 7644 section 3.12); nothing changed
├── PatchError            a PATCH that cannot be applied to this resource, with its scimType
├── VersionConflict       someone changed the resource after the admin saw it; nothing was sent
├── OutcomeUnknown        a write whose answer never came: look again, never send again
└── GuardStopped          a rule of our own stopped a write before it was sent
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimtui.scim.merge import Conflict


class ScimtuiError(Exception):
    """One thing that went wrong, in words for an admin: what happened and to whom, then what to do next."""

    exit_status: ClassVar[int] = 2
    """Exit status of a command that ends with this error."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = " ".join(message.splitlines())
        """What happened, and to whom. One line, whatever stands in the names it repeats; without a full stop at its end."""
        super().__init__(self.message)
        self.hint = hint
        """What to do next, as an order. Empty where nothing helps."""


class LocalError(ScimtuiError):
    """We were asked for nonsense. Nothing was sent."""


class UsageError(LocalError):
    """A tenant, resource, path or option that means nothing here."""


class ConfigError(LocalError):
    """The config file cannot be read or is wrong. The message names file, line and key."""


class SecretError(LocalError):
    """There is no token for the tenant, or no place to keep one."""

    exit_status = 4


class CacheError(LocalError):
    """A cache file cannot be read or written."""


class SyntaxFault(LocalError):
    """Text that does not parse."""

    def __init__(self, message: str, *, text: str, position: int, hint: str = "") -> None:
        super().__init__(message, hint)
        self.text = text
        """The whole text that was parsed."""
        self.position = position
        """Index in `text` of the first character that is wrong; len(text) where something is missing at the end."""


class FilterError(SyntaxFault):
    """A filter that RFC 7644 section 3.4.2.2 does not allow."""


class PathError(SyntaxFault):
    """An attribute path that RFC 7644 sections 3.5.2 and 3.10 do not allow."""


class EndpointError(ScimtuiError):
    """The provider gave no usable answer. Nothing is known to have changed."""

    exit_status = 4


class Unreachable(EndpointError):
    """No connection, no TLS, or no answer in time."""


class NotScim(EndpointError):
    """An answer that no SCIM provider writes."""

    def __init__(self, message: str, *, status: int, hint: str = "") -> None:
        super().__init__(message, hint)
        self.status = status
        """HTTP status of the answer."""


class Unauthorized(EndpointError):
    """401: the token is missing, wrong or expired."""


class Refused(ScimtuiError):
    """The provider said no. Nothing changed."""

    exit_status = 3

    def __init__(
        self, message: str, *, status: int, scim_type: str | None = None, detail: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        """HTTP status, 400 to 599."""
        self.scim_type = scim_type
        """Keyword of RFC 7644 table 9 where the provider sent one."""
        self.detail = detail
        """The provider's own sentence, exactly as sent: hostile text."""


class PatchError(ScimtuiError):
    """A PATCH that cannot be applied to this resource (RFC 7644 section 3.5.2)."""

    exit_status = 3

    def __init__(self, message: str, *, scim_type: str) -> None:
        super().__init__(message)
        self.scim_type = scim_type
        """What a conforming provider would answer: noTarget, invalidPath, mutability, invalidValue, …"""


class VersionConflict(ScimtuiError):
    """Someone changed the resource after the admin saw it. Nothing was sent."""

    exit_status = 1

    def __init__(
        self, message: str, *, paths: tuple[str, ...] = (), conflicts: Sequence[Conflict] = (), hint: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.paths = paths
        """Attribute paths that both sides touched."""
        self.conflicts = tuple(conflicts)
        """What was seen, what is there now and what was wanted, secrets masked; () where that was not looked at."""


class OutcomeUnknown(ScimtuiError):
    """A write was sent and its answer never came. Look again; never send it again blindly."""

    exit_status = 6


class GuardStopped(ScimtuiError):
    """A rule of ours stopped a write before anything was sent."""

    exit_status = 5
