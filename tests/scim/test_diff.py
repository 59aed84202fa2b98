from __future__ import annotations

import copy

import pytest
from generated.resources import GROUP_TYPE, THOROUGH, USER_TYPE, groups, users, writable
from hypothesis import given

from scimtui.errors import PatchError
from scimtui.scim.dialect import RFC, Dialect, MemberRemoval
from scimtui.scim.diff import Edit, edits, patch_operations, replaced_lists
from scimtui.scim.patch import apply_operations
from scimtui.scim.schema import ENTERPRISE_USER, Attribute, Mutability, ResourceType, Schema, Type

DIALECTS = [
    RFC,
    Dialect(value_filters=False),
    Dialect(pathless=True),
    Dialect(pathless=True, value_filters=False, capital_ops=True, member_removal=MemberRemoval.VALUE_ARRAY),
]
WORK = {"value": "w@example.org", "type": "work"}
HOME = {"value": "h@example.org", "type": "home"}


def change(before, after, dialect=RFC, resource_type=USER_TYPE):
    return patch_operations({"userName": "b", **before}, {"userName": "b", **after}, resource_type, dialect)


@pytest.mark.parametrize("dialect", DIALECTS, ids=["rfc", "no-filters", "pathless", "all-quirks"])
@given(before=users, after=users)
@THOROUGH
def test_the_operations_for_a_user_lead_to_what_was_wanted(dialect, before, after):
    kept = copy.deepcopy((before, after))
    operations = patch_operations(before, after, USER_TYPE, dialect)
    assert writable(apply_operations(before, operations, USER_TYPE), USER_TYPE) == writable(after, USER_TYPE)
    assert bool(operations) == bool(edits(before, after, USER_TYPE))
    assert (before, after) == kept


@pytest.mark.parametrize("dialect", DIALECTS, ids=["rfc", "no-filters", "pathless", "all-quirks"])
@given(before=groups, after=groups)
@THOROUGH
def test_the_operations_for_a_group_lead_to_what_was_wanted(dialect, before, after):
    operations = patch_operations(before, after, GROUP_TYPE, dialect)
    assert writable(apply_operations(before, operations, GROUP_TYPE), GROUP_TYPE) == writable(after, GROUP_TYPE)
    assert bool(operations) == bool(edits(before, after, GROUP_TYPE))
    assert not [one for one in operations if one["op"].casefold() == "replace" and "members" in str(one)]


@given(resource=users)
@THOROUGH
def test_nothing_is_sent_where_nothing_differs(resource):
    assert patch_operations(resource, copy.deepcopy(resource), USER_TYPE) == []
    assert edits(resource, copy.deepcopy(resource), USER_TYPE) == ()


@given(before=users, after=users)
@THOROUGH
def test_there_are_never_more_operations_than_edits(before, after):
    found = edits(before, after, USER_TYPE)
    is_by_element = not any(isinstance(edit.after or edit.before, list) for edit in found)
    assert len(patch_operations(before, after, USER_TYPE)) <= len(found) or not is_by_element


