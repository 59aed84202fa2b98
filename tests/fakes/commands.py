"""Commands run in this process as from a script, and the tenants of the config that they read."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scimtui.cli import main


@dataclass
class Ended:
    """A command that came to its end."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def outcomes(self) -> list[str]:
        return [record["outcome"] for record in self.json]


def add_tenant(
    config: Path, monkeypatch: pytest.MonkeyPatch, name: str, base_url: str, token: str, extra: str = ""
) -> None:
    """Write a tenant into the config; its token is in the environment."""
    with config.open("a") as file:
        file.write(f'[tenants.{name}]\nbase_url = "{base_url}"\n{extra}\n')
    monkeypatch.setenv(f"SCIMTUI_TOKEN_{name.upper()}", token)


def run_command(
    arguments: Sequence[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, stdin: str = ""
) -> Ended:
    """Run a command as from a script: no terminal anywhere."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    told = capsys.readouterr()
    return Ended(int(ended.value.code or 0), told.out, told.err)
