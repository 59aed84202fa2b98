"""A program in a real pseudo-terminal: when it first paints something, and what a key costs. POSIX only."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pyte

COLUMNS, LINES = 120, 40
QUIET = 0.12
"""Seconds without output after which a key counts as answered."""
UNANSWERED = 2.0
"""Seconds to wait for an answer to a key, and what a key without one is counted as."""
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=?][0-9;]*[a-zA-Z]|\x1bP.*?\x1b\\|\x1b\[\?[0-9;]*\$[a-z]", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """What a program painted after a key."""

    first: float
    """Seconds until the first byte of it."""
    last: float
    """Seconds until the last byte of it: a filter first paints the letter, then the table."""
    count: int
    """Bytes."""


class Terminal:
    """A running program and the screen it painted."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        shown = {**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        shown.pop("NO_COLOR", None)
        self.started = time.perf_counter()
        self.process, self.handle = pty.fork()
        if self.process == 0:  # the child
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
            os.execvpe(words[0], list(words), shown)
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.process:  # 0: it has ended by itself
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.handle)

    def until(self, text: str, seconds: float = 60.0) -> float:
        """Return the seconds from the start until a text stood on the screen."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            for data, when in self._burst():
                self._feed(data)
                if text in "\n".join(self._screen.display):
                    return when - self.started
        raise SystemExit(f"never seen: {text}, but\n" + "\n".join(line.rstrip() for line in self._screen.display))

    def settle(self, seconds: float = 1.0) -> None:
        """Read until nothing has come for so long."""
        while True:
            data, _ = self._read(seconds)
            if not data:
                return
            self._feed(data)

    def press(self, key: bytes) -> Answer:
        """Send a key and read until its answer has come to rest."""
        sent = time.perf_counter()
        os.write(self.handle, key)
        pieces: list[tuple[bytes, float]] = []
        while (piece := self._read(QUIET if pieces else UNANSWERED))[0]:
            pieces.append(piece)
        if not pieces:
            return Answer(UNANSWERED, UNANSWERED, 0)
        painted = b"".join(data for data, _ in pieces)
        self._feed(painted)
        return Answer(pieces[0][1] - sent, pieces[-1][1] - sent, len(painted))

    def first_answer(self, key: bytes) -> float:
        """Send a key and return the seconds until something is painted."""
        sent = time.perf_counter()
        os.write(self.handle, key)
        data, when = self._read(UNANSWERED)
        self._feed(data)
        return when - sent

    def drain(self, seconds: float) -> int:
        """Read for so long, and return how many bytes were painted."""
        end, count = time.perf_counter() + seconds, 0
        while (left := end - time.perf_counter()) > 0:
            data, _ = self._read(left)
            self._feed(data)
            count += len(data)
        return count

    def memory(self) -> float:
        """Return the resident memory in MB, 0 where the system does not say."""
        try:
            status = Path(f"/proc/{self.process}/status").read_text(encoding="ascii")
        except OSError:
            return 0.0
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0

    def _burst(self) -> list[tuple[bytes, float]]:
        """Return what comes without a pause. Understanding it only afterwards keeps the program from waiting for us."""
        pieces: list[tuple[bytes, float]] = []
        while (piece := self._read(0.003 if pieces else 0.05))[0]:
            pieces.append(piece)
        return pieces

    def _read(self, seconds: float) -> tuple[bytes, float]:
        ready, _, _ = select.select([self.handle], [], [], seconds)
        if not ready:
            return b"", time.perf_counter()
        try:
            data = os.read(self.handle, 65536)
        except OSError:
            return b"", time.perf_counter()
        if b"\x1b[c" in data:
            os.write(self.handle, b"\x1b[?62;c")
        return data, time.perf_counter()

    def _feed(self, data: bytes) -> None:
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(_known, data))


def percentile(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def _known(found: Any) -> bytes:
    text: bytes = found[0]
    return text if text.endswith((b"h", b"l")) else b""
