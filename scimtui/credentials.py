"""Where a secret comes from and goes to: the environment, a command, the keyring. Nothing here writes a file of ours.

All of it blocks: a keyring may ask the person to unlock it, a command may ask for a finger. Call it in a thread.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimtui.errors import CacheError, SecretError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "scimtui"
"""The name under which the keyring keeps our secrets; the tenant's name is the account."""
KEY_SIZE = 32
"""Bytes of a key that encrypts a cache."""
COMMAND_TIMEOUT = 60.0
"""Seconds a token_command may take; it may be waiting for a finger on a key."""


class Secret:
    """A token or password that no message, log or traceback shows by accident."""

    __slots__ = ("_value", "source")

    def __init__(self, value: str, source: str = "") -> None:
        self._value = value
        self.source = source
        """Where it came from, in words: "the keyring (SecretService Keyring)"."""

    def reveal(self) -> str:
        """Return the secret itself, for the one header that carries it."""
        return self._value

    def __repr__(self) -> str:
        return "…"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret is not copied into files")


@dataclass(frozen=True, slots=True)
class KeyringProbe:
    """Whether the keyring of this machine keeps what it is given."""

    usable: bool
    backend: str
    """Its name: "SecretService Keyring"."""
    why: str = ""
    """Why it is not usable, in words; a warning where it is."""


def variable_of(tenant_name: str) -> str:
    """Return the environment variable that may hold a tenant's secret: SCIMTUI_TOKEN_ACME_PROD for acme-prod."""
    return "SCIMTUI_TOKEN_" + re.sub(r"[^A-Z0-9]", "_", tenant_name.upper())


def find_secret(tenant_name: str, token_command: Sequence[str] | None) -> Secret:
    """Return the secret of a tenant: from the environment, else the command, else the keyring.

    Raises:
        SecretError: the command failed, or there is none anywhere; the message says what was tried.
    """
    value = os.environ.get(variable_of(tenant_name), "").strip()
    if value:
        return Secret(value, f"the variable {variable_of(tenant_name)}")
    if token_command:
        return Secret(_ask_command(tenant_name, token_command), f"the command {token_command[0]}")
    backend, stored, trouble = _from_keyring(tenant_name)
    if stored:
        return Secret(stored, f"the keyring ({backend})")
    tried = f"the keyring does not answer: {trouble}" if trouble else f"not in the keyring ({backend})"
    message = f"no token for {tenant_name}: {variable_of(tenant_name)} is not set, no token_command, {tried}"
    raise SecretError(message, ways_out(tenant_name) if trouble else f"run scimtui tenant token {tenant_name}")


def ways_out(tenant_name: str) -> str:
    """Return what a person can do where no keyring answers."""
    return f'set token_command in the config (["pass", "show", "…"]) or the variable {variable_of(tenant_name)}'


def keep_secret(tenant_name: str, secret: Secret) -> str:
    """Put the secret into the keyring and return the keyring's name.

    Raises:
        SecretError: the keyring did not take it, or gives back something else.
    """
    backend = _backend()
    trouble = _plain_file(backend)
    if not trouble:
        try:
            backend.set_password(SERVICE, tenant_name, secret.reveal())
            kept = backend.get_password(SERVICE, tenant_name)
        except Exception as error:  # noqa: BLE001 - each backend has errors of its own
            trouble = _words(error)
        else:
            trouble = "" if kept == secret.reveal() else "it does not give back what it was given"
    if trouble:
        raise SecretError(f"the keyring ({_name(backend)}) kept no token: {trouble}", ways_out(tenant_name))
    return _name(backend)


def forget_secret(tenant_name: str) -> bool:
    """Remove the secret, and what else the keyring has of the tenant; return whether there was a secret.

    A keyring that does not answer had none.
    """
    with suppress(Exception):
        _backend().delete_password(SERVICE, _access(tenant_name))
    with suppress(Exception):
        _backend().delete_password(SERVICE, _cache_key(tenant_name))
    with suppress(Exception):
        _backend().delete_password(SERVICE, tenant_name)
        return True
    return False


