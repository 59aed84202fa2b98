from __future__ import annotations

import copy
from typing import Any

from generated.resources import GROUP_TYPE, THOROUGH, USER_TYPE, groups, users, writable
from generated.schemas import pairs, resources
from hypothesis import given, strategies as st

from scimtui.scim.diff import edits
from scimtui.scim.merge import Conflict, merge
from scimtui.scim.schema import ENTERPRISE_USER, Attribute, ResourceType, Schema

WORK = {"value": "w@example.org", "type": "work"}
TAGS = Attribute("tags", multi_valued=True)
HOME = {"value": "h@example.org", "type": "home"}


def paths(result):
    return tuple(conflict.path for conflict in result.conflicts)


def merged(base, mine, theirs, resource_type=USER_TYPE):
    result = merge(base, mine, theirs, resource_type)
    assert result.conflicts == ()
    return result.merged


@given(base=users, mine=users)
@THOROUGH
def test_what_one_side_alone_changed_is_taken_whole(base, mine):
    assert writable(merged(base, mine, base), USER_TYPE) == writable(mine, USER_TYPE)
    assert writable(merged(base, base, mine), USER_TYPE) == writable(mine, USER_TYPE)
    assert writable(merged(base, mine, mine), USER_TYPE) == writable(mine, USER_TYPE)


@given(base=users, mine=users, theirs=users)
@THOROUGH
def test_both_ways_to_merge_two_users_agree(base, mine, theirs):
    kept = copy.deepcopy((base, mine, theirs))
    one, other = merge(base, mine, theirs, USER_TYPE), merge(base, theirs, mine, USER_TYPE)
    assert bool(one.conflicts) == bool(other.conflicts)
    if not one.conflicts:
        assert writable(one.merged, USER_TYPE) == writable(other.merged, USER_TYPE)
    assert (base, mine, theirs) == kept


@given(base=groups, mine=groups, theirs=groups)
@THOROUGH
def test_both_ways_to_merge_two_groups_agree(base, mine, theirs):
    one, other = merge(base, mine, theirs, GROUP_TYPE), merge(base, theirs, mine, GROUP_TYPE)
    assert not [path for path in paths(one) if path.startswith("members")]
    if not one.conflicts:
        assert writable(one.merged, GROUP_TYPE) == writable(other.merged, GROUP_TYPE)


def test_changes_to_different_values_come_together():
    base = {"userName": "b", "title": "A", "name": {"givenName": "A", "familyName": "B"}, "emails": [WORK, HOME]}
    mine = {**base, "title": "B", "name": {"givenName": "X", "familyName": "B"}, "emails": [WORK]}
    theirs = {
        **base,
        "name": {"givenName": "A", "familyName": "Y"},
        "emails": [{**WORK, "value": "n@example.org"}, HOME],
        "meta": {"version": "2"},
    }
    assert merged(base, mine, theirs) == {
        "userName": "b",
        "title": "B",
        "name": {"givenName": "X", "familyName": "Y"},
        "emails": [{**WORK, "value": "n@example.org"}],
        "meta": {"version": "2"},
    }


def test_one_value_changed_twice_is_a_conflict_and_theirs_stands():
    base = {"title": "A", "active": True, ENTERPRISE_USER: {"department": "A"}}
    result = merge(
        base,
        {"title": "B", "active": False, ENTERPRISE_USER: {"department": "B"}},
        {"title": "C", "active": False, ENTERPRISE_USER: {"department": "C"}},
        USER_TYPE,
    )
    assert paths(result) == ("title", f"{ENTERPRISE_USER}:department")
    assert result.merged == {"title": "C", "active": False, ENTERPRISE_USER: {"department": "C"}}


def test_an_element_that_one_removed_and_the_other_changed_is_a_conflict():
    changed = {**WORK, "display": "W"}
    assert paths(merge({"emails": [WORK, HOME]}, {"emails": [HOME]}, {"emails": [changed, HOME]}, USER_TYPE)) == (
        'emails[type eq "work"]',
    )
    assert paths(merge({"emails": [WORK, HOME]}, {"emails": [changed, HOME]}, {"emails": [HOME]}, USER_TYPE)) == (
        'emails[type eq "work"]',
    )


def test_two_new_elements_of_one_type_are_a_conflict():
    result = merge({}, {"emails": [WORK]}, {"emails": [{**WORK, "value": "n@example.org"}]}, USER_TYPE)
    assert paths(result) == ('emails[type eq "work"].value',)


def test_two_new_elements_without_a_type_are_both_kept():
    result = merged({}, {"roles": [{"value": "admin"}]}, {"roles": [{"value": "viewer"}]})
    assert result["roles"] == [{"value": "viewer"}, {"value": "admin"}]


def test_two_new_primaries_are_a_conflict():
    base = {"emails": [WORK, HOME]}
    mine = {"emails": [{**WORK, "primary": True}, HOME]}
    theirs = {"emails": [WORK, {**HOME, "primary": True}]}
    assert paths(merge(base, mine, theirs, USER_TYPE)) == ("emails.primary",)


def test_members_of_both_sides_join_and_leave():
    base = {"displayName": "G", "members": [{"value": "1"}, {"value": "2"}]}
    mine = {"displayName": "G", "members": [{"value": "2"}, {"value": "3"}]}
    theirs = {"displayName": "G", "members": [{"value": "1"}, {"value": "4", "display": "Four"}, {"value": "3"}]}
    result = merged(base, mine, theirs, GROUP_TYPE)
    assert result["members"] == [{"value": "4", "display": "Four"}, {"value": "3"}]


