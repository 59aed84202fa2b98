"""Looks at everything scimtui needs, and says what works and what to do about the rest."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import sys
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from scimtui import __version__, credentials
from scimtui.config import Config, Tenant, config_problems, load_config
from scimtui.errors import ScimtuiError
from scimtui.ops.cache_keys import open_cache
from scimtui.ops.tenants import check_tenant, secret_place
from scimtui.store.private_files import make_private_folder

PACKAGES = ("textual", "httpx", "pydantic", "keyring", "tinydb", "typer")
SOON = 30
"""Days before its end from which a token is warned about."""
SMALLEST = (80, 24)
"""Columns and rows that the console is made for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    result: Literal["ok", "warning", "problem"]
    """A warning is something that works less well; a problem is something that does not work."""
    detail: str
    hint: str = ""
    """What to do about it."""


async def examine(config_path: Path, home: Path) -> AsyncGenerator[Finding, None]:
    """Yield findings as they are made; the tenants come last, since the network is slow."""
    yield _versions()
    yield _terminal()
    yield await asyncio.to_thread(_folder, "home folder", home)
    yield await asyncio.to_thread(_keyring)
    config, findings = await asyncio.to_thread(_config, config_path)
    for finding in findings:
        yield finding
    if config is None:
        return
    for tenant in config.tenants.values():
        for finding in await asyncio.to_thread(lambda tenant=tenant: list(_local(tenant, home))):  # type: ignore[misc]
            yield finding
        yield await _answer(tenant, home)


def _versions() -> Finding:
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} missing")
    system = f"scimtui {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}"
    return Finding("versions", "ok", f"{system}; {', '.join(found)}")


def _terminal() -> Finding:
    if not sys.stdout.isatty():
        return Finding("terminal", "ok", "output goes to a file or pipe: commands work, the console needs a terminal")
    columns, rows = shutil.get_terminal_size()
    colours = "no colours (NO_COLOR)" if os.environ.get("NO_COLOR") else os.environ.get("COLORTERM") or "256 colours"
    detail = f"{os.environ.get('TERM', 'unknown')}, {columns}x{rows}, {colours}, {sys.stdout.encoding}"
    if (sys.stdout.encoding or "").casefold().replace("-", "") != "utf8":
        return Finding("terminal", "warning", detail, "set a UTF-8 locale, such as LANG=C.UTF-8")
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        return Finding("terminal", "warning", detail, f"make it {SMALLEST[0]}x{SMALLEST[1]} or larger for the console")
    return Finding("terminal", "ok", detail)


def _folder(what: str, folder: Path) -> Finding:
    try:
        make_private_folder(folder)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch(mode=0o600)
        probe.unlink()
        mode = folder.stat().st_mode & 0o777
    except OSError as error:
        hint = "check who owns it, or set SCIMTUI_HOME to a folder of your own"
        return Finding(what, "problem", f"{folder} cannot be written: {error.strerror}", hint)
    if os.name == "posix" and mode & 0o077:
        return Finding(what, "warning", f"{folder} can be read by others (mode {mode:o})", f"chmod 700 {folder}")
    return Finding(what, "ok", f"{folder} can be written, and only by you")


def _keyring() -> Finding:
    probe = credentials.probe_keyring()
    if probe.usable:
        return Finding(
            "keyring", "warning" if probe.why else "ok", f"{probe.backend} keeps tokens. {probe.why}".strip()
        )
    hint = "use token_command in the config or SCIMTUI_TOKEN_<TENANT>; else tokens are asked for"
    return Finding("keyring", "warning", f"{probe.backend} keeps nothing: {probe.why}", hint)


def _config(path: Path) -> tuple[Config | None, list[Finding]]:
    problems = config_problems(path)
    if problems:
        return None, [Finding("config", "problem", problem.message, problem.hint) for problem in problems]
    config = load_config(path)
    if not path.exists():
        return config, [
            Finding("config", "warning", f"{path} is not there yet", "scimtui tenant add NAME --base-url URL")
        ]
    number = len(config.tenants)
    return config, [Finding("config", "ok", f"{path}, {number} tenant{'' if number == 1 else 's'}")]


def _local(tenant: Tenant, home: Path) -> Iterator[Finding]:
    place = secret_place(tenant)
    hint = f"run scimtui tenant token {tenant.name}" if place.startswith("nowhere") else ""
    yield Finding(f"{tenant.name}: token", "warning" if hint else "ok", place, hint)
    if tenant.token_expires is not None:
        days = (tenant.token_expires - datetime.now(UTC).astimezone().date()).days
        said = f"ends on {tenant.token_expires}, in {days} days" if days >= 0 else f"ended on {tenant.token_expires}"
        level: Literal["ok", "warning", "problem"] = "problem" if days < 0 else "warning" if days <= SOON else "ok"
        yield Finding(
            f"{tenant.name}: token", level, said, f"scimtui tenant token {tenant.name}" if days <= SOON else ""
        )
    if not tenant.verify_tls:
        yield Finding(f"{tenant.name}: TLS", "warning", "certificates are not verified", "set ca_bundle instead")
    folder = home / "cache" / tenant.name
    if not folder.exists():
        yield Finding(f"{tenant.name}: cache", "ok", "never synced")
        return
    try:
        cache = open_cache(tenant, folder)
    except ScimtuiError as error:
        yield Finding(f"{tenant.name}: cache", "problem", error.message, error.hint)
        return
    try:
        types = ", ".join(f"{name} {len(cache.resources(name)):,}" for name in cache.type_names())
        notices = list(cache.notices)
    except ScimtuiError as error:
        types, notices = "", [error.message]
    finally:
        cache.close()
    yield Finding(f"{tenant.name}: cache", "warning" if notices else "ok", "; ".join(notices) or types or "empty")


async def _answer(tenant: Tenant, home: Path) -> Finding:
    what = f"{tenant.name}: provider"
    try:
        greeting = await check_tenant(tenant, home)
    except ScimtuiError as error:
        return Finding(what, "problem", error.message, error.hint)
    users = "does not say how many users" if greeting.users is None else f"{greeting.users:,} users"
    return Finding(what, "ok", "; ".join((f"answers, {users}", *greeting.provider.notes)))