@given(before=users, after=users)
@THOROUGH
def test_every_edit_has_a_path_of_its_own(before, after):
    paths = [edit.path for edit in edits(before, after, USER_TYPE)]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize(
    ("before", "after", "operation"),
    [
        ({"title": "A"}, {"title": "B"}, {"op": "replace", "path": "title", "value": "B"}),
        ({}, {"title": "B"}, {"op": "add", "path": "title", "value": "B"}),
        ({"title": "A"}, {}, {"op": "remove", "path": "title"}),
        ({"title": "A"}, {"title": None}, {"op": "remove", "path": "title"}),
        ({"title": "A"}, {"title": ""}, {"op": "replace", "path": "title", "value": ""}),
        ({}, {"password": "s3cret"}, {"op": "replace", "path": "password", "value": "s3cret"}),
        (
            {"name": {"givenName": "A", "familyName": "C"}},
            {"name": {"givenName": "B", "familyName": "C"}},
            {"op": "replace", "path": "name.givenName", "value": "B"},
        ),
        ({}, {"name": {"givenName": "B"}}, {"op": "add", "path": "name", "value": {"givenName": "B"}}),
        (
            {ENTERPRISE_USER: {"department": "A"}},
            {ENTERPRISE_USER: {"department": "B"}},
            {"op": "replace", "path": f"{ENTERPRISE_USER}:department", "value": "B"},
        ),
        (
            {ENTERPRISE_USER: {"manager": {"value": "1", "displayName": "One"}}},
            {ENTERPRISE_USER: {"manager": {"value": "2", "displayName": "Two"}}},
            {"op": "replace", "path": f"{ENTERPRISE_USER}:manager.value", "value": "2"},
        ),
        (
            {"emails": [WORK, HOME]},
            {"emails": [HOME, {**WORK, "value": "new@example.org"}]},
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "new@example.org"},
        ),
        ({"emails": [WORK, HOME]}, {"emails": [HOME]}, {"op": "remove", "path": 'emails[type eq "work"]'}),
        ({"emails": [WORK]}, {"emails": []}, {"op": "remove", "path": "emails"}),
        ({"emails": [WORK]}, {"emails": [WORK, HOME]}, {"op": "add", "path": "emails", "value": [HOME]}),
        (
            {"emails": [{**WORK, "primary": True}, HOME]},
            {"emails": [WORK, {**HOME, "primary": True}]},
            {"op": "replace", "path": 'emails[type eq "home"].primary', "value": True},
        ),
        (
            {"emails": [{**WORK, "primary": True}, HOME]},
            {"emails": [WORK, HOME]},
            {"op": "replace", "path": 'emails[type eq "work"].primary', "value": False},
        ),
        (
            {"emails": [WORK, {**WORK, "value": 'say "hi"'}]},
            {"emails": [WORK]},
            {"op": "remove", "path": r'emails[value eq "say \"hi\""]'},
        ),
        (
            {"roles": [{"value": "admin"}, {"value": "viewer"}]},
            {"roles": [{"value": "admin"}]},
            {"op": "remove", "path": 'roles[value eq "viewer"]'},
        ),
        ({"favourite": [1, 2]}, {"favourite": [2]}, {"op": "replace", "path": "favourite", "value": [2]}),
        ({"active": "True"}, {"active": False}, {"op": "replace", "path": "active", "value": False}),
    ],
)
def test_one_change_is_one_operation(before, after, operation):
    assert change(before, after) == [operation]


def test_what_only_looks_different_is_not_sent():
    before = {"active": "True", "emails": "w@example.org", "NICKNAME": "B", "title": None, "id": "1", "groups": []}
    after = {"active": True, "emails": [{"value": "w@example.org", "primary": False}], "nickName": "B", "id": "2"}
    assert change(before, after) == []


def test_elements_that_no_filter_tells_apart_make_the_whole_list_be_replaced():
    before = [{"type": "work", "locality": "Oslo"}, {"type": "work", "locality": "Bergen"}]
    after = [{"type": "work", "locality": "Oslo"}, {"type": "work", "locality": "Moss"}]
    assert change({"addresses": before}, {"addresses": after}) == [
        {"op": "replace", "path": "addresses", "value": after}
    ]
    assert edits({"addresses": before}, {"addresses": after}, USER_TYPE) == (Edit("addresses", before, after),)


def test_a_provider_without_value_filters_gets_the_whole_list():
    after = [{**WORK, "value": "new@example.org"}, HOME]
    operations = change({"emails": [WORK, HOME]}, {"emails": after}, Dialect(value_filters=False))
    assert operations == [{"op": "replace", "path": "emails", "value": after}]


def test_swapped_types_are_addressed_by_what_is_there_at_each_turn():
    before = {"emails": [WORK, HOME]}
    after = {"emails": [{**WORK, "type": "home"}, {**HOME, "type": "work"}]}
    assert [one["path"] for one in change(before, after)] == [
        'emails[type eq "work"].type',
        'emails[value eq "h@example.org"].type',
    ]


