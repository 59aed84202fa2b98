"""Filters as text: what is read, what is refused and where, and that a filter survives being written."""

from __future__ import annotations

import contextlib
import os

import pytest
from hypothesis import given, settings, strategies as st

from scimtui.errors import FilterError, PathError
from scimtui.scim.expression import all_of, any_of
from scimtui.scim.filter import (
    And,
    Comparison,
    Filter,
    Not,
    Operator,
    Or,
    Path,
    Present,
    ValuePath,
    parse_filter,
)
from scimtui.scim.path import parse_path
from scimtui.scim.recognise import looks_like_filter

SWEEP = bool(os.environ.get("SCIMTUI_SWEEP"))
EXAMPLES = 100 * (50 if SWEEP else 1)
pytestmark = pytest.mark.timeout(900 if SWEEP else 120)
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def pr(name: str) -> Present:
    return Present(Path(attribute=name))


def eq(name: str, value: str | float | bool | None) -> Comparison:  # noqa: FBT001
    return Comparison(Path(attribute=name), Operator.EQ, value)


def fault_of(text: str) -> FilterError | None:
    try:
        parse_filter(text)
    except FilterError as error:
        return error
    return None


@pytest.mark.rule("P6")
def test_and_binds_closer_than_or() -> None:
    assert parse_filter("a pr or b pr and c pr") == Or((pr("a"), And((pr("b"), pr("c")))))
    assert parse_filter("a pr and b pr or c pr") == Or((And((pr("a"), pr("b"))), pr("c")))


@pytest.mark.rule("P6")
def test_parentheses_bind_closest() -> None:
    assert parse_filter("(a pr or b pr) and c pr") == And((Or((pr("a"), pr("b"))), pr("c")))


@pytest.mark.rule("P7")
@pytest.mark.parametrize("text", ["not (a pr) and b pr", "not(a pr)and b pr", "NOT\t( a pr ) AND b PR"])
def test_not_takes_one_parenthesis_with_or_without_a_space(text: str) -> None:
    assert parse_filter(text) == And((Not(pr("a")), pr("b")))


def test_a_value_path_holds_a_filter_of_its_own() -> None:
    inner = And((eq("type", "work"), Comparison(Path(attribute="value"), Operator.CO, "@x")))
    assert parse_filter('emails[type eq "work" and value co "@x"]') == ValuePath(Path(attribute="emails"), inner)


@pytest.mark.rule("P9")
def test_the_form_that_entra_sends_means_both_of_one_element() -> None:
    assert parse_filter('emails[type eq "work"].value eq "x"') == parse_filter(
        'emails[type eq "work" and value eq "x"]'
    )


@pytest.mark.rule("S10")
def test_a_urn_with_dots_is_not_a_sub_attribute() -> None:
    filter_ = parse_filter(f'{ENTERPRISE}:manager.value eq "7"')
    assert filter_ == Comparison(Path(ENTERPRISE, "manager", None, "value"), Operator.EQ, "7")
    assert parse_filter(f"{ENTERPRISE} pr") == Present(Path(ENTERPRISE))


@pytest.mark.rule("P5")
@pytest.mark.parametrize("word", ["eq", "EQ", "Eq"])
def test_operators_have_no_letter_case(word: str) -> None:
    assert parse_filter(f'a {word} "x"') == eq("a", "x")


@pytest.mark.rule("P5")
@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (r'"a\"b\\c\/d\n\u00e9"', 'a"b\\c/d\né'),
        (r'"\ud83d\ude00"', "😀"),
        ('""', ""),
        ('"a) or (b"', "a) or (b"),
        ("null", None),
        ("true", True),
        ("False", False),
        ("-12", -12),
        ("1.5e3", 1500.0),
    ],
)
def test_values_are_json(literal: str, value: object) -> None:
    parsed = parse_filter(f"a eq {literal}")
    assert isinstance(parsed, Comparison)
    assert (parsed.value, type(parsed.value)) == (value, type(value))


@pytest.mark.rule("S3")
@pytest.mark.parametrize(
    "text",
    [
        'userName eq "bjensen"',
        'name.familyName co "O\'Malley"',
        'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"',
        "title pr",
        'meta.lastModified gt "2011-05-13T04:42:34Z"',
        'title pr and userType eq "Employee"',
        'schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"',
        'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
        'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")',
        'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]',
        "members[$ref pr] or not (not (x-1_y ge 2))",
    ],
)
def test_canonical_text_is_kept_as_it_is(text: str) -> None:
    assert str(parse_filter(text)) == text


