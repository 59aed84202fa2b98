"""What may be shown and kept of a write."""

from __future__ import annotations

import pytest

from scimtui.scim.change import plan_create, plan_delete, plan_edit
from scimtui.scim.dialect import RFC
from scimtui.scim.diff import Edit
from scimtui.scim.masks import (
    MASK,
    hidden_in,
    holds_secret,
    masked_body,
    masked_conflicts,
    masked_edits,
    masked_resource,
    secret_paths,
    without_secrets,
)
from scimtui.scim.merge import Conflict
from scimtui.scim.message import ScimRequest
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.schema import (
    Attribute,
    Mutability,
    ResourceType,
    Returned,
    Schema,
    Type,
    core_resource_type,
)

USER = core_resource_type("User")
SAFE = ResourceType(
    "Safe",
    "/Safes",
    Schema(
        "urn:safe",
        attributes=(
            Attribute("pin", mutability=Mutability.WRITE_ONLY),
            Attribute("hash", returned=Returned.NEVER),
            Attribute(
                "keys", Type.COMPLEX, multi_valued=True, sub_attributes=(Attribute("secret", returned=Returned.NEVER),)
            ),
            Attribute("title"),
        ),
    ),
    extensions=(Schema("urn:more:1.0:Safe", attributes=(Attribute("code", mutability=Mutability.WRITE_ONLY),)),),
)


@pytest.mark.rule("R48")
@pytest.mark.parametrize(
    ("operation", "shown"),
    [
        ({"op": "replace", "path": "password", "value": "x"}, {"op": "replace", "path": "password", "value": MASK}),
        ({"OP": "add", "PATH": "PASSWORD", "VALUE": "x"}, {"OP": "add", "PATH": "PASSWORD", "VALUE": MASK}),
        (
            {"op": "add", "value": {"Password": "x", "title": "t"}},
            {"op": "add", "value": {"Password": MASK, "title": "t"}},
        ),
        ({"op": "remove", "path": "password"}, {"op": "remove", "path": "password"}),
        ({"op": "add", "path": "title", "value": "x"}, {"op": "add", "path": "title", "value": "x"}),
        (
            {"op": "replace", "path": 'emails[value eq "password"].display', "value": "x"},
            {"op": "replace", "path": 'emails[value eq "password"].display', "value": "x"},
        ),
        (
            {"op": "add", "path": f"{USER.schema.id}:password", "value": ["x"]},
            {"op": "add", "path": f"{USER.schema.id}:password", "value": MASK},
        ),
    ],
)
def test_an_operation_is_shown_without_what_is_written_only(operation, shown):
    body = {"schemas": ["urn:x"], "Operations": [operation]}
    request = ScimRequest("PATCH", "/Users/1", body)
    assert masked_body(request, USER) == {"schemas": ["urn:x"], "Operations": [shown]}
    assert request.body == {"schemas": ["urn:x"], "Operations": [operation]}


@pytest.mark.rule("R48")
def test_every_attribute_that_nobody_may_read_is_masked_at_any_depth():
    raw = {
        "title": "t",
        "pin": 7,
        "HASH": None,
        "keys": [{"secret": "s", "name": "n"}, "bare"],
        "urn:more:1.0:Safe": {"code": {"deep": 1}, "open": (1, 2)},
        "keys.secret": "flat",
        "password": "always",
    }
    assert masked_resource(raw, SAFE) == {
        "title": "t",
        "pin": MASK,
        "HASH": None,
        "keys": [{"secret": MASK, "name": "n"}, "bare"],
        "urn:more:1.0:Safe": {"code": MASK, "open": [1, 2]},
        "keys.secret": MASK,
        "password": MASK,
    }


@pytest.mark.rule("R48")
def test_edits_are_kept_with_their_path_and_without_what_is_written_only():
    edits = [
        Edit("title", "a", {"password": "p"}),
        Edit("pin", "1", None),
        Edit('keys[name eq "n"].secret', None, "2"),
        Edit('keys[name eq "n"]', {"secret": "s"}, None),
    ]
    assert masked_edits(edits, SAFE) == [
        {"path": "title", "before": "a", "after": {"password": MASK}},
        {"path": "pin", "before": MASK, "after": None},
        {"path": 'keys[name eq "n"].secret', "before": None, "after": MASK},
        {"path": 'keys[name eq "n"]', "before": {"secret": MASK}, "after": None},
    ]


def test_edits_and_conflicts_are_shown_without_what_nobody_may_read():
    told = [Edit("pin", None, "1234"), Edit("title", "A", "B"), Edit('keys[type eq "a]b"].secret', "x", "y")]
    assert hidden_in(told, SAFE) == [
        Edit("pin", None, MASK),
        Edit("title", "A", "B"),
        Edit('keys[type eq "a]b"].secret', MASK, MASK),
    ]
    assert secret_paths(told, SAFE) == ("pin", 'keys[type eq "a]b"].secret')
    (shown,) = masked_conflicts([Conflict("pin", "1", "2", None)], SAFE)
    assert shown == Conflict("pin", MASK, MASK, None)


def test_words_of_a_provider_lose_the_secrets_that_they_repeat():
    wanted = {"pin": [{"value": 12345, "on": True, "note": None}, "abc"], "title": "abc?", "keys": [{"secret": "s3c"}]}
    said = "12345 and abc and s3c are weak, abc? is not"
    assert without_secrets(said, wanted, SAFE) == f"{MASK} and {MASK} and {MASK} are weak, {MASK}? is not"
    assert without_secrets(said, None, SAFE) == said


@pytest.mark.parametrize(
    ("before", "after", "is_secret"),
    [
        ({"id": "1", "title": "A"}, {"id": "1", "title": "B"}, False),
        ({"id": "1", "title": "A"}, {"id": "1", "title": "A", "pin": "12"}, True),
        (None, {"title": "A"}, False),
        (None, {"title": "A", "pin": "12"}, True),
    ],
)
def test_a_change_that_writes_what_nobody_may_read_is_known_as_one(before, after, is_secret):
    about = (SAFE, BUILT_IN, RFC)
    change = plan_create("acme", after, *about) if before is None else plan_edit("acme", before, after, *about)
    assert holds_secret(change) is is_secret
    assert not holds_secret(plan_delete("acme", {"id": "1", "pin": "12"}, *about))
