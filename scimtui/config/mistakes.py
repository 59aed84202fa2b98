"""What is wrong with a config, by file, line and key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from scimtui.config.tables import CompareRules, ConfigFile, Limits, OAuth2, Tenant, Ui
from scimtui.errors import ConfigError

_SECRETS = {"token", "password", "secret", "client_secret", "api_key", "bearer"}


def twins(path: Path, text: str, tenants: Iterable[str]) -> Iterator[tuple[int, ConfigError]]:
    """Yield line and error for a name that shares a folder or SCIMTUI_TOKEN_… with another: a token would stray."""
    seen: dict[str, str] = {}
    for name in tenants:
        folded = re.sub(r"[^A-Z0-9]", "_", name.upper())
        if folded in seen:
            line = _line_of(text, ("tenants", name))
            message = f"{path}, line {line}: tenants.{name}: is too much like {seen[folded]}"
            yield line, ConfigError(message, f"rename one: both would read SCIMTUI_TOKEN_{folded}")
        seen.setdefault(folded, name)


def problem(path: Path, text: str, raw: dict[str, Any], detail: ErrorDetails) -> tuple[int, ConfigError]:
    """Return line and error for what pydantic found; a value is never repeated, it may be a secret."""
    place = _place(raw, tuple(str(part) for part in detail["loc"]))
    known = _known_keys(place[:-1])
    what, hint = detail["msg"].removeprefix("Value error, "), "mend the value"
    what = what[:1].lower() + what[1:]
    if detail["type"] == "missing":
        what, hint = "is missing", f"add {place[-1]} = …"
    elif detail["type"] == "extra_forbidden":
        near = get_close_matches(place[-1], known, n=1)
        what = "is no key of this table"
        hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"
        if place[-1].casefold() in _SECRETS:
            hint = "a secret never stands in the config: run scimtui tenant token, or set token_command"
    elif detail["type"] == "value_error":  # raised by Tenant: the message starts with the key
        key, _, rest = what.partition(" ")
        parts = key.rstrip(":").split(".")
        if parts[0] in Tenant.model_fields:
            place, what = _place(raw, (*place, *parts)), rest
        what, _, hint = what.partition("; ")
    line = _line_of(text, place)
    return line, ConfigError(f"{path}, line {line}: {'.'.join(place)}: {what}", hint)


def _place(raw: dict[str, Any], loc: tuple[str, ...]) -> tuple[str, ...]:
    """Return the part of `loc` that the file has, plus one key; a value that came from the defaults is found there."""
    if loc[0] == "tenants" and len(loc) > 2:
        inherited = ("defaults", *loc[2:])
        if _depth(raw, inherited) - 1 > max(_depth(raw, loc) - 2, 0):
            loc = inherited
    depth = _depth(raw, loc)
    value: Any = raw
    for part in loc[:depth]:
        value = value[part]
    return loc[: depth + isinstance(value, dict)]


def _depth(raw: Any, loc: tuple[str, ...]) -> int:
    """Return how many parts of `loc` the file has."""
    for depth, part in enumerate(loc):
        if not isinstance(raw, dict) or part not in raw:
            return depth
        raw = raw[part]
    return len(loc)


def _line_of(text: str, place: tuple[str, ...]) -> int:
    """Return the line of a key, from 1.

    TOML readers keep no line numbers. tomlkit writes a file back exactly as it was, so a mark put on the key shows its
    line.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import Table

    mark = "scimtui-was-here"
    for length in range(len(place), 0, -1):
        with suppress(TOMLKitError, KeyError, TypeError, AttributeError, ValueError):
            document = tomlkit.parse(text)
            parent: Any = document
            for part in place[: length - 1]:
                parent = parent[part]
            key = place[length - 1]
            while isinstance(parent[key], Table) and parent[key].is_super_table():  # [a.b] has no line [a]
                parent, key = parent[key], next(iter(parent[key]))
            if isinstance(parent[key], Table):
                parent[key].comment(mark)
            else:
                parent[key] = mark
            before, found, _ = tomlkit.dumps(document).partition(mark)
            if found:
                return before.count("\n") + 1
    return next((number for number, line in enumerate(text.splitlines(), 1) if place and place[0] in line), 1)


def _known_keys(table: tuple[str, ...]) -> list[str]:
    models: dict[str, type[BaseModel]] = {"tenants": Tenant, "defaults": Tenant, "compare": CompareRules, "ui": Ui}
    nested: dict[str, type[BaseModel]] = {"limits": Limits, "oauth2": OAuth2}
    model = models.get(table[0], ConfigFile) if table else ConfigFile
    if model is Tenant and len(table) > (2 if table[0] == "tenants" else 1):
        model = nested.get(table[-1], Tenant)
    return [name for name in model.model_fields if name != "name"]
