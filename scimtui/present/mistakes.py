"""What is wrong with a filter that is being typed, in few words, and which letters of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimtui.present.cells import safe

if TYPE_CHECKING:
    from scimtui.errors import SyntaxFault

_PLACE = " at character "
_WORD = re.compile(r'[^\s()\[\]"]+|.', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A fault as a field shows it."""

    start: int
    """Indexes in the text of the field; both the same where nothing there is wrong."""
    end: int
    words: str
    """Safe text, with the position where there is one."""
    is_unfinished: bool
    """Nothing is wrong so far: something is missing at the end."""
    awaits: str
    """Safe text: what is missing, or would have been right."""


def mistake_of(fault: SyntaxFault, text: str) -> Mistake:
    """Return a fault as the field shows it in which `text` stands."""
    awaits = safe(fault.message.partition(_PLACE)[0].removeprefix("expected "))
    offset = text.find(fault.text)
    if offset < 0:  # of a text that was put in order before
        return Mistake(0, 0, _sentence(fault), is_unfinished=False, awaits=awaits)
    start = offset + fault.position
    if start >= len(text.rstrip()):
        return Mistake(start, start, f"… {awaits}", is_unfinished=True, awaits=awaits)
    is_whole = _PLACE not in fault.message  # it reads well, but cannot be asked
    word = _WORD.match(text, start)
    end = offset + len(fault.text) if is_whole else word.end() if word else start
    return Mistake(start, end, f"{start + 1}: {_sentence(fault)}", is_unfinished=False, awaits=awaits)


def _sentence(fault: SyntaxFault) -> str:
    return safe((fault.hint or fault.message.partition(_PLACE)[0]).rstrip("."))
