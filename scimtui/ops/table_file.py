"""A table as people hand it over: CSV from any spreadsheet, or a list that was pasted.

`read_table(path)` or `table_of(text, source)` first, then `column(table, name)` for the one column that is meant. Every
cell is text, whatever a spreadsheet would make of it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scimtui.errors import UsageError

Row = tuple[int, tuple[str, ...]]
"""The number of the line where a row begins, from 1, and its cells."""

MOST_BYTES = 64 * 2**20
"""Of a file: some 500,000 lines."""
_LONGEST_PATH = 4096
DELIMITERS = ",;\t|"

NAMES = frozenset(
    {
        "email", "emails", "mail", "mails", "emailaddress", "mailaddress", "primaryemail", "username", "user", "users",
        "userid", "userprincipalname", "upn", "login", "loginname", "account", "accountname", "samaccountname", "id",
        "externalid", "employeeid", "employeenumber", "personnelnumber", "name", "names", "fullname", "displayname",
        "group", "groups", "firstname", "givenname", "lastname", "familyname", "surname", "title", "department",
        "active", "key", "member", "members", "person", "people",
    }
)  # fmt: skip
"""Titles of a column, folded by `title_key`; what a first line may say that is nobody's name."""
_KEYS = frozenset({"username", "user", "email", "mail", "login", "id", "externalid"})
"""Titles of the column that names people, where none is given."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like the one of UTF-16, so it is looked for first
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_FILES = (
    (b"PK\x03\x04", "a workbook or an archive"),
    (b"\xd0\xcf\x11\xe0", "an old workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "compressed"),
)
_UNSEEN = "\ufeff\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064"
_ENDS = re.compile(f"^[\\s{_UNSEEN}]+|[\\s{_UNSEEN}]+$")
"""What copying from a web page or a chat leaves around a cell, and nobody sees."""
_ADDRESS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_BETWEEN = re.compile(r"(?<=>)\s*[,;]|;")
_DEFUSED = re.compile("^'(?=[=+\\-@\t\r\n＝＋－＠])")
"""The apostrophe that our own CSV files have before what a spreadsheet would run."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table as it was read. Hostile text throughout."""

    source: str
    """What an error calls it: the path, "standard input", "the pasted text"."""
    header: tuple[str, ...]
    """Empty where a single column came without one."""
    rows: tuple[Row, ...]
    """Each as wide as the header, without the blanks around its cells; lines that hold nothing at all are left out."""
    notes: tuple[str, ...] = ()
    """How it was taken where that had to be guessed, in sentences."""
    delimiter: str = ","


def read_table(path: Path, title: str | None = None) -> TableFile:
    """Read a table from a file; see `table_of`. Blocks for the disk.

    Raises:
        UsageError: it cannot be read, is too large, or is no table.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "check the path") from error
    return table_of(data, str(path), title)


def table_of(text: str | bytes, source: str, title: str | None = None) -> TableFile:
    """Return the table that a text holds.

    Several columns need a header. A single column may have one: its first line is a header if it is a title that many
    files have, or is `title`, which the person gave. A single line of several cells is a list of its own.

    Raises:
        UsageError: it is too large, no text, or no table.
    """
    notes: list[str] = []
    if isinstance(text, bytes):
        text, notes = _decoded(text, source)
    if len(text) > MOST_BYTES:
        raise UsageError(f"{source} is larger than {MOST_BYTES // 2**20} MB", "split it, or leave columns out")
    if "\0" in text:
        raise UsageError(f"{source} is no text: it holds NUL characters", "save it as CSV in UTF-8")
    skipped, text, delimiter = _announced(text.removeprefix("\ufeff"))
    delimiter = delimiter or _delimiter(text)
    is_mail = bool(_ADDRESS.search(_first_line(text)))
    rows = list(_recipients(text)) if is_mail else _rows(text, source, delimiter, skipped)
    if not rows:
        raise UsageError(f"{source} is empty", "it needs at least one line")
    width = max(_filled(cells) for _, cells in rows)
    if width > 1 and len(rows) == 1 and not any(title_key(cell) in NAMES for cell in rows[0][1]):
        rows, width = [(rows[0][0], (cell,)) for cell in rows[0][1] if cell], 1
    if width < 2:
        return _single(source, rows, title, notes, delimiter)
    return _several(source, rows, notes, delimiter)


def path_in(text: str) -> str | None:
    """Return the path of the file that a text is nothing but, as a terminal pastes one that was dropped on it. Blocks."""
    line = text.strip().removeprefix("file://").strip("'\"")
    if not line or "\n" in line or len(line) > _LONGEST_PATH:
        return None
    for path in (line, line.replace("\\ ", " ")):
        try:
            if Path(path).expanduser().is_file():
                return str(Path(path).expanduser())
        except (OSError, ValueError, RuntimeError):
            continue
    return None


def column(table: TableFile, name: str | None = None) -> int:
    """Return the place of a column: the one with that title, the only one, or the one whose title names people.

    Letter case, blanks, hyphens and underscores in a title do not count.

    Raises:
        UsageError: there is no such column, or several could be meant; it lists the titles.
    """
    listed = ", ".join(title for title in table.header if title)
    if name is None and len(table.header) < 2:
        return 0
    titles = [title_key(title) for title in table.header]
    wanted = _KEYS if name is None else frozenset({title_key(name)})
    found = [place for place, title in enumerate(titles) if title in wanted]
    if len(found) == 1:
        return found[0]
    if not table.header:
        raise UsageError(f"{table.source} has a single column without a title", f"leave --column {name} out")
    if name is not None:
        problem = f"has {'no' if not found else 'more than one'} column {name}"
    elif found:
        problem = f"has several columns that may name people: {', '.join(table.header[place] for place in found)}"
    else:
        problem = "has several columns, and none has a title that is known here"
    raise UsageError(f"{table.source} {problem}", f"name one with --column: {listed}")


def title_key(title: str) -> str:
    """Return a title without what does not count in it."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", title))).casefold()


