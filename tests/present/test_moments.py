from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from scimtui.present.moments import ago, exactly, moment_words

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True, params=["UTC"])
def zone(request, monkeypatch):
    """Set the zone of the machine."""
    monkeypatch.setenv("TZ", request.param)
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=47), "47 hours ago"),
        (timedelta(hours=48), "2 days ago"),
        (timedelta(days=59), "59 days ago"),
        (timedelta(days=60), "2 months ago"),
        (timedelta(days=729), "24 months ago"),
        (timedelta(days=730), "2 years ago"),
        (timedelta(days=-3), "in 3 days"),
        (timedelta(minutes=-1), "in 1 minute"),
    ],
)
def test_how_long_ago_is_one_number_and_one_unit(passed, words):
    assert ago(NOW - passed, NOW) == words


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has one zone a machine")
@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "2026-11-21 14:02 UTC"),
        ("Europe/Berlin", "2026-11-21 15:02 CET"),
        ("<ALONGNAME>-5:30", "2026-11-21 19:32 +0530"),
    ],
    indirect=["zone"],
)
def test_the_exact_time_is_in_the_zone_of_the_machine(zone, words):
    assert exactly(datetime.fromisoformat("2026-11-21T14:02:33.5Z")) == words
    assert moment_words(datetime.fromisoformat("2026-11-21T15:02:33+01:00"), NOW) == f"2 days ago · {words}"


def test_times_at_the_ends_of_the_calendar_are_shown_too():
    for when in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert exactly(when)
        assert ago(when, NOW)
