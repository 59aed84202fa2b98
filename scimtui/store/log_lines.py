"""The bytes of a cache file: a header, then one checksummed line for each document put or removed.

    {"scimtui":"cache","format":1,"lineage":"9f…","index":0}      padded to HEADER_SIZE
    1c291ca3 [7,"P","resources","2819c223"]<TAB>{"schemas":…}

A line is the CRC-32 of what follows it, a head `[generation, kind, table, key]` and for a put the document.
Neither head nor document contains a raw tab or newline, since JSON escapes both.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any

import orjson

from scimtui.errors import CacheError

FORMAT = 1
HEADER_SIZE = 128

PUT = "p"
REMOVE = "r"
EMPTY = "t"
"""The table exists from here on and holds nothing."""
DROP = "d"
"""The table exists no more."""
INDEX = "i"
"""Keys and places of all documents above this line, so that opening a file need not read them."""

Step = tuple[str, str, str, bytes]
"""Kind, table, key, encoded document (b"" where the kind has none): one line before it has a generation."""

_PLACE_BITS = 36
_SLOWLY = b" "


@dataclass(frozen=True, slots=True)
class Header:
    """First line of a cache file."""

    lineage: str
    """Names one history of generations. It stays when the file is rewritten, and is new when it starts empty."""
    index: int
    """Offset of the index line, 0 where there is none."""


def write_header(header: Header) -> bytes:
    """Return the HEADER_SIZE bytes a cache file starts with."""
    facts = {"scimtui": "cache", "format": FORMAT, "lineage": header.lineage, "index": header.index}
    return orjson.dumps(facts).ljust(HEADER_SIZE - 1) + b"\n"


def read_header(data: bytes) -> Header:
    """Read the first HEADER_SIZE bytes.

    Raises:
        CacheError: not a cache file of ours, or one that a newer scimtui wrote.
    """
    try:
        facts = orjson.loads(data)
    except orjson.JSONDecodeError:
        facts = None
    if not isinstance(facts, dict) or facts.get("scimtui") != "cache" or len(data) != HEADER_SIZE:
        raise CacheError("this is not a cache file of scimtui")
    if facts.get("format") != FORMAT:
        raise CacheError(f"this cache file has format {facts.get('format')}, this scimtui reads format {FORMAT}")
    lineage, index = facts.get("lineage"), facts.get("index")
    if not isinstance(lineage, str) or not isinstance(index, int) or index < 0:
        raise CacheError("the first line of this cache file is damaged")
    return Header(lineage, index)


def encode_line(generation: int, step: Step, *, last: bool = True) -> bytes:
    """Return one line. `last` is False where more lines of the same write follow: all of them count, or none."""
    kind, table, key, body = step
    content = orjson.dumps([generation, kind.upper() if last else kind, table, key]) + b"\t" + body
    return b"%08x %b\n" % (zlib.crc32(content), content)


def is_whole(line: bytes) -> bool:
    """Whether the line is complete and its checksum is right."""
    if len(line) < 11 or line[-1:] != b"\n":
        return False
    return line[:9] == b"%08x " % zlib.crc32(memoryview(line)[9:-1])


def head_of(line: bytes) -> tuple[int, str, str, str]:
    """Return generation, kind, table and key of a whole line."""
    generation, kind, table, key = orjson.loads(line[9 : line.index(b"\t")])
    return generation, kind, table, key


def body_of(line: bytes) -> bytes:
    """Return the encoded document of a whole line."""
    return line[line.index(b"\t") + 1 : -1]


def encode_document(document: Any) -> bytes:
    """Return any JSON value as bytes that decode_document gives back unchanged.

    orjson knows integers up to 64 bits and no lone surrogates. What it refuses is written by the standard library and
    marked by a leading space, since orjson would read such an integer back as a float.

    Raises:
        CacheError: no JSON, or nested too deep to be written.
    """
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError:
        pass
    try:
        return _SLOWLY + json.dumps(document, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise CacheError(f"a document cannot be kept: {error}") from error


def decode_document(body: bytes) -> Any:
    """Return the JSON value that encode_document was given."""
    return json.loads(body) if body[:1] == _SLOWLY else orjson.loads(body)


def place(generation: int, offset: int) -> int:
    """Pack when and where a document was written into one integer, which sorts by generation.

    A hundred thousand of them in a dict take 32 bytes each; a tuple would take 120.
    """
    return generation << _PLACE_BITS | offset


def offset_of(packed: int) -> int:
    """Return where in the file the line of a place starts."""
    return packed & ((1 << _PLACE_BITS) - 1)


def generation_of(packed: int) -> int:
    """Return in which write the document of a place got its present value."""
    return packed >> _PLACE_BITS
