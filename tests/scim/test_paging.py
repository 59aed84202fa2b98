from __future__ import annotations

import itertools
from typing import Any

import pytest
from fakes.in_memory_provider import TOKEN, FakeProvider, Habits

from scimtui.errors import Refused
from scimtui.scim.dialect import RFC, Dialect, Paging
from scimtui.scim.exchange import ListPage, read_page
from scimtui.scim.message import ScimResponse
from scimtui.scim.paging import (
    Walk,
    after_page,
    after_refusal,
    first_request,
    start_walk,
)
from scimtui.scim.provider import BUILT_IN, Pagination, Provider
from scimtui.scim.refusal import raise_for_status
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")
CURSORS = Provider(BUILT_IN.resource_types, pagination=Pagination(cursor=True, index=True))
ONLY_CURSORS = Provider(BUILT_IN.resource_types, pagination=Pagination(cursor=True, index=False))
SIZES = [0, 1, 37, 100, 101, 200, 237]

HONEST = {
    "faithful": Habits(),
    "clips pages": Habits(max_page=20),
    "clips to a round number": Habits(max_page=50, total_is_page_limit=True),
    "first page again past the end": Habits(first_page_past_end=True),
    "total is the number on the page": Habits(total_is_page_count=True),
    "total is the page limit": Habits(total_is_page_limit=True),
    "no total": Habits(no_total=True),
    "no startIndex": Habits(no_start_index=True),
    "startIndex 0": Habits(start_index_zero=True),
    "count above 30 is refused": Habits(count_refused_above=30),
    "count breaks": Habits(count_breaks=True),
    "cursor only": Habits(cursor_only=True),
    "cursor expires": Habits(cursor_only=True, cursor_expires_at=100),
    "lower-case keys": Habits(lower_case_keys=True),
}
"""Habits that a walk must see through: everybody is there exactly once, and it says so."""

DECEIVING = {
    "stuck on page 1": Habits(stuck_first_page=True),
    "stuck, total is the page limit": Habits(stuck_first_page=True, total_is_page_limit=True),
    "stuck, no total": Habits(stuck_first_page=True, no_total=True),
    "total too high": Habits(total_too_high=3),
    "does not page": Habits(does_not_page=True),
    "one comes twice": Habits(duplicate_on_next_page=True),
    "cursor repeats": Habits(cursor_only=True, cursor_repeats=True),
    "entries that are no objects": Habits(entries_not_objects=2),
    "entries without id": Habits(entries_without_id=2),
    "divides startIndex": Habits(divides_start_index=True),
    "divides startIndex, small pages": Habits(divides_start_index=True, default_page=20),
}
"""Habits that may hide somebody: everybody is there exactly once, or the walk says why not."""

PAIRS = list(
    itertools.combinations(
        ["total_is_page_limit", "no_start_index", "first_page_past_end", "no_total", "stuck_first_page"], 2
    )
)


def walk_list(
    habits: Habits, count: int, *, provider: Provider = BUILT_IN, dialect: Dialect = RFC
) -> tuple[Walk, list, int]:
    fake = FakeProvider(habits)
    fake.add_users(count)
    walk = start_walk(USER, provider, dialect)
    request = first_request(walk)
    arrived: list[str] = []
    for requests in itertools.count(1):
        assert requests < 60
        status, headers, body = fake.answer("GET", fake.base + request.path, {"Authorization": f"Bearer {TOKEN}"}, b"")
        response = ScimResponse(status, headers, body)
        try:
            raise_for_status(response, "list users")
        except Refused as refused:
            walk, request = after_refusal(walk, refused)
            if request is None and not walk.complete:
                raise
            new = []
        else:
            walk, request, new = after_page(walk, read_page(response))
        arrived += [raw["userName"] for raw in new]
        if request is None:
            return walk, arrived, requests
    raise AssertionError


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("name", HONEST)
def test_everybody_is_there_exactly_once(name, count):
    provider = ONLY_CURSORS if HONEST[name].cursor_only else BUILT_IN
    walk, arrived, _ = walk_list(HONEST[name], count, provider=provider)
    assert walk.complete, walk.why
    assert sorted(arrived) == [f"user{number:05d}" for number in range(1, count + 1)]


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("name", DECEIVING)
def test_a_part_is_never_called_the_whole(name, count):
    walk, arrived, _ = walk_list(DECEIVING[name], count)
    assert len(arrived) == len(set(arrived))
    assert walk.complete is (walk.why is None)
    if len(arrived) < count or any("nameless" in name for name in arrived):
        assert not walk.complete


