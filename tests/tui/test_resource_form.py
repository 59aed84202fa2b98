from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from textual import events, on
from textual.app import App, ComposeResult
from textual.widgets import Input

from scimtui.scim.schema import ENTERPRISE_USER, USER, ResourceType, core_resource_type, read_schema
from scimtui.tui.form.resource_form import ResourceForm

HOSTILE = "\x1b]0;owned\x07[b]x[/y]\u202e"
RAW: dict[str, Any] = {
    "schemas": [USER],
    "id": "8a9a",
    "USERNAME": "ada",
    "name": {"givenName": "Ada\nB\x1b[2J", "x-unknown": 1},
    "active": "True",
    "title": "",
    "emails": [{"value": "ada@example.com", "type": "work", "primary": True, "odd": []}, {"value": "a@home.org"}],
    "roles": ["admin"],
    "groups": [{"value": "g1", "display": HOSTILE}],
    "vendor": {"deep": [1, None, HOSTILE]},
    "meta": {"created": "2026-01-01T00:00:00Z"},
}


class FormApp(App[None]):
    def __init__(self, raw: Mapping[str, Any], kind: ResourceType | None = None, *, is_new: bool = False) -> None:
        super().__init__()
        self.raw = raw
        self.kind = kind or core_resource_type("User")
        self.is_new = is_new
        self.counts: list[int] = []

    def compose(self) -> ComposeResult:
        yield ResourceForm()

    def on_mount(self) -> None:
        self.form.load(self.kind, self.raw, is_new=self.is_new)
        self.form.focus()

    @property
    def form(self) -> ResourceForm:
        return self.query_one(ResourceForm)

    @on(ResourceForm.Changed)
    def _changed(self, event: ResourceForm.Changed) -> None:
        self.counts.append(event.dirty_count)

    def go(self, attribute: str, sub: str | None = None, element: int | None = None, urn: str | None = None) -> None:
        """Put the cursor on a field."""
        wanted = (urn, attribute, element, sub)
        for index, row in enumerate(self.form.fields._fields):
            place = row.place
            if place is not None and (place.urn, place.attribute, place.element, place.sub) == wanted:
                self.form.fields._rows.move_to(index)
                return
        raise AssertionError(wanted)

    def painted(self) -> str:
        """Return what stands on the screen."""
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())


def _custom(*attributes: dict[str, Any]) -> ResourceType:
    return ResourceType("Thing", "/Things", read_schema({"id": "urn:x:Thing", "attributes": list(attributes)}))


async def test_a_form_that_was_only_looked_at_wants_exactly_what_came() -> None:
    raw = copy.deepcopy(RAW)
    app = FormApp(raw)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["tab"] * 12, *["up"] * 3, "pagedown", "ctrl+end", "ctrl+home", "enter")
        assert json.dumps(app.form.wanted()) == json.dumps(RAW)
        assert (app.form.errors(), app.counts) == ([], [])


async def test_typing_changes_one_attribute_and_keeps_the_providers_spelling() -> None:
    app = FormApp(RAW)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("userName")
        await pilot.press("end", "2")
        app.go("nickName")
        await pilot.press("A", "space", "B")
        await pilot.pause()
        assert app.form.wanted() == {**RAW, "USERNAME": "ada2", "nickName": "A B"}
        assert app.counts == [1, 2]
        assert "●" in app.painted()
        app.form.revert_field()
        app.go("userName")
        await pilot.press("backspace")
        assert json.dumps(app.form.wanted()) == json.dumps(RAW)
        assert app.counts[-1] == 0


async def test_hidden_characters_are_seen_and_survive_an_edit_beside_them() -> None:
    app = FormApp(RAW)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("name", "givenName")
        await pilot.pause()
        assert "Ada␊B␛[2J" in app.painted()
        await pilot.press("home", "X")
        assert app.form.wanted()["name"] == {"givenName": "XAda\nB\x1b[2J", "x-unknown": 1}


async def test_nothing_hostile_reaches_the_screen_or_is_taken_for_markup() -> None:
    kind = _custom({"name": HOSTILE, "description": HOSTILE, "canonicalValues": [HOSTILE]}, {"name": "b"})
    app = FormApp({HOSTILE: HOSTILE, "b": HOSTILE, HOSTILE + "!": HOSTILE}, kind)
    async with app.run_test(size=(120, 20)) as pilot:
        for _ in range(5):
            assert "[b]x[/y]" in app.painted()
            assert not {"\x1b", "\x07", "\u202e"} & set(app.painted())
            await pilot.press("down")
        app.go("b")
        app.query_one(Input).post_message(events.Paste("\x1b[31mred\u200b"))
        await pilot.pause()
        assert not {"\x1b", "\u200b"} & set(app.painted())
        assert app.form.wanted()["b"] == HOSTILE + "\x1b[31mred\u200b"


