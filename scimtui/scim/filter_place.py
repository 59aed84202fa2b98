"""Where in the text of a filter a cursor stands, and what can follow there. Half a filter is the usual case."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto

from scimtui.scim.expression import Operator

LONGEST = 5_000
"""Characters. Nobody types more, and each letter reads the text up to it again."""

_TOKEN = re.compile(r'\s+|"(?:[^"\\]|\\(?:.|\Z))*(?P<closing>")?|[()\[\]]|[^\s()\[\]"]+', re.DOTALL)


class Awaited(Enum):
    """What can stand at the cursor."""

    ATTRIBUTE = auto()
    OPERATOR = auto()
    VALUE = auto()
    JOIN = auto()
    """`and`, `or`, or the end of a bracket."""
    CLOSING = auto()
    """The same, but right behind something: only a bracket fits without a blank."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor, with the word that it stands in."""

    awaited: Awaited
    start: int
    """Index of the word's first character; the cursor's where it stands in no word."""
    end: int
    word: str
    """The word as far as the cursor."""
    path: str = ""
    """The attribute in front, where an operator or a value is awaited."""
    within: str = ""
    """The attribute whose `[ ]` the cursor stands in."""
    opened: str = ""
    """The innermost bracket that is open: "(", "[" or ""."""


@dataclass
class _Reading:
    """What was read so far."""

    awaited: Awaited = Awaited.ATTRIBUTE
    path: str = ""
    brackets: list[tuple[str, str]] = field(default_factory=list)
    """(bracket, the attribute in front of a `[`), outermost first."""
    last: str = ""

    def take(self, part: str) -> bool:
        """Read one part; False where it cannot stand here, so that nothing after it means anything."""
        if part.isspace():
            self.last = part
            return True
        takes = {
            Awaited.ATTRIBUTE: self._attribute,
            Awaited.OPERATOR: self._operator,
            Awaited.VALUE: self._value,
            Awaited.JOIN: self._join,
        }
        is_right = takes[self.awaited](part)
        self.last = part
        return is_right

    def _attribute(self, part: str) -> bool:
        if part == "(":
            self.brackets.append((part, ""))
            return True
        if part[0] in ')[]"':
            return False
        if part.casefold() != "not":
            self.path, self.awaited = part, Awaited.OPERATOR
        return True

    def _operator(self, part: str) -> bool:
        if part == "[" and not self.within:
            self.brackets.append((part, self.path))
            self.awaited = Awaited.ATTRIBUTE
            return True
        folded = part.casefold()
        self.awaited = Awaited.JOIN if folded == "pr" else Awaited.VALUE
        return folded == "pr" or folded in Operator.__members__.values()

    def _value(self, part: str) -> bool:
        self.awaited = Awaited.JOIN
        return part not in set("()[]")

    def _join(self, part: str) -> bool:
        if part in (")", "]"):
            opened, path = self.brackets.pop() if self.brackets else ("", "")
            self.path = path
            return opened + part in ("()", "[]")
        if part[0] == "." and self.last == "]":  # emails[type eq "work"].value eq "x", which Entra sends
            self.path, self.awaited = self.path + part, Awaited.OPERATOR
            return True
        self.awaited = Awaited.ATTRIBUTE
        return part.casefold() in ("and", "or")

    @property
    def within(self) -> str:
        return next((path for bracket, path in reversed(self.brackets) if bracket == "["), "")


def place_at(text: str, position: int) -> Place | None:
    """Return what a cursor at `position` stands in; None where nothing can be said, as after a mistake."""
    if len(text) > LONGEST:
        return None
    reading = _Reading()
    start = end = position
    for token in _TOKEN.finditer(text):
        if token.start() >= position:
            is_free = token[0].isspace() or token[0] in (")", "]")
            if not is_free:
                return None
            break
        if token.end() >= position and _holds_cursor(token, position):
            start, end = token.span()
            break
        if not reading.take(token[0]):
            return None
    awaited = reading.awaited
    if awaited is Awaited.JOIN and start == end and not reading.last.isspace():
        awaited = Awaited.CLOSING
    opened = reading.brackets[-1][0] if reading.brackets else ""
    return Place(awaited, start, end, text[start:position], reading.path, reading.within, opened)


def _holds_cursor(token: re.Match[str], position: int) -> bool:
    """Whether the cursor stands in a word, at its end, or in quotes that are not closed in front of it."""
    if token[0].isspace() or token[0] in set("()[]"):
        return False
    return not (token["closing"] and token.end() == position)