# ---------------------------------------------------------------- text


def _decoded(data: bytes, source: str) -> tuple[str, list[str]]:
    """Return the text of a file, and what had to be guessed for it."""
    if len(data) > MOST_BYTES:
        raise UsageError(f"{source} is larger than {MOST_BYTES // 2**20} MB", "split it, or leave columns out")
    for magic, what in _OTHER_FILES:
        if data.startswith(magic):
            raise UsageError(f"{source} is {what}, not CSV", "save it as CSV (UTF-8) first")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), []
            except UnicodeDecodeError as error:
                raise UsageError(f"{source} is broken {encoding.upper()} text", "save it as CSV in UTF-8") from error
    try:
        return data.decode(), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise UsageError(f"{source} is neither UTF-8 nor Windows-1252 text", "save it as CSV in UTF-8") from error
    return text, ["Read as Windows-1252, since it is not UTF-8: look at names with accents."]


def _announced(text: str) -> tuple[int, str, str]:
    """Take away the line in which Excel names the delimiter, as in `sep=;`. Return how many lines that were."""
    found = re.match(r'"?sep=(.)"?(?:\r\n|\n|\r)', text, re.IGNORECASE)
    return (1, text[found.end() :], found[1]) if found else (0, text, "")


def _first_line(text: str) -> str:
    return re.split("[\r\n]", text.lstrip("\r\n")[:65_536], maxsplit=1)[0]


def _delimiter(text: str) -> str:
    """Return what stands between the cells of the first line that holds something, quoted parts aside."""
    unquoted = re.sub(r'"(?:[^"]|"")*"', "", text.lstrip("\r\n")[:65_536])
    return max(DELIMITERS, key=_first_line(unquoted).count)


def _recipients(text: str) -> Iterator[Row]:
    """Yield the addresses of a list as a mail program copies it: `"Lee, Ann" <ann@acme.example>; Bob <bob@…>`."""
    for number, line in enumerate(text.splitlines(), 1):
        for one in _BETWEEN.split(line):
            address = _ADDRESS.search(one)
            if one.strip():
                yield number, (_trimmed(address[1] if address else one),)


def _rows(text: str, source: str, delimiter: str, skipped: int) -> list[Row]:
    """Return all rows that hold something, each with the line where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[Row] = []
    before = skipped
    try:
        for cells in reader:
            if cells:
                found.append((before + 1, tuple(map(_trimmed, cells))))
            before = skipped + reader.line_num
    except csv.Error as error:
        quote = "a quotation mark that begins a cell must end it, and one inside is doubled"
        raise UsageError(f"{source}, line {before + 1}: it is no CSV: {error}", quote) from error
    return found


def _trimmed(cell: str) -> str:
    if cell.isascii() and cell.isalnum():
        return cell
    return _DEFUSED.sub("", _ENDS.sub("", cell))


def _filled(cells: Sequence[str]) -> int:
    """Return how many cells there are up to the last that holds something."""
    return next((place + 1 for place in range(len(cells) - 1, -1, -1) if cells[place]), 0)


# ---------------------------------------------------------------- header


def _single(source: str, rows: Sequence[Row], title: str | None, notes: list[str], delimiter: str) -> TableFile:
    line, (first, *_) = rows[0]
    body = tuple((number, cells[:1]) for number, cells in rows)
    if title_key(first) in NAMES or (title is not None and title_key(first) == title_key(title)):
        notes.append(f"Line {line} is taken for the title of the column: {first}.")
        return TableFile(source, (first,), body[1:], tuple(notes), delimiter)
    notes.append(f"Line {line} is taken for the first person, not for a title: {first}.")
    return TableFile(source, (), body, tuple(notes), delimiter)


def _several(source: str, rows: Sequence[Row], notes: list[str], delimiter: str) -> TableFile:
    line, titles = rows[0]
    header = titles[: max(_filled(titles), 1)]
    person = next((cell for cell in header if "@" in cell), "")
    if person:
        hint = "put a line of titles above it, such as userName"
        raise UsageError(f"{source}, line {line} is no header: {person} is no title", hint)
    if not any(title_key(title) in NAMES for title in header):
        notes.append(f"Line {line} is taken for the header: {', '.join(header)}.")
    body = list(rows[1:])
    while body and not any(body[-1][1]):  # what spreadsheets write below a table
        body.pop()
    return TableFile(source, header, tuple(_fitted(source, header, body)), tuple(notes), delimiter)


def _fitted(source: str, header: Sequence[str], rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows as wide as the header.

    Raises:
        UsageError: one has more cells, so that nobody knows which of them belongs where.
    """
    width = len(header)
    for line, cells in rows:
        if _filled(cells) > width:
            message = f"{source}, line {line} has {_filled(cells)} cells, and the header {width}"
            raise UsageError(message, "put a cell that holds the delimiter into quotation marks")
        yield line, (*cells[:width], *("",) * (width - len(cells)))