def test_operations_without_paths_are_one_object_each_for_replace_and_add():
    before = {"title": "A", "name": {"givenName": "A", "familyName": "F"}, "nickName": "x"}
    after = {"title": "B", "name": {"givenName": "B", "familyName": "F"}, ENTERPRISE_USER: {"department": "D"}}
    assert change(before, after, Dialect(pathless=True, capital_ops=True)) == [
        {"op": "Remove", "path": "nickName"},
        {"op": "Replace", "value": {"name": {"givenName": "B"}, "title": "B"}},
        {"op": "Add", "value": {ENTERPRISE_USER: {"department": "D"}}},
    ]


def test_members_leave_one_by_one_and_join_together():
    before = {"displayName": "G", "members": [{"value": "1"}, {"value": "2"}, {"value": "3", "display": "Three"}]}
    after = {"displayName": "G", "members": [{"value": "3"}, {"value": "4", "display": "Four", "type": "User"}, "5"]}
    joining = {"op": "add", "path": "members", "value": [{"value": "4", "type": "User"}, {"value": "5"}]}
    assert patch_operations(before, after, GROUP_TYPE) == [
        {"op": "remove", "path": 'members[value eq "1"]'},
        {"op": "remove", "path": 'members[value eq "2"]'},
        joining,
    ]
    entra = Dialect(member_removal=MemberRemoval.VALUE_ARRAY)
    assert patch_operations(before, after, GROUP_TYPE, entra) == [
        {"op": "remove", "path": "members", "value": [{"value": "1"}]},
        {"op": "remove", "path": "members", "value": [{"value": "2"}]},
        joining,
    ]


def test_each_member_is_an_edit():
    before = {"displayName": "G", "members": [{"value": "1", "display": "One"}]}
    after = {"displayName": "G", "members": [{"value": "2"}]}
    assert edits(before, after, GROUP_TYPE) == (
        Edit('members[value eq "1"]', {"value": "1", "display": "One"}, None),
        Edit('members[value eq "2"]', None, {"value": "2"}),
    )


def test_edits_name_the_element_that_changed():
    before = {"emails": [{**WORK, "primary": True}, HOME]}
    after = {"emails": [{**WORK, "value": "new@example.org"}, {"value": "o@example.org", "type": "other"}]}
    assert edits(before, after, USER_TYPE) == (
        Edit('emails[type eq "home"]', HOME, None),
        Edit('emails[type eq "work"].value', "w@example.org", "new@example.org"),
        Edit('emails[type eq "work"].primary', True, None),
        Edit('emails[type eq "other"]', None, {"value": "o@example.org", "type": "other"}),
    )


@pytest.mark.parametrize(
    ("before", "after", "scim_type"),
    [
        ({"userName": "b"}, {"userName": None}, "mutability"),
        ({}, {"emails": [{**WORK, "primary": True}, {**HOME, "primary": True}]}, "invalidValue"),
        ({}, {"not a name": 1}, "invalidPath"),
    ],
)
def test_what_no_provider_would_take_is_not_sent(before, after, scim_type):
    with pytest.raises(PatchError) as caught:
        change(before, after)
    assert caught.value.scim_type == scim_type


def test_an_immutable_value_is_added_once_and_never_changed():
    badge = Attribute("badge", mutability=Mutability.IMMUTABLE)
    seat = Attribute("seat", Type.COMPLEX, sub_attributes=(badge,))
    kind = ResourceType("Desk", "/Desks", Schema("urn:example:2.0:Desk", attributes=(badge, seat)))
    assert patch_operations({}, {"badge": "1"}, kind) == [{"op": "add", "path": "badge", "value": "1"}]
    for before, after in (
        ({"badge": "1"}, {"badge": "2"}),
        ({"badge": "1"}, {}),
        ({"seat": {"badge": "1"}}, {"seat": {"badge": "2"}}),
    ):
        with pytest.raises(PatchError) as caught:
            patch_operations(before, after, kind)
        assert caught.value.scim_type == "mutability"


