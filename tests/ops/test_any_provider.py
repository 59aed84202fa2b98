"""The story against every known deviation, against pairs of them, and against whole tenants."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.known_tenants import PROFILES, TENANTS
from fakes.raw_server import http, raw_server
from fakes.sessions import session_with
from fakes.switches import NOT_TOGETHER, SWITCHES, habits_of
from provider_story import ALL_WELL, Story, populated

SWEEP = bool(os.environ.get("SCIMTUI_SWEEP"))
ALL_PAIRS = [pair for pair in sorted(itertools.combinations(SWITCHES, 2)) if frozenset(pair) not in NOT_TOGETHER]
PAIRS = ALL_PAIRS if SWEEP else random.Random(7643).sample(ALL_PAIRS, 60)

UNSEEN = {"no total", "the total is the page limit", "the total is the size of the page", "the list grows"}
"""Together with these nothing tells that somebody was deleted while a list was read by index: a total that falls does."""


def _each(names: Iterable[str], expected: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return the same expectation for several deviations."""
    return dict.fromkeys(names, expected)


def _all(end: str, *steps: str, **others: str) -> dict[str, str]:
    """Return that several steps end alike, and others in their own way (`create_again` is "create again")."""
    return dict.fromkeys(steps, end) | {step.replace("_", " "): end for step, end in others.items()}


PATCHED = ("edit", "move", "off", "add", "remove")
LISTED = ("people", "people again")
MEMBERS = ("add", "remove")
NO_MEMBERS_BY_PUT = _all("error: this provider cannot PATCH, and members are never written by PUT", *MEMBERS)
UNSHOWN_MEMBERS = _all("unknown", *MEMBERS)
NO_GROUPS = _all("error: cannot read Group", *MEMBERS, groups="error: cannot list Group")
NO_DELETION = _all("refused", "delete", "delete again", people_again="132 complete")
KEPT_INACTIVE = {"delete": "altered", "delete again": "ignored", "people again": "132 complete"}
NOT_CREATED = {"create": "refused", "people again": "130 complete"}
GONE_WHEN_OFF = {"off": "altered", "people again": "130 complete"}
REPEATED = "100 incomplete: the provider sent the same page again"
SAME_100 = "100 incomplete: the provider sends the same 100 whatever page is asked for"
MADE_UP = _all("1 incomplete: the provider lists a made-up user", *LISTED)
NO_PAGES = {
    "people": "130 incomplete: the provider sends the same 130 whatever page",
    "people again": "131 incomplete: the provider sends the same 131 whatever page",
}
NOT_FOUND_UNREAD = {"delete": "unknown", "delete again": "error: cannot read User"}
OTHERS_THROWN_OUT = {"add": "altered", "remove": "already"}

