"""What changed between two copies, in words."""

from __future__ import annotations

from generated.resources import THOROUGH
from generated.schemas import any_json
from hypothesis import given, strategies as st

from scimtui.present.changed import MOST, changed_paths, changed_rows
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.reference import Reference
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")


def changed(before, after, kind=USER):
    return [(row.label, row.value, row.note, row.link) for row in changed_rows(before, after, kind, BUILT_IN)]


def test_a_value_is_shown_as_it_was_and_as_it_is():
    before = {"title": "Engineer", "nickName": "n", "active": True, "name": {"givenName": "A"}}
    after = {"title": "Manager", "locale": "en", "active": "False", "name": {"givenName": "B"}}
    assert sorted(changed(before, after)) == [
        ("active", "true → false", "", None),
        ("locale", "– → en", "", None),
        ("name.givenName", "A → B", "", None),
        ("nickName", "n → –", "", None),
        ("title", "Engineer → Manager", "", None),
    ]


def test_an_element_that_came_or_left_has_a_sign_and_one_that_changed_says_which():
    before = {"emails": [{"value": "a@x", "type": "work"}, {"value": "old@x", "type": "home"}]}
    after = {"emails": [{"value": "b@x", "type": "work"}, {"value": "p@x", "type": "pager"}]}
    assert changed(before, after) == [
        ("emails", "− old@x", "", None),
        ("emails.value", "a@x → b@x", 'where type eq "work"', None),
        ("emails", "+ p@x", "", None),
    ]


def test_another_manager_and_other_members_are_links():
    before = {ENTERPRISE_USER: {"manager": {"value": "7"}}}
    after = {ENTERPRISE_USER: {"manager": {"value": "8"}}}
    assert changed(before, after) == [
        ("manager", "− 7", "", Reference("7", ("User",))),
        ("", "+ 8", "", Reference("8", ("User",))),
    ]
    members = changed({"members": [{"value": "1"}]}, {"members": [{"value": "2", "display": "Bo"}]}, GROUP)
    assert [value for _, value, _, _ in members] == ["− 1", "+ Bo"]


def test_a_whole_new_team_is_not_listed_to_its_end():
    after = {"displayName": "G", "members": [{"value": str(number)} for number in range(500)]}
    found = changed({"displayName": "G"}, after, GROUP)
    assert len(found) == MOST + 1
    assert found[-1][1] == f"… {500 - MOST} more"


def test_a_password_is_never_shown():
    assert changed({}, {"password": "tr0ub4dor"}) == [("password", "••••••••", "", None)]


def test_hostile_names_and_values_do_nothing():
    found = changed({"odd\x1b[2J key": "a"}, {"odd\x1b[2J key": "\x9b31m"})
    assert found == [("odd␛[2J key", "a → ‹009b›31m", "", None)]


def test_the_attributes_that_changed_are_known_by_their_paths():
    rows = changed_rows({"name": {"givenName": "A"}}, {"name": {"givenName": "B"}, "title": "t"}, USER, BUILT_IN)
    assert changed_paths(rows) == {"name", "title"}


@given(
    copies=st.lists(
        st.dictionaries(st.sampled_from(["title", "name", "emails", "groups", ENTERPRISE_USER, "x y"]), any_json),
        min_size=2,
        max_size=2,
    )
)
@THOROUGH
def test_any_two_copies_can_be_compared(copies):
    assert all(isinstance(row.value, str) for row in changed_rows(*copies, USER, BUILT_IN))
