"""Lists that are broken somewhere lose what is broken, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from scimtui.errors import NotScim
from scimtui.scim.exchange import read_page
from scimtui.scim.message import ScimResponse
from scimtui.scim.salvage import salvaged


def listed(*entries: bytes, before: bytes = b'"totalResults": 3, ') -> bytes:
    return b"{" + before + b'"Resources": [' + b", ".join(entries) + b"]}"


def user(number: int, **values: Any) -> bytes:
    return json.dumps({"id": str(number), "userName": 'a[b]{c},\\"d', **values}).encode()


DEEP = b'{"id": "9", "x": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"


def ids(body: bytes) -> tuple[list[str], int, int | None]:
    page = read_page(ScimResponse(200, {}, body))
    return [raw["id"] for raw in page.resources], page.not_objects, page.total_results


def test_an_entry_that_is_too_deep_costs_itself_alone() -> None:
    assert ids(listed(user(1), DEEP, user(2))) == (["1", "2"], 1, 3)


def test_wrong_utf_8_becomes_a_replacement_character_and_costs_nobody() -> None:
    bad = user(2).replace(b"userName", b"user\xffName")
    assert ids(listed(user(1), bad, user(3))) == (["1", "2", "3"], 0, 3)
    page = read_page(ScimResponse(200, {}, listed(b'{"id": "1", "title": "\xff\xfe"}')))
    assert page.resources[0]["title"] == "\ufffd\ufffd"


def test_half_a_character_costs_nobody() -> None:
    assert ids(listed(user(1), b'{"id": "2", "title": "\\ud800"}')) == (["1", "2"], 0, 3)


@pytest.mark.parametrize("cut", [1, 2, 3, 20, 40])
def test_a_page_that_is_cut_off_keeps_what_came_whole(cut: int) -> None:
    found, unreadable, total = ids(listed(user(1), user(2), user(3))[:-cut])
    assert found == (["1", "2", "3"] if cut <= 2 else ["1", "2"])
    assert (unreadable, total) == (0, 3)


def test_a_cursor_behind_the_entries_is_still_found() -> None:
    body = listed(user(1), DEEP)[:-1] + b', "nextCursor": "a\\"b"}'
    assert read_page(ScimResponse(200, {}, body)).next_cursor == 'a"b'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"Resources": [',
        b'{"Resources": [{"id": "1"',
        b"<html>",
        b'{"Resources": [' + DEEP + b"]}",
        b"[" * 9999,
    ],
)
def test_where_nothing_can_be_read_the_answer_is_refused(body: bytes) -> None:
    assert salvaged(body) is None
    if body.strip():
        with pytest.raises(NotScim):
            read_page(ScimResponse(200, {}, body))


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(max_size=4), values, max_size=4), min_size=1, max_size=5), st.data())
def test_whatever_stands_in_the_entries_they_come_back_as_they_were(
    entries: list[dict[str, Any]], data: st.DataObject
) -> None:
    encoded = [
        json.dumps(entry, ensure_ascii=data.draw(st.booleans())).encode("utf-8", "surrogatepass") for entry in entries
    ]
    found = salvaged(listed(*encoded))
    assert found is not None
    assert [json.dumps(one) for one in found[0]["Resources"]] == [json.dumps(one) for one in entries]
    assert found[1] is False
    whole = listed(*encoded)
    part = salvaged(whole[: data.draw(st.integers(0, len(whole)))])
    kept = [] if part is None else part[0]["Resources"]
    assert kept == entries[: len(kept)]


def test_an_empty_list_and_a_list_without_a_total_are_read_as_what_they_are() -> None:
    assert salvaged(b'{"Resources": []}x') is None
    assert salvaged(b'{"Resources": [{"id": "1"}] x') == ({"Resources": [{"id": "1"}]}, False)


def test_a_page_without_an_end_is_known_for_one() -> None:
    whole = listed(user(1), user(2))
    assert read_page(ScimResponse(200, {}, whole[:-2])).is_cut
    assert read_page(ScimResponse(200, {}, whole, is_cut=True)).is_cut is False  # cut behind the list
    assert not read_page(ScimResponse(200, {}, listed(user(1), DEEP))).is_cut


def test_an_answer_that_was_too_long_to_be_held_says_so() -> None:
    with pytest.raises(NotScim, match="too large") as caught:
        read_page(ScimResponse(200, {}, b'{"Resources": [{"id": "', is_cut=True))
    assert "page_size" in caught.value.hint
