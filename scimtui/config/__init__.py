"""config.toml: the tenants. A token never stands in it. `ops/config_file.py` writes it.

msgspec reads what is right, in a sixth of the time that pydantic takes to be imported; what is wrong is told by pydantic,
all of it at once (`mistakes`).
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from scimtui.config.tables import (
    NAME,
    CompareRules,
    ConfigFile,
    Limits,
    OAuth2,
    Tenant,
    Ui,
    checked,
    checked_name,
    complete,
    convert,
    named,
    stated,
    unknown_keys,
    variable_part,
)
from scimtui.errors import ConfigError, UsageError

__all__ = [
    "NAME",
    "CompareRules",
    "Config",
    "Limits",
    "OAuth2",
    "Tenant",
    "Ui",
    "checked_name",
    "config_path",
    "config_problems",
    "home_path",
    "load_config",
    "parse_config",
    "read_tenant",
    "read_text",
    "stated",
]


@dataclasses.dataclass(frozen=True)
class Config:
    """The whole config. `tenants` keeps the order of the file."""

    path: Path = Path("config.toml")
    tenants: dict[str, Tenant] = dataclasses.field(default_factory=dict)
    compare: dict[str, CompareRules] = dataclasses.field(default_factory=dict)
    """By "LEFT RIGHT", two tenant names."""
    keys: dict[str, str] = dataclasses.field(default_factory=dict)
    ui: Ui = dataclasses.field(default_factory=Ui)

    def tenant(self, name: str) -> Tenant:
        """Return the tenant of that name.

        Raises:
            UsageError: there is none; the hint names the nearest one.
        """
        if name in self.tenants:
            return self.tenants[name]
        near = get_close_matches(name, self.tenants, n=1)
        hint = f"did you mean {near[0]}?" if near else f"the config has {', '.join(self.tenants) or 'no tenant yet'}"
        raise UsageError(f"there is no tenant {name}", hint)

    def compare_rules(self, left: str, right: str) -> CompareRules | None:
        """Return the rules for comparing these two, in this order, None where the config has none."""
        return self.compare.get(f"{left} {right}")


def config_path() -> Path:
    """Return where the config is: SCIMTUI_CONFIG, else the platform's folder. The file may not exist yet."""
    from platformdirs import user_config_path

    given = os.environ.get("SCIMTUI_CONFIG")
    return Path(given).expanduser() if given else user_config_path("scimtui", appauthor=False) / "config.toml"


def home_path() -> Path:
    """Return the folder of cache and journal: SCIMTUI_HOME, else the platform's folder. It may not exist yet."""
    from platformdirs import user_data_path

    given = os.environ.get("SCIMTUI_HOME")
    return Path(given).expanduser() if given else user_data_path("scimtui", appauthor=False)


def load_config(path: Path) -> Config:
    """Read the config; a missing file is an empty one.

    Raises:
        ConfigError: the file cannot be read or is wrong. The message names file, line and key.
    """
    return parse_config(path, read_text(path))


def config_problems(path: Path) -> list[ConfigError]:
    """Return everything that is wrong with the config, in the order of the file."""
    try:
        text = read_text(path)
        return _validated(path, text)[1]
    except ConfigError as error:
        return [error]


def read_text(path: Path) -> str:
    """Return the config's text, "" where there is no file yet.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text", "save it as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", "check the path and who may read it") from error


def parse_config(path: Path, text: str) -> Config:
    """Read the config from `text`; `path` is only named in errors.

    Raises:
        ConfigError: see `load_config`.
    """
    config, problems = _validated(path, text)
    if problems:
        more = f" ({len(problems) - 1} more: scimtui config validate lists them)" if len(problems) > 1 else ""
        raise ConfigError(problems[0].message, problems[0].hint + more) from problems[0]
    return config


def read_tenant(name: str, values: Mapping[str, Any]) -> Tenant:
    """Return the tenant that these keys of the config describe.

    Raises:
        ConfigError: they describe none; the message names the key.
    """
    table = {"tenants": {name: dict(values)}}
    try:
        return _read(table).tenants[name]
    except ValueError:
        from scimtui.config.mistakes import mistakes

        found = mistakes(table)[0]
        raise ConfigError(f"{'.'.join(found.place[2:])}: {found.what}", found.hint or "correct it") from None


def _validated(path: Path, text: str) -> tuple[Config, list[ConfigError]]:
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        why = str(error).replace("(at end of document)", f"(at line {len(text.splitlines())}, the last one)")
        raise ConfigError(f"{path}: not TOML: {why}", "mend the line; scimtui config validate checks it") from error
    try:
        file = _read(raw)
    except ValueError:
        from scimtui.config.mistakes import problems

        return Config(path), problems(path, text, raw)
    return Config(path, file.tenants, file.compare, file.keys, file.ui), []


def _read(raw: Mapping[str, Any]) -> ConfigFile:
    """Return what the file says.

    Raises:
        ValueError: something in it is wrong; what, and all else that is, only `mistakes` tells.
    """
    tables = complete(raw)
    if any(True for _ in unknown_keys(tables)):
        raise ValueError("an unknown key")
    file: ConfigFile = convert(named(tables), ConfigFile)
    tenants = {name: checked(tenant) for name, tenant in file.tenants.items()}
    if len({variable_part(name) for name in tenants}) < len(tenants):
        raise ValueError("two names for one token")
    return dataclasses.replace(file, tenants=tenants if raw.get("tenants") else {})
