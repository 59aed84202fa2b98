from __future__ import annotations

import json

from scimtui.tui.lines.json_lines import LONGEST_LINE, json_lines
from scimtui.tui.lines.line_view import text_of


def test_the_lines_are_the_json_and_each_part_has_its_style() -> None:
    value = {"userName": "ada", "active": True, "n": 5, "emails": [{"value": "a: b, c"}], "empty": [], "none": None}
    lines = json_lines(value)
    assert json.loads("".join(text_of(line) for line in lines)) == value
    styles = dict(part for line in lines for part in line)
    assert styles['"userName"'] == "key"
    assert styles['"a: b, c"'] == "string"
    assert (styles["true"], styles["null"], styles["5"]) == ("literal", "literal", "number")


def test_hostile_strings_stay_on_their_line_and_do_nothing() -> None:
    lines = json_lines({"x\x1b[2J": "line one\nline\u2028two\x9b[31m \u202e [b]"})
    assert len(lines) == 3
    assert not {"\x1b", "\x9b", "\n", "\u2028", "\u202e"} & set("".join(text_of(line) for line in lines))


def test_a_photograph_is_cut_and_says_how_much_is_missing() -> None:
    (_, line, _) = json_lines({"photo": "A" * 100_000})
    assert len(text_of(line)) < LONGEST_LINE + 100
    assert "more characters" in text_of(line)


def test_what_no_fast_encoder_takes_is_shown_too() -> None:
    assert any("\ufffd" in text_of(line) for line in json_lines({"lone": "\ud800"}))
    assert any("1" + "0" * 30 in text_of(line) for line in json_lines({"big": 10**30}))