@pytest.mark.rule("R21")
@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("max_page", [50, 1000])
def test_pairs_of_habits_hide_nobody(pair, max_page):
    for count in SIZES:
        walk, arrived, _ = walk_list(Habits(max_page=max_page, **dict.fromkeys(pair, True)), count)
        assert len(arrived) == len(set(arrived))
        assert len(arrived) == count or not walk.complete


def test_a_faithful_list_costs_no_needless_request():
    assert walk_list(Habits(), 37)[2] == 1
    assert walk_list(Habits(), 237)[2] == 3


@pytest.mark.rule("R19", "R23")
def test_a_provider_that_divides_start_index_is_seen_through():
    walk, arrived, _ = walk_list(Habits(divides_start_index=True), 250)
    assert walk.complete, walk.why
    assert len(arrived) == 250


def test_announced_cursors_that_are_ignored_fall_back_to_start_index():
    walk, arrived, _ = walk_list(Habits(), 250, provider=CURSORS)
    assert walk.complete, walk.why
    assert len(arrived) == 250


@pytest.mark.parametrize("habit", ["no_total", "total_is_page_limit", "total_is_page_count", "stuck_first_page"])
@pytest.mark.parametrize("max_page", [50, 1000])
def test_announced_cursors_that_are_ignored_hide_nobody(habit, max_page):
    for count in SIZES:
        walk, arrived, _ = walk_list(Habits(max_page=max_page, **{habit: True}), count, provider=CURSORS)
        assert len(arrived) == count or not walk.complete


@pytest.mark.rule("C1")
def test_the_end_of_the_cursors_is_the_end_where_they_are_all_there_is():
    for options in ({"provider": ONLY_CURSORS}, {"dialect": Dialect(paging=Paging.CURSOR)}):
        walk, arrived, requests = walk_list(Habits(cursor_only=True), 100, **options)
        assert (walk.complete, len(arrived), requests) == (True, 100, 1)


def test_a_list_that_becomes_shorter_meanwhile_may_hide_somebody():
    def page(numbers, total):
        return ListPage(tuple({"id": str(number)} for number in numbers), total_results=total, start_index=None)

    walk = start_walk(USER)
    walk, _, _ = after_page(walk, page(range(1, 101), 203))
    walk, _, _ = after_page(walk, page(range(102, 202), 202))  # 5 was deleted, so 101 moved to the first page
    walk, request, _ = after_page(walk, page([202, 203], 202))
    assert request is None
    assert not walk.complete
    assert "became shorter" in walk.why


@pytest.mark.rule("C4", "R18")
def test_cursors_that_nobody_announced_are_followed():
    walk, arrived, _ = walk_list(Habits(cursor_only=True), 250)
    assert walk.complete, walk.why
    assert len(arrived) == 250


@pytest.mark.rule("C1")
def test_announced_cursors_are_used():
    walk, arrived, requests = walk_list(Habits(cursor=True), 250, provider=CURSORS)
    assert walk.complete
    assert walk.by_cursor
    assert (len(arrived), requests) == (250, 3)


def test_without_paging_the_total_decides():
    none = Dialect(paging=Paging.NONE)
    assert walk_list(Habits(default_page=1000), 250, dialect=none)[0].complete
    walk, arrived, _ = walk_list(Habits(), 250, dialect=none)
    assert not walk.complete
    assert walk.why == "only 100 of 250 arrived"
    assert len(arrived) == 100


@pytest.mark.rule("R22")
def test_the_provider_lowers_the_page_size():
    limited = Provider(BUILT_IN.resource_types, max_results=30, pagination=Pagination(max_page_size=40))
    assert start_walk(USER, limited).page_size == 30
    assert start_walk(USER, limited, Dialect(page_size=7)).page_size == 7


def refused(status: int, keyword: str | None = None) -> Refused:
    return Refused("no", status=status, scim_type=keyword)


def page(*ids: str, **told: Any) -> ListPage:
    return ListPage(tuple({"id": one} for one in ids), **told)


