"""The words that an admin reads before and after a change."""

from __future__ import annotations

import pytest

from scimtui.errors import Refused, ScimtuiError, UsageError
from scimtui.present.wording import DEACTIVATION, DELETION, error_line
from scimtui.scim.dialect import Deactivation, Deletion


@pytest.mark.rule("R45", "R46")
def test_each_meaning_of_turning_off_and_of_deleting_has_words_of_its_own():
    assert DEACTIVATION.keys() == set(Deactivation)
    assert DELETION.keys() == set(Deletion)
    said = [*DEACTIVATION.values(), *DELETION.values()]
    assert len(set(said)) == len(said)
    assert "not known" in DEACTIVATION[Deactivation.UNKNOWN]
    assert "cannot be brought back" in DEACTIVATION[Deactivation.DESTROYS]


def test_an_error_is_one_line_whatever_a_provider_wrote_into_it():
    error = Refused("no\nway", status=400, detail="a\x1b[31mb\nc", hint="try again")
    assert error.message == "no way"
    line = error_line(error)
    assert "\n" not in line
    assert "\x1b" not in line
    assert line.endswith("Try again.")
    assert isinstance(UsageError("x"), ScimtuiError)
