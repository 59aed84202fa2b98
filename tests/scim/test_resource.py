"""The few questions that a resource answers without a schema."""

from __future__ import annotations

from scimtui.scim.resource import without_password


def test_a_password_that_came_along_is_left_out_and_nothing_else_is_touched():
    plain = {"userName": "ann"}
    assert without_password(plain) is plain
    assert without_password({"userName": "ann", "Password": "x", "password": "y"}) == plain