@pytest.mark.rule("S13")
def test_a_password_that_is_not_stated_is_kept():
    assert change({"password": "old"}, {}) == []
    assert edits({"password": "old"}, {}, USER_TYPE) == ()


def test_keys_that_no_schema_knows_are_written_as_plain_values():
    before = {"urn:example:badges": {"seen": 1, "gone": 2}, "odd.key": "a"}
    after = {"urn:example:badges": {"seen": 3}, "odd.key": "b", "urn:example:new": {"a": 1}, "new.key": "c"}
    operations = change(before, after)
    result = apply_operations({"userName": "b", **before}, operations, USER_TYPE)
    assert result == {"userName": "b", **after}


@pytest.mark.rule("R37")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_list_that_is_replaced_as_a_whole_is_named(dialect):
    twins = {"userName": "b", "roles": [{"value": "a", "display": "x"}, {"value": "a", "display": "y"}]}
    after = {**twins, "roles": [{"value": "a", "display": "x"}, {"value": "a", "display": "z"}], "title": "T"}
    operations = patch_operations(twins, after, USER_TYPE, dialect)
    assert replaced_lists(twins, operations, USER_TYPE) == ("roles",)
    new = patch_operations({"userName": "b"}, {"userName": "b", "emails": [WORK]}, USER_TYPE, dialect)
    assert replaced_lists({"userName": "b"}, new, USER_TYPE) == ()


def test_a_list_in_an_extension_that_is_replaced_is_named_too():
    inner = Schema("urn:example:more:2.0:Thing", attributes=(Attribute("tags", multi_valued=True),))
    kind = ResourceType("Thing", "/Things", Schema("urn:example:Thing"), (inner,))
    before, after = ({inner.id: {"tags": tags}} for tags in (["a", "b"], ["a", "c"]))
    for dialect in (RFC, Dialect(pathless=True)):
        operations = patch_operations(before, after, kind, dialect)
        assert replaced_lists(before, operations, kind) == (f"{inner.id}:tags",)


@pytest.mark.rule("R37")
def test_plain_values_that_differ_in_letter_case_alone_are_not_added_since_a_provider_may_drop_one():
    kind = ResourceType(
        "Thing", "/Things", Schema("urn:example:Thing", attributes=(Attribute("tags", multi_valued=True),))
    )
    assert patch_operations({"tags": ["a"]}, {"tags": ["a", "A"]}, kind) == [
        {"op": "replace", "path": "tags", "value": ["a", "A"]}
    ]


@pytest.mark.rule("R38")
def test_members_that_stay_are_no_part_of_an_operation_however_many_and_however_they_are_shown():
    stays = [{"value": f"id-{number}", "display": "old"} for number in range(500)]
    before = {"displayName": "All", "members": [*stays, {"value": "gone"}, {"value": 7}, {"display": "no value"}]}
    after = {
        "displayName": "All",
        "members": [
            {"value": "new"},
            {"value": 7},
            {"display": "no value"},
            *({**one, "display": "new"} for one in stays),
        ],
    }
    assert patch_operations(before, after, GROUP_TYPE) == [
        {"op": "remove", "path": 'members[value eq "gone"]'},
        {"op": "add", "path": "members", "value": [{"value": "new"}]},
    ]
    assert [edit.path for edit in edits(before, after, GROUP_TYPE)] == [
        'members[value eq "gone"]',
        'members[value eq "new"]',
    ]


def test_a_part_that_may_be_set_once_is_not_changed():
    box = Attribute(
        "box", Type.COMPLEX, sub_attributes=(Attribute("serial", mutability=Mutability.IMMUTABLE), Attribute("x"))
    )
    kind = ResourceType("Thing", "/Things", Schema("urn:x", attributes=(box,)))
    assert patch_operations({"box": {"x": "1"}}, {"box": {"x": "1", "serial": "7"}}, kind)
    with pytest.raises(PatchError, match=r"box\.serial can never be changed"):
        patch_operations({"box": {"x": "1", "serial": "7"}}, {"box": {"x": "1", "serial": "8"}}, kind)


