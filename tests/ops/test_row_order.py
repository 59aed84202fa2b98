"""Rows found and sorted as a person expects it, whatever was asked for before."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from scimtui.ops.row_order import OrderBy, RowOrder, RowWish
from scimtui.ops.search import fold, plain
from scimtui.ops.stoppable import Progress, Stopped

NAME, COUNT, STATE = 2, 3, 4


def row(number: int, name: str, count: str = "", state: str = "● active") -> tuple[str, ...]:
    return (str(number), fold(f"{name} {count}"), name, count, state)


PEOPLE = [
    row(0, "Zoë", "9"),
    row(1, "", "10"),
    row(2, "zora", "–"),
    row(3, "Ábel", "-3.5", "○ inactive"),
    row(4, "abby", "many", "–"),
    row(5, "ÁBEL", "100"),
    row(6, "abel", "nan", "○ inactive"),
]


def shown(*order: OrderBy, rows=PEOPLE, among=None, words="", cell=None) -> list[int]:
    return list(RowOrder(rows).shown(RowWish(words, cell, order), among, Progress()))


def test_text_is_sorted_without_accents_and_case_and_equal_ones_stay_as_they_were():
    assert shown(OrderBy(NAME)) == [4, 3, 5, 6, 0, 2, 1]
    assert shown(OrderBy(NAME, descending=True)) == [1, 2, 0, 3, 5, 6, 4]


def test_numbers_are_sorted_as_numbers_with_what_is_none_behind_them():
    assert shown(OrderBy(COUNT, is_number=True)) == [3, 0, 1, 5, 4, 6, 2]
    assert shown(OrderBy(COUNT, descending=True, is_number=True)) == [2, 4, 6, 5, 1, 0, 3]


def test_unknown_counts_as_empty_and_inactive_comes_before_active():
    assert shown(OrderBy(STATE)) == [3, 6, 0, 1, 2, 5, 4]
    assert shown(OrderBy(STATE, descending=True)) == [4, 0, 1, 2, 5, 3, 6]


def test_the_first_key_decides_and_the_next_where_it_leaves_rows_equal():
    assert shown(OrderBy(STATE), OrderBy(NAME, descending=True)) == [3, 6, 1, 2, 0, 5, 4]
    assert shown(OrderBy(STATE), OrderBy(COUNT, is_number=True)) == [3, 6, 0, 1, 5, 2, 4]


def test_words_a_cell_and_a_filter_narrow_together_and_the_order_stays():
    assert shown(words="abel") == [3, 5, 6]
    assert shown(cell=(STATE, "○ inactive")) == [3, 6]
    assert shown(among=[6, 0, 5]) == [0, 5, 6]
    assert shown(OrderBy(NAME), words="ab", cell=(STATE, "● active"), among=[5, 4, 0]) == [5]
    assert shown(OrderBy(NAME, descending=True), among=[0, 2, 4]) == [2, 0, 4]
    assert shown() == [0, 1, 2, 3, 4, 5, 6]
    assert shown(rows=[]) == shown(OrderBy(NAME), rows=[], words="a") == []


WORDS = st.lists(st.text("abé 1", max_size=6), min_size=1, max_size=8)
ORDERS = st.lists(st.builds(OrderBy, st.sampled_from([NAME, COUNT]), st.booleans(), st.booleans()), max_size=3)


@settings(max_examples=80)
@given(WORDS, st.lists(st.tuples(WORDS.map(" ".join), ORDERS), max_size=8))
def test_what_was_asked_before_changes_no_answer(names, wishes):
    rows = [row(number, name, name[:1]) for number, name in enumerate(names * 3)]
    order = RowOrder(rows)
    for words, keys in wishes:
        answer = list(order.shown(RowWish(words, None, tuple(keys)), None, Progress()))
        assert sorted(answer) == plain(rows, words)
        assert answer == shown(*keys, rows=rows, words=words)


def test_letters_typed_one_after_the_other_find_what_the_whole_word_finds():
    order = RowOrder(PEOPLE)
    typed = "ábel 100"
    for length in [*range(len(typed) + 1), *range(len(typed), -1, -1)]:
        words = typed[:length]
        assert list(order.shown(RowWish(words), None, Progress())) == plain(PEOPLE, words)


@pytest.mark.parametrize("spread", [1, 3, 1000, 10**6])
def test_a_great_order_is_the_same_as_a_small_one(spread):
    rows = [row(number, f"{number * 7919 % spread:06}") for number in range(250_000)]
    ascending = sorted(range(len(rows)), key=lambda index: rows[index][NAME])
    assert shown(OrderBy(NAME), rows=rows) == ascending
    turned = sorted(range(len(rows)), key=lambda index: rows[index][NAME], reverse=True)
    assert shown(OrderBy(NAME, descending=True), rows=rows) == turned


def test_work_that_is_not_wanted_any_more_stops_and_leaves_nothing_half_done():
    order = RowOrder(PEOPLE)
    with pytest.raises(Stopped):
        order.shown(RowWish("abel", None, (OrderBy(NAME),)), None, Progress(stop=True))
    assert list(order.shown(RowWish("abel"), None, Progress())) == [3, 5, 6]
