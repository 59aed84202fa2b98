"""Look a pasted list up: who of these names, e-mail addresses and ids is here, and who is not."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scimtui.ops import browse
from scimtui.ops.search import fold
from scimtui.ops.table_file import NAMES, title_key
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.resource import lookup, resource_id

if TYPE_CHECKING:
    from scimtui.ops.session import Session

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pasted:
    """A list as it was pasted."""

    lines: tuple[str, ...]
    """Trimmed, in their order, each once."""
    blank: int = 0
    repeated: int = 0
    header: str = ""
    """The title of the column where the first line is one."""


class State(StrEnum):
    """What became of a line."""

    FOUND = "found"
    AMBIGUOUS = "ambiguous"
    """Several match; none is picked."""
    MISSING = "not found"


@dataclass(frozen=True, slots=True)
class Match:
    """One resource that is meant by a line."""

    id: str
    """As in the rows of a table."""
    name: str
    """What an admin calls it; safe to show."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One line and whom it means."""

    line: str
    matches: tuple[Match, ...]

    @property
    def state(self) -> State:
        """Found where exactly one resource matches."""
        return State.MISSING if not self.matches else State.FOUND if len(self.matches) == 1 else State.AMBIGUOUS


@dataclass(frozen=True)
class Found:
    """What a look-up found, in the order of the list."""

    answers: tuple[Answer, ...]
    pasted: Pasted
    complete: bool
    """Whether the copy that was searched holds everybody; else nobody may be called missing at the provider."""

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the resources that were found, each once."""
        matches = (one.matches[0] for one in self.answers if one.state is State.FOUND)
        return list(dict.fromkeys(match.id for match in matches if match.id))

    @cached_property
    def counts(self) -> Counter[State]:
        """How many lines have which state."""
        return Counter(one.state for one in self.answers)

    def lines(self, state: State) -> list[str]:
        """Return the lines of one state as they were pasted."""
        return [one.line for one in self.answers if one.state is state]


def read_list(lines: Iterable[str]) -> Pasted:
    """Read a pasted list, or a CSV of a single column. The same name in other letters, or with accents, is repeated."""
    values = [_unquoted(line) for line in lines]
    given = [value for value in values if value]
    header = ""
    if len(given) > 1 and title_key(given[0]) in NAMES:
        header, given = given[0], given[1:]
    once: dict[str, str] = {}
    for value in given:
        once.setdefault(_key(value), value)
    blank = len(values) - len(given) - bool(header)
    return Pasted(tuple(once.values()), blank, len(given) - len(once), header)


def _unquoted(line: str) -> str:
    """Return a line without blanks and the quotation marks of CSV, and of `Ann Lee <ann@x>` the address."""
    text = line.strip().strip("\ufeff")
    if text.startswith('"'):
        cells = next(csv.reader([text]), [])
        text = cells[0].strip() if len(cells) == 1 else text
    text = text.rstrip(",;").strip()
    if text.endswith(">") and "<" in text and "@" in text:
        text = text[text.rindex("<") + 1 : -1].strip()
    return text


def look_up(session: Session, type_name: str, pasted: Pasted, projection: browse.Projection) -> Found:
    """Find each line of a list among the cached resources of a type. Blocks for the disk.

    `projection` makes rows of (id, "", name, `keys_of` with line breaks between them). Costs one pass over its rows, however long the list is.

    Raises:
        CacheError: the cache cannot be read.
    """
    found = browse.rows(session, type_name, projection)
    answers = find(found.rows, pasted.lines)
    return Found(answers, pasted, complete=found.state is not None and found.state.complete)


def find(rows: Sequence[tuple[str, ...]], lines: Sequence[str]) -> tuple[Answer, ...]:
    """Find each line among such rows: equal but for letter case and accents, never a part of a name."""
    wanted: dict[str, list[Match]] = {_key(line): [] for line in lines}
    for identity, _, name, keys in rows:
        for key in keys.split("\n"):
            if key in wanted:
                wanted[key].append(Match(identity, name))
    return tuple(Answer(line, tuple(dict.fromkeys(wanted[_key(line)]))) for line in lines)


def keys_of(raw: Raw) -> list[str]:
    """Return what a line may say that means this resource, folded: id, externalId, userName, names, e-mails."""
    name = lookup(raw, "name")
    texts = [
        *(lookup(raw, key) for key in ("externalId", "userName", "displayName")),
        lookup(name, "formatted") or name,
        " ".join(str(part) for key in ("givenName", "familyName") if (part := lookup(name, key))),
        *(element_value(element) for element in as_list(lookup(raw, "emails"))),
    ]
    keys = (_key(text) for text in [resource_id(raw), *texts] if isinstance(text, str))
    return [key for key in dict.fromkeys(keys) if key]


def _key(text: str) -> str:
    return " ".join(fold(text).split())