def keep_access_token(tenant_name: str, stamp: str, token: str, ends_at: float) -> None:
    """Put a short-lived token into the keyring, as far as it takes it: without it the next start asks for a new one.

    `stamp` says what it was asked with; `ends_at` is in seconds since the epoch.
    """
    backend = _backend()
    if not _plain_file(backend):
        with suppress(Exception):
            backend.set_password(SERVICE, _access(tenant_name), json.dumps([stamp, ends_at, token]))


def kept_access_token(tenant_name: str, stamp: str) -> tuple[str, float] | None:
    """Return a kept token and its end, None where there is none or it was asked for with something else."""
    with suppress(Exception):
        kept = json.loads(_backend().get_password(SERVICE, _access(tenant_name)) or "")
        if kept[0] == stamp:
            return str(kept[2]), float(kept[1])
    return None


def _access(tenant_name: str) -> str:
    """Return the account of an access token; no tenant can have its name, which holds a space."""
    return f"{tenant_name} access"


def find_cache_key(tenant_name: str) -> bytes | None:
    """Return the key that the tenant's cache is encrypted with, None where the keyring has none.

    Raises:
        CacheError: the keyring does not answer.
    """
    backend = _backend()
    try:
        kept = backend.get_password(SERVICE, _cache_key(tenant_name))
    except Exception as error:  # each backend has errors of its own
        raise _no_cache_key(tenant_name, backend, _words(error)) from error
    with suppress(ValueError):
        key = base64.b64decode(kept or "", validate=True)
        return key if len(key) == KEY_SIZE else None
    return None


def make_cache_key(tenant_name: str) -> bytes:
    """Make a new key for the tenant's cache, put it into the keyring and return it.

    Raises:
        CacheError: the keyring did not take it, or gives back something else.
    """
    backend, key = _backend(), secrets.token_bytes(KEY_SIZE)
    if trouble := _plain_file(backend):
        raise _no_cache_key(tenant_name, backend, trouble)
    try:
        backend.set_password(SERVICE, _cache_key(tenant_name), base64.b64encode(key).decode())
    except Exception as error:  # each backend has errors of its own
        raise _no_cache_key(tenant_name, backend, _words(error)) from error
    if find_cache_key(tenant_name) != key:
        raise _no_cache_key(tenant_name, backend, "it does not give back what it was given")
    return key


def check_cache_key(tenant_name: str) -> None:
    """Return if the keyring has a key for the tenant's cache, or keeps what it is given.

    Raises:
        CacheError: neither.
    """
    if find_cache_key(tenant_name) is None:
        probe = probe_keyring()
        if not probe.usable:
            raise _no_cache_key(tenant_name, _backend(), probe.why)


def _cache_key(tenant_name: str) -> str:
    """Return the account of a cache key; no tenant can have its name, which holds a space."""
    return f"{tenant_name} cache"


def _no_cache_key(tenant_name: str, backend: KeyringBackend, why: str) -> CacheError:
    message = f"the cache of {tenant_name} is encrypted, and the keyring ({_name(backend)}) has no key for it: {why}"
    hint = 'unlock the keyring or set one up (scimtui doctor looks at it), or set cache = "on" or "off" in the config'
    return CacheError(message, hint)


def probe_keyring() -> KeyringProbe:
    """Write, read and delete a worthless entry, because a keyring that exists may still refuse or forget."""
    backend = _backend()
    plain = _plain_file(backend)
    if plain:
        return KeyringProbe(usable=False, backend=_name(backend), why=plain)
    account, dummy = f"probe-{secrets.token_hex(8)}", secrets.token_hex(8)
    try:
        backend.set_password(SERVICE, account, dummy)
        given_back = backend.get_password(SERVICE, account)
        with suppress(Exception):
            backend.delete_password(SERVICE, account)
    except Exception as error:  # noqa: BLE001 - each backend has errors of its own
        return KeyringProbe(usable=False, backend=_name(backend), why=_words(error))
    if given_back != dummy:
        return KeyringProbe(usable=False, backend=_name(backend), why="it does not give back what it was given")
    warning = "it keeps secrets in a plain file, as you chose" if _is_plain(backend) else ""
    return KeyringProbe(usable=True, backend=_name(backend), why=warning)


