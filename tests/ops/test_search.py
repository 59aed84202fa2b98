from __future__ import annotations

import pytest
from fakes.sessions import tenant_at
from hypothesis import given, strategies as st

from scimtui.errors import FilterError
from scimtui.ops.browse import Projection
from scimtui.ops.search import fold, matching, plain
from scimtui.ops.session import close_session, open_session
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")
PEOPLE = ["Zoë Müller Sales", "Łukasz Nowak Sales", "Bjørn Strauß IT", "ANN LEE it", "İpek Çelik HR"]
ROWS = [(str(number), fold(text), text) for number, text in enumerate(PEOPLE)]


def found(text: str, within=None) -> list[str]:
    return [PEOPLE[index] for index in plain(ROWS, text, within)]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("zoe", [0]),
        ("ZOË", [0]),
        ("muller", [0]),
        ("lukasz", [1]),
        ("łukasz", [1]),
        ("bjorn", [2]),
        ("strauss", [2]),
        ("ipek celik", [4]),
        ("ann", [3]),
        ("sales nowak", [1]),
        ("it", [2, 3]),
        ("", [0, 1, 2, 3, 4]),
        ("   ", [0, 1, 2, 3, 4]),
        ("nobody", []),
        ("sales it", []),
    ],
)
def test_words_are_found_in_any_order_without_accents_and_case(text, people):
    assert found(text) == [PEOPLE[index] for index in people]


def test_more_letters_narrow_an_earlier_search():
    sales = plain(ROWS, "sales")
    assert plain(ROWS, "sales zoe", sales) == [0]
    assert plain(ROWS, "", sales) == sales
    assert sales == [0, 1]


@given(st.lists(st.text()))
def test_texts_are_folded_alike_alone_and_joined(texts):
    assert fold("\n".join(texts)) == "\n".join(map(fold, texts))


def test_folding_twice_changes_nothing():
    for text in PEOPLE:
        assert fold(fold(text)) == fold(text)


@pytest.fixture
async def session(tmp_path):
    session = open_session(tenant_at("https://nowhere.invalid"), tmp_path)
    users = session.cache.resources("User")
    for number in range(6):
        mail = {"value": f"user{number}@example.com", "type": "work" if number % 2 else "home"}
        users.put({"id": f"id-{number}", "userName": f"user{number}", "active": number != 3, "emails": [mail]})
    yield session
    await close_session(session)


async def test_a_scim_filter_is_evaluated_on_the_cache_and_gives_places_in_the_rows(session):
    projection = Projection("v1", lambda raw: (raw["id"], fold(raw["userName"])))
    rows = session.cache.resources("User").rows(projection)
    backwards = rows[::-1]
    assert matching(session, USER, "active eq false", rows) == [3]
    assert matching(session, USER, "active eq false", backwards) == [2]
    assert matching(session, USER, 'emails[type eq "work"] and userName ne "user1"', rows) == [3, 5]
    assert matching(session, USER, 'userName eq "nobody"', rows) == []
    assert matching(session, USER, "userName pr", rows[:2]) == [0, 1]


async def test_a_filter_that_cannot_be_read_knows_where(session):
    with pytest.raises(FilterError) as caught:
        matching(session, USER, "userName eq", [])
    assert caught.value.position >= len("userName eq")


async def test_an_answer_is_remembered_no_longer_than_the_cache_stays_as_it_was(session):
    users = session.cache.resources("User")
    projection = Projection("v1", lambda raw: (raw["id"], fold(raw["userName"])))
    assert matching(session, USER, "active eq false", users.rows(projection)) == [3]
    users.put({"id": "id-5", "userName": "user5", "active": False})
    users.remove("id-3")
    rows = users.rows(projection)
    assert [rows[index][0] for index in matching(session, USER, "active eq false", rows)] == ["id-5"]
    assert [rows[::-1][index][0] for index in matching(session, USER, "active eq false", rows[::-1])] == ["id-5"]


async def test_what_is_spelled_otherwise_is_matched_too(session):
    session.cache.resources("User").put({"ID": "odd", "USERNAME": "Odd", "Active": "False"})
    rows = session.cache.resources("User").rows(Projection("v2", lambda raw: (raw.get("id", "odd"), "")))
    assert [rows[index][0] for index in matching(session, USER, 'active eq false and username eq "odd"', rows)] == [
        "odd"
    ]