def test_what_the_provider_sets_comes_from_theirs():
    base = {"id": "1", "groups": [{"value": "a"}], "meta": {"version": "1"}}
    theirs = {"id": "1", "groups": [{"value": "b"}], "meta": {"version": "2"}}
    assert merged(base, {**base, "title": "T"}, theirs) == {**theirs, "title": "T"}


def test_an_extension_that_comes_is_listed_in_schemas():
    base = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "b"}
    result = merged(base, {**base, ENTERPRISE_USER: {"department": "D"}}, base)
    assert result["schemas"] == [*base["schemas"], ENTERPRISE_USER]
    assert [edit.path for edit in edits(base, result, USER_TYPE)] == [f"{ENTERPRISE_USER}:department"]


def test_plain_values_of_both_sides_join_and_leave():
    asset = ResourceType("Asset", "/Assets", Schema("urn:example:Asset", attributes=(TAGS,)))
    result = merged({"tags": ["a", "b"]}, {"tags": ["b", "c"]}, {"tags": ["b", "a", "d"]}, asset)
    assert result == {"tags": ["b", "d", "c"]}


def test_a_conflict_shows_what_each_side_has():
    result = merge({"title": "A"}, {"title": "B"}, {"title": "C"}, USER_TYPE)
    assert result.conflicts == (Conflict("title", "A", "B", "C"),)


@given(base=users, mine=users, theirs=users)
@THOROUGH
def test_a_conflict_is_only_where_both_touched_the_same_value(base, mine, theirs):
    own, other = ({place_of(edit.path) for edit in edits(base, side, USER_TYPE)} for side in (mine, theirs))
    for path in paths(merge(base, mine, theirs, USER_TYPE)):
        for touched in (own, other):
            assert any(one.startswith(place_of(path)) for one in touched)


def place_of(path: str) -> str:
    """The path in lower case; that of a list as a whole, since an element may have lost its name."""
    head = path.partition("[")[0]
    attribute = USER_TYPE.attribute(head.partition(".")[0])
    return (head.partition(".")[0] if attribute and attribute.multi_valued else path).casefold()


@given(base=users, mine=users, theirs=users)
@THOROUGH
def test_attributes_that_one_side_alone_touched_come_from_that_side(base, mine, theirs):
    result = merge(base, mine, theirs, USER_TYPE).merged
    old, own, other, new = (writable(one, USER_TYPE) for one in (base, mine, theirs, result))
    for path in {*old, *own, *other}:
        if old.get(path) == other.get(path):
            assert new.get(path) == own.get(path)
        if old.get(path) == own.get(path):
            assert new.get(path) == other.get(path)


def test_an_element_that_says_nothing_is_no_conflict():
    base, mine = {"emails": [WORK, HOME]}, {"emails": [{**WORK, "display": "W", "primary": False}, {"primary": False}]}
    assert merged(mine, base, {"emails": [{**WORK, "display": "W"}]}) == base


@st.composite
def versions(draw: st.DrawFn) -> tuple[ResourceType, list[dict[str, Any]]]:
    """Draw a type that nobody has ever seen, and three versions of one resource that have much in common."""
    pair = draw(pairs())
    third = draw(resources(pair.resource_type))
    kept = draw(st.sets(st.sampled_from([*pair.before, *third]))) - {"schemas"}
    return pair.resource_type, [pair.before, pair.after, third | {n: pair.before[n] for n in kept if n in pair.before}]


@given(found=versions())
@THOROUGH
def test_on_any_schema_what_one_side_alone_changed_is_taken_whole(found):
    kind, (base, mine, _) = found
    for one, other in ((mine, base), (base, mine), (mine, mine)):
        assert edits(merged(base, one, other, kind), mine, kind) == ()


@given(found=versions())
@THOROUGH
def test_on_any_schema_both_ways_to_merge_agree_and_keep_what_came_in(found):
    kind, (base, mine, theirs) = found
    kept = copy.deepcopy((base, mine, theirs))
    one, other = merge(base, mine, theirs, kind), merge(base, theirs, mine, kind)
    assert bool(one.conflicts) == bool(other.conflicts)
    if not one.conflicts:
        assert edits(one.merged, other.merged, kind) == ()
    assert (base, mine, theirs) == kept


def test_an_extension_of_which_nothing_is_left_goes():
    before = {"userName": "a", ENTERPRISE_USER: {"department": "Ops"}}
    assert ENTERPRISE_USER not in merged(before, {"userName": "a"}, before)


def test_what_the_provider_sets_inside_an_object_comes_from_theirs_and_is_no_conflict():
    def user(manager):
        return {"userName": "a", ENTERPRISE_USER: {"manager": manager}}

    base = user({"value": "1", "displayName": "Ada"})
    mine, theirs = user({"value": "2", "displayName": "Mine"}), user({"value": "1", "displayName": "Theirs"})
    assert merged(base, mine, theirs)[ENTERPRISE_USER]["manager"] == {"value": "2", "displayName": "Theirs"}


def test_primary_false_is_no_change():
    base, theirs = {"emails": [WORK]}, {"emails": [{**WORK, "primary": True}]}
    assert merged(base, {"emails": [{**WORK, "primary": False}]}, theirs) == theirs


def test_a_conflict_in_an_element_that_no_filter_names_is_named_by_its_list():
    twins = [{"display": "A"}, {"display": "B"}]
    result = merge(
        {"emails": [*twins, HOME]},
        {"emails": [twins[0], HOME | {"display": "X"}]},
        {"emails": [*twins, HOME | {"display": "Y"}]},
        USER_TYPE,
    )
    assert paths(result) == ('emails[type eq "home"].display',)
