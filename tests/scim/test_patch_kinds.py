"""PATCH of types and attributes that a User has not."""

from __future__ import annotations

import pytest
from patching import BABS, TAGS, add, patched, remove, replace

from scimtui.errors import PatchError
from scimtui.scim.schema import (
    ENTERPRISE_USER,
    USER,
    Attribute,
    Mutability,
    ResourceType,
    Schema,
    Type,
)

KINDS = ResourceType(
    "Thing",
    "/Things",
    Schema(
        "urn:example:core:2.0:Thing",
        attributes=(
            Attribute("whole", Type.INTEGER),
            Attribute("part", Type.DECIMAL),
            TAGS,
            Attribute("box", Type.COMPLEX, sub_attributes=(Attribute("red"), Attribute("all", multi_valued=True))),
            Attribute(
                "parts",
                Type.COMPLEX,
                multi_valued=True,
                sub_attributes=(Attribute("value"), Attribute("serial", mutability=Mutability.IMMUTABLE)),
            ),
            Attribute("once", mutability=Mutability.IMMUTABLE),
        ),
    ),
    extensions=(Schema("urn:example:extension:2.0:More", attributes=(Attribute("extra"),)),),
    required_extensions=frozenset({"urn:example:extension:2.0:More"}),
)
"""What the types of RFC 7643 have not: numbers, lists inside objects, values that are set once, an extension that must be."""


def thing(*operations, **resource):
    return patched(*operations, resource=resource, resource_type=KINDS)


@pytest.mark.rule("S4")
@pytest.mark.parametrize(
    ("path", "sent", "read"),
    [("whole", "42", 42), ("whole", " -7 ", -7), ("whole", 2.0, 2.0), ("part", "1.5", 1.5), ("part", "1e3", 1000.0)],
)
def test_numbers_may_come_as_text(path, sent, read):
    assert thing(add(path, sent)) == {path: read}


@pytest.mark.rule("S4")
@pytest.mark.parametrize(
    ("path", "sent"),
    [
        *(("whole", sent) for sent in ("1.5", 1.5, True, "--5", "٣", [1, 2])),
        *(("part", sent) for sent in ("nan", "x", "", "1" * 5000, "1e999", [[1]])),
    ],
)
def test_what_is_no_number_is_refused(path, sent):
    with pytest.raises(PatchError) as caught:
        thing(add(path, sent))
    assert caught.value.scim_type == "invalidValue"


@pytest.mark.rule("S8")
@pytest.mark.parametrize("nothing", [None, []])
def test_a_value_that_becomes_nothing_is_unassigned(nothing):
    assert thing(replace("whole", nothing), whole=1) == {}


def test_a_list_inside_an_object_is_added_to():
    assert thing(add("box.all", ["b", "a"]), box={"all": ["a"]}) == {"box": {"all": ["a", "b"]}}


def test_a_bare_value_becomes_an_object_when_a_part_is_added_to_it():
    assert thing(add("parts.serial", "7"), parts=["x"]) == {"parts": [{"value": "x", "serial": "7"}]}


@pytest.mark.rule("S12")
def test_what_may_be_set_once_is_set_once():
    assert thing(add("once", "a")) == {"once": "a"}
    for operation in (
        replace("once", "b"),
        remove("once"),
        replace('parts[value eq "x"]', {"value": "y", "serial": "2"}),
    ):
        with pytest.raises(PatchError, match="can never be changed"):
            thing(operation, once="a", parts=[{"value": "x", "serial": "1"}])
    assert thing(replace("once", "a"), once="a") == {"once": "a"}


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        (remove("urn:example:extension:2.0:More"), "mutability"),
        (add('tags[value eq "a"]', "b"), "invalidPath"),
        (replace("parts", {"value": ["x", "y"]}), "invalidValue"),
        (replace('parts[value eq "x"]', [{"value": "a"}, {"value": "b"}]), "invalidValue"),
        (replace("parts[value gt true]", {"value": "a"}), "invalidFilter"),
        (replace("box", 7), "invalidValue"),
        (replace("tags.sub", "x"), "invalidPath"),
        (add("schemas", [7]), "invalidValue"),
    ],
)
def test_what_makes_no_sense_on_this_schema_is_refused(operation, scim_type):
    with pytest.raises(PatchError) as caught:
        thing(operation, tags=["a"], parts=[{"value": "x"}])
    assert caught.value.scim_type == scim_type


def test_elements_of_plain_values_are_removed_by_value():
    assert thing(remove('tags[value eq "a"]'), tags=["a", "b"]) == {"tags": ["b"]}
    assert thing(remove("tags", value=["a"]), tags=["a", "b"]) == {"tags": ["b"]}


@pytest.mark.rule("M3")
def test_add_to_a_chosen_element_keeps_what_it_has():
    before = [{"value": "x", "serial": "1"}, {"value": "y"}]
    assert thing(add('parts[value eq "y"]', {"serial": "2"}), parts=before) == {
        "parts": [{"value": "x", "serial": "1"}, {"value": "y", "serial": "2"}]
    }