def test_an_operation_that_means_nothing_replaces_no_list():
    mails = {"emails": [{"value": "a"}]}
    assert replaced_lists(mails, [{"op": "replace", "value": "x"}, {"op": "replace"}], USER_TYPE) == ()
    assert replaced_lists(mails, [{"op": "replace", "value": {"emails": []}}], USER_TYPE) == ("emails",)


MEMBERS = {"displayName": "Staff", "members": [{"display": "Ann"}, {"value": "2"}]}


def test_a_member_without_an_id_cannot_leave():
    with pytest.raises(PatchError) as caught:
        patch_operations(MEMBERS, {"displayName": "Staff", "members": [{"value": "2"}]}, GROUP_TYPE)
    assert caught.value.scim_type == "noTarget"


def test_elements_that_no_filter_tells_apart_are_replaced_with_their_list():
    before = {"emails": [{"value": "a", "type": "work"}, {"value": "A", "type": "WORK"}, {"value": "b"}]}
    after = {"emails": [{"value": "A", "type": "WORK"}, {"value": "b"}]}
    (operation,) = patch_operations(before, after, USER_TYPE)
    assert (operation["op"], operation["path"]) == ("replace", "emails")


TAGGED = ResourceType("T", "/T", Schema("urn:x", attributes=(Attribute("tags", multi_valued=True),)))


@pytest.mark.rule("M2")
@pytest.mark.parametrize(
    ("before", "after", "operations"),
    [
        (["a"], ["a", "b"], [{"op": "add", "path": "tags", "value": ["b"]}]),
        (["a", "b"], ["b", "a"], []),
        (["a"], ["a", "A"], [{"op": "replace", "path": "tags", "value": ["a", "A"]}]),
        (["a", "b"], ["b"], [{"op": "replace", "path": "tags", "value": ["b"]}]),
        ([1, {"x": [1.0, 2]}], [1.0, {"x": [1, 2.0]}], []),
        (["a"], [], [{"op": "remove", "path": "tags"}]),
    ],
)
def test_plain_values_are_added_and_else_their_list_is_replaced(before, after, operations):
    assert patch_operations({"tags": before}, {"tags": after}, TAGGED) == operations


@pytest.mark.parametrize("after", [{"other key": 2}, {"name": {"givenName": "A", "odd key": 1}}])
def test_a_key_that_no_path_can_name_cannot_come(after):
    before = {"odd key": 1, "name": {"givenName": "A"}}
    assert len(patch_operations(before, {**before, "title": "x"}, USER_TYPE)) == 1
    with pytest.raises(PatchError) as caught:
        patch_operations(before, before | after, USER_TYPE)
    assert caught.value.scim_type == "invalidPath"


def test_without_paths_removals_keep_theirs_and_come_first():
    before, after = {"title": "A", "nickName": "B"}, {"nickName": "C", "displayName": "D"}
    assert patch_operations(before, after, USER_TYPE, Dialect(pathless=True)) == [
        {"op": "remove", "path": "title"},
        {"op": "replace", "value": {"nickName": "C"}},
        {"op": "add", "value": {"displayName": "D"}},
    ]


@pytest.mark.rule("R38")
def test_without_paths_members_come_in_an_operation_of_their_own():
    before = {"displayName": "Staff", "members": [{"value": "1"}]}
    after = {"displayName": "Crew", "members": [{"value": "1"}, {"value": "2"}]}
    assert patch_operations(before, after, GROUP_TYPE, Dialect(pathless=True)) == [
        {"op": "add", "value": {"members": [{"value": "2"}]}},
        {"op": "replace", "value": {"displayName": "Crew"}},
    ]


def test_elements_of_a_wrong_type_are_sent_with_their_list_and_left_to_the_provider():
    before, odd = {"emails": [{"value": "a", "type": "work"}]}, {"value": {"x": 1}, "type": "work"}
    (operation,) = patch_operations(before, {"emails": [odd]}, USER_TYPE)
    assert operation == {"op": "replace", "path": "emails", "value": [odd]}
