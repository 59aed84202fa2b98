"""One tenant's resources under the names of another."""

from __future__ import annotations

import pytest

from scimtui.errors import PathError
from scimtui.scim.compare import compare
from scimtui.scim.renaming import renamer
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type

USER = core_resource_type("User")
OWN = f"{ENTERPRISE_USER}:costCenter"


def renamed(raw, **names):
    return renamer(names, USER, USER)(raw)


def test_an_attribute_is_moved_to_the_name_it_has_here():
    there = {"id": "1", ENTERPRISE_USER: {"costCenter": "Boss", "department": "IT"}}
    assert renamed(there, title=OWN) == {"id": "1", ENTERPRISE_USER: {"department": "IT"}, "title": "Boss"}


def test_a_value_that_a_filter_chose_is_copied_and_its_list_stays():
    there = {"emails": [{"value": "ann@x", "type": "work"}, {"value": "a@y", "type": "home"}]}
    assert renamed(there, userName='emails[type eq "work"].value') == {**there, "userName": "ann@x"}


def test_two_names_may_change_places():
    assert renamed({"title": "a", "userType": "b"}, title="userType", userType="title") == {
        "title": "b",
        "userType": "a",
    }


def test_values_go_into_and_out_of_complex_attributes_whatever_their_letter_case():
    assert renamed({"Name": {"Formatted": "Ann"}}, displayName="name.formatted") == {"Name": {}, "displayName": "Ann"}
    assert renamed({"displayName": "Ann", "Name": {"givenName": "A"}}, **{"name.formatted": "displayName"}) == {
        "Name": {"givenName": "A", "formatted": "Ann"}
    }
    assert renamed({"title": "x"}, **{OWN: "title"}) == {ENTERPRISE_USER: {"costCenter": "x"}}


def test_a_list_stays_a_list_and_what_is_not_there_changes_nothing():
    assert renamed({"roles": [{"value": "a"}]}, entitlements="roles") == {"entitlements": [{"value": "a"}]}
    assert renamed({"title": "x"}, displayName="name.formatted") == {"title": "x"}
    assert renamed({"title": "x", "name": "odd"}, displayName="name.formatted") == {"title": "x", "name": "odd"}


def test_no_value_can_be_put_where_a_filter_chooses():
    with pytest.raises(PathError):
        renamer({'emails[type eq "work"].value': "userName"}, USER, USER)


def test_letter_case_and_spaces_do_not_count_where_a_rule_says_so():
    left, right = (
        {"id": "1", "userName": "a", "displayName": "Ann  Lee"},
        {"id": "2", "userName": "a", "displayName": "ann lee"},
    )
    exact = {"externalId": "X 1"}
    assert compare([left], [right], USER).same == 0
    assert compare([left], [right], USER, fold=["displayName"]).same == 1
    found = compare([{**left, **exact}], [{**right, "externalId": "x 1"}], USER, fold=["displayName"])
    assert [change.path for change in found.different[0].changes] == ["externalId"]
