"""Styled lines as values: what a line is, lines that are made when they are looked at, and searching in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, overload, runtime_checkable

from scimtui.present.cells import safe

Line = list[tuple[str, str]]
"""(literal text, name of a style) pairs; "" is the plain style. The names stand in `STYLES`."""

STYLES = (
    "heading", "section", "label", "value", "note", "good", "bad", "changed", "old", "mark", "key",
    "string", "number", "literal", "sign",
)  # fmt: skip


@runtime_checkable
class WithTexts(Protocol):
    """Lines whose texts are known without their styles."""

    @property
    def texts(self) -> Sequence[str]:
        """One for each line."""


@dataclass(frozen=True)
class LazyLines(Sequence[Line]):
    """Lines that get their colours when they come on the screen; searching reads the texts alone."""

    texts: Sequence[str]
    colour: Callable[[str], Line]

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        if isinstance(index, slice):
            return LazyLines(self.texts[index], self.colour)
        return self.colour(self.texts[index])


def text_of(line: Line) -> str:
    """Return a line without its styles."""
    return "".join(text for text, _ in line)


def matching(lines: Sequence[Line], pattern: re.Pattern[str]) -> list[int]:
    """Return the indexes of the lines that match as they are shown."""
    texts = lines.texts if isinstance(lines, WithTexts) else [text_of(line) for line in lines]
    return [index for index, text in enumerate(texts) if pattern.search(safe(text))]


def pattern_of(text: str) -> re.Pattern[str] | None:
    """Return what finds a text in any letter case; None where there is nothing to find."""
    return re.compile(re.escape(text), re.IGNORECASE) if text else None
