"""Secrets that may be seen nowhere, all the ways in which they could be written, and a provider that knows them."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

from fakes.in_memory_provider import TOKEN, Answer, FakeProvider
from fakes.loopback import served

CANARY_TOKEN = "canary-T0ken~7Zq4.Xw+9/pQ=="
CANARY_PASSWORD = 'can"Pa5 wö&9%'


def spellings(secret: str) -> dict[str, bytes]:
    """Return the ways to write a secret down."""
    raw = secret.encode()
    # Base64 wherever it begins in what is encoded: letters that depend on the neighbours are cut away.
    shifted = {f"base64 at {n}": base64.b64encode(b"\0" * n + raw)[(n * 8 + 5) // 6 : -4] for n in range(3)}
    return {
        "as it is": raw,
        "JSON": json.dumps(secret)[1:-1].encode(),
        "JSON, unescaped": json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
        "percent": quote(secret, safe="").encode(),
        "percent, slashes kept": quote(secret).encode(),
        "form": quote_plus(secret).encode(),
        "hex": raw.hex().encode(),
        "HTML": secret.replace("&", "&amp;").replace('"', "&quot;").encode(),
        "SVG": secret.replace("&", "&amp;").replace(" ", "&#160;").replace('"', "&quot;").encode(),
        **shifted,
        **{f"{name}, for URLs": text.replace(b"+", b"-").replace(b"/", b"_") for name, text in shifted.items()},
    }


def found_in(places: Mapping[str, str | bytes], *secrets: str) -> list[str]:
    """Return where a secret stands, and how it is spelled there."""
    return [
        f"{place}: {name} of {secret[:3]}…"
        for secret in secrets
        for name, text in spellings(secret).items()
        for place, held in places.items()
        if text in (held if isinstance(held, bytes) else held.encode("utf-8", "surrogatepass"))
    ]


@dataclass
class Watched:
    """A provider that wants the canary, and what was seen while it was asked."""

    base_url: str = ""
    heard: set[str] = field(default_factory=set)
    """Which canaries arrived: without them, none could have been seen."""
    processes: dict[str, bytes] = field(default_factory=dict)
    """What anybody could read of the command lines of this machine at the time of each request."""


@contextmanager
def watched(provider: FakeProvider) -> Iterator[Watched]:
    """Serve a provider whose token is the canary."""
    seen = Watched()

    def answer(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        told = {name.lower(): value for name, value in headers.items()}
        if told.get("authorization") == f"Bearer {CANARY_TOKEN}":
            seen.heard.add(CANARY_TOKEN)
            told["authorization"] = f"Bearer {TOKEN}"
        if CANARY_PASSWORD in json.dumps(json.loads(body), ensure_ascii=False).replace('\\"', '"') if body else False:
            seen.heard.add(CANARY_PASSWORD)
        seen.processes |= _command_lines()
        return provider.answer(method, target, told, body)

    with served(answer, provider.base, lambda method: method in provider.habits.breaks_on) as seen.base_url:
        yield seen


def _command_lines() -> dict[str, bytes]:
    if sys.platform != "linux":
        return {}
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found[f"ps {path.parent.name}"] = path.read_bytes().replace(b"\0", b" ")
        except OSError:  # it has ended
            continue
    return found
