"""Several parts of one command, each of which prints records, as one JSON document."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

from scimtui.cli.output import emit_records
from scimtui.present.formats import Format


@contextmanager
def one_document(form: Format) -> Iterator[None]:
    """Print the records of all parts as one document, also where a later one is cut off."""
    if form is not Format.JSON:
        yield
        return
    parts = io.StringIO()
    try:
        with redirect_stdout(parts):
            yield
    finally:
        emit_records(list(_records(parts.getvalue())), form)


def _records(text: str) -> Iterator[Any]:
    decoder, place = json.JSONDecoder(), 0
    while text[place:].strip():
        place += len(text[place:]) - len(text[place:].lstrip())
        found, place = decoder.raw_decode(text, place)
        yield from found
