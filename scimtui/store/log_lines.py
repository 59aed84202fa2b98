"""The bytes of a cache file: a header, then one checksummed line for each document put or removed.

    {"scimtui":"cache","format":2,"lineage":"9f…","index":0}      padded to HEADER_SIZE
    1c291ca3 [7,"P","resources","2819c223"]<TAB>{"schemas":…}

A line is the CRC-32 of what follows it, a head `[generation, kind, table, key]` and for a put the document.
Neither head nor document contains a raw tab or newline, since JSON escapes both.

The header of a sealed file has `"key"`, the name of its key, and each of its lines is the CRC-32 of what follows and
then head and document sealed as one piece: a torn tail is found without the key, everything else takes it.
Format 1 had no sealed files and is otherwise the same: such a file is used as it is, and its next rewrite makes it
format 2.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from scimtui.errors import CacheError

if TYPE_CHECKING:
    from scimtui.store.cipher import Cipher

FORMAT = 2
_READABLE = (1, 2)
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
SLOWLY = b" "


@dataclass(frozen=True, slots=True)
class Header:
    """First line of a cache file."""

    lineage: str
    """Names one history of generations. It stays when the file is rewritten, and is new when it starts empty."""
    index: int
    """Offset of the index line, 0 where there is none."""
    key_id: str = ""
    """Name of the key that the lines are sealed with, "" where they are plain."""


@dataclass(frozen=True, slots=True)
class LineSeal:
    """How the lines of one file are sealed: none of them can be moved to another file."""

    cipher: Cipher
    lineage: str

    def close(self, line: bytes) -> bytes:
        """Return a plain line sealed."""
        return checked_line(self.cipher.seal_line(memoryview(line)[9:-1], self._label))

    def open(self, line: bytes) -> bytes:
        """Return the plain line of a whole sealed one. Its checksum is left out, since the seal has been checked.

        Raises:
            CacheError: it was changed, or comes from another file.
        """
        return b"unsealed %b\n" % self.cipher.unseal_line(line[9:-1], self._label)

    @property
    def _label(self) -> bytes:
        return b"line " + self.lineage.encode()


def key_id_of(seal: LineSeal | None) -> str:
    """Return what a header says of a seal."""
    return seal.cipher.key_id if seal else ""


def write_header(header: Header) -> bytes:
    """Return the HEADER_SIZE bytes a cache file starts with."""
    facts = {"scimtui": "cache", "format": FORMAT, "lineage": header.lineage, "index": header.index}
    if header.key_id:
        facts["key"] = header.key_id
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
    if facts.get("format") not in _READABLE:
        kind = f"format {facts.get('format')}, this one reads up to format {FORMAT}"
        raise CacheError(
            f"another version of scimtui wrote this cache file: {kind}", "use that version, or synchronise"
        )
    lineage, index, key_id = facts.get("lineage"), facts.get("index"), facts.get("key", "")
    if not (isinstance(lineage, str) and isinstance(index, int) and index >= 0 and isinstance(key_id, str)):
        raise CacheError("the first line of this cache file is damaged")
    return Header(lineage, index, key_id)


def encode_line(generation: int, step: Step, *, last: bool = True) -> bytes:
    """Return one line. `last` is False where more lines of the same write follow: all of them count, or none."""
    kind, table, key, body = step
    return checked_line(orjson.dumps([generation, kind.upper() if last else kind, table, key]) + b"\t" + body)


def checked_line(content: bytes) -> bytes:
    """Return a line of that content, which holds no newline."""
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
        return SLOWLY + json.dumps(document, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise CacheError(f"a document cannot be kept: {error}") from error


def decode_document(body: bytes) -> Any:
    """Return the JSON value that encode_document was given."""
    return json.loads(body) if body[:1] == SLOWLY else orjson.loads(body)


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


def lines_from(reader: BinaryIO, offset: int) -> Iterator[tuple[int, bytes]]:
    """Yield offset and bytes of each line from there to the end of the file."""
    reader.seek(offset)
    while line := reader.readline():
        yield offset, line
        offset += len(line)
