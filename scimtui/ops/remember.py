"""What the console remembers between two starts, and the themes an admin made."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scimtui.errors import ConfigError
from scimtui.store.remembered import Remembered

__all__ = ["Remembered", "open_remembered", "read_themes"]


def open_remembered(home: Path) -> Remembered:
    """Return the memory of the console: open tabs, theme, widths. Nothing of a provider, no secret."""
    return Remembered(home / "ui.json")


def read_themes(config_folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield name and keys of each `themes/NAME.toml` beside the config.

    Raises:
        ConfigError: a file is not TOML.
    """
    for path in sorted((config_folder / "themes").glob("*.toml")):
        try:
            yield path.stem, tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{path}: {error}", "mend or remove the theme") from error