names = st.sampled_from(["userName", "a", "x-1", "b_c", "$ref", "And", "or", "not", "pr", "eq"])
literals = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
urns = st.sampled_from([None, "urn:example:2.0:User", "urn:x.y:hr"])
paths = st.builds(Path, urns, names, st.none(), st.none() | names)
flat_paths = st.builds(Path, st.none(), names)


def filters(path: st.SearchStrategy[Path]) -> st.SearchStrategy[Filter]:
    leaves = st.builds(Comparison, path, st.sampled_from(Operator), literals) | st.builds(Present, path)

    def joined(terms: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
        rows = st.lists(terms, min_size=2, max_size=4)
        return rows.map(lambda row: all_of(*row)) | rows.map(lambda row: any_of(*row)) | st.builds(Not, terms)

    return st.recursive(leaves, joined, max_leaves=8)


value_paths = st.builds(ValuePath, st.builds(Path, urns, names), filters(flat_paths))


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    filters(paths)
    | value_paths
    | st.lists(value_paths | filters(paths), min_size=2, max_size=3).map(lambda row: all_of(*row))
)
def test_a_filter_survives_being_written(filter_: Filter) -> None:
    again = parse_filter(str(filter_))
    assert again == filter_
    assert str(again) == str(filter_)


def misread(text: str) -> None:
    """Ask that a text is a filter that survives being written, or a fault with its place; and the same of a path."""
    for read, fault in ((parse_filter, FilterError), (parse_path, PathError)):
        with contextlib.suppress(fault):
            found = str(read(text))
            assert str(read(found)) == found, (text, found)
            continue
        with pytest.raises(fault) as caught:
            read(text)
        assert 0 <= caught.value.position <= len(text)


@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(
    filters(paths) | value_paths | value_paths.map(lambda chosen: Path(None, "emails", chosen.value_filter, "x")),
    st.data(),
)
def test_a_text_that_is_cut_or_changed_anywhere_has_another_meaning_or_a_fault_with_its_place(
    written: Filter | Path, data: st.DataObject
) -> None:
    text = str(written)
    for end in range(len(text)):
        misread(text[:end])
    place = data.draw(st.integers(0, len(text) - 1))
    for other in ("", " ", '"', "\\", "(", ")", "[", "]", ".", ":", "0", "-", "é", "\x00", data.draw(st.characters())):
        misread(text[:place] + other + text[place + 1 :])


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.text()
    | st.lists(
        st.sampled_from(["a", "(", ")", "[", "]", " ", "eq", '"x"', "and", "or", "not", ".", ":", "urn:a:b", "1", "\\"])
    ).map("".join)
)
def test_any_text_is_a_filter_or_a_fault_with_its_place(text: str) -> None:
    looks_like_filter(text)
    error = fault_of(text)
    if error is not None:
        assert error.text == text
        assert 0 <= error.position <= len(text)
        assert str(error).startswith("expected ")


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("", 0, "an attribute"),
        ("   ", 3, "an attribute"),
        ("userName", 8, "an operator"),
        ("userName eq", 11, "a value"),
        ('userName = "a"', 9, "an operator"),
        ('userName="a"', 8, "an operator"),
        ("userName eq anna", 12, "double quotes"),
        ("userName eq 'anna'", 12, "double quotes"),
        ('userName eq "anna', 17, 'closing "'),
        (r'userName eq "\x"', 13, "JSON"),
        (r'userName eq "\ud800"', 12, "half characters"),
        ('userName eq"a"', 11, "a space"),
        ('userName eq "a" title pr', 16, "and, or, or the end"),
        ('userName eq "a" && title pr', 16, "and, or, or the end"),
        ('userName eq "a" and', 19, "an attribute"),
        ("and title pr", 0, "an attribute"),
        ('(userName eq "a"', 16, ") for the ( at character 1"),
        ('userName eq "a")', 15, "the end"),
        ("title pr or ()", 13, "an attribute"),
        ("not title pr", 4, "( after not"),
        ('emails[type eq "work"', 21, "] for the [ at character 7"),
        ('emails[type eq "a" and x[y pr]]', 24, "no [ inside"),
        ('emails.value[type eq "a"]', 12, "no [ after a sub-attribute"),
        ('emails[name.givenName eq "a"]', 7, "sub-attribute alone"),
        ("a.b.c pr", 3, "one sub-attribute"),
        ("a. pr", 2, "a sub-attribute"),
        ("1a pr", 0, "an attribute"),
        ("a eq 1e999", 5, "a smaller number"),
        ("a eq 012", 5, "a value"),
    ],
)
def test_a_fault_says_where_and_what_was_expected(text: str, position: int, expected: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert caught.value.position == position
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [('userName = "a"', "Write eq for =."), ("userName eq anna", '"anna"'), ('a eq "b" && c pr', "Write and for &&.")],
)
def test_what_other_languages_write_gets_a_hint(text: str, hint: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "bomb", ["(" * 10_000, "not (" * 10_000, "not(" * 10_000 + "a pr" + ")" * 10_000, "a[(" * 9_999]
)
def test_brackets_without_end_are_refused(bomb: str) -> None:
    with pytest.raises(FilterError):
        parse_filter(bomb)


