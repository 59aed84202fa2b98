"""Lists in which providers write the same otherwise, and lists of which one of them holds a single value."""

from __future__ import annotations

from typing import Any

import pytest

from scimtui.scim.compare import Holding, Unknown, compare_paired
from scimtui.scim.pairing import Pairing
from scimtui.scim.schema import Attribute, ResourceType, Schema, Type, core_resource_type

USER = core_resource_type("User")
EXTENSION = Schema(
    "urn:x:More",
    attributes=(Attribute("tags", multi_valued=True), Attribute("codes", multi_valued=True, case_exact=True)),
)
KIND = ResourceType("User", "/Users", USER.schema, (EXTENSION,))


def compared(left: dict[str, Any], right: dict[str, Any], *one_there: str, fold: tuple[str, ...] = ()):
    sides = [{"id": side, "userName": "ann", **values} for side, values in (("l", left), ("r", right))]
    pairing = Pairing("userName", [(sides[0], sides[1])], [], [], [])
    return compare_paired(
        pairing, KIND, fold=fold, holding=Holding((True, True), (frozenset(), frozenset(map(str.casefold, one_there))))
    )


def paths(left: dict[str, Any], right: dict[str, Any], *one_there: str, **options: Any) -> list[str]:
    return [change.path for one in compared(left, right, *one_there, **options).different for change in one.changes]


def test_plain_lists_are_sets_of_what_their_values_say():
    assert paths({"urn:x:More": {"tags": ["A", "b", "a"]}}, {"urn:x:More": {"tags": ["B", "a"]}}) == []
    assert paths({"urn:x:More": {"codes": ["A"]}}, {"urn:x:More": {"codes": ["a"]}}) == ["urn:x:More:codes"]
    assert paths({"urn:x:More": {"codes": ["A  b"]}}, {"urn:x:More": {"codes": ["a B "]}}, fold=("codes",)) == []
    assert paths({"urn:x:More": {"tags": []}}, {"urn:x:More": {"tags": [None, ""]}}) == []


def mails(*values: tuple[Any, ...]) -> dict[str, Any]:
    names = ("value", "type", "primary")
    return {
        "emails": [{name: told for name, told in zip(names, one, strict=False) if told is not None} for one in values]
    }


@pytest.mark.parametrize(
    ("left", "right", "differing"),
    [
        (mails(("a", "work")), mails(("a", "home")), ['emails[type eq "work"].type']),
        (mails(("a", "work")), mails(("b",)), ['emails[type eq "work"].value']),
        (
            mails(("a", "work", True), ("b", "home")),
            mails(("a", None), ("b", None)),
            ['emails[type eq "work"].primary'],
        ),
        (mails(("a", "work", True), ("b", "home")), mails(("A", "work"), ("b",)), ['emails[type eq "work"].primary']),
        (mails(("a", "work"), ("b", "home")), mails(("B", "other"), ("a",)), ['emails[type eq "home"].type']),
        (mails(("a", "work"), ("a", "home")), mails(("a",)), ['emails[type eq "home"]']),
        (mails(("a", "work"), ("", "home")), mails(("a",)), []),
    ],
)
def test_labels_that_one_side_does_not_give_are_no_difference_and_others_are(left, right, differing):
    assert paths(left, right) == differing
    assert len(paths(right, left)) == len(differing)


def test_a_side_that_holds_one_value_does_not_lack_the_others():
    both = mails(("a", "work"), ("b", "home", True))
    for kept in ("A", "b"):
        found = compared(both, mails((kept, None, True)), "emails")
        assert (found.different, found.unknown) == ((), (Unknown("emails", left=False, count=1),))
    assert paths(both, mails(("c",)), "emails") == ['emails[type eq "home"].value']
    assert paths(mails(("a", "work"), ("b", "home")), mails(("c",)), "emails") == ['emails[type eq "work"].value']
    assert paths(both, mails(), "emails") == ['emails[type eq "work"]', 'emails[type eq "home"]']
    assert paths(both, mails(("a",)), "phoneNumbers") == ['emails[type eq "home"]']
    tags = "urn:x:More:tags"
    assert paths({"urn:x:More": {"tags": ["a", "b"]}}, {"urn:x:More": {"tags": ["B"]}}, tags) == []
    assert paths({"urn:x:More": {"tags": ["a", "b"]}}, {}, tags) == [tags]


def test_a_name_put_together_from_its_parts_is_no_difference_and_another_one_is():
    ann = {"name": {"givenName": "Ann", "familyName": "Lee"}}
    assert paths(ann, {**ann, "displayName": "Lee, ANN"}) == []
    assert paths(ann, {**ann, "displayName": "Annie Lee"}) == ["displayName"]
    assert paths({"displayName": "Ann Lee", "name.givenName": "Ann", "NAME": {"familyName": "Lee"}}, ann) == []
    assert paths({**ann, "displayName": "Ann"}, {**ann, "displayName": "Lee"}) == ["displayName"]
    assert paths({"displayName": "Ann Lee"}, {}) == ["displayName"]
    assert paths({"title": "Ann"}, {}) == ["title"]


def test_a_number_that_one_side_writes_as_text_is_the_same_number():
    kind = ResourceType("T", "/T", Schema("urn:t", attributes=(Attribute("n", Type.INTEGER), Attribute("t"))))
    other = ResourceType("T", "/T", Schema("urn:t", attributes=(Attribute("n"), Attribute("t", Type.BOOLEAN))))
    pairing = Pairing("n", [({"n": 7, "t": "True"}, {"n": "7", "t": True})], [], [], [])
    assert compare_paired(pairing, kind, right_type=other).same == 1
    assert compare_paired(Pairing("n", [({"n": 7}, {"n": "8"})], [], [], []), kind, right_type=other).same == 0
