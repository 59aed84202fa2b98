"""Two schemas in words: every difference has a sentence, and nothing of a provider acts in the terminal."""

from __future__ import annotations

from scimtui.present.cells import has_hidden
from scimtui.present.schema_words import meaning, schema_document, schema_lines, schema_rows
from scimtui.scim.schema import ENTERPRISE_USER
from scimtui.scim.schema_diff import Area, Bearing, SchemaDifference


def one(place: str, what: str, left, right, bearing=Bearing.TIGHTER, area=Area.ATTRIBUTE) -> SchemaDifference:
    return SchemaDifference(area, place, what, left, right, bearing)


TITLE = one("User title", "declared", True, None)
FOUND = [
    one("sort.supported", "value", None, True, Bearing.OTHER, Area.FEATURE),
    one("User nickName", "declared", None, True, Bearing.LOOSER),
    one(f"User {ENTERPRISE_USER}:department", "required", False, True),
    TITLE,
]


def test_the_lines_stand_under_their_area_and_what_is_tighter_comes_first():
    assert schema_lines(FOUND, "acme", "bolt") == [
        "2 tighter, 1 looser, 1 other",
        "",
        "Attributes",
        "  ▲ User department required: no → yes",
        "      bolt takes nobody without it",
        "  ▲ User title: known → not known",
        "      bolt cannot hold it",
        "  ▽ User nickName: not known → known",
        "      only bolt knows it",
        "",
        "Features",
        "  · sort.supported: not said → yes",
        "      acme does not say",
    ]
    assert schema_lines([], "acme", "bolt") == ["acme and bolt describe themselves alike."]
    assert schema_rows([TITLE], "acme", "bolt") == [
        ("▲ tighter", "User title", "", "known", "not known", "bolt cannot hold it")
    ]


def test_every_feature_and_habit_says_what_it_means():
    def told(left, right, bearing):
        return meaning(one("x", "value", left, right, bearing, Area.FEATURE), "acme", "bolt")

    assert told(True, False, Bearing.TIGHTER) == "bolt can do less"
    assert told(10, 5, Bearing.TIGHTER) == "bolt takes less at once"
    assert told(False, True, Bearing.LOOSER) == "bolt can do more"
    assert told(5, 10, Bearing.LOOSER) == "bolt takes more at once"
    assert told(5, None, Bearing.OTHER) == "bolt does not say"
    assert told("a", "b", Bearing.OTHER) == "bolt does it otherwise"
    assert meaning(one("Group", "declared", True, None, area=Area.TYPE), "a", "b") == "b has no such resources"
    assert meaning(one("User x", "declared", True, None, Bearing.OTHER), "a", "b") == "only a knows it"
    assert meaning(one("User x", "declared", None, True), "a", "b") == "b requires it, and a does not know it"


def test_hostile_names_and_values_are_shown_and_do_not_act():
    hostile = one("User \x1b[31mred", "canonicalValues", ["a\u202eb"], [], Bearing.LOOSER)
    shown = [*schema_lines([hostile], "acme", "bolt"), *schema_rows([hostile], "acme", "bolt")[0]]
    assert not any(map(has_hidden, shown))
    assert any("␛[31mred" in text for text in shown)
    assert schema_document([hostile], "acme", "bolt")["differences"][0]["left"] == ["a\u202eb"]