def test_members_are_removed_by_an_object_without_value_where_it_is_the_same():
    assert thing(remove("parts", value=[{"serial": "1"}]), parts=[{"serial": "1"}, {"value": "x"}]) == {
        "parts": [{"value": "x"}]
    }


def test_an_extension_of_which_nothing_is_left_is_unassigned():
    before = {"urn:example:extension:2.0:More": {"extra": "x"}, "userName": "b"}
    assert "urn:example:extension:2.0:More" not in patched(
        add("urn:example:extension:2.0:More", None), resource=before, resource_type=replace_required(KINDS)
    )


def replace_required(kind):
    return ResourceType(kind.name, kind.endpoint, kind.schema, kind.extensions)


def test_the_urn_of_the_schema_itself_stands_for_the_whole_resource():
    assert patched(add(USER, {"nickName": "B"})) == {**BABS, "nickName": "B"}


def test_what_no_schema_knows_is_removed_and_replaced_as_a_whole():
    before = {"shoe": {"size": 41, "colour": "red"}}
    assert thing(add("shoe", {"size": 42}), **before) == {"shoe": {"size": 42, "colour": "red"}}
    assert thing(replace("shoe", {"size": 42}), **before) == {"shoe": {"size": 42}}
    assert thing(remove("shoe"), **before) == {}


def test_an_extension_that_says_again_what_the_provider_has_set_changes_nothing_of_it():
    extension = Schema(
        "urn:example:extension:2.0:More",
        attributes=(Attribute("extra"), Attribute("fixed", mutability=Mutability.READ_ONLY)),
    )
    kind = ResourceType("Thing", "/Things", Schema("urn:x"), (extension,))
    before = {"schemas": ["urn:x", extension.id], extension.id: {"extra": "a", "fixed": "f"}}
    after = patched(replace(extension.id, {"extra": "b", "fixed": "f"}), resource=before, resource_type=kind)
    assert after == {"schemas": ["urn:x", extension.id], extension.id: {"extra": "b", "fixed": "f"}}


@pytest.mark.rule("M7")
def test_schemas_that_a_client_lists_are_taken_up_once():
    listed = patched(add("schemas", [USER.upper(), ENTERPRISE_USER, ENTERPRISE_USER]))
    assert listed["schemas"] == [USER, ENTERPRISE_USER]


@pytest.mark.rule("R33")
def test_a_path_makes_of_what_no_schema_knows_what_it_must_be():
    before = {"badges": [{"type": "a", "value": "1"}, {"type": "b", "value": "2"}]}
    assert thing(replace('badges[type eq "a"].value', "9"), **before)["badges"][0] == {"type": "a", "value": "9"}
    assert thing(remove('badges[type eq "a"]'), **before) == {"badges": [{"type": "b", "value": "2"}]}
    assert thing(replace("badges.value", "0"), **before)["badges"][1] == {"type": "b", "value": "0"}
    assert thing(add("parts", {"value": "x", "odd": [1]})) == {"parts": [{"value": "x", "odd": [1]}]}
    hidden = ResourceType(
        "T",
        "/T",
        Schema(
            "urn:x",
            attributes=(
                Attribute(
                    "ref",
                    Type.COMPLEX,
                    sub_attributes=(Attribute("value"), Attribute("name", mutability=Mutability.READ_ONLY)),
                ),
            ),
        ),
    )
    assert patched(add("ref", {"value": "1", "name": "x"}), resource={}, resource_type=hidden) == {
        "ref": {"value": "1"}
    }


def test_what_is_set_once_and_required_stays():
    kind = ResourceType("T", "/T", Schema("urn:x", attributes=(Attribute("must", required=True),)))
    for operation in (remove("must"), replace("must", None)):
        with pytest.raises(PatchError, match="must is required"):
            patched(operation, resource={"must": "x"}, resource_type=kind)
    with pytest.raises(PatchError, match="once can never be changed"):
        thing(remove("once"), once="a")


@pytest.mark.rule("M5")
def test_a_part_of_chosen_elements_is_removed_and_what_is_empty_then_goes():
    before = [{"value": "x", "type": "a"}, {"type": "b"}, {"value": "z", "type": "c"}]
    assert patched(remove('emails[type ne "c"].type'), resource={"emails": before}) == {
        "emails": [{"value": "x"}, {"value": "z", "type": "c"}]
    }
    assert patched(remove('emails[type ne "c"]'), resource={"emails": before}) == {"emails": before[2:]}


def test_what_is_removed_is_gone_in_its_flat_form_too():
    flat = {"userName": "b", "name": {"givenName": "A"}, "name.formatted": "B", "nameless": 1}
    assert patched(remove("name"), resource=flat) == {"userName": "b", "nameless": 1}
