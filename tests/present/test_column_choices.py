"""What a table can show: everything the schemas know, and whatever path a person writes."""

from __future__ import annotations

import pytest
from generated.schemas import pairs
from hypothesis import given, settings

from scimtui.errors import PathError
from scimtui.ops.arrangements import Arrangement, ChosenColumn, SortKey
from scimtui.present.cells import safe
from scimtui.present.column_choices import column_choices, found_choices, typed_path, with_chosen
from scimtui.present.columns import (
    INACTIVE,
    arranged_columns,
    column,
    default_columns,
    projection,
    unseen_columns,
    usual_columns,
)
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type, read_resource_type, read_schema

USER, GROUP = core_resource_type("User"), core_resource_type("Group")
CHOICES = column_choices(USER)
WORK = 'emails[type eq "work"].value'


def paths(choices):
    return [choice.path for choice in choices]


def test_every_attribute_can_be_chosen_inside_of_complex_ones_in_extensions_and_by_kind_of_element():
    wanted = {"userName", "name.familyName", "emails", "emails.value", WORK, "emails[primary eq true].value"}
    wanted |= {"meta.lastModified", f"{ENTERPRISE_USER}:department", f"{ENTERPRISE_USER}:manager.displayName"}
    assert wanted <= set(paths(CHOICES))
    assert not any("password" in path for path in paths(CHOICES))
    assert {"members", "members.value", 'members[type eq "Group"].value'} <= set(paths(column_choices(GROUP)))


def test_a_choice_says_what_it_is():
    known = {choice.path: choice for choice in CHOICES}
    manager = known[f"{ENTERPRISE_USER}:manager.displayName"]
    assert (manager.label, manager.origin, manager.kind) == ("manager.displayName", "EnterpriseUser", "string")
    assert manager.description.startswith("Whom the person reports to: ")
    assert known["emails"].kind == "list of complex"


@settings(max_examples=50)
@given(pairs())
def test_each_choice_is_a_column_of_schemas_that_nobody_has_seen(pair):
    choices = column_choices(pair.resource_type)
    assert len(set(map(str.casefold, paths(choices)))) == len(choices)
    columns = tuple(column(path, pair.resource_type) for path in paths(choices))
    made = projection(columns, pair.resource_type).project(pair.before)
    assert len(made) == len(columns) + 2
    assert all(safe(cell) == cell for cell in (made[0], *made[2:]))


def test_names_of_a_provider_that_are_no_paths_are_left_out_and_its_words_cannot_act():
    attributes = [
        {"name": "two words", "type": "string"},
        {"name": "good", "type": "string", "description": "\x1b]0;owned\x07\n[b]x[/x]"},
        {"name": "kinds", "type": "complex", "multiValued": True, "subAttributes": [
            {"name": "value"}, {"name": "type", "canonicalValues": ['a"b\\', "\u202e"]}]},
    ]  # fmt: skip
    schema = read_schema({"id": "urn:x", "name": "\x1bX", "attributes": attributes})
    odd = read_resource_type({"name": "Odd", "schema": "urn:x"}, {"urn:x": schema})
    choices = {choice.path: choice for choice in column_choices(odd)}
    assert "two words" not in choices
    assert choices["good"].description == "␛]0;owned␇ [b]x[/x]"
    assert column('kinds[type eq "a\\"b\\\\"].value', odd).path in choices
    assert all(safe(choice.label) == choice.label for choice in choices.values())


def test_the_columns_that_are_chosen_come_first_in_their_order_and_none_twice():
    chosen = (ChosenColumn("title"), ChosenColumn("customThing"), ChosenColumn("USERNAME"))
    every = with_chosen(CHOICES, chosen, USER)
    assert paths(every[:3]) == ["title", "customThing", "userName"]
    assert every[1].kind == "not in any schema"
    assert len(every) == len(CHOICES) + 1


def test_a_search_finds_by_path_first_then_by_what_is_said_of_it():
    assert paths(found_choices(CHOICES, "FAMILY"))[0] == "name.familyName"
    found = paths(found_choices(CHOICES, "enterprise number"))
    assert found == [f"{ENTERPRISE_USER}:employeeNumber"]
    assert paths(found_choices(CHOICES, "last name")) == ["name.familyName"]
    assert found_choices(CHOICES, "nothing like it") == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('emails[type eq "pager"].value', 'emails[type eq "pager"].value'),
        ("phoneNumbers.extension", "phoneNumbers.extension"),
        ("customThing", "customThing"),
        ("urn:example:2.0:Thing:size", "urn:example:2.0:Thing:size"),
        (WORK, None),
        ("userName", None),
        ("department", None),
        ("family", None),
        ("last name", None),
    ],
)
def test_what_is_typed_is_a_path_where_no_choice_is_meant(text, path):
    typed = typed_path(text, CHOICES, USER)
    assert (typed and typed.path) == path


def test_a_path_with_a_mistake_says_where():
    with pytest.raises(PathError) as caught:
        typed_path('emails[type eq "work"', CHOICES, USER)
    assert "character 22" in caught.value.message


def test_an_arrangement_gives_columns_with_their_widths_and_without_choice_the_usual_ones():
    chosen = Arrangement((ChosenColumn("userName", 33), ChosenColumn("meta.created"), ChosenColumn(WORK)))
    columns = arranged_columns(chosen, USER)
    assert [(one.path, one.width, one.kind) for one in columns] == [
        ("userName", 33, "text"),
        ("meta.created", 16, "time"),
        (WORK, 0, "text"),
    ]
    assert arranged_columns(Arrangement(), USER) == default_columns(USER)
    assert arranged_columns(Arrangement(usual_columns(USER)), USER) == default_columns(USER)


def test_rows_hold_unseen_what_they_are_narrowed_and_sorted_by_and_words_do_not_find_it():
    columns = arranged_columns(Arrangement((ChosenColumn("userName"),)), USER)
    arrangement = Arrangement(sort=(SortKey("USERNAME"), SortKey("name.familyName")))
    unseen = unseen_columns(arrangement, columns, USER)
    assert [one.path for one in unseen] == ["active", "name.familyName"]
    raw = {"id": "1", "userName": "bob", "active": False, "name": {"familyName": "Secretly"}}
    made = projection(columns, USER, unseen).project(raw)
    assert made[2:] == ("bob", INACTIVE, "Secretly")
    assert "secretly" not in made[1]
    assert unseen_columns(Arrangement(), default_columns(GROUP), GROUP) == ()
    assert unseen_columns(Arrangement(), default_columns(USER), USER) == ()


def test_other_cells_have_another_key_and_other_widths_have_not():
    columns = default_columns(USER)
    keys = {
        projection(columns, USER).key,
        projection(columns[::-1], USER).key,
        projection(columns[:-1], USER).key,
        projection(columns[:-1], USER, columns[-1:]).key,
    }
    assert len(keys) == 4
    wide = arranged_columns(Arrangement(tuple(ChosenColumn(one.path, 50) for one in columns)), USER)
    assert projection(wide, USER).key in keys
