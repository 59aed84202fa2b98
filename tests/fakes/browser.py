"""A real browser without a window, offline, driven through a pipe as its own tools drive it."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW = "no browser: install Debian's package chromium (apt install chromium)"
_EXEC = "import os, sys; [os.dup2(int(fd), at) for fd, at in zip(sys.argv[1:3], (3, 4))]; os.execv(sys.argv[3], sys.argv[3:])"
_OPTIONS = (
    "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--window-size=1200,900",
)  # fmt: skip


class Browser:
    """One tab."""

    def __init__(self, sending: int, receiving: int) -> None:
        self._sending = sending
        self._receiving = receiving
        self._rest = b""
        self._numbers = count(1)
        self._session: dict[str, str] = {}
        self.requested: list[str] = []
        """Every address that a page asked for."""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = {"sessionId": self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        for domain in ("Page", "Network", "Runtime"):
            self._call(f"{domain}.enable")

    def open(self, path: Path) -> None:
        """Open a file and wait until all of it was loaded."""
        self.requested.clear()
        self._call("Page.navigate", url=path.as_uri())
        while self._next().get("method") != "Page.loadEventFired":
            pass

    def value(self, expression: str) -> Any:
        """Return what an expression, or the promise it gives, comes to."""
        result = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def type(self, text: str) -> None:
        """Type a text where the cursor is."""
        self._call("Input.insertText", text=text)

    def picture(self, scheme: str) -> set[bytes]:
        """Return the colours of the page as it is painted in "light" or "dark"."""
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        return colours(base64.b64decode(self._call("Page.captureScreenshot")["data"]))

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message = json.dumps({"id": number, "method": method, "params": params, **self._session}).encode() + b"\0"
        assert os.write(self._sending, message) == len(message)
        while (answer := self._next()).get("id") != number:
            pass
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._receiving, 1 << 16)
            assert piece, "the browser ended"
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        if message.get("method") == "Network.requestWillBeSent":
            self.requested.append(message["params"]["request"]["url"])
        return message


def colours(png: bytes) -> set[bytes]:
    """Return the pixels of a picture of 8 bits a colour, as far as a line of it says them without the one above."""
    data, at = b"", 8
    while at < len(png):
        size, kind = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        if kind == b"IHDR":
            width, depth = int.from_bytes(png[at + 8 : at + 12], "big"), 4 if png[at + 17] == 6 else 3
        if kind == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += size + 12
    raw, line = zlib.decompress(data), width * depth + 1
    return {
        raw[start + place : start + place + depth]
        for start in range(0, len(raw), line)
        for place in range(1, line, depth)
    }


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Run a browser whose profile is in a folder; without one the test is skipped, but not where all must run."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        assert not os.environ.get("CI"), HOW
        pytest.skip(HOW)
    (their_end, sending), (receiving, their_other) = os.pipe(), os.pipe()
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (their_end, their_other)]
    command = [sys.executable, "-c", _EXEC, *map(str, high), found, *_OPTIONS, f"--user-data-dir={folder}"]
    process = subprocess.Popen(
        command, pass_fds=high, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for fd in (their_end, their_other, *high):
        os.close(fd)
    try:
        yield Browser(sending, receiving)
    finally:
        os.close(sending)  # it ends when nobody drives it any more
        os.close(receiving)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
