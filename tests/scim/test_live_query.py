"""What a list is asked for besides its pages."""

from __future__ import annotations

import pytest

from scimtui.errors import FilterError, PathError
from scimtui.scim.dialect import Dialect, Filters
from scimtui.scim.live_query import can_be_judged, ordered, sort_parameter, words_filter
from scimtui.scim.message import ScimRequest
from scimtui.scim.schema import ENTERPRISE_USER, ResourceType, Schema, core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")
NAMELESS = ResourceType("Door", "/Doors", Schema("urn:doors"))


@pytest.mark.parametrize(
    ("words", "resource_type", "dialect", "text"),
    [
        ("ann", USER, {}, 'userName co "ann" or displayName co "ann" or emails.value co "ann"'),
        (' "a\\b ', GROUP, {}, 'displayName co "\\"a\\\\b"'),
        ("it staff", GROUP, {}, 'displayName co "it" and displayName co "staff"'),
        ("ann lee", USER, {"filters": Filters.EQUALITY}, 'userName eq "ann lee"'),
        ("it  staff", GROUP, {"filters": Filters.EQUALITY}, 'displayName eq "it staff"'),
        ("ann", USER, {"filter_attributes": ("emails",)}, 'emails.value co "ann"'),
        ("ann", USER, {"filter_attributes": ("title",)}, None),
        ("ann", USER, {"filters": Filters.EQUALITY, "filter_attributes": ("title",)}, None),
        ("ann", USER, {"filters": Filters.NONE}, None),
        ("ann", NAMELESS, {}, None),
        ("  ", USER, {}, None),
    ],
)
def test_words_become_a_filter_that_the_provider_can_evaluate(words, resource_type, dialect, text):
    assert words_filter(words, resource_type, Dialect(**dialect)) == text


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ('userName eq "x"', True),
        ("title pr", True),
        ("unheard.of pr", True),
        ('id eq "1"', True),
        ("password pr", False),
        ('userName eq "x" and groups.display eq "Staff"', False),
        ('not (Members.value eq "7")', False),
    ],
)
def test_a_list_is_judged_by_what_it_always_shows(text, can):
    assert can_be_judged(text, USER) is can


def test_what_is_no_filter_is_not_judged():
    with pytest.raises(FilterError):
        can_be_judged("userName eq", USER)


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("userName", "userName"),
        ("name.familyName", "name.familyName"),
        ("department", f"{ENTERPRISE_USER}:department"),
        ('emails[type eq "work"].value', None),
        (ENTERPRISE_USER, None),
    ],
)
def test_only_plain_paths_are_sorted_by(path, sent):
    assert sort_parameter(path, USER) == sent


def test_what_is_no_path_is_not_sorted_by():
    with pytest.raises(PathError):
        sort_parameter("a b", USER)


def test_an_order_is_added_to_the_address_or_to_the_body():
    plain, asked = ScimRequest("GET", "/Users"), ScimRequest("GET", "/Users?count=5")
    assert ordered(asked, None) is asked
    assert ordered(plain, "name.familyName").path == "/Users?sortBy=name.familyName&sortOrder=ascending"
    path = ordered(asked, "urn:x:y", is_descending=True).path
    assert path == "/Users?count=5&sortBy=urn%3Ax%3Ay&sortOrder=descending"
    search = ScimRequest("POST", "/Users/.search", {"count": 5})
    assert ordered(search, "userName").body == {"count": 5, "sortBy": "userName", "sortOrder": "ascending"}