def test_a_million_characters_are_read() -> None:
    many = parse_filter(" or ".join(f'id eq "{number}"' for number in range(60_000)))
    assert isinstance(many, Or)
    assert len(many.filters) == 60_000
    assert parse_filter(f'id eq "{"x" * 1_000_000}"') == eq("id", "x" * 1_000_000)


@pytest.mark.parametrize("part", ["a", "a:", "a.", "(", " ", "not ", '"', "1", "a eq ", "é", "a:b:", "[", "urn:"])
def test_a_million_characters_of_nonsense_are_refused(part: str) -> None:
    text = part * (1_000_000 // len(part))
    looks_like_filter(text)
    with pytest.raises(FilterError):
        parse_filter(text)


@pytest.mark.parametrize(
    "text",
    [
        'userName eq "a"',
        "userName eq ",
        "title pr",
        "Title PR",
        'userName = "a"',
        'emails[type eq "work"]',
        "not (title pr) and active eq true",
        '((userName sw "a"',
        f'{ENTERPRISE}:department eq "x"',
        'name.familyName co "le"',
        "active ne true",
        "shoeSize le 4",
    ],
)
def test_a_typed_filter_is_recognised(text: str) -> None:
    assert looks_like_filter(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "anna maier",
        "anna or maier",
        "Maria and Tom",
        "Not Sure",
        "Jean le Goff",
        "Smith Co",
        "Anna Pr",
        "a.maier@example.com",
        "O'Malley (Berlin)",
        "Ben Eqbal",
        "12 34",
        "Ne Win and Le Duc",
    ],
)
def test_a_typed_name_is_not_a_filter(text: str) -> None:
    assert not looks_like_filter(text)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ('userName eq "a"b', 15),
        ('userName eq "\ud800"', 12),
        ("shoe eq 1e999", 8),
        ("shoe eq " + "1" * 5000, 8),
        (r'userName eq "\ud800"', 12),
    ],
)
def test_what_no_json_can_hold_is_no_value(text, position):
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert caught.value.position == position


@pytest.mark.parametrize(
    ("text", "position", "hint"),
    [
        ("userName<>1", 8, "Write ne for <>, with spaces."),
        ("userName~~1", 8, ""),
        ("not userName pr", 4, "Write not (userName eq"),
        ("and pr or and and", 10, ""),
    ],
)
def test_a_fault_in_a_filter_has_its_place_and_a_hint_where_one_is_known(text, position, hint):
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert caught.value.position == position
    assert caught.value.hint.startswith(hint)
    assert bool(caught.value.hint) == bool(hint)


def test_attributes_may_be_called_like_words_of_the_grammar():
    assert str(parse_filter("NOT eq 1 and or pr")) == "NOT eq 1 and or pr"
    assert str(parse_filter("and[value eq 1] or not (not pr)")) == "and[value eq 1] or not (not pr)"


@pytest.mark.rule("R29")
def test_a_value_is_written_as_json():
    assert str(Comparison(Path(None, "title"), Operator.EQ, 'a "b" \\ é\n')) == 'title eq "a \\"b\\" \\\\ é\\n"'
    assert str(Comparison(Path(None, "active"), Operator.EQ, True)) == "active eq true"
