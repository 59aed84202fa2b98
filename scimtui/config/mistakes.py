"""What is wrong with a config: all of it, by file, line and key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scimtui.config.recipe import recipe_mistakes
from scimtui.config.tables import (
    SUB_TABLES,
    CompareRules,
    ConfigFile,
    Tenant,
    Ui,
    checked,
    complete,
    convert,
    known_keys,
    named,
    unknown_keys,
    variable_part,
)
from scimtui.errors import ConfigError
from scimtui.scim.dialect import Dialect

_SECRETS = {"token", "password", "secret", "client_secret", "api_key", "bearer"}
_NO_TABLE = {"dataclass_type", "dict_type"}


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong. A value is never repeated, it may be a secret."""

    place: tuple[str, ...]
    """Names of the tables, and the key."""
    what: str
    hint: str


def problems(path: Path, text: str, raw: Mapping[str, Any]) -> list[ConfigError]:
    """Return what is wrong in the order of the file, each with its line."""
    found: dict[str, tuple[int, ConfigError]] = {}
    for one in mistakes(raw):
        place = _place(raw, one.place)
        line = _line_of(text, place)
        message = f"{path}, line {line}: {'.'.join(place)}: {one.what}"
        found.setdefault(message, (line, ConfigError(message, one.hint)))
    return [problem for _, problem in sorted(found.values(), key=lambda pair: pair[0])]


def mistakes(raw: Mapping[str, Any]) -> list[Mistake]:
    """Return what is wrong with the tables of a file, [] where nothing is."""
    tables = complete(raw)
    unknown = [_unknown(place) for place in unknown_keys(tables)]
    wrong = [*_wrong_kinds((), named(tables), ConfigFile)]
    tenants = tables.get("tenants")
    for name, table in tenants.items() if isinstance(tenants, dict) else ():
        place = ("tenants", name)
        if not any(one.place[:2] == place for one in wrong) and not any(one.place == ("tenants",) for one in wrong):
            wrong += _unfitting(place, named({"tenants": {name: table}})["tenants"][name])
    return [*unknown, *wrong, *_twins(tenants if isinstance(tenants, dict) else {})]


def _wrong_kinds(place: tuple[str, ...], table: Any, kind: type[Any]) -> Iterator[Mistake]:
    try:
        # As JSON: read strictly otherwise, a table is no dataclass and an array no tuple.
        TypeAdapter(kind).validate_json(json.dumps(table, default=str), strict=True)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            where = (*place, *(str(part) for part in detail["loc"]))
            if detail["type"] == "missing":
                yield Mistake(where, "is missing", f"add {where[-1]} = …")
            elif detail["type"] in _NO_TABLE:
                yield Mistake(where, "must be a table", "mend the value")
            else:
                yield Mistake(where, detail["msg"][:1].lower() + detail["msg"][1:], "mend the value")


def _unfitting(place: tuple[str, ...], table: Mapping[str, Any]) -> list[Mistake]:
    """Return what is wrong with a tenant whose values are all of the right kind."""
    profile = table.get("profile")
    if isinstance(profile, dict) and profile.keys() <= set(known_keys(Dialect)):
        found = [*_wrong_kinds((*place, "profile"), profile, Dialect)]
        if found:
            return found
    recipe = table.get("recipe")
    if isinstance(recipe, dict) and (wrong := [*recipe_mistakes(recipe)]):
        return [Mistake((*place, "recipe", one.place), one.what, one.hint) for one in wrong]
    try:
        checked(convert(table, Tenant))
    except ValueError as error:  # its message starts with the key
        key, _, rest = str(error).partition(" ")
        parts = key.rstrip(":").split(".")
        is_key = parts[0] in known_keys(Tenant)
        what, _, hint = (rest if is_key else str(error)).partition("; ")
        return [Mistake((*place, *parts) if is_key else place, what, hint)]
    return []


def _unknown(place: tuple[str, ...]) -> Mistake:
    known = _known_at(place[:-1])
    near = get_close_matches(place[-1], known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"
    if place[-1].casefold() in _SECRETS:
        hint = "a secret never stands in the config: run scimtui tenant token, or set token_command"
    return Mistake(place, "is no key of this table", hint)


def _known_at(table: tuple[str, ...]) -> list[str]:
    kinds: dict[str, type[Any]] = {"tenants": Tenant, "compare": CompareRules, "ui": Ui}
    kind = kinds[table[0]] if table else ConfigFile
    return known_keys(SUB_TABLES[table[2]] if len(table) > 2 else kind)


def _twins(tenants: Mapping[str, Any]) -> Iterator[Mistake]:
    """Yield each name that shares a folder or SCIMTUI_TOKEN_… with another: a token would stray."""
    seen: dict[str, str] = {}
    for name in tenants:
        part = variable_part(name)
        if part in seen:
            hint = f"rename one: both would read SCIMTUI_TOKEN_{part}"
            yield Mistake(("tenants", name), f"is too much like {seen[part]}", hint)
        seen.setdefault(part, name)


def _place(raw: Mapping[str, Any], loc: tuple[str, ...]) -> tuple[str, ...]:
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
