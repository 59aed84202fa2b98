"""Attribute paths: what is read, and where a fault is."""

from __future__ import annotations

import pytest

from scimtui.errors import PathError
from scimtui.scim.path import parse_path


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("", 0, "expected an attribute path"),
        ("   ", 3, "expected an attribute path"),
        ("name:givenName", 0, "expected a schema such as urn"),
        ("urn:example:", 12, "expected an attribute after the colon"),
        ('emails[type eq "x"].', 20, "expected a sub-attribute such as value"),
        ('emails[type eq "x"].1', 20, "expected a sub-attribute such as value"),
        ("userName=", 8, "expected a letter"),
        ("emails[type pr]x", 15, "expected the end of the path"),
    ],
)
def test_a_fault_in_a_path_has_its_place(text, position, said):
    with pytest.raises(PathError, match=said) as caught:
        parse_path(text)
    assert caught.value.position == position


def test_a_path_without_a_schema_stays_as_it_was_written():
    assert str(parse_path("manager.value")) == "manager.value"
    assert str(parse_path('EMAILS[Type EQ "a"].Value')) == 'EMAILS[Type eq "a"].Value'
