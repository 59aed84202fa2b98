"""Questions to the person while work goes on: one at a time, and nothing is printed into one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence

from scimtui.cli.output import note
from scimtui.ops.batch_control import BatchControl


class Questions:
    """Asks for a yes while a batch runs. What is to be printed meanwhile is printed after the answer."""

    def __init__(self, control: BatchControl) -> None:
        self._control = control
        self._turn = asyncio.Lock()
        self._held: list[Callable[[], object]] = []

    @property
    def is_asking(self) -> bool:
        """Whether a question stands on the terminal."""
        return self._turn.locked()

    def after(self, say: Callable[[], object]) -> None:
        """Say something now, or after the question that stands there."""
        if self.is_asking:
            self._held.append(say)
        else:
            say()

    async def is_yes(self, lines: Sequence[str], question: str) -> bool:
        """Show lines and ask; only `y` or `yes` agrees. Stopping the batch is a no, and so is the end of the input."""
        async with self._turn:
            try:
                return not self._control.is_stopped and await self._answer(lines, question)
            finally:
                for say in self._held:
                    say()
                self._held.clear()

    async def _answer(self, lines: Sequence[str], question: str) -> bool:
        for line in lines:
            note(line)
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        typed = asyncio.ensure_future(_line())
        over = asyncio.ensure_future(self._control.until_stopped())
        try:
            await asyncio.wait({typed, over}, return_when=asyncio.FIRST_COMPLETED)
            if not typed.done():
                note("")
                return False
            return typed.result().strip().casefold() in {"y", "yes"}
        finally:
            typed.cancel()
            over.cancel()


async def _line() -> str:
    """Return a line of the terminal, which gives whole ones. Cancelling it leaves the terminal alone."""
    loop = asyncio.get_running_loop()
    came = asyncio.Event()
    try:
        loop.add_reader(sys.stdin.fileno(), came.set)
    except (NotImplementedError, OSError):  # Windows, and what epoll cannot watch
        return await asyncio.to_thread(sys.stdin.readline)
    try:
        await came.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.readline()
