"""A text in the person's own editor: through a private file that is gone afterwards, whatever happens."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scimtui.errors import UsageError


@dataclass(frozen=True, slots=True)
class Edited:
    """What came back."""

    text: str
    status: int
    """Exit status of the editor; 0: the text is meant."""


def editor_command(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> list[str]:
    """Return the editor and its arguments, from $VISUAL or else $EDITOR.

    Raises:
        UsageError: neither names one that is there.
    """
    name = next((key for key in ("VISUAL", "EDITOR") if environ.get(key, "").strip()), "")
    if not name:
        raise UsageError(
            "neither $VISUAL nor $EDITOR names an editor", "set one, such as EDITOR=vim, or edit here with F2"
        )
    try:
        command = shlex.split(environ[name], posix=platform != "win32")
    except ValueError:
        command = []
    if not command or shutil.which(command[0], path=environ.get("PATH")) is None:
        raise UsageError(f"${name} is {environ[name]!r}, and there is no such program", "set it to one that is there")
    return command


def edit(command: list[str], text: str, name: str) -> Edited:
    """Let a person edit a text with a command, in a file whose name says what it is, and return it. Blocks meanwhile.

    The file is 0600 in a folder of its own that is 0700 and goes with whatever the editor left in it.

    Raises:
        UsageError: the file could not be written or read, or the editor could not be started.
    """
    folder = Path(tempfile.mkdtemp(prefix="scimtui-"))
    try:
        path = folder / f"{name}.json"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - the person's own choice, no shell
        return Edited(path.read_text(encoding="utf-8-sig", errors="surrogateescape"), done.returncode)
    except OSError as error:
        raise UsageError(f"{command[0]} gave no text back: {error.strerror}", "nothing was changed") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
