"""What is said of members who come and go: counts before and after, and only what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scimtui.ops.memberships import Member, Standing
from scimtui.ops.receipts import Outcome, Receipt
from scimtui.present.member_words import (
    COMES,
    groups_line,
    incomplete_words,
    is_shown,
    member_edit,
    member_row,
    members_outcome,
    nested_words,
    sign_of,
    staged_line,
    standing_words,
    with_sign,
)
from scimtui.scim.change import Change, plan_members
from scimtui.scim.dialect import RFC
from scimtui.scim.diff import Edit
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.resource import Resource
from scimtui.scim.schema import core_resource_type

GROUP = core_resource_type("Group")
NOW = datetime(2026, 1, 2, 12, 4, 31, tzinfo=UTC)


def group(count: int) -> dict[str, Any]:
    return {"id": "g", "displayName": "Staff", "members": [{"value": f"u{number}"} for number in range(count)]}


def added(count: int, before: int = 2) -> Change:
    people = [{"value": f"new{number}", "display": f"New {number}"} for number in range(count)]
    return plan_members("acme", group(before), people, [], GROUP, BUILT_IN, RFC)


def receipt(change: Change, outcome: Outcome, now: int, **values: Any) -> Receipt:
    return Receipt(change, outcome, resource=Resource("Group", group(now)), verified_at=NOW, **values)


def test_a_receipt_says_how_many_members_there_were_and_are():
    said = members_outcome(receipt(added(3), Outcome.APPLIED, 5))
    assert said is not None
    assert said.startswith("Add 3 members to Staff: done and verified at ")
    assert said.endswith("; 2 members before, 5 now")


def test_a_change_that_was_stopped_says_how_many_are_in():
    change = added(3)
    said = members_outcome(
        receipt(change, Outcome.ALTERED, 3, detail="stopped after 1 of 3 requests", differences=change.edits[1:])
    )
    assert said == "Add 3 members to Staff: stopped after 1 of 3 requests; 1 of 3 are in; 2 members before, 3 now"


def test_an_answer_that_never_came_says_who_is_in_all_the_same_where_that_was_seen():
    change = added(2)
    said = members_outcome(receipt(change, Outcome.UNKNOWN, 3, differences=change.edits[1:]))
    assert said == "Add 2 members to Staff: no answer came; 1 of 2 are in; 2 members before, 3 now"


def test_where_nothing_was_seen_nothing_is_counted():
    assert members_outcome(replace(receipt(added(2), Outcome.UNKNOWN, 3), verified_at=None)) is None
    assert members_outcome(receipt(added(2), Outcome.UNKNOWN, 3)) is None
    assert members_outcome(receipt(added(2), Outcome.REFUSED, 2)) is None


def test_a_group_that_shows_nobody_before_and_after_is_not_counted():
    said = members_outcome(receipt(added(1, before=0), Outcome.APPLIED, 0))
    assert said is not None
    assert "before" not in said


def test_what_is_staged_is_counted_before_and_after():
    assert staged_line(group(120), 4, 1, shown=True) == "120 members → 123 after: + 4 − 1, nothing sent yet"
    assert staged_line(group(1), 0, 0, shown=True) == "1 member"
    assert staged_line({}, 2, 0, shown=False) == "members are not shown here: + 2, nothing sent yet"


def test_members_that_are_never_shown_are_not_taken_for_none():
    assert not is_shown({"displayName": "Staff"}, shows_members=False)
    assert is_shown(group(0), shows_members=None)


def test_a_round_number_is_doubted_where_providers_cut_lists():
    assert "Exactly 100 members" in incomplete_words(group(100))
    assert [incomplete_words(group(count)) for count in (0, 99, 5000)] == ["", "", ""]


def test_an_edit_of_members_has_the_name_and_a_sign():
    assert [member_edit(edit) for edit in added(1).edits] == ["+ New 0"]
    assert member_edit(Edit('members[value eq "7"]', {"value": "7"}, None)) == "− 7"
    assert member_edit(Edit("title", None, "Boss")) is None


def test_a_standing_tells_who_is_in_and_through_what():
    both = Standing("Group", "g", "Staff", 9, frozenset({"a"}), {"b": ("Sales", "Legal", "Inner")})
    assert standing_words(both, 3) == "1 of 3 in, 1 through Inner, Legal and 1 more"
    assert standing_words(replace(both, direct=frozenset()), 1) == "through Inner, Legal and 1 more"
    assert standing_words(replace(both, direct=frozenset(), nested={"b": ()}), 1) == "through another group"
    assert standing_words(replace(both, direct=frozenset(), nested={}), 1) == ""
    assert nested_words(replace(both, nested={"b": ("Sales",)})).startswith(
        "Staff: in it through Sales. Who leaves Sales"
    )


def test_ticks_are_summed_up_for_one_and_for_many():
    assert groups_line(1, 2, 1, 3) == "into 2 groups, out of 1 group: 3 changes, nothing sent yet"
    assert groups_line(20, 1, 0, 1) == "20 people into 1 group: 1 change, nothing sent yet"
    assert groups_line(1, 0, 0, 0) == "Nothing is ticked yet."


def test_rows_are_safe_whatever_a_provider_calls_its_members():
    row = member_row(Member("1\x1b", "User", "\x1b[2JAnn\u202e", "a\nb", active=False, is_cached=True), COMES)
    assert row[0] == "1␛"
    assert row[2:] == ("+ ␛[2JAnn‹202e›", "a␊b", "User", "○ inactive")
    assert sign_of(with_sign(row, "− ")) == "− "