LISTS = {
    "the first page for every startIndex": _all(REPEATED, *LISTED),
    "the first page for every startIndex, which is repeated": _all(REPEATED, *LISTED),
    "the first page for every startIndex, as the total": _all(SAME_100, *LISTED),
    "the total is too high": {
        "people": "130 incomplete: only 130 of 133",
        "groups": "1 incomplete: only 1 of 4",
        "people again": "131 incomplete: only 131 of 134",
    },
    "no paging at all": NO_PAGES,
    "too many to be listed": _all("error: cannot list User: the provider refused (HTTP 400 tooMany)", *LISTED),
    "another order on later pages": {
        "people": "123 incomplete: only 123 of 130 arrived, 7 came twice",
        "people again": "124 incomplete: only 124 of 131 arrived, 7 came twice",
    },
    "the list grows": {"people": "131 complete", "people again": "132 complete"},
    "the list shrinks": {"people": "129 incomplete: the list became shorter", "people again": "130 complete"},
    "one made-up user": MADE_UP,
    "a cursor comes again": _all("40 incomplete: the provider sent the same cursor again", *LISTED),
    "entries that are no objects": {
        "people": "130 incomplete: 2 entries",
        "groups": "1 incomplete: 2 entries",
        "people again": "131 incomplete: 2 entries",
    },
    "entries without an id": {
        "people": "130 incomplete: 2 came without",
        "groups": "1 incomplete: 2 came without",
        "people again": "131 incomplete: 2 came without",
    },
    "redirects to somewhere else": _all("error: cannot list User", *LISTED, "one", "late", groups="error: cannot list"),
}
UNFINDABLE = (
    "filters are refused",
    "filters are refused without a word before",
    "filters are denied and work",
    "filters by no userName match nobody",
    "filters are not unescaped",
)
"""Who came after the last list is found by a filter alone."""
SHOWN = {
    "integer ids": {"remove": "ignored"},  # its members are numbers, and a filter compares text
    "active is never shown": {"off": "unknown", "create": "altered"},
    **_each(("bare e-mails", "an empty e-mail", "two primary e-mails"), {"create": "altered"}),
    "members are never shown": UNSHOWN_MEMBERS,
    "members are always none": UNSHOWN_MEMBERS,
    "100 members are shown at most": UNSHOWN_MEMBERS,
    "members by name": {"add": "altered"},
    "groups cannot be read alone": _all("error: cannot read Group", *MEMBERS),
    "no groups": _all("error: there is no type Group", "groups", *MEMBERS),
    "schemas without active": {"off": "error: a User cannot be turned on or off"},
    **_each(("errors: plain", "errors: HTML"), {**NOT_FOUND_UNREAD, "create again": "unknown"}),
    **_each(("not found: 500", "not found: HTML"), NOT_FOUND_UNREAD),
    "the token ends": {
        **_all("error: cannot read User", "move", "off", "delete", "delete again"),
        **_all("error: cannot read Group", *MEMBERS),
        **_all("error: cannot create User", "create", "create again"),
        **_all("error: cannot list User", "late", "people again"),
    },
}
WRITTEN = {
    **_each(("PATCH is ignored", "PATCH is ignored and answers 200"), _all("ignored", *PATCHED)),
    **_each(("PATCH is not there", "PATCH is no method", "PATCH is denied and works"), NO_MEMBERS_BY_PUT),
    "PATCH is promised and not there": {"edit": "refused", **NO_MEMBERS_BY_PUT},
    "PATCH is done later": _all("pending", *PATCHED),
    "PATCH is refused": _all("refused", *PATCHED),
    "PATCH changes letters": {"edit": "altered"},
    "PATCH does not read: path": _all("refused", "edit", "move", "off"),
    "PATCH does not read: value-filter": {"move": "refused"},
    "PATCH does not read: URN": {"move": "refused"},
    "PATCH does not read: text": _all("refused", "edit", "move"),
    "PATCH does not read: remove": {"remove": "refused"},
    "PATCH does not read: lower-case": _all("refused", *PATCHED),
    "PATCH does not read: member-filter": {"remove": "refused"},
    "PATCH of one operation": _all("refused", "move", "remove"),
    "two members at once at most": {"add": "refused"},
    "two members at once at most, or 413": {"add": "refused"},
    "one member leaves at once": {"remove": "refused"},
    "add replaces": OTHERS_THROWN_OUT,
    "coming to a large group empties it": OTHERS_THROWN_OUT,
    "little is kept of what is written": {"edit": "ignored", "move": "altered", "create": "altered"},
    "little may be written": {"edit": "refused", "move": "refused", **NOT_CREATED},
    **_each(("userNames in lower case", "userNames become e-mails", "names are split anew"), {"create": "altered"}),
    "neither PUT nor PATCH": {
        "edit": "refused",
        **_all("error: this provider takes neither PATCH nor PUT", "move", "off"),
        **NO_MEMBERS_BY_PUT,
    },
    "PUT is ignored": {**_all("ignored", "edit", "move", "off"), **NO_MEMBERS_BY_PUT},
    "no POST, PUT or DELETE": {"create": "refused", **_all("refused", "delete", "delete again")},
    "writes lose their answer": _all("unknown", "create", "create again"),
    "turning off deletes": GONE_WHEN_OFF,
    "the inactive are hidden": {"off": "altered"},
    "DELETE deactivates": KEPT_INACTIVE,
    "DELETE deactivates and hides": {"off": "altered", "people again": "132 complete"},
    "DELETE is ignored": {**_all("ignored", "delete", "delete again"), "people again": "132 complete"},
    "DELETE is no method": NO_DELETION,
    "POST without a body or a location": {"create": "unknown"},
    "POST without a body, and its location by name": {"create": "unknown"},
    "POST wants more": NOT_CREATED,
    "a name is given twice": {"create again": "applied", "people again": "132 complete"},
}
WHOLE = {
    "like AWS": {**_all(SAME_100, *LISTED), **UNSHOWN_MEMBERS},
    "like Entra": {"add": "unknown", "remove": "refused", **NOT_CREATED},
    "like a GitLab group": {**NO_GROUPS, **_all("ignored", "edit", "move"), "create": "altered", **GONE_WHEN_OFF},
    "like a service for Okta": NO_DELETION,
    "like Slack": KEPT_INACTIVE,
    "like Google": NO_PAGES,
    "like Snowflake": MADE_UP,
    "like Sentry": {**_all("refused", "edit", "move"), "late": "not found", **GONE_WHEN_OFF},
    "like a GitHub organisation": {"move": "refused", **GONE_WHEN_OFF},
    "like Atlassian": {"off": "altered", "people again": "132 complete"},
    "like Salesforce": NO_DELETION,
    "like PingFederate": {**NO_GROUPS, "edit": "refused"},
    "like PagerDuty": GONE_WHEN_OFF,
    "like FusionAuth": {**OTHERS_THROWN_OUT, **NOT_FOUND_UNREAD, "create again": "unknown"},
    "like WSO2": {"create": "altered"},
    "like Logfire": {**UNSHOWN_MEMBERS, **_all("refused", "create", "delete", "delete again")},
    "like django-scim2": {
        "edit": "ignored",
        **_all("altered", "move", "create"),
        **OTHERS_THROWN_OUT,
        **KEPT_INACTIVE,
    },
}
EXPECTED = LISTS | _each(UNFINDABLE, {"late": "not found"}) | SHOWN | WRITTEN | WHOLE
"""What differs from a story in which all is well: said, and no more than the deviation makes necessary."""
WITH_PROFILE: dict[str, dict[str, str]] = {
    **EXPECTED,
    "like AWS": UNSHOWN_MEMBERS,
    "like Entra": {**UNSHOWN_MEMBERS, **NOT_CREATED},
    "like Google": {
        "people": "130 incomplete: the provider does not page",
        "groups": "1 incomplete: the provider does not page",
        "people again": "131 incomplete: the provider does not page",
    },
    "like a GitHub organisation": GONE_WHEN_OFF,
    "like PingFederate": NO_GROUPS,
}
"""The same where the tenant's profile is known."""