async def test_a_boolean_has_three_states_and_text_for_true_is_left_alone() -> None:
    app = FormApp(RAW)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("active")
        seen = []
        for _ in range(3):
            await pilot.press("space")
            seen.append(app.form.wanted().get("active", "absent"))
        assert seen == [False, "absent", "True"]
        await pilot.press("delete")
        assert "active" not in app.form.wanted()


async def test_what_is_read_only_is_shown_and_can_not_be_changed() -> None:
    app = FormApp(RAW)
    async with app.run_test(size=(80, 24)) as pilot:
        for place in (("id",), ("meta", "created"), ("groups", None, 0)):
            app.go(*place)
            await pilot.press("x", "space", "enter", "delete")
            app.form.remove_element()
            app.form.add_element()
            await pilot.pause()
        assert "read-only" in app.painted()
        assert json.dumps(app.form.wanted()) == json.dumps(RAW)


async def test_an_email_is_added_and_an_empty_one_is_not_sent() -> None:
    app = FormApp(RAW)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("emails")
        await pilot.press("enter")
        app.form.add_element()
        await pilot.press(*"new@x.org", "tab", *"oth")
        await pilot.pause()
        await pilot.press("right", "tab", "space")
        emails = app.form.wanted()["emails"]
        assert emails[:2] == [
            {"value": "ada@example.com", "type": "work", "primary": False, "odd": []},
            {"value": "a@home.org"},
        ]
        assert emails[2:] == [{"value": "new@x.org", "type": "other", "primary": True}]


async def test_a_removed_email_goes_and_comes_back() -> None:
    app = FormApp(RAW)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("emails", "type", 0)
        app.form.remove_element()
        await pilot.pause()
        assert app.form.wanted()["emails"] == [{"value": "a@home.org"}]
        assert app.counts == [1]
        assert "removed" in app.painted()
        await pilot.press("enter")
        assert json.dumps(app.form.wanted()) == json.dumps(RAW)
        app.form.add_element()
        await pilot.press("q")
        app.form.remove_element()
        assert json.dumps(app.form.wanted()) == json.dumps(RAW)


async def test_an_extension_gets_its_object_and_its_name_in_schemas() -> None:
    app = FormApp(RAW)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("department", urn=ENTERPRISE_USER)
        await pilot.press(*"HR")
        wanted = app.form.wanted()
        assert wanted[ENTERPRISE_USER] == {"department": "HR"}
        assert wanted["schemas"] == [USER, ENTERPRISE_USER]
        await pilot.press("backspace", "backspace")
        assert json.dumps(app.form.wanted()) == json.dumps(RAW)


async def test_a_required_attribute_that_is_empty_stops_the_sending_by_name() -> None:
    app = FormApp({"schemas": [USER]}, is_new=True)
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.form.errors() == ["userName is required"]
        app.go("nickName")
        assert app.form.go_to_error()
        await pilot.press(*"eve")
        assert app.form.errors() == []
        assert app.form.wanted() == {"schemas": [USER], "userName": "eve"}


async def test_what_a_provider_never_filled_in_does_not_stop_an_edit() -> None:
    app = FormApp({"id": "1", "nickName": "x"})
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("nickName")
        await pilot.press("y")
        assert app.form.errors() == []


@pytest.mark.parametrize(
    ("kind", "wrong", "right", "value"),
    [
        ("integer", "12a", "12", 12),
        ("decimal", "1.", "1.5", 1.5),
        ("dateTime", "2026-02-31T00:00:00Z", "2026-02-28T00:00:00Z", "2026-02-28T00:00:00Z"),
        ("reference", "a b", "a", "a"),
        ("binary", "abc", "abcd", "abcd"),
    ],
)
async def test_a_text_that_is_no_value_of_its_type_is_kept_in_the_field_and_stops_the_sending(
    kind: str, wrong: str, right: str, value: object
) -> None:
    app = FormApp({"other": "x"}, _custom({"name": "size", "type": kind}, {"name": "other"}))
    async with app.run_test(size=(100, 24)) as pilot:
        app.go("size")
        app.query_one(Input).value = wrong
        assert app.form.errors()[0].startswith("size must be ")
        app.go("other")
        await pilot.pause()
        assert wrong in app.painted()
        assert app.form.go_to_error()
        assert app.query_one(Input).value == wrong
        assert app.form.wanted() == {"other": "x"}
        await pilot.press("ctrl+u")
        app.query_one(Input).value = right
        assert app.form.errors() == []
        assert app.form.wanted() == {"other": "x", "size": value}


