"""One moving line on stderr while something is fetched, on a terminal only."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

REPAINT_SECONDS = 0.1


class Progress:
    """A context manager: the line is gone when it is left."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._painted = 0.0
        self._is_shown = False
        self._is_terminal = sys.stderr.isatty()

    def show(self, fetched: int, total: int | None) -> None:
        """Paint how far it is, ten times a second at most."""
        now = time.monotonic()
        if not self._is_terminal or now - self._painted < REPAINT_SECONDS:
            return
        self._painted, self._is_shown = now, True
        of = f" of {total:,}" if total else ""
        sys.stderr.write(f"\r\x1b[K{self._what}: {fetched:,}{of}")
        sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
