"""What goes to a provider, and what is evaluated here."""

from __future__ import annotations

import pytest

from scimtui.scim.dialect import Dialect, Filters
from scimtui.scim.filter import parse_filter
from scimtui.scim.match import compile_filter
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type
from scimtui.scim.sent_filter import sent_filter

USER = core_resource_type("User")


@pytest.mark.rule("R28")
@pytest.mark.parametrize(
    ("text", "goes_to_equality"),
    [
        ('userName eq "a"', True),
        ('userName eq "a" and active eq true', True),
        ('userName eq "a" or active eq true', False),
        ('userName ne "a"', False),
        ("userName eq null", False),
        ("userName pr", False),
        ('emails[type eq "a"]', False),
    ],
)
def test_a_provider_is_sent_only_what_it_evaluates(text: str, goes_to_equality: bool) -> None:  # noqa: FBT001
    parsed = parse_filter(text)
    assert (sent_filter(parsed, Dialect(filters=Filters.EQUALITY), USER) is not None) is goes_to_equality
    assert sent_filter(parsed, Dialect(filters=Filters.ALL), USER) == text
    assert sent_filter(parsed, Dialect(filters=Filters.NONE), USER) is None


@pytest.mark.rule("P12", "R28")
@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ('department EQ "Ops"', f'{ENTERPRISE_USER}:department eq "Ops"'),
        ('Manager.Value eq "7" or title pr', f'{ENTERPRISE_USER}:Manager.Value eq "7" or title pr'),
        (f"{ENTERPRISE_USER.upper()}:department pr", f"{ENTERPRISE_USER}:department pr"),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName pr", "userName pr"),
        ('not(emails[type eq "a" or not (value pr)])', 'not (emails[type eq "a" or not (value pr)])'),
        ("schemas.value pr and meta.lastModified pr and id pr", "schemas.value pr and meta.lastModified pr and id pr"),
        ("shoeSize eq 41", None),
        ("title pr and shoeSize pr", None),
        ("not (emails.shoe pr)", None),
        ("title.value pr and title.x pr", None),
        ("emails[type pr and shoe pr]", None),
        ("emails[not (shoe pr)]", None),
        ("urn:example:2.0:Thing:userName pr", None),
    ],
)
def test_attributes_are_sent_where_they_are_declared_and_under_their_own_schema(typed, sent):
    parsed = parse_filter(typed)
    found = sent_filter(parsed, Dialect(filters=Filters.ALL), USER)
    assert found == sent
    for raw in (
        {"title": "x", "userName": "a", ENTERPRISE_USER: {"department": "Ops", "manager": {"value": "7"}}},
        {"emails": ["a"]},
    ):
        if found is not None:
            assert compile_filter(found, USER)(raw) == compile_filter(typed, USER)(raw)


@pytest.mark.rule("R28")
@pytest.mark.parametrize(
    ("text", "is_sent"),
    [
        ('userName eq "a"', True),
        ('USERNAME eq "a" and emails.value eq "b"', True),
        ('userName eq "a" and title eq "b"', False),
        ('not (title eq "b")', False),
        ('userName eq "a" or title eq "b"', False),
        ('userName sw "a"', True),
    ],
)
def test_a_filter_is_sent_only_where_the_provider_filters_by_all_it_names(text: str, is_sent: bool) -> None:  # noqa: FBT001
    dialect = Dialect(filter_attributes=("userName", "emails"))
    assert (sent_filter(parse_filter(text), dialect, USER) is not None) is is_sent
