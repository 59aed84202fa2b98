"""The words that an admin reads before and after a change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from fakes.sessions import tenant_at

from scimtui.errors import Refused, ScimtuiError, UsageError
from scimtui.present.wording import DEACTIVATION, DELETION, error_line, token_end
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


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (31, ""),
        (30, "token ends in 30 days"),
        (8, "token ends in 8 days"),
        (7, "! token ends in 7 days"),
        (2, "! token ends in 2 days"),
        (1, "!! token ends tomorrow"),
        (0, "!! token ends today"),
        (-1, "!! token ended yesterday"),
        (-40, "!! token ended 40 days ago"),
    ],
)
def test_the_end_of_a_token_is_warned_about_more_and_more_loudly(days: int, shown: str) -> None:
    today = date(2026, 5, 4)
    assert token_end(tenant_at("https://x.example", token_expires=today + timedelta(days)), today) == shown


def test_a_token_without_a_known_end_is_not_warned_about() -> None:
    assert token_end(tenant_at("https://x.example")) == ""
