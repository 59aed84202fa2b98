from __future__ import annotations

from email.utils import formatdate

import pytest

from scimtui.client.patience import Patience, told_wait

NOW = 1_800_000_000.0
PATIENCE = Patience(tries=3, network_tries=2, first_wait=1.0, longest_wait=60.0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": formatdate(NOW + 30, usegmt=True)}, 30),
        ({"retry-after": formatdate(NOW + 30)}, 30),
        ({"retry-after": formatdate(NOW - 30, usegmt=True)}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "Mon, 99 Foo 2026 99:99:99 GMT"}, None),
        ({"x-rate-limit-reset": str(int(NOW) + 12)}, 12),
        ({"ratelimit-reset": "9"}, 9),
        ({"retry-after": "2", "ratelimit-reset": "9"}, 2),
        ({}, None),
    ],
)
def test_the_wait_is_read_in_every_form(headers, seconds):
    assert told_wait(headers, NOW) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize("is_read", [True, False])
def test_429_may_be_sent_again_whatever_it_was(is_read):
    assert PATIENCE.wait_for_answer(429, {"retry-after": "5"}, 1, is_read=is_read) == 5
    assert 0 < (PATIENCE.wait_for_answer(429, {}, 1, is_read=is_read) or 0) <= 1


def test_503_may_be_sent_again_where_it_names_a_wait_or_nothing_can_have_happened():
    assert PATIENCE.wait_for_answer(503, {"retry-after": "5"}, 1, is_read=False) == 5
    assert PATIENCE.wait_for_answer(503, {}, 1, is_read=False) is None
    assert PATIENCE.wait_for_answer(503, {}, 1, is_read=True) is not None


@pytest.mark.parametrize("status", [200, 201, 204, 301, 400, 401, 403, 404, 409, 412, 500, 501])
def test_other_answers_are_final(status):
    assert PATIENCE.wait_for_answer(status, {"retry-after": "1"}, 1, is_read=True) is None


def test_patience_ends():
    assert PATIENCE.wait_for_answer(429, {"retry-after": "1"}, 3, is_read=True) is None
    assert PATIENCE.wait_for_answer(429, {"retry-after": "61"}, 1, is_read=True) is None
    assert PATIENCE.wait_for_network(2, is_read=True, was_sent=True) is None


def test_a_broken_connection_is_tried_again_only_where_nothing_can_have_happened():
    assert PATIENCE.wait_for_network(1, is_read=True, was_sent=True) is not None
    assert PATIENCE.wait_for_network(1, is_read=False, was_sent=False) is not None
    assert PATIENCE.wait_for_network(1, is_read=False, was_sent=True) is None


def test_waits_grow():
    waits = [Patience(tries=9).wait_for_answer(429, {}, sent, is_read=True) or 0 for sent in range(1, 7)]
    assert waits == sorted(waits)
