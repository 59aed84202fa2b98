"""Commands that are shown are real: pasted into a shell they plan, or send, the very same."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from typing import Any

import pytest
from fakes.sessions import tenant_at
from generated.resources import THOROUGH, USER_TYPE, users
from hypothesis import assume, given, settings, strategies as st

from scimtui.cli.assignments import assigned
from scimtui.errors import ScimtuiError
from scimtui.present.cells import has_hidden
from scimtui.present.command_lines import cli_line, curl_commands, quoted
from scimtui.scim.change import Change, plan_active, plan_create, plan_delete, plan_edit, plan_members
from scimtui.scim.dialect import RFC
from scimtui.scim.kind import Kind
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.schema import core_resource_type

TENANT = tenant_at("https://acme.example/scim/v2")
GROUP = core_resource_type("Group")
BASH = shutil.which("bash")


def edited(before: dict[str, Any], after: dict[str, Any]) -> Change:
    return plan_edit("acme", before, after, USER_TYPE, BUILT_IN, RFC)


@given(before=users, after=users)
@THOROUGH
def test_the_command_of_any_edit_plans_the_same_requests(before, after):
    try:
        change = edited(before, {**after, "schemas": before["schemas"]})
    except ScimtuiError:
        assume(False)
    assume(change.kind is Kind.EDIT)  # turning somebody on or off is another command
    line = cli_line(change, TENANT)
    if not change.edits:
        assert line is None
    if line is None:
        return
    assume("$'" not in line)  # shlex knows no escapes; how a shell reads them is another test
    words = shlex.split(line)
    assert words[:5] == ["scimtui", "edit", "acme", "User", "42"]
    options: dict[str, list[str]] = {"--set": [], "--add": [], "--remove": []}
    for option, value in zip(words[5::2], words[6::2], strict=True):
        options[option].append(value)
    again = assigned(before, USER_TYPE, options["--set"], options["--add"], options["--remove"])
    assert edited(before, again).edits == change.edits


def test_plain_edits_have_a_command():
    before = {"id": "42", "title": "A", "emails": [{"value": "w@example.org", "type": "work"}], "nickName": "N"}
    after = {"id": "42", "title": "007", "emails": [{"value": "it's@example.org", "type": "work"}], "active": False}
    assert cli_line(edited(before, after), TENANT) == (
        """scimtui edit acme User 42 --set title=007 --set active=false """
        """--set 'emails[type eq "work"].value=it'"'"'s@example.org' --remove nickName"""
    )


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (plan_delete("acme", {"id": "-42"}, USER_TYPE, BUILT_IN, RFC), "scimtui delete -- acme User -42"),
        (plan_active("acme", {"id": "42"}, False, USER_TYPE, BUILT_IN, RFC), "scimtui deactivate 42 --tenant acme"),
        (
            plan_members("acme", {"id": "7"}, [{"value": "1"}, {"value": "2"}], [], GROUP, BUILT_IN, RFC),
            "scimtui member add acme 7 1 2",
        ),
        (
            plan_create("acme", {"userName": "$(reboot)"}, USER_TYPE, BUILT_IN, RFC),
            "scimtui create acme User --set 'userName=$(reboot)'",
        ),
    ],
)
def test_each_kind_of_change_has_its_command(change, line):
    assert cli_line(change, TENANT) == line


def test_a_password_stands_in_no_command():
    change = edited({"id": "42"}, {"id": "42", "password": "hunter2"})
    assert cli_line(change, TENANT) is None
    assert list(curl_commands(change, TENANT)) == []


def test_a_production_tenant_wants_more_words():
    production = tenant_at("https://acme.example/scim/v2", production=True)
    line = cli_line(edited({"id": "42"}, {"id": "42", "title": "Boss"}), production)
    assert line == "scimtui edit acme User 42 --set title=Boss --unlock --reason REASON"


HOSTILE = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    ["\x1b[201~; rm -rf ~\n", "'; echo x #", "$(id)`id`", "\u202egnp", "-x", "!!", "\\'\x07", ""]
)


@pytest.mark.skipif(BASH is None, reason="there is no bash here")
@given(text=HOSTILE)
@settings(max_examples=40, deadline=None)
def test_a_quoted_word_is_that_word_in_a_shell_and_nothing_in_it_acts_while_it_is_pasted(text):
    word = quoted(text)
    assert not has_hidden(word)
    done = subprocess.run(
        [str(BASH), "-c", f"printf %s {word}"], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"}
    )
    assert done.stdout.decode() == text


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({}, '-H "Authorization: Bearer $SCIMTUI_TOKEN_ACME"'),
        ({"auth": "basic", "username": "o'brien"}, "-u"),
        ({"auth": "header", "header": "X-Key"}, "-H 'X-Key: '\"$SCIMTUI_TOKEN_ACME\""),
    ],
)
def test_curl_takes_the_token_from_a_variable(values, part):
    tenant = tenant_at("https://acme.example/scim/v2", **values)
    (line,) = curl_commands(edited({"id": "4 2"}, {"id": "4 2", "title": "\x1b]0;x"}), tenant, 'W/"1"')
    assert part in line
    assert "https://acme.example/scim/v2/Users/4%202" in line
    assert "If-Match" in line
    assert not has_hidden(line)
