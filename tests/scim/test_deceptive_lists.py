"""Lists that look whole and are not, found by playing many deviations together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scimtui.scim.exchange import ListPage
from scimtui.scim.paging import Walk, after_page, first_request, start_walk
from scimtui.scim.provider import BUILT_IN, Pagination
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")
CURSORS = replace(BUILT_IN, pagination=Pagination(cursor=True, index=True))


def walked(pages: list[ListPage]) -> Walk:
    """Walk a list whose pages these are, in the order of asking; the last one again and again."""
    walk = start_walk(USER)
    request = first_request(walk)
    for page in [*pages, *[pages[-1]] * 9]:
        if request is None:
            break
        walk, request, _ = after_page(walk, page)
    assert request is None
    return walk


def first_page(numbers: range) -> ListPage:
    return ListPage(tuple({"id": str(number)} for number in numbers), total_results=20, start_index=1)


@pytest.mark.rule("R20", "R21")
def test_a_page_that_comes_whatever_is_asked_for_is_no_whole_list_though_somebody_moved_up_into_it():
    walk = walked([first_page(range(20)), first_page(range(1, 21))])
    assert not walk.complete
    assert (
        walk.why == "the provider sends the same 20 whatever page is asked for, so there may be more (21 of 20 arrived)"
    )


@pytest.mark.rule("R20")
def test_a_list_without_a_total_whose_order_changed_is_not_called_whole():
    pages = [range(20), range(13, 33), range(0)]  # 13 to 19 stood behind others when the second page was asked for
    walk = walked([ListPage(tuple({"id": str(number)} for number in page), start_index=None) for page in pages])
    assert not walk.complete
    assert walk.why == "7 came twice, and no total says whether others never came: sync again"


@pytest.mark.rule("R13", "C5")
def test_nobody_by_cursor_is_asked_again_by_index():
    walk, request, _ = after_page(start_walk(USER, CURSORS), ListPage((), total_results=0))
    assert request is not None
    assert "startIndex=1&count=100" in request.path
    walk, request, new = after_page(walk, ListPage(({"id": "1"},), total_results=1, start_index=1))
    assert (len(new), request, walk.complete) == (1, None, True)


def test_a_few_people_by_cursor_are_the_whole_list():
    few = ListPage(tuple({"id": str(number)} for number in range(3)))
    walk, request, new = after_page(start_walk(USER, CURSORS), few)
    assert (len(new), request, walk.complete) == (3, None, True)


@pytest.mark.rule("R26")
def test_a_made_up_user_in_place_of_everybody_is_no_list_of_one():
    made_up = ListPage(({"id": "1", "userName": "synthesis_user"},), total_results=1, start_index=1)
    walk = walked([made_up])
    assert not walk.complete
    assert walk.why == "the provider lists a made-up user in place of everybody (1 of 1 arrived)"
    assert walked([ListPage(({"id": "1", "userName": "ann"},), total_results=1)]).complete