async def test_a_number_typed_back_keeps_the_form_in_which_it_came() -> None:
    app = FormApp({"size": "5"}, _custom({"name": "size", "type": "integer"}))
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("size")
        await pilot.press("6", "backspace")
        assert app.form.wanted() == {"size": "5"}


async def test_an_immutable_attribute_is_open_while_it_has_no_value() -> None:
    kind = _custom({"name": "serial", "mutability": "immutable"})
    for raw, is_new, expected in (({}, False, "7"), ({"serial": "1"}, False, "1"), ({"serial": "1"}, True, "17")):
        app = FormApp(raw, kind, is_new=is_new)
        async with app.run_test(size=(80, 24)) as pilot:
            app.go("serial")
            await pilot.press("7")
            assert app.form.wanted() == {"serial": expected}


async def test_a_password_is_never_painted() -> None:
    app = FormApp(RAW)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("password")
        await pilot.press(*"s3cret")
        await pilot.pause()
        assert "s3cret" not in app.painted()
        await pilot.press("down")
        await pilot.pause()
        assert "s3cret" not in app.painted()
        assert app.form.wanted()["password"] == "s3cret"
        await pilot.press("up")
        await pilot.pause()
        assert "s3cret" not in app.painted()


async def test_keys_that_come_faster_than_the_focus_moves_land_in_the_right_field() -> None:
    app = FormApp(RAW)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("nickName")
        await pilot.pause()
        for key in ("a", "down", "b", "down", "c"):
            app.simulate_key(key)
        app.simulate_key("d")
        await pilot.pause()
        wanted = app.form.wanted()
        assert (wanted["nickName"], wanted["profileUrl"], wanted["title"]) == ("a", "b", "cd")


async def test_a_group_of_many_members_opens_folded_and_changes_without_them() -> None:
    members = [{"value": str(number), "display": f"Person {number}"} for number in range(100_000)]
    raw = {"id": "g", "displayName": "All", "members": members}
    app = FormApp(raw, core_resource_type("Group"))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "100,000 members" in app.painted()
        await pilot.press("2")
        wanted = app.form.wanted()
        assert wanted["displayName"] == "All2"
        assert wanted["members"] is members
        assert app.form.errors() == []


async def test_a_long_list_is_unfolded_on_demand() -> None:
    raw = {"id": "g", "displayName": "All", "members": [{"value": f"u{number}"} for number in range(30)]}
    app = FormApp(raw, core_resource_type("Group"))
    async with app.run_test(size=(80, 50)) as pilot:
        assert "u7" not in app.painted()
        app.go("members")
        await pilot.press("enter")
        await pilot.pause()
        assert "u7" in app.painted()
        app.go("members", "value", 7)
        app.form.remove_element()
        assert [member["value"] for member in app.form.wanted()["members"]] == [f"u{n}" for n in range(30) if n != 7]


async def test_a_fresh_copy_keeps_the_cursor_on_its_field() -> None:
    app = FormApp(RAW)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("title")
        app.form.load(app.kind, {**RAW, "emails": [], "title": "Dr"})
        await pilot.press("!")
        assert app.form.wanted()["title"] == "Dr!"


async def test_one_input_serves_the_whole_form_and_tab_leaves_it_at_its_end() -> None:
    app = FormApp(RAW)
    async with app.run_test(size=(80, 24)) as pilot:
        assert len(app.query(Input)) == 1
        await pilot.press("ctrl+end")
        assert app.form.fields._fields[app.form.fields._rows.cursor].label == "vendor"
        assert not app.form.fields.pressed(events.Key("tab", "\t"))


async def test_a_date_is_chosen_from_moments_that_are_no_mistake() -> None:
    app = FormApp({"id": "1"}, _custom({"name": "leaves", "type": "dateTime"}))
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("leaves")
        await pilot.press("f4")
        await pilot.pause()
        assert "in 30 days" in app.painted()
        await pilot.press("enter")
        assert app.form.errors() == []
        chosen = datetime.fromisoformat(app.form.wanted()["leaves"])
        assert abs(datetime.now(UTC) - chosen) < timedelta(hours=1)


async def test_a_password_that_was_typed_survives_a_look_at_the_json() -> None:
    app = FormApp(RAW)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("password")
        await pilot.press(*"s3cret")
        app.form.turn_json()
        await pilot.pause()
        assert "s3cret" not in app.form.text
        assert app.form.wanted()["password"] == "s3cret"
        app.form.turn_json()
        await pilot.pause()
        assert app.form.wanted() == {**RAW, "password": "s3cret"}
        assert app.counts == [1]
