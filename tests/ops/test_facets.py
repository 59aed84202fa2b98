"""Counts, and the filters that they stand for."""

from __future__ import annotations

import pytest
from fakes.sessions import tenant_at
from hypothesis import given, strategies as st

from scimtui.ops.facets import MOST, Kind, Shown, _reader, count, facets, narrowed, tally
from scimtui.ops.session import close_session, open_session
from scimtui.ops.stoppable import Progress, Stopped
from scimtui.present.columns import ACTIVE, INACTIVE, UNKNOWN, default_columns, projection
from scimtui.present.exported import row_id
from scimtui.scim.filter import parse_filter
from scimtui.scim.match import compile_filter
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type

USER = core_resource_type("User")
COLUMNS = default_columns(USER)
BY_TITLE = {facet.title: facet for facet in facets(USER, [column.path for column in COLUMNS])}


@pytest.fixture
async def session(tmp_path):
    session = open_session(tenant_at("https://nowhere.invalid"), tmp_path)
    for number, (title, department, active) in enumerate(
        [("Boss", "Sales", True), ("boss", "Sales", "False"), ("", None, None), (None, "IT", False)]
    ):
        raw = {"id": f"id-{number}", "userName": f"u{number}", "title": title, "active": active}
        raw["emails"] = [{"value": f"a@{domain}"} for domain in ("x.example", "Y.example")[:number]]
        raw[ENTERPRISE_USER] = {"department": department}
        session.cache.resources("User").put(raw)
    yield session
    await close_session(session)


def counted(session, title, ids=None, shown=None):
    wanted = [f"id-{number}" for number in range(4)] if ids is None else ids
    tally = count(session, USER, BY_TITLE[title], wanted, row_id=row_id, shown=shown, progress=Progress())
    return {one.value: one.number for one in tally.counts}


async def test_people_count_by_department_title_state_and_domain_first(session):
    assert list(BY_TITLE)[:4] == ["department", "title", "active", "e-mail domain"]
    assert counted(session, "department") == {"Sales": 2, "IT": 1, None: 1}
    assert counted(session, "title") == {"Boss": 2, None: 2}
    assert counted(session, "active") == {"false": 2, "true": 1, None: 1}
    assert counted(session, "e-mail domain") == {"x.example": 3, "Y.example": 2, None: 1}


async def test_only_the_rows_shown_are_counted(session):
    assert counted(session, "department", ["id-0"]) == {"Sales": 1}
    assert counted(session, "department", ["id-0", "id-3"]) == {"Sales": 1, "IT": 1}
    assert counted(session, "department", []) == {}


async def test_cells_of_the_table_and_documents_give_the_same_counts(session):
    made = projection(COLUMNS, USER)
    places = {column.title: place for place, column in enumerate(COLUMNS, 2)}
    means = {ACTIVE: True, INACTIVE: False, UNKNOWN: None}
    for title in ("department", "title", "active"):
        shown = Shown(made, places[title], means if title == "active" else {})
        assert counted(session, title, shown=shown) == counted(session, title)


async def test_a_value_that_cells_do_not_show_as_it_is_is_read_from_the_document(session):
    session.cache.resources("User").put({"id": "id-0", "userName": "u0", "title": "Bo\u200bss"})
    places = {column.title: place for place, column in enumerate(COLUMNS, 2)}
    assert "Bo\u200bss" in counted(session, "title", shown=Shown(projection(COLUMNS, USER), places["title"]))


async def test_counting_can_be_stopped(session):
    with pytest.raises(Stopped):
        count(session, USER, BY_TITLE["userType"], ["id-0"], progress=Progress(stop=True))


async def test_many_values_are_cut_to_the_most_frequent_and_none_stays_among_them(tmp_path):
    session = open_session(tenant_at("https://nowhere.invalid"), tmp_path)
    people = [{"id": str(number), "userName": f"u{number}", "title": f"t{number}"} for number in range(MOST + 50)]
    del people[0]["title"]
    users = session.cache.resources("User")
    for person in people:
        users.put(person)
    tally = count(session, USER, BY_TITLE["title"], [one["id"] for one in people], progress=Progress())
    assert (len(tally.counts), tally.distinct, tally.resources) == (MOST, MOST + 49, MOST + 50)
    assert [one.number for one in tally.counts if one.value is None] == [1]
    await close_session(session)


TEXT = st.sampled_from(
    [None, "", "Sales", "sales", "SALES ", "Straße", "STRASSE", "İ", "i̇", "é", "é", 'a"b\\', "x@", "5"]
)
MAIL = st.sampled_from(["a@x.example", "b@X.EXAMPLE", "no address", "a@b@c.example", "", "a@"])
TIME = st.sampled_from(
    [None, "2026-11-30T23:30:00-02:00", "2026-12-01T00:00:00Z", "9999-12-31T00:00:00Z", "2026-01-05T01:00:00.5Z"]
)
PERSON = st.fixed_dictionaries(
    {
        "title": TEXT,
        "userType": TEXT,
        "active": st.sampled_from([True, False, "True", "false", None]),
        "emails": st.lists(st.fixed_dictionaries({"value": MAIL}) | MAIL, max_size=3),
        "roles": st.lists(st.fixed_dictionaries({"value": TEXT}), max_size=3),
        "meta": st.fixed_dictionaries({"lastModified": TIME}),
        ENTERPRISE_USER: st.fixed_dictionaries({"department": TEXT}),
    }
)


@given(st.lists(PERSON, max_size=8))
def test_a_count_is_what_its_filter_finds(people):
    documents = [{"id": str(number), **one} for number, one in enumerate(people)]
    for title in ("department", "title", "active", "e-mail domain", "userType", "roles.value", "meta.lastModified"):
        read = _reader(BY_TITLE[title], USER)
        for one in tally(BY_TITLE[title], [read(raw) for raw in documents]).counts:
            matches = compile_filter(parse_filter(str(one.filter)), USER)
            assert one.number == sum(map(matches, documents)), (title, one)


def test_months_are_counted_where_there_are_times():
    assert BY_TITLE["meta.lastModified"].kind is Kind.MONTH


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("", 'title eq "Boss"'),
        ("active eq true", 'active eq true and title eq "Boss"'),
        ("active eq true or title pr", '(active eq true or title pr) and title eq "Boss"'),
        ("ann lee", None),
        ("active eq", None),
    ],
)
def test_a_filter_is_joined_and_words_are_not(text, joined):
    assert narrowed(text, parse_filter('title eq "Boss"')) == joined


def test_other_types_count_by_what_their_schema_has():
    group = core_resource_type("Group")
    titles = [facet.title for facet in facets(group, [column.path for column in default_columns(group)])]
    assert titles[:2] == ["displayName", "externalId"]
    assert not any(title.startswith("members") for title in titles)
