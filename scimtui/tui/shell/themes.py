"""Colours: our two themes, those of Textual, and those an admin puts beside the config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.theme import Theme

from scimtui.errors import ConfigError

DARK = Theme(
    name="scimtui-dark",
    primary="#5fa8d3",
    secondary="#7d8fa9",
    accent="#e0af68",
    success="#8fbc6a",
    warning="#e0af68",
    error="#e06c75",
    foreground="#d5dbe5",
    background="#12161d",
    surface="#181d26",
    panel="#222936",
    dark=True,
)
LIGHT = Theme(
    name="scimtui-light",
    primary="#1f6f9f",
    secondary="#5c6b80",
    accent="#9a6700",
    success="#3a7d22",
    warning="#9a6700",
    error="#b3262f",
    foreground="#1d2430",
    background="#fbfbf9",
    surface="#f2f2ee",
    panel="#e4e5e1",
    dark=False,
)
OURS = (DARK, LIGHT)

TENANT_COLOURS = ("#5fa8d3", "#b48ead", "#8fbc6a", "#d08770", "#5bb5a2", "#c9a24d")
"""A tenant keeps the colour of its place in the config; a production tenant is red besides, and says PROD."""

_FIELDS = frozenset(
    "primary secondary accent success warning error foreground background surface panel dark".split()  # noqa: SIM905
)


def theme_of(name: str, values: Mapping[str, Any]) -> Theme:
    """Return the theme that a file `NAME.toml` of the admin's theme folder describes.

    Raises:
        ConfigError: a key is unknown or a colour is missing.
    """
    for unknown in sorted(values.keys() - _FIELDS):
        raise ConfigError(f"theme {name}: unknown key {unknown}", f"it may have {', '.join(sorted(_FIELDS))}")
    if "primary" not in values:
        raise ConfigError(f"theme {name}: primary is missing", 'add a line such as primary = "#5fa8d3"')
    return Theme(name=name, **values)