@pytest.mark.parametrize("name", [*SWITCHES, *TENANTS])
@pytest.mark.rule("R9", "R2")
async def test_the_story_holds_against_each_deviation(tmp_path: Path, name: str) -> None:
    told = await _story(tmp_path, name)
    assert _unexpected(told, EXPECTED.get(name, {})) == {}


@pytest.mark.parametrize("name", PROFILES)
async def test_the_story_holds_where_the_profile_is_known(tmp_path: Path, name: str) -> None:
    told = await _story(tmp_path, name, profile=PROFILES[name])
    assert _unexpected(told, WITH_PROFILE.get(name, {})) == {}


@pytest.mark.parametrize("names", PAIRS, ids=" and ".join)
async def test_the_story_holds_against_two_deviations_at_once(tmp_path: Path, names: tuple[str, str]) -> None:
    assert set(await _story(tmp_path, *names)) in ({"discovery"}, set(ALL_WELL))


def _unexpected(told: dict[str, str], expected: dict[str, str]) -> dict[str, str]:
    return {step: end for step, end in told.items() if not end.startswith({**ALL_WELL, **expected}[step])}


async def _story(home: Path, *names: str, **values: Any) -> dict[str, str]:
    """Play the story; `values` are keys of the tenant's config."""
    if not any("ELSEWHERE" in SWITCHES.get(name, {}).values() for name in names):
        return await _play(habits_of(*names), home, set(names), values)
    with raw_server(lambda _: http(200, b"{}"), "/elsewhere") as elsewhere:
        told = await _play(habits_of(*names, elsewhere=elsewhere.base_url), home, set(names), values)
        assert elsewhere.seen == []
        return told


async def _play(habits: Habits, home: Path, names: set[str], values: dict[str, Any]) -> dict[str, str]:
    provider = populated(FakeProvider(habits))
    if habits.throttles or habits.rate_reset:
        values["concurrency"] = 1  # what is on its way already cannot be held back
    async with session_with(provider, home, **values) as session:
        return await Story(session, provider, is_unseen=bool(UNSEEN & names)).play()