@pytest.mark.rule("P15")
@pytest.mark.rule("R50")
@pytest.mark.parametrize("refusal", [refused(403, "sensitive"), refused(414)])
def test_a_filter_that_may_not_stand_in_an_address_is_asked_in_a_body_once(refusal):
    walk = start_walk(USER, filter='userName eq "ann"')
    walk, request = after_refusal(walk, refusal)
    assert request is not None
    assert (request.method, request.path) == ("POST", "/Users/.search")
    assert request.body is not None
    assert request.body["filter"] == 'userName eq "ann"'
    assert after_refusal(walk, refusal)[1] is None
    _, following, _ = after_page(walk, page("1", "2", total_results=5))
    assert following is not None
    assert (following.method, following.body["startIndex"]) == ("POST", 3)  # type: ignore[index]


@pytest.mark.rule("C8")
def test_a_cursor_goes_in_the_body_too():
    walk = start_walk(USER, ONLY_CURSORS, filter="id pr")
    walk, request = after_refusal(walk, refused(403, "sensitive"))
    assert request is not None
    assert request.body is not None
    assert request.body["cursor"] == ""
    walk, request, _ = after_page(walk, page("1", next_cursor="a b"))
    assert request is not None
    assert request.body is not None
    assert request.body["cursor"] == "a b"


@pytest.mark.rule("C6", "R24")
def test_a_cursor_that_expires_twice_ends_the_walk():
    walk = start_walk(USER, ONLY_CURSORS)
    walk, _, _ = after_page(walk, page("1", next_cursor="x"))
    walk, request = after_refusal(walk, refused(400, "expiredCursor"))
    assert request is not None
    walk, request, new = after_page(walk, page("1", next_cursor="y"))
    assert (request is not None, new) == (True, [])
    assert after_refusal(walk, refused(400, "invalidCursor"))[1] is None


@pytest.mark.rule("R50")
@pytest.mark.parametrize(("status", "keyword"), [(403, None), (400, "invalidFilter"), (401, None), (404, None)])
def test_other_refusals_stand(status, keyword):
    assert after_refusal(start_walk(USER, filter="id pr"), refused(status, keyword))[1] is None


def test_cursors_that_are_announced_and_refused_are_given_up_for_indexes():
    walk, request = after_refusal(start_walk(USER, ONLY_CURSORS), refused(400))
    assert request is not None
    assert "startIndex=1" in request.path
    walk, _, _ = after_page(start_walk(USER, ONLY_CURSORS), page("1", next_cursor="x"))
    assert after_refusal(walk, refused(500))[1] is None


def test_a_page_that_is_too_large_is_halved_until_the_provider_chooses():
    walk, sizes = start_walk(USER), []
    while (step := after_refusal(walk, refused(413)))[1] is not None:
        walk = step[0]
        sizes.append(walk.page_size)
    assert sizes == [50, 25, 12, None]


@pytest.mark.rule("R20")
@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ([page("1", next_cursor="x"), page("2", next_cursor="x")], "sent the same cursor again"),
        ([page("1", next_cursor="x"), page("1", next_cursor="y")], "sent the same page again"),
        ([page(next_cursor=str(number)) for number in range(12)], "one empty page after the other"),
        ([page("", "")], "resources without an id"),
    ],
)
def test_a_list_that_brings_nothing_new_ends_and_is_not_complete(pages, said):
    walk, request = start_walk(USER, ONLY_CURSORS), None
    for one in pages:
        walk, request, _ = after_page(walk, one)
    assert request is None
    assert not walk.complete
    assert said in (walk.why or "")


def test_a_list_without_end_is_left(monkeypatch):
    monkeypatch.setattr("scimtui.scim.paging.MAX_RESOURCES", 3)
    walk, request, new = after_page(start_walk(USER), page("1", "2", "3", "4", total_results=9))
    assert (request, len(new), walk.complete) == (None, 4, False)


@pytest.mark.rule("R25")
@pytest.mark.parametrize(
    ("one", "complete"), [(page(), True), (page("1", "2"), False), (page("1", "2", total_results=2), True)]
)
def test_a_provider_that_is_known_not_to_page_is_believed_only_with_a_total(one, complete):
    walk = start_walk(USER, BUILT_IN, Dialect(paging=Paging.NONE))
    assert first_request(walk).path == "/Users"
    walk, request, _ = after_page(walk, one)
    assert (request, walk.complete) == (None, complete)


