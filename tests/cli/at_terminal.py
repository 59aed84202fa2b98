"""Runs a command with a terminal of its own in front of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CTRL_C = b"\x03"


def at_terminal(answers: Iterable[tuple[bytes, bytes]], *arguments: str, **environment: str) -> tuple[int, str]:
    """Answer each prompt when it stands there; return the exit status and all that stood on the terminal."""
    pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "scimtui", *arguments],
        cwd=ROOT,
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"TERM": "xterm", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"} | environment,
        start_new_session=True,
    )
    os.close(theirs)
    screen = b""
    for prompt, answer in answers:
        while prompt not in screen:
            screen += os.read(ours, 4096)
        if answer == CTRL_C:
            process.send_signal(signal.SIGINT)
        else:
            os.write(ours, answer)
    while piece := _read(ours):
        screen += piece
    os.close(ours)
    return process.wait(), screen.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux says that the other side is closed
        return b""
