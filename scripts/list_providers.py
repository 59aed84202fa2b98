"""Writes docs/providers.md from the built-in profiles."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from scimtui.scim.dialect import RFC
from scimtui.scim.profiles import PROFILES, Profile

TARGET = Path(__file__).parent.parent / "docs" / "providers.md"

HEAD = """# Providers

What scimtui knows about a provider before it asks. A tenant with `profile = "auto"` gets the entry of its address; any
entry can be chosen by name, and a table in the config has the last word. What an entry does not say is read from
discovery, learned from answers, and found out by `scimtui check NAME`. `profile = "rfc"` takes none of it.

This page is written by `python scripts/list_providers.py`.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(_entry(profile) for profile in PROFILES)])


def _entry(profile: Profile) -> str:
    lines = [f"## {profile.title}", "", f'`profile = "{profile.name}"`', ""]
    if not profile.addresses:
        lines[2] += ", by name only"
    lines += [f"- {note}" for note in profile.notes]
    lines += [f"- `{name}` = {value}" for name, value in _departures(profile)]
    lines += [f"- Source: {source}" for source in profile.sources]
    return "\n".join([*lines, ""])


def _departures(profile: Profile) -> list[tuple[str, str]]:
    differing = [
        (field.name, getattr(profile.dialect, field.name))
        for field in fields(RFC)
        if field.name != "name" and getattr(profile.dialect, field.name) != getattr(RFC, field.name)
    ]
    return [(name, _words(value)) for name, value in differing]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
