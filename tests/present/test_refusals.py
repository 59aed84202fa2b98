"""Why a provider said no: one table of words, a next step for each, and the provider's sentence marked as its own."""

from __future__ import annotations

import pytest

from scimtui.errors import VersionConflict
from scimtui.present.refusals import SCIM_TYPES, STATUSES, next_step, quoted, refusal, refusal_line
from scimtui.present.wording import error_lines
from scimtui.scim.merge import Conflict

RFC_7644 = {
    "invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget",
    "invalidValue", "invalidVers", "sensitive",
}  # fmt: skip
RFC_9865 = {"invalidCursor", "expiredCursor", "invalidCount"}
SENT = {
    400, 401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 414, 415, 422, 423, 424, 428, 429, 431, 451,
    *range(500, 506), 507, *range(520, 525),
}  # fmt: skip


@pytest.mark.rule("R49", "R50")
def test_every_keyword_of_the_rfcs_and_every_status_that_is_sent_has_words_and_a_next_step():
    assert SCIM_TYPES.keys() == RFC_7644 | RFC_9865
    assert STATUSES.keys() >= SENT
    for keyword in SCIM_TYPES:
        assert next_step(400, keyword)
        assert keyword in refusal(400, keyword)
    for status in STATUSES:
        assert next_step(status)
        assert str(status) in refusal(status, None)


def test_a_keyword_decides_and_an_unknown_one_leaves_the_status():
    assert refusal_line(409, "uniqueness") == (
        "another resource already has this value (409 uniqueness). Another resource has this value: look for it"
    )
    assert refusal(409, "vendorThing") == "it clashes with another resource (409 vendorThing)"
    assert refusal(599, None).startswith("the provider failed")
    assert refusal(499, None).startswith("the request was not accepted")


def test_the_sentence_of_the_provider_is_quoted_and_nothing_in_it_acts():
    said = quoted("one\ntwo\x1b[2J \u202e")
    assert said == "the provider says: “one two␛[2J ‹202e›”"
    assert quoted(" ") == ""
    assert said in refusal_line(400, None, "one\ntwo\x1b[2J \u202e")


def test_a_conflict_names_all_three_values_of_each_path_for_who_cannot_be_asked():
    conflict = Conflict("urn:example:2.0:User:title", "A", "B\x07", None)
    error = VersionConflict("Edit ann: title was changed", paths=("title",), conflicts=[conflict], hint="look again")
    lines = error_lines(error)
    assert lines[1] == '  title: you saw "A", now it is nothing, you want "B\\u0007".'
    assert lines[-1] == "Look again."