def test_a_probe_of_the_end_that_is_refused_ends_the_walk():
    walk, request, _ = after_page(start_walk(USER), page(*map(str, range(100)), total_results=100))
    assert (request is not None, walk.is_probing_end) == (True, True)
    walk, request = after_refusal(walk, refused(400))
    assert (request, walk.complete) == (None, True)


@pytest.mark.rule("R20")
def test_without_a_total_a_provider_that_begins_to_repeat_itself_is_doubted():
    walk = start_walk(USER)
    for ids in (["1", "2"], ["3", "4"], ["1", "2"]):
        walk, request, _ = after_page(walk, page(*ids))
    assert walk.is_probing_end
    walk, request, _ = after_page(walk, page("1", "2"))
    assert (request, walk.complete) == (None, False)
    assert "began to repeat itself" in (walk.why or "")


@pytest.mark.rule("P4")
def test_a_page_that_begins_later_than_asked_leaves_a_gap():
    walk, _, _ = after_page(start_walk(USER), page("1", "2", start_index=1))
    walk, _, _ = after_page(walk, page("5", start_index=5))
    walk, request, _ = after_page(walk, page())
    assert (request, walk.complete, walk.why) == (None, False, "the provider skipped a part of the list")


@pytest.mark.rule("R17", "C2", "C3")
def test_between_the_requests_of_one_list_only_the_place_differs():
    walk = start_walk(USER, filter='userName sw "a"', excluded=("members",))
    first = first_request(walk).path
    assert first == "/Users?startIndex=1&count=100&filter=userName%20sw%20%22a%22&excludedAttributes=members"
    _, second, _ = after_page(walk, page("1", "2"))
    assert second is not None
    assert second.path == first.replace("startIndex=1", "startIndex=3")
    walk = start_walk(USER, ONLY_CURSORS, attributes=("userName",))
    first = first_request(walk).path
    assert first == "/Users?cursor=&count=100&attributes=userName"
    walk, second, _ = after_page(walk, page("1", next_cursor="a/b"))
    assert second is not None
    assert second.path == first.replace("cursor=", "cursor=a%2Fb")
    walk, following, _ = after_page(walk, page("2"))
    assert (following, walk.complete, walk.claimed_total) == (None, True, None)


@pytest.mark.rule("R50")
@pytest.mark.parametrize(
    ("status", "size"),
    [(400, 50), (413, 50), (504, 50), (500, None), (501, None), (502, 0), (503, 0), (404, 0), (409, 0)],
)
def test_what_may_be_too_much_is_asked_for_in_smaller_pages_at_the_same_place(status, size):
    walk, _, _ = after_page(start_walk(USER), page("1", "2", total_results=9))
    after, request = after_refusal(walk, refused(status))
    if size == 0:
        assert request is None
        return
    assert request is not None
    assert request.path == "/Users?startIndex=3" + (f"&count={size}" if size else "")
    assert after.page_size == size


def test_a_list_of_cursors_that_nobody_announced_begins_anew_from_its_start():
    walk, _, _ = after_page(start_walk(USER), page("1", "1", next_cursor="x"))
    assert (walk.by_cursor, walk.repeated) == (True, 1)
    walk, request = after_refusal(walk, refused(400, "invalidCursor"))
    assert request is not None
    assert (request.path, walk.has_restarted) == ("/Users?cursor=&count=100", True)


def test_empty_pages_are_counted_only_where_they_follow_each_other():
    walk, request = start_walk(USER, ONLY_CURSORS), first_request(start_walk(USER, ONLY_CURSORS))
    for number in range(40):
        walk, request, _ = after_page(
            walk, page(*([str(number)] if number % 10 == 9 else []), next_cursor=f"c{number}")
        )
        assert request is not None
    walk, request, _ = after_page(walk, page())
    assert (request, walk.complete) == (None, True)


@pytest.mark.parametrize(
    ("limits", "size"),
    [
        ((7, None, None), 7),
        ((100, 50, None), 50),
        ((100, 50, 20), 20),
        ((1, 50, 20), 1),
        ((0, None, None), 100),
        ((-5, 0, 30), 30),
    ],
)
def test_a_page_is_as_large_as_all_sides_allow(limits, size):
    provider = Provider(BUILT_IN.resource_types, max_results=limits[1], pagination=Pagination(max_page_size=limits[2]))
    assert start_walk(USER, provider, Dialect(page_size=limits[0])).page_size == size
