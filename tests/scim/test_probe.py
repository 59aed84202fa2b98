"""What a check asks, and what the answers mean."""

from __future__ import annotations

import pytest

from scimtui.scim.exchange import ListPage
from scimtui.scim.match import compile_filter
from scimtui.scim.probe import Verdict, filter_questions, judge_filter, judge_order, lacking, pair_of
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")
ANN = {
    "id": "1",
    "userName": "ann@example.com",
    "displayName": "Ann",
    "externalId": "E1",
    "emails": [{"value": "a@x.com", "type": "work"}],
    "meta": {"lastModified": "2026-05-04T03:02:01Z"},
}
BOB = {"id": "2", "userName": "bob@test.org", "displayName": "Bob", "externalId": "E2"}


@pytest.mark.parametrize(("wanted", "other"), [(ANN, BOB), (BOB, ANN)])
def test_every_question_matches_the_one_and_leaves_the_other_out(wanted, other):
    questions = list(filter_questions(wanted, other, "userName"))
    assert len({question.name for question in questions}) == len(questions) >= 12
    for question in questions:
        matches = compile_filter(question.text, USER)
        assert matches(wanted), question
        assert not matches(other), question


def test_nothing_is_asked_about_what_a_resource_does_not_have():
    bare = {"id": "3", "userName": "carol"}
    names = {question.name for question in filter_questions(bare, BOB, "userName")}
    assert names.isdisjoint({"externalId", "displayName", "sub-attribute", "value path", "date"})
    untyped = {**bare, "emails": [{"value": "c@x.com"}]}
    names = {question.name for question in filter_questions(untyped, BOB, "userName")}
    assert "sub-attribute" in names
    assert "value path" not in names


def test_names_too_alike_are_not_asked_about_in_parts():
    first, second = {"id": "1", "userName": "ab"}, {"id": "2", "userName": "ba"}
    names = {question.name for question in filter_questions(first, second, "userName")}
    assert {"co"}.isdisjoint(names)
    assert {"sw", "ew"} <= names
    alike = {"id": "3", "userName": "b"}
    assert {"sw", "ew", "co"}.isdisjoint({one.name for one in filter_questions(alike, first, "userName")})


def judged(*came, total=None):
    question = next(filter_questions(ANN, BOB, "userName"))
    probe = judge_filter(question, ListPage(came, total), ANN, USER, 2)
    return probe.result, probe.evidence


def test_an_answer_is_judged_by_who_came():
    assert judged(ANN, total=1)[0] is Verdict.YES
    assert judged()[0] is Verdict.NO
    assert "though one is known to match" in judged()[1]
    twin = {**ANN, "id": "7"}
    assert judged(twin)[0] is Verdict.PARTLY
    assert "the filter is ignored" in judged(ANN, BOB, total=2)[1]
    assert "evaluated otherwise" in judged(ANN, BOB, total=1)[1]


@pytest.mark.parametrize(
    ("up", "down", "result"),
    [
        ("abc", "cba", Verdict.YES),
        ("aBc", "CBa", Verdict.YES),
        ("acb", "acb", Verdict.NO),
        ("acb", "bca", Verdict.PARTLY),
        ("ab", "ba", Verdict.UNKNOWN),
        ("aab", "baa", Verdict.UNKNOWN),
    ],
)
def test_an_order_is_judged_by_both_directions(up, down, result):
    assert judge_order(list(up), list(down))[0] is result


def test_what_a_list_leaves_out_is_named():
    assert lacking({"ID": "1", "title": None}, {"id": "1", "title": "x", "roles": [], "name": {"givenName": "A"}}) == [
        "title",
        "name",
    ]


def test_two_who_can_be_told_apart_are_found():
    nested, inside = {"id": "1", "userName": "ann"}, {"id": "2", "userName": "joann"}
    assert pair_of([nested, inside, {"userName": "no id"}, {"id": "4"}], "userName") is None
    assert pair_of([nested, inside, BOB], "userName") == (nested, BOB)
