"""What else is sent where a provider does not read a PATCH as it was spelled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scimtui.errors import UsageError
from scimtui.scim.change import Change, plan_active, plan_create, plan_edit, plan_members
from scimtui.scim.dialect import RFC, Dialect, MemberRemoval
from scimtui.scim.fallback import WAYS, other_ways
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")
WORK, HOME = {"value": "w@example.org", "type": "work"}, {"value": "h@example.org", "type": "home"}


def edited(dialect=RFC, **values) -> Change:
    before = {"id": "1", "userName": "ann", "title": "A", "emails": [WORK, HOME]}
    return plan_edit("acme", before, {**before, **values}, USER, BUILT_IN, dialect)


def title(dialect=RFC) -> Change:
    return edited(dialect, title="B")


def mail(dialect=RFC) -> Change:
    return edited(dialect, emails=[{**WORK, "value": "n@example.org"}, HOME])


def manager(dialect=RFC) -> Change:
    before = {"id": "1", "userName": "ann", ENTERPRISE_USER: {"manager": {"value": "7"}}}
    return plan_edit("acme", before, {**before, ENTERPRISE_USER: {"manager": {"value": "8"}}}, USER, BUILT_IN, dialect)


def leaving(dialect=RFC) -> Change:
    group = {"id": "7", "displayName": "G", "members": [{"value": "1"}, {"value": "2"}]}
    return plan_members("acme", group, [], ["1"], GROUP, BUILT_IN, dialect)


@pytest.mark.rule("R40")
@pytest.mark.parametrize(
    ("change", "status", "keyword", "fields"),
    [
        (title(), 400, "invalidSyntax", ["pathless", "capital_ops"]),
        (title(), 400, "invalidPath", ["pathless", "capital_ops"]),
        (title(), 400, "invalidValue", []),
        (title(), 400, "mutability", []),
        (title(), 400, None, []),
        (title(), 403, None, []),
        (title(), 500, "invalidSyntax", []),
        (title(), 501, None, ["can_patch"]),
        (title(), 405, None, ["can_patch"]),
        (mail(), 400, "invalidFilter", ["value_filters", "capital_ops"]),
        (mail(), 400, "noTarget", ["value_filters", "capital_ops"]),
        (mail(), 400, "invalidValue", ["value_filters"]),
        (manager(), 400, "noTarget", ["sub_paths", "pathless", "capital_ops"]),
        (manager(), 400, "invalidValue", ["sub_paths"]),
        (leaving(), 400, "invalidPath", ["member_removal", "capital_ops"]),
        (leaving(), 501, None, []),
        (title(Dialect(capital_ops=True)), 400, "invalidSyntax", ["pathless"]),
    ],
)
def test_only_what_is_spelled_otherwise_is_another_way(change, status, keyword, fields):
    ways = other_ways(change, status, keyword, BUILT_IN, RFC)
    assert [way.field for way in ways] == fields
    for way in ways:
        assert way.change.requests != change.requests
        assert (way.change.title, way.change.kind, way.change.before) == (change.title, change.kind, change.before)
        assert way.words == WAYS[way.field]


def test_each_way_is_what_its_words_say():
    (whole, *_) = other_ways(mail(), 400, "noTarget", BUILT_IN, RFC)
    (operation,) = whole.change.requests[0].body["Operations"]
    assert (operation["op"], operation["path"], len(operation["value"])) == ("replace", "emails", 2)
    (part, *_) = other_ways(manager(), 400, "noTarget", BUILT_IN, RFC)
    assert part.change.requests[0].body["Operations"] == [
        {"op": "replace", "path": f"{ENTERPRISE_USER}:manager", "value": {"value": "8"}}
    ]
    pathless, capital = other_ways(title(), 400, "invalidSyntax", BUILT_IN, RFC)
    assert pathless.change.requests[0].body["Operations"] == [{"op": "replace", "value": {"title": "B"}}]
    assert capital.change.requests[0].body["Operations"] == [{"op": "Replace", "path": "title", "value": "B"}]
    (array, _) = other_ways(leaving(), 400, "invalidFilter", BUILT_IN, RFC)
    assert array.change.requests[0].body["Operations"] == [
        {"op": "remove", "path": "members", "value": [{"value": "1"}]}
    ]
    (put,) = other_ways(title(), 501, None, BUILT_IN, RFC)
    assert put.change.requests[0].method == "PUT"
    assert put.change.warnings


def test_what_was_tried_is_not_offered_again_and_members_go_the_other_way_round_too():
    assert [way.field for way in other_ways(title(), 400, "invalidPath", BUILT_IN, RFC, {"pathless"})] == [
        "capital_ops"
    ]
    entra = replace(RFC, member_removal=MemberRemoval.VALUE_ARRAY)
    ways = other_ways(leaving(entra), 400, "invalidSyntax", BUILT_IN, entra)
    assert ways[0].value is MemberRemoval.FILTER


def test_what_is_no_patch_has_no_other_way():
    created = plan_create("acme", {"userName": "ann"}, USER, BUILT_IN, RFC)
    assert other_ways(created, 400, "invalidSyntax", BUILT_IN, RFC) == ()
    no_put = replace(RFC, can_put=False)
    with pytest.raises(UsageError):
        title(replace(no_put, can_patch=False))
    assert other_ways(title(), 501, None, BUILT_IN, no_put) == ()


def test_an_account_is_turned_off_in_another_spelling():
    change = plan_active("acme", {"id": "1", "active": True}, False, USER, BUILT_IN, RFC)
    (way, _) = other_ways(change, 400, "invalidPath", BUILT_IN, RFC)
    assert way.change.requests[0].body["Operations"] == [{"op": "replace", "value": {"active": False}}]
