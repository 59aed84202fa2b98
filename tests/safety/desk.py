"""One admin's desk: a folder with config, home and work, commands run in this process or at a terminal of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fakes.commands import Ended, add_tenant, run_command
from fakes.in_memory_provider import Answer, FakeProvider
from fakes.loopback import served

ROOT = Path(__file__).parents[2]
CTRL_C = b"\x03"
Reply = bytes | Callable[[], bytes]
"""What is typed when a prompt stands there; a function may do something else first."""


class Desk:
    """Folders of one admin, and the commands run there."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.home, self.work = folder, folder / "home", folder / "work"
        self.config = folder / "config" / "config.toml"
        self._capsys, self._monkeypatch = capsys, monkeypatch
        for path in (self.config.parent, self.work):
            path.mkdir()
        self.config.write_text("")
        self.config.chmod(0o600)
        monkeypatch.setenv("SCIMTUI_CONFIG", str(self.config))
        monkeypatch.setenv("SCIMTUI_HOME", str(self.home))
        monkeypatch.chdir(self.work)

    def add(self, name: str, base_url: str, token: str, extra: str = "") -> None:
        """Write a tenant into the config; its token is in the environment."""
        add_tenant(self.config, self._monkeypatch, name, base_url, token, extra)

    def run(self, *arguments: str, stdin: str = "") -> Ended:
        """Run a command as from a script: no terminal anywhere."""
        return run_command(arguments, self._capsys, self._monkeypatch, stdin)

    def write(self, *arguments: str) -> Ended:
        """Run a writing command that agrees to everything and ends in JSON."""
        return self.run(*arguments, "--yes", "--format", "json")

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "scimtui", *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def at_terminal(self, answers: Iterable[tuple[bytes, Reply]], *arguments: str) -> Ended:
        """Run a command with a terminal in front of it, and answer each prompt when it stands there.

        `err` is the empty text: all of it stands on the one terminal.
        """
        pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX")
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "scimtui", *arguments],
            cwd=ROOT,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=os.environ | {"TERM": "xterm"},
            start_new_session=True,
        )
        os.close(theirs)
        screen, seen = b"", 0
        for prompt, reply in answers:
            while (place := screen.find(prompt, seen)) < 0:
                piece = _read(ours)
                assert piece, f"{prompt!r} never came:\n{screen.decode()}"
                screen += piece
            seen = place + len(prompt)
            answer = reply() if callable(reply) else reply
            process.send_signal(signal.SIGINT) if answer == CTRL_C else os.write(ours, answer)
        while piece := _read(ours):
            screen += piece
        os.close(ours)
        return Ended(process.wait(), screen.decode(), "")

    def files(self) -> dict[str, bytes]:
        """Return everything that lies anywhere on the desk."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()
        }

    def journal(self) -> list[dict[str, Any]]:
        """Return the writes of the journal, as the command lists them."""
        return self.run("journal", "list", "--format", "json").json


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux says that the other side is closed
        return b""


@contextmanager
def answered_by(provider: FakeProvider, otherwise: Callable[[str, str, bytes], Answer | None]) -> Iterator[str]:
    """Serve a provider, but let `otherwise` answer whatever it returns something for; yields the base URL."""

    def answer(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        other = otherwise(method, target, body)
        return provider.answer(method, target, headers, body) if other is None else other

    with served(answer, provider.base, lambda method: method in provider.habits.breaks_on) as base_url:
        yield base_url
