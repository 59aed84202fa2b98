"""A walk that is foretold, written down and gone on with."""

from __future__ import annotations

import json

from scimtui.errors import Refused
from scimtui.scim.exchange import ListPage
from scimtui.scim.message import ScimRequest
from scimtui.scim.paging import (
    after_page,
    after_refusal,
    first_request,
    predicted,
    present_request,
    resumed_walk,
    start_walk,
    walk_document,
    was_honest,
)
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")


def page_of(start: int, count: int, total: int | None = 300) -> ListPage:
    return ListPage(tuple({"id": str(number)} for number in range(start, start + count)), total, start)


def asked_at(requests: list[ScimRequest]) -> list[int]:
    return [int(request.path.partition("startIndex=")[2].partition("&")[0]) for request in requests]


def test_pages_are_foretold_by_the_length_of_the_last_one_up_to_the_total():
    walk = start_walk(USER)
    assert predicted(walk, first_request(walk), 3) == []
    walk, request, _ = after_page(walk, page_of(1, 100))
    assert asked_at([request]) == [101]
    assert asked_at(predicted(walk, request, 3)) == [201]
    short, request, _ = after_page(start_walk(USER), page_of(1, 20))
    assert asked_at(predicted(short, request, 3)) == [41, 61, 81]
    untold, request, _ = after_page(start_walk(USER), page_of(1, 100, None))
    assert predicted(untold, request, 3) == []


def test_an_honest_list_is_one_that_adds_up():
    walk, request = start_walk(USER), None
    for start, count in ((1, 100), (101, 100), (201, 100), (300, 1)):
        walk, request, _ = after_page(walk, page_of(start, count))
    assert request is None
    assert walk.complete
    assert was_honest(walk)
    doubtful, _, _ = after_page(start_walk(USER), page_of(1, 3, 5))
    assert not was_honest(doubtful)


def test_a_walk_goes_on_from_what_was_written_down():
    walk, request, _ = after_page(start_walk(USER, excluded=("members",)), page_of(1, 100))
    document = json.loads(json.dumps(walk_document(walk)))
    again = resumed_walk(USER, document, set(walk.seen))
    assert again == walk
    assert present_request(again) == request
    assert resumed_walk(USER, {**document, "more": 1}, set()) is None
    assert resumed_walk(USER, {**document, "cursors": 5}, set()) is None


def test_who_cannot_leave_members_out_is_asked_for_all():
    walk = start_walk(USER, excluded=("members",))
    assert "excludedAttributes=members" in first_request(walk).path
    again, request = after_refusal(walk, Refused("no", status=400))
    assert "excludedAttributes" not in request.path
    assert (again.excluded, again.page_size) == ((), walk.page_size)


def test_what_comes_without_an_id_or_is_no_resource_is_counted_over_all_pages():
    walk, _, _ = after_page(start_walk(USER), ListPage(({"id": "1"}, {}), 9, not_objects=1))
    walk, _, _ = after_page(walk, ListPage(({"id": "2"}, {}, {"id": "1"}), 9, not_objects=2))
    assert (walk.without_id, walk.not_objects, walk.repeated, walk.arrived) == (2, 3, 1, 7)


def test_a_page_that_broke_off_before_its_cursor_is_not_the_last_one():
    walk, _, _ = after_page(start_walk(USER), ListPage(({"id": "1"},), next_cursor="a"))
    walk, request, new = after_page(walk, ListPage(({"id": "2"},), is_cut=True))
    assert (request, len(new), walk.complete) == (None, 1, False)
    assert walk.why is not None
    assert walk.why.startswith("a page broke off")
