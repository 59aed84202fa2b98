"""A pasted list: whom each line means."""

from __future__ import annotations

import pytest
from fakes.sessions import tenant_at

from scimtui.ops.lookup import State, look_up, read_list
from scimtui.ops.session import close_session, open_session
from scimtui.present.pasted import KEYS, answer_words, found_line

PEOPLE = [
    {
        "id": "A-1",
        "userName": "zoe@acme.example",
        "externalId": "E1",
        "name": {"givenName": "Zoë", "familyName": "Müller"},
        "emails": [{"value": "zoe.mueller@acme.example"}, "zoe@home.example"],
    },
    {"id": "A-2", "userName": "ann", "displayName": "Ann Lee", "externalId": "E2"},
    {"id": "A-3", "userName": "ann.lee", "displayName": "Ann  Lee", "externalId": "A-1x"},
    {"id": "A-4", "userName": "evil\x1b[2J", "name": {"formatted": "Eve Il"}},
]


@pytest.fixture
async def session(tmp_path):
    session = open_session(tenant_at("https://nowhere.invalid"), tmp_path)
    for person in PEOPLE:
        session.cache.resources("User").put(person)
    yield session
    await close_session(session)


def looked(session, *lines):
    return look_up(session, "User", read_list(lines), KEYS)


@pytest.mark.parametrize(
    "line",
    [
        "zoe@acme.example",
        "ZOE@ACME.EXAMPLE",
        "zoe.mueller@acme.example",
        "zoe@home.example",
        "A-1",
        "e1",
        "Zoë Müller",
        "zoe  muller",
        '"zoe@acme.example"',
        "Zoë M. <zoe@acme.example>",
        "  zoe@acme.example ,",
    ],
)
async def test_a_line_means_who_has_exactly_that_name_address_or_id(session, line):
    assert looked(session, line).ids == ["A-1"]


@pytest.mark.parametrize("line", ["zoe", "A-", "acme.example", "nobody", "Müller"])
async def test_a_part_of_a_name_means_nobody(session, line):
    found = looked(session, line)
    assert found.lines(State.MISSING) == [line]
    assert found.ids == []


async def test_several_are_listed_and_none_is_picked(session):
    found = looked(session, "ann lee", "Ann Lee", "A-2")
    assert found.ids == ["A-2"]
    assert [one.state for one in found.answers] == [State.AMBIGUOUS, State.FOUND]
    assert answer_words(found.answers[0]) == "2 match: ann (A-2), ann.lee (A-3)"


async def test_the_sum_counts_every_line(session):
    found = looked(session, "E-Mail", "zoe@acme.example", "", "ZOE@acme.example", "nobody", "  ", "E2", "ann lee")
    assert found.pasted.header == "E-Mail"
    assert (
        found_line(found) == "4 lines: 2 found, 1 ambiguous, 1 not found; 1 repeated, 2 blank left out; title: E-Mail"
    )


async def test_nothing_of_a_hostile_name_is_shown_as_it_is(session):
    assert answer_words(looked(session, "Eve Il").answers[0]) == "evil␛[2J"


async def test_a_copy_that_is_not_complete_calls_nobody_missing_for_good(session):
    assert not looked(session, "nobody").complete


@pytest.mark.parametrize(
    ("lines", "header"), [(["email"], ""), (["user_name", "ann"], "user_name"), (["ann", "bob"], "")]
)
def test_a_title_is_one_only_above_others(lines, header):
    assert read_list(lines).header == header


def test_an_empty_list_is_no_lines():
    assert read_list(["", " "]).lines == ()
    assert read_list(["", " "]).blank == 2
