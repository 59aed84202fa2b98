"""A comparison as tables: what stands in a line, what is said before it is believed, and the rules as texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from scimtui.config import CompareRules
from scimtui.ops.compare import SidesCompared
from scimtui.present.compare_rules_words import read_rules, rules_mistakes, rules_texts, rules_values, turned
from scimtui.present.compared_rows import ambiguous_keys, differing, only_there, rules_line, same_on_both, share
from scimtui.present.comparison import ONLY_LEFT, ONLY_RIGHT, attribute_counts, members_lines, unproven, warning_lines
from scimtui.scim.compare import compare
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type
from scimtui.store.cache import SyncState

USER, GROUP = core_resource_type("User"), core_resource_type("Group")
NAMES = ("acme", "bolt")
WHOLE = SyncState(datetime(2026, 5, 4, tzinfo=UTC), True, None, 3, 3)
PART = SyncState(datetime(2026, 5, 4, tzinfo=UTC), False, "it broke off", 3, 1)
Raws = Sequence[dict[str, Any]]


def found(left: Raws, right: Raws, states: tuple[SyncState | None, SyncState | None] = (WHOLE, WHOLE)) -> SidesCompared:
    return SidesCompared(compare(left, right, USER), (USER, USER), *states)


def people(*names: str) -> Raws:
    return [{"id": f"{place}{name}", "userName": name} for place, name in enumerate(names)]


def test_a_line_names_what_differs_most_often_first_and_gives_both_values_in_that_order():
    left = [
        {"id": "1", "userName": "ann", "title": "A", ENTERPRISE_USER: {"department": "D"}},
        {"id": "2", "userName": "ben", "title": "B", "emails": [{"value": "b@x"}, {"value": "c@x"}]},
    ]
    right = [
        {"id": "3", "userName": "ann", "title": "C", ENTERPRISE_USER: {"department": "E"}},
        {"id": "4", "userName": "ben", "emails": [{"value": "d@x"}]},
    ]
    comparison = compare(left, right, USER)
    counts = attribute_counts(comparison)
    assert counts == {"title": 2, "department": 1, "emails": 1}
    made = differing(comparison, NAMES, counts)
    assert [row[2:] for row in made.rows] == [
        ("≠  ann", "title, department", "A · D", "C · E"),
        ("≠  ben", "title, emails", "B · b@x, c@x", "not set · d@x"),
    ]
    assert (made.subject_at(1).left_id, made.subject_at(1).right_id) == ("2", "4")
    (row,) = differing(comparison, NAMES, counts, "emails").rows
    assert row[2:] == ("≠  ben", "b@x, c@x", "d@x")


def test_who_is_staged_has_a_sign_behind_the_one_of_the_row():
    comparison = compare(people("ann", "ben"), [], USER)
    made = only_there(ONLY_LEFT, comparison.only_left, {}, ())
    signed = made.signed({made.rows[1][0]: ">", "nobody": ">"})
    assert [row[2] for row in signed.rows] == ["◀  ann", "◀> ben"]


def test_the_same_go_by_key_and_ids_and_a_key_of_several_names_them_all():
    assert [row[2:] for row in same_on_both([("Ben", "2", "b"), ("ann", "1", "a")], NAMES).rows] == [
        ("=  ann", "1", "a"),
        ("=  Ben", "2", "b"),
    ]
    (row,) = ambiguous_keys(compare(people("ann", "ANN"), people("ann"), USER), NAMES).rows
    assert row[2:] == ("?  ann", "2: 0ann, 1ANN", "1: 0ann")


def test_text_of_a_provider_does_not_act_in_any_line():
    comparison = compare([{"id": "1\x1b", "userName": "a\x1b[31m"}], [{"id": "2", "userName": "b\u202e"}], USER)
    rows = [*only_there(ONLY_LEFT, comparison.only_left, {}, ()).rows]
    rows += only_there(ONLY_RIGHT, comparison.only_right, {}, ()).rows
    assert [row[2] for row in rows] == ["◀  a␛[31m", "▶  b‹202e›"]


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ((WHOLE, WHOLE), {}),
        ((WHOLE, PART), {ONLY_LEFT: "unknown, bolt is not complete"}),
        ((None, WHOLE), {ONLY_RIGHT: "unknown, acme was never synced"}),
    ],
)
def test_nobody_is_only_on_one_side_where_the_other_is_not_complete(states, said):
    assert unproven(found(people("ann"), people("ben"), states), *NAMES) == said


def test_what_makes_a_comparison_doubtful_is_said_with_the_key_that_helps():
    lines = warning_lines(found(people("ann"), people("ben"), (PART, None)), *NAMES)
    assert [line.split(":")[0] for line in lines] == [
        "! acme is not complete (it broke off)",
        "! bolt was never synced",
        "! Nobody has the same userName on both sides, so nobody was paired. f changes the key.",
    ]
    (line,) = warning_lines(found(people("ann", "ann", "ben"), people("ben")), *NAMES)
    assert line == "! 1 of 2 keys are not unique: userName may not tell who is who. f changes it."
    assert members_lines([("acme", WHOLE), ("bolt", None)]) == [
        "! The people of bolt are not all here: members may seem to differ who do not. r fetches them."
    ]


def test_shares_and_rules_are_said_in_few_words():
    assert [share(*one) for one in ((1, 3), (1, 1000), (999, 1000), (0, 5), (3, 0))] == [
        "33 %",
        "<1 %",
        ">99 %",
        "0 %",
        "",
    ]
    assert rules_line("userName", 2, 1, 0, 0, "active eq true") == (
        "by userName · only 1 attribute · 2 ignored · who is active eq true"
    )


# ------------------------------------------------------------------ rules as texts

RULES = CompareRules(
    "emails.value", ("title", "name.formatted"), (), {"title": "userType"}, ("title",), "active eq true"
)


def test_rules_are_the_same_again_when_their_texts_are_read():
    assert read_rules(rules_texts(RULES)) == RULES
    assert rules_mistakes(rules_texts(RULES), [(USER, USER)]) == {}
    assert rules_values(CompareRules()) == {}
    assert rules_values(RULES)["map"] == {"title": "userType"}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("key", "emials", "no attribute emials; did you mean emails?"),
        ("ignore", "title, nonsense", "no attribute nonsense"),
        ("only", "title[", "… an attribute"),
        ("map", "title", "write left name = right name"),
        ("map", "title = userTpye", "did you mean userType?"),
        ("map", 'emails[type eq "work"].value = title', "cannot be put there"),
        ("filter", "active eq", "…"),
        ("filter", "activ eq true", "did you mean active?"),
    ],
)
def test_a_mistake_in_a_rule_is_said_in_words(name, text, words):
    told = rules_mistakes({**rules_texts(CompareRules()), name: text}, [(USER, USER), (GROUP, GROUP)])
    assert list(told) == [name]
    assert words in told[name]


def test_a_rule_may_be_about_a_type_that_is_not_looked_at():
    assert rules_mistakes({**rules_texts(CompareRules()), "ignore": "title"}, [(GROUP, GROUP), (USER, USER)]) == {}


def test_turned_rules_name_things_as_the_other_side_does():
    other = turned(RULES)
    assert (other.ignore, other.map, other.fold) == (
        ("userType", "name.formatted"),
        {"userType": "title"},
        ("userType",),
    )
    assert turned(other) == RULES
