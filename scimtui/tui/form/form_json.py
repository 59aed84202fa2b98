"""What a text that is edited as JSON means for a form, in values and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scimtui.errors import SyntaxFault
from scimtui.present.cells import safe
from scimtui.scim.as_text import Rewritten, read_text, rewritten
from scimtui.tui.form.form_state import Form, rewrite, sent_of
from scimtui.tui.form.form_wanted import errors

LONGEST = 256_000
"""Characters that are edited here: a field of 1 MB takes seconds to open."""
KEYS = "^S preview · Esc back to the fields · F3 in $EDITOR · ^R as it came"
TOO_LONG = "this resource is too long to be edited as JSON here; F3 opens it in $EDITOR"


def read_answer(text: str, form: Form, made_of: Mapping[str, Any]) -> Rewritten | SyntaxFault:
    """Return what a text, made of what the form wanted, wants of its resource, or why it can't be read."""
    try:
        return rewritten(sent_of(form), read_text(text), form.resource_type, is_new=form.is_new, made_of=made_of)
    except SyntaxFault as fault:
        return fault


def json_errors(answer: Rewritten | SyntaxFault, form: Form) -> list[str]:
    """Return why a text can't be sent, one safe line for each reason."""
    if isinstance(answer, SyntaxFault):
        return [safe(answer.message)]
    return [safe(line) for line in errors(rewrite(form, answer.wanted))]


def refusal_notes(answer: Rewritten | SyntaxFault) -> tuple[str, ...]:
    """Return what was changed in a text and is not sent, in safe sentences."""
    if isinstance(answer, SyntaxFault):
        return ()
    return tuple(safe(f"{path} is not sent: it can't be changed in the JSON") for path in answer.refused)
