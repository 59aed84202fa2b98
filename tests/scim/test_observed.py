"""What differs between two copies of a resource that were seen."""

from __future__ import annotations

import pytest
from generated.resources import THOROUGH
from generated.schemas import resource_types, resources
from hypothesis import given, strategies as st

from scimtui.scim.diff import Edit, edits
from scimtui.scim.observed import observed_edits
from scimtui.scim.schema import core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")


def test_what_a_client_may_write_differs_as_in_any_comparison():
    before = {"id": "1", "title": "a", "nickName": "n", "meta": {"lastModified": "2026-01-01T00:00:00Z"}}
    after = {"id": "1", "title": "b", "displayName": "d", "meta": {"lastModified": "2026-02-01T00:00:00Z"}}
    found = {edit.path: (edit.before, edit.after) for edit in observed_edits(before, after, USER)}
    assert found == {"displayName": (None, "d"), "nickName": ("n", None), "title": ("a", "b")}


def test_a_group_that_was_joined_is_seen_though_nobody_may_write_it():
    before, after = {"groups": [{"value": "1"}, {"value": "2"}]}, {"groups": [{"value": "2"}, {"value": "3"}]}
    assert edits(before, after, USER) == ()
    assert observed_edits(before, after, USER) == (
        Edit('groups[value eq "1"]', {"value": "1"}, None),
        Edit('groups[value eq "3"]', None, {"value": "3"}),
    )


@pytest.mark.parametrize("alone", [{"groups": [{"value": "1"}]}, {"groups": []}])
def test_groups_that_only_one_copy_shows_have_not_changed(alone):
    assert observed_edits({"title": "a"}, {"title": "a", **alone}, USER) == ()
    assert observed_edits({"title": "a", **alone}, {"title": "a"}, USER) == ()


def test_members_are_told_apart_by_value_alone():
    before = {"members": [{"value": "1", "display": "One"}]}
    assert observed_edits(before, {"members": [{"value": "1", "display": "Uno"}]}, GROUP) == ()
    assert len(observed_edits(before, {"members": [{"value": "2"}]}, GROUP)) == 2


@given(data=st.data())
@THOROUGH
def test_a_copy_never_differs_from_itself(data):
    kind = data.draw(resource_types())
    raw = data.draw(resources(kind))
    assert observed_edits(raw, raw, kind) == ()
