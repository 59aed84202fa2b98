"""Titles and cells of a table as paths and values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scimtui.errors import PathError
from scimtui.scim.schema import ENTERPRISE_USER, Attribute, Schema, Type, core_resource_type
from scimtui.scim.typed_text import column_path, nearest, read_value

USER = core_resource_type("User")
ODD = replace(
    USER,
    extensions=(
        *USER.extensions,
        Schema(
            "urn:x:y",
            attributes=(
                Attribute("department"), Attribute("odd name"), Attribute("since", Type.DATE_TIME),
                Attribute("floor", Type.INTEGER), Attribute("share", Type.DECIMAL), Attribute("tags", multi_valued=True),
            ),
        ),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("header", "path"),
    [
        ("userName", "userName"),
        (" username ", "username"),
        ("name.givenName", "name.givenName"),
        ("emails.work", 'emails[type eq "work"].value'),
        ("emails.value", "emails.value"),
        ("roles", "roles.value"),
        ('emails[type eq "home"].value', 'emails[type eq "home"].value'),
        ("department", f"{ENTERPRISE_USER}:department"),
        (f"{ENTERPRISE_USER}:manager", f"{ENTERPRISE_USER}:manager.value"),
        ("name", None),
        ("name.nick", None),
        ("Team", None),
        ('emails[type eq "home"].nick', None),
    ],
)
def test_a_title_names_a_path(header, path):
    found = column_path(header, USER)
    assert (None if found is None else str(found)) == path


def test_a_title_that_is_no_path_at_all_is_an_error():
    with pytest.raises(PathError):
        column_path("First name", USER)


@pytest.mark.parametrize(
    ("header", "first"),
    [("usrname", "userName"), ("Given name", "name.givenName"), ("E-Mail", "emails"), ("Cost centre", "costCenter")],
)
def test_what_was_likely_meant_is_told(header, first):
    assert nearest(header, USER)[0] == first


def test_what_two_extensions_have_is_told_with_its_urn_and_what_resembles_nothing_is_not_guessed():
    assert f"{ENTERPRISE_USER}:department" in nearest("departmnt", ODD) or "urn:x:y:department" in nearest(
        "departmnt", ODD
    )
    assert nearest("zzzz", ODD) == []


@pytest.mark.parametrize(
    ("header", "text", "values"),
    [
        ("active", " yes ", [True]),
        ("active", "0", [False]),
        ("title", "007", ["007"]),
        ("title", "a|b", ["a|b"]),
        ("roles", "admin| |user", ["admin", "user"]),
        ("emails.work", "a@x", ["a@x"]),
        ("urn:x:y:floor", "3", [3]),
        ("urn:x:y:share", "0.5", [0.5]),
        ("urn:x:y:tags", "a|b", ["a", "b"]),
        ("urn:x:y:since", "2026-01-31", ["2026-01-31T00:00:00Z"]),
        ("urn:x:y:since", "2026-01-31T09:00:00Z", ["2026-01-31T09:00:00Z"]),
    ],
)
def test_a_cell_is_read_as_the_schema_says(header, text, values):
    path = column_path(header, ODD)
    assert path is not None
    assert read_value(text, path, ODD) == values


@pytest.mark.parametrize(
    ("header", "text", "wanted"),
    [
        ("active", "perhaps", "perhaps is not true or false"),
        ("urn:x:y:floor", "3rd", "3rd is not a whole number"),
        ("urn:x:y:share", "half", "half is not a number"),
        ("urn:x:y:since", "31.1.2026", "31.1.2026 is no date such as"),
        ("urn:x:y:since", "2026-02-31", "2026-02-31 is no date such as"),
    ],
)
def test_a_cell_of_another_type_says_what_is_wanted(header, text, wanted):
    path = column_path(header, ODD)
    assert path is not None
    with pytest.raises(ValueError, match=r".") as error:
        read_value(text, path, ODD)
    assert str(error.value).startswith(wanted)
