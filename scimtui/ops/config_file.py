"""Writes config.toml: comments and order kept, whole or not at all, readable by its owner alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from scimtui.config import parse_config, read_text
from scimtui.errors import ConfigError, UsageError
from scimtui.store.private_files import write_whole

TEMPLATE = """\
# The tenants of scimtui. Check this file with: scimtui config validate
# A token never stands here. `scimtui tenant add` puts it into the keyring; token_command asks a program for it.

# [defaults]                                   # any key of a tenant, for all of them
# timeout = 30

# [tenants.acme]
# base_url = "https://acme.example.com/scim/v2"
# label = "Acme"                               # what people read
# auth = "bearer"                              # or "basic" with username, "header" with header, "none"
# token_command = ["pass", "show", "scim/acme"]
# production = false                           # true: locked until unlocked, a reason for every write
# role = "admin"                               # or "helpdesk", "view"
# protected = ['userName eq "break-glass"']    # accounts that are never changed
# limits = { count = 50, share = 0.2 }         # above it, the number must be typed

# [compare."acme acme-stage"]
# key = "userName"
# ignore = ["externalId"]
"""


def create_config(path: Path) -> None:
    """Write a config with a commented example of everything.

    Raises:
        ConfigError: there is one already, or it cannot be written.
    """
    if path.exists():
        raise ConfigError(f"{path} exists already", "nothing was written; edit it, then run scimtui config validate")
    _write(path, TEMPLATE)


def put_tenant(path: Path, name: str, values: Mapping[str, Any]) -> None:
    """Add a table for a tenant. `values` are the keys of `Tenant` that differ from its defaults.

    Raises:
        UsageError: there is a tenant of that name.
        ConfigError: the file is wrong, would be wrong with it, or cannot be written. It stays as it was.
    """
    text = read_text(path)
    if name in parse_config(path, text).tenants:
        raise UsageError(f"there is a tenant {name} already", "choose another name, or remove that one first")
    document = _parse(path, text)
    if "tenants" not in document:
        document["tenants"] = tomlkit.table(is_super_table=True)
    table = tomlkit.table()
    for key, value in values.items():
        table.add(key, value)
    document["tenants"][name] = table
    _write_checked(path, tomlkit.dumps(document))


def set_key(path: Path, name: str, key: str, value: Any) -> None:
    """Set one key of a tenant.

    Raises:
        UsageError: there is no tenant of that name.
        ConfigError: the file is wrong, would be wrong with it, or cannot be written. It stays as it was.
    """
    text = read_text(path)
    parse_config(path, text).tenant(name)
    document = _parse(path, text)
    tenants = document["tenants"]
    assert isinstance(tenants, dict)
    tenants[name][key] = value
    _write_checked(path, tomlkit.dumps(document))


def put_compare_rules(path: Path, left: str, right: str, values: Mapping[str, Any]) -> None:
    """Keep the rules for comparing two tenants in this order, in place of those there were. `values` are not empty.

    Raises:
        ConfigError: the file is wrong, would be wrong with it, or cannot be written. It stays as it was.
    """
    text = read_text(path)
    parse_config(path, text)
    document = _parse(path, text)
    if "compare" not in document:
        document["compare"] = tomlkit.table(is_super_table=True)
    pairs, name = document["compare"], f"{left} {right}"
    assert isinstance(pairs, dict)
    if name not in pairs:
        pairs[name] = tomlkit.table()
    table = pairs[name]
    for key in [key for key in table if key not in values]:
        del table[key]
    for key, value in values.items():
        if table.get(key) != value:  # one that stays as it is keeps its comment
            table[key] = _inline(value) if isinstance(value, Mapping) else value
    _write_checked(path, tomlkit.dumps(document))


def _inline(values: Mapping[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(values)
    return table


def drop_tenant(path: Path, name: str) -> None:
    """Remove a tenant's table and what is below it.

    Raises:
        UsageError: there is none of that name.
        ConfigError: the file is wrong or cannot be written. It stays as it was.
    """
    text = read_text(path)
    parse_config(path, text).tenant(name)
    document = _parse(path, text)
    tenants = document["tenants"]
    assert isinstance(tenants, dict)
    del tenants[name]
    if not tenants:
        del document["tenants"]
    _write_checked(path, tomlkit.dumps(document))


def _parse(path: Path, text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigError(f"{path}: not TOML: {error}", "run scimtui config validate") from error


def _write_checked(path: Path, text: str) -> None:
    parse_config(path, text)
    _write(path, text)


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path.resolve(), text.encode())  # a link into a folder of dotfiles stays a link
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}", "check who may write there") from error
