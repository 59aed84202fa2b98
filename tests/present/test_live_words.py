"""A live list says how much of it is loaded, what is done here, and why there is nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scimtui.errors import Refused
from scimtui.ops.arrangements import SortKey
from scimtui.ops.live_table import LiveList, Wish
from scimtui.present.live_words import found_words, list_parts, no_rows
from scimtui.scim.paging import start_walk
from scimtui.scim.schema import core_resource_type

WALK = replace(start_walk(core_resource_type("User")), claimed_total=3000)
END = replace(WALK, claimed_total=300, complete=True)
SOME = LiveList(Wish(), WALK, loaded=300, pages=3)
ALL = LiveList(Wish(), END, loaded=300, pages=3, is_ended=True)
HERE = replace(SOME, wish=Wish("ann"), why_filtered="the provider ignores filters")


@pytest.mark.parametrize(
    ("live", "state", "parts"),
    [
        (None, "", ["Users"]),
        (None, "loading", ["Users", "loading"]),
        (SOME, "", ["Users 300 loaded of 3,000 claimed"]),
        (SOME, "loading", ["Users 300 loaded of 3,000 claimed", "loading"]),
        (ALL, "", ["Users 300 loaded", "all"]),
        (replace(ALL, wish=Wish(active=True)), "", ["Users 300 loaded", "all that match"]),
        (
            replace(ALL, walk=replace(END, complete=False, why="only 300 of 310\x1b arrived")),
            "",
            ["Users 300 loaded", "INCOMPLETE: only 300 of 310␛ arrived"],
        ),
        (
            replace(SOME, wish=Wish(sort=(SortKey("userName"),))),
            "",
            ["Users 300 loaded of 3,000 claimed", "sorted within the 300 loaded"],
        ),
        (HERE, "", ["Users 300 loaded of 3,000 claimed", "filtered here: the provider ignores filters"]),
    ],
)
def test_the_top_line_says_what_is_loaded_and_what_is_not(live, state, parts):
    assert list_parts(live, "User", state) == ["LIVE", *parts]


@pytest.mark.parametrize(
    ("live", "words"),
    [
        (None, ""),
        (SOME, ""),
        (HERE, "7 matches in the 300 loaded"),
        (replace(SOME, wish=Wish("ann")), "3,000 matches"),
        (replace(SOME, wish=Wish("ann"), walk=replace(WALK, claimed_total=None)), "300 loaded"),
    ],
)
def test_a_filter_says_what_it_found_and_in_how_many(live, words):
    assert found_words(live, 7) == words


@pytest.mark.parametrize(
    ("live", "text"),
    [
        (None, "No User of acme is loaded.\nPress r to ask for them."),
        (ALL, "acme has no Users.\nPress n to create one, r to look again."),
        (HERE, "None of the 300 loaded matches.\n^L loads more."),
        (replace(ALL, wish=Wish("ann")), "Nothing matches this filter.\nEsc in the filter clears it."),
        (
            replace(ALL, wish=Wish("ann", active=True)),
            "Nothing matches this filter.\nEsc in the filter clears it.\nOnly active Users are looked at; i changes that.",
        ),
        (
            replace(ALL, wish=Wish(active=False)),
            "Only inactive Users were asked for, and there are none.\ni shows the others.",
        ),
    ],
)
def test_an_empty_table_says_why(live, text):
    assert no_rows(live, "User", "acme", None) == text


def test_an_empty_table_says_what_went_wrong():
    trouble = Refused("cannot list User: the provider refused (HTTP 403)", status=403, detail="not\x1b for you")
    assert no_rows(SOME, "User", "acme", trouble) == (
        "Cannot list User: the provider refused (HTTP 403).\nThe provider says: not␛ for you\nr tries again."
    )
