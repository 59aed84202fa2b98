"""One condition of a filter as three fields: an attribute, a question in words, a value."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, auto
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from scimtui.errors import PathError
from scimtui.scim.completion import Candidate, attribute_candidates, attribute_of, value_candidates
from scimtui.scim.filter_rows import Condition, question_words, questions_of, value_fault
from scimtui.scim.path import parse_path

if TYPE_CHECKING:
    from scimtui.scim.schema import Attribute, ResourceType


class Part(Enum):
    """Which field of a row."""

    ATTRIBUTE = auto()
    QUESTION = auto()
    VALUE = auto()


class PartField(Input):
    """Offers each key to the dialog first, which owns the list that drops from the field."""

    def __init__(self, row: ConditionRow, part: Part, text: str, pressed: Callable[[events.Key], bool]) -> None:
        hints = {Part.ATTRIBUTE: "attribute", Part.QUESTION: "is, contains, …", Part.VALUE: "value"}
        super().__init__(text, hints[part], classes=part.name.lower())
        self.row = row
        self.part = part
        self._pressed = pressed

    def on_key(self, event: events.Key) -> None:
        """Hand on the key."""
        if self._pressed(event):
            event.stop()
            event.prevent_default()


class ConditionRow(Horizontal):
    """Knows what can stand in its fields, and what is still missing."""

    DEFAULT_CSS = """
    ConditionRow { height: 1; }
    ConditionRow PartField, ConditionRow PartField:focus { height: 1; border: none; padding: 0 1; margin-right: 1; background: $panel; }
    ConditionRow PartField:focus { background: $primary 30%; }
    ConditionRow .attribute { width: 2fr; }
    ConditionRow .question { width: 22; }
    ConditionRow .value { width: 2fr; margin-right: 0; }
    """

    def __init__(
        self, resource_type: ResourceType, pressed: Callable[[events.Key], bool], condition: Condition | None = None
    ) -> None:
        super().__init__()
        self._type = resource_type
        texts = dict.fromkeys(Part, "")
        if condition is not None:
            path = str(condition.path)
            words = question_words(condition.operator, attribute_of(path, resource_type))
            texts = {Part.ATTRIBUTE: path, Part.QUESTION: words, Part.VALUE: condition.value}
        self.fields = {part: PartField(self, part, text, pressed) for part, text in texts.items()}
        if condition is not None:
            self.settle()

    def compose(self) -> ComposeResult:
        """Compose the three fields."""
        yield from self.fields.values()

    def text(self, part: Part) -> str:
        """Return what stands in a field."""
        return self.fields[part].value.strip()

    @property
    def is_blank(self) -> bool:
        """Whether nothing was chosen yet; such a row counts for nothing."""
        return not any(self.text(part) for part in Part)

    @property
    def attribute(self) -> Attribute | None:
        """What the path names, None where no schema declares it."""
        return attribute_of(self.text(Part.ATTRIBUTE), self._type)

    @property
    def _questions(self) -> dict[str, str]:
        """The questions by their words."""
        attribute = self.attribute
        return {question_words(question, attribute): question for question in questions_of(attribute)}

    @property
    def question(self) -> str | None:
        """The chosen question, None where the field holds none."""
        return self._questions.get(self.text(Part.QUESTION))

    @property
    def needs_value(self) -> bool:
        """Whether the question is about a value."""
        return self.question is None or not self.question.endswith("pr")

    def fault(self) -> tuple[Part, str] | None:
        """Return the first field that is not right, and what it needs."""
        if not self.text(Part.ATTRIBUTE):
            return Part.ATTRIBUTE, "choose an attribute"
        try:
            parse_path(self.text(Part.ATTRIBUTE), self._type)
        except PathError:
            return Part.ATTRIBUTE, "this is no attribute"
        if self.question is None:
            return Part.QUESTION, "choose what to ask of it"
        if not self.needs_value:
            return None
        if not self.text(Part.VALUE):
            return Part.VALUE, "type a value"
        reason = value_fault(self.text(Part.VALUE), self.attribute)
        return (Part.VALUE, f"the value must be {reason}") if reason else None

    def condition(self) -> tuple[Condition, Attribute | None]:
        """Return what the row says; it has no fault."""
        path = parse_path(self.text(Part.ATTRIBUTE))
        value = self.text(Part.VALUE) if self.needs_value else ""
        return Condition(path, self.question or "", value), self.attribute

    def candidates(self, part: Part, typed: str) -> list[Candidate]:
        """Return what can stand in a field; "" for everything."""
        if part is Part.ATTRIBUTE:
            return list(attribute_candidates(typed, self._type))
        attribute, folded = self.attribute, typed.casefold()
        if part is Part.QUESTION:
            words = [Candidate(words, question) for words, question in self._questions.items()]
            return [one for one in words if folded in one.text or one.note == folded]
        if attribute is None or not self.needs_value:
            return []
        known = value_candidates(attribute, self._type, datetime.now(UTC).date())
        plain = [Candidate(_unquoted(one.text), one.note) for one in known]
        return [one for one in plain if folded in one.text.casefold() or (folded and one.note.startswith(folded))]

    def settle(self) -> None:
        """Put the usual question beside an attribute, and none that it cannot be asked."""
        question = self.fields[Part.QUESTION]
        if self.question is None:
            question.value = next(iter(self._questions))
        self.fields[Part.VALUE].visible = self.needs_value


def _unquoted(literal: str) -> str:
    return str(json.loads(literal)) if literal.startswith('"') else literal
