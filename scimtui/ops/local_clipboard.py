"""The clipboard of this machine, through the tool that its system has for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

PATIENCE = 3.0
"""Seconds to wait for a tool that does not end."""


def is_remote(environ: Mapping[str, str]) -> bool:
    """Whether we run at the far end of SSH: a tool here would fill a clipboard that nobody sees."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def copying_tool(environ: Mapping[str, str], platform: str = sys.platform) -> list[str] | None:
    """Return the command that takes a text on its standard input, None where there is none here."""
    if is_remote(environ):
        return None
    commands: list[list[str]] = []
    if platform == "darwin":
        commands.append(["pbcopy"])
    if platform == "win32" or environ.get("WSL_DISTRO_NAME"):
        commands.append(["clip.exe"])
    if environ.get("WAYLAND_DISPLAY"):
        commands.append(["wl-copy"])
    if environ.get("DISPLAY"):
        commands += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    return next((command for command in commands if shutil.which(command[0], path=environ.get("PATH"))), None)


def copy_by(command: list[str], text: str) -> bool:
    """Hand a text to a command on its standard input. Blocks. False: it could not be started, or failed."""
    # clip.exe reads the code page of the console unless a mark says UTF-16; pbcopy the encoding of its locale.
    data = text.encode("utf-16" if command[0] == "clip.exe" else "utf-8", "replace")
    try:
        done = subprocess.run(  # noqa: S603 - one of the commands above, without a shell
            command,
            input=data,
            stdout=subprocess.DEVNULL,  # xclip stays behind to serve the text and would keep a pipe open
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LC_CTYPE": "UTF-8"} if command[0] == "pbcopy" else None,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def copy_here(text: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """Put a text into the clipboard of this machine and return the name of the tool; None where none did. Blocks."""
    command = copying_tool(environ)
    return command[0] if command is not None and copy_by(command, text) else None


def copy_through_tmux(text: str) -> bool:
    """Give a text to the tmux around us, which keeps it and passes it on to its terminal. Blocks.

    tmux drops what a program inside it sends to the clipboard (`set-clipboard external`, its default), but not what it
    is handed itself. Before 3.2 it only keeps it.
    """
    return copy_by(["tmux", "load-buffer", "-w", "-"], text) or copy_by(["tmux", "load-buffer", "-"], text)