def where_secret(tenant_name: str, token_command: Sequence[str] | None) -> str:
    """Return where the secret would come from, in words. A command is named, not run."""
    if os.environ.get(variable_of(tenant_name), "").strip():
        return f"variable {variable_of(tenant_name)}"
    if token_command:
        return f"command {token_command[0]}"
    backend, stored, trouble = _from_keyring(tenant_name)
    if trouble:
        return f"nowhere: the keyring does not answer ({trouble})"
    return f"keyring ({backend})" if stored else "nowhere"


def _ask_command(tenant_name: str, command: Sequence[str]) -> str:
    """Run the command. Its arguments are not repeated in errors: they may name what nobody else should know."""
    hint = f"run {command[0]} by hand, then mend token_command"
    try:
        done = subprocess.run(  # noqa: S603 - the person's own command, run without a shell
            list(command), stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_TIMEOUT, check=False
        )
    except FileNotFoundError as error:
        raise SecretError(f"the token_command of {tenant_name} is not installed: {command[0]}", hint) from error
    except OSError as error:
        message = f"the token_command of {tenant_name} does not start: {error.strerror}"
        raise SecretError(message, hint) from error
    except subprocess.TimeoutExpired:
        message = f"the token_command of {tenant_name} did not end within {COMMAND_TIMEOUT:.0f} s"
        raise SecretError(message, hint) from None  # the exception holds what was printed so far
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        why = f": {said[0][:200]}" if said else ""
        raise SecretError(f"the token_command of {tenant_name} ended with status {done.returncode}{why}", hint)
    lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
    if not lines:
        raise SecretError(f"the token_command of {tenant_name} printed nothing", hint)
    return lines[0].strip()


def _from_keyring(tenant_name: str) -> tuple[str, str | None, str]:
    """Return the backend's name, the secret if there is one, and why the keyring did not answer."""
    from keyring.backends.null import Keyring as KeepsNothing

    backend = _backend()
    if isinstance(backend, KeepsNothing):
        return _name(backend), None, "it keeps nothing"
    try:
        return _name(backend), backend.get_password(SERVICE, tenant_name), ""
    except Exception as error:  # noqa: BLE001 - each backend has errors of its own
        return _name(backend), None, _words(error)


def _backend() -> KeyringBackend:
    import keyring
    from keyring.backends.fail import Keyring as NoKeyring

    try:
        return keyring.get_keyring()
    except Exception:  # noqa: BLE001 - a broken keyringrc.cfg or PYTHON_KEYRING_BACKEND
        return NoKeyring()  # type: ignore[no-untyped-call]


def _name(backend: KeyringBackend) -> str:
    return str(getattr(backend, "name", type(backend).__name__))


def _is_plain(backend: KeyringBackend) -> bool:
    return type(backend).__name__ == "PlaintextKeyring"


def _plain_file(backend: KeyringBackend) -> str:
    """Return why a backend that writes plain files is not used: nobody chose it. "" for all others."""
    from keyring import core

    if not _is_plain(backend) or core.load_env() or core.load_config():
        return ""
    return "it would keep tokens in a plain file, and nobody chose that (PYTHON_KEYRING_BACKEND chooses it)"


def _words(error: Exception) -> str:
    from keyring.errors import KeyringLocked, NoKeyringError

    if isinstance(error, NoKeyringError):
        return "there is no keyring on this machine"
    if isinstance(error, KeyringLocked):
        return "it is locked"
    first = str(error).strip().splitlines()[:1]
    return first[0][:200] if first else type(error).__name__
