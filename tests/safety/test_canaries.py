"""Rule 16: a token and a password go through everything, and afterwards stand nowhere."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from fakes.consoles import Console, console
from fakes.in_memory_provider import FakeProvider
from safety.canaries import CANARY_PASSWORD, CANARY_TOKEN, Watched, found_in, watched
from safety.desk import Desk, Ended, answered_by
from textual.widgets import Input

SECRETS = (CANARY_TOKEN, CANARY_PASSWORD)


@pytest.fixture
def cage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the token, far from the desk."""
    path = tmp_path_factory.mktemp("cage") / "token"
    path.write_text(CANARY_TOKEN)
    return path


def add(desk: Desk, name: str, seen: Watched, cage: Path, extra: str = "") -> None:
    table = f'[tenants.{name}]\nbase_url = "{seen.base_url}"\ntoken_command = ["cat", "{cage}"]\n{extra}\n'
    desk.config.write_text(desk.config.read_text() + table)


def person(name: str) -> str:
    return json.dumps({"userName": name, "displayName": name.title(), "password": CANARY_PASSWORD})


def places(desk: Desk, ended: dict[str, Ended]) -> dict[str, str | bytes]:
    """Return everything that was said and everything that lies on the desk."""
    said = {f"said by {name}": one.out + one.err for name, one in ended.items()}
    return {**said, **desk.files()}


def test_the_cage_finds_a_canary_however_it_is_spelled(desk, cage):
    basic = base64.b64encode(f"admin:{CANARY_TOKEN}".encode())
    for spelled in (CANARY_TOKEN, quote(CANARY_TOKEN, safe=""), basic, json.dumps(CANARY_PASSWORD)):
        assert found_in({"here": spelled}, *SECRETS)
    assert not found_in({"here": "canary"}, *SECRETS)


@pytest.mark.parametrize("cache", ["on", "off"])
def test_rule_16_no_command_shows_or_keeps_a_token_or_a_password(desk, acme, cage, cache):
    ended: dict[str, Ended] = {}

    def run(*arguments: str, stdin: str = "") -> Ended:
        ended[" ".join([*arguments, str(len(ended))])] = done = desk.run(*arguments, stdin=stdin)
        return done

    with watched(acme) as seen:
        add(desk, "acme", seen, cage, f'cache = "{cache}"')
        new = ("create", "acme", "User", "--from", "-")
        run(*new, "--dry-run", stdin=person("new"))
        run(*new, "--dry-run", "--format", "json", stdin=person("new"))
        run(*new, stdin=person("new"))
        assert run(*new, "--yes", stdin=person("new")).status == 0
        assert run(*new, "--yes", stdin=person("new")).status == 3  # the name is taken
        run(*new, "--yes", stdin=f"{person('new')}\n{person('late')}\n{person('later')}")  # a plan is left over
        acme.habits.breaks_on = frozenset({"POST"})
        run(*new, "--yes", stdin=person("lost"))
        acme.habits.breaks_on = frozenset()
        for plan in sorted((desk.home / "plans").glob("*.json")):
            run("apply", str(plan), "--dry-run", "--format", "json")
            run("apply", str(plan), "--yes")
        for command in (
            *(["sync"], ["list", "acme"], ["show", "acme", "User", "new"], ["apply"], ["doctor"], ["check", "acme"]),
            *(["journal", "list"], ["journal", "show", "acme-1"], ["journal", "look-up"], ["tenant", "test", "acme"]),
            *(["evidence", "-o", f"proof.{kind}"] for kind in ("html", "csv", "json")),
            *(["export", "acme", "User", "-o", f"people.{kind}"] for kind in ("csv", "jsonl", "json")),
            *(["tenant", "show", "acme"], ["undo", "acme-1", "--dry-run"], ["undo", "acme-1", "--yes"]),
            *(["edit", "acme", "User", "ann", "--set", f"password={CANARY_PASSWORD}", "--yes"], ["config", "validate"]),
        ):
            assert "Traceback" not in run(*command).err
        cage.write_text("wrong")
        assert run("sync").status != 0
    assert seen.heard == set(SECRETS)
    assert found_in({**places(desk, ended), **seen.processes}, *SECRETS) == []


def test_rule_16_a_provider_that_repeats_a_password_in_a_refusal_does_not_make_us_write_it_down(desk, acme, cage):
    detail = f"password {CANARY_PASSWORD} is on the list of weak ones"
    refusal = json.dumps({"status": "400", "scimType": "invalidValue", "detail": detail}).encode()
    with answered_by(acme, lambda method, *_: (400, {}, refusal) if method == "POST" else None) as base_url:
        desk.add("acme", base_url, "fake-token")
        desk.run("create", "acme", "User", "--from", "-", "--yes", stdin=person("new"))
        desk.run("evidence", "-o", "proof.json")
    assert desk.journal()[0]["outcome"] == "refused"
    assert found_in(desk.files(), CANARY_PASSWORD) == []


def test_rule_16_a_provider_that_shows_passwords_does_not_make_us_write_them_into_journal_evidence_or_export(
    desk, acme, cage
):
    acme.user("ann")["password"] = CANARY_PASSWORD
    with watched(acme) as seen:
        add(desk, "acme", seen, cage)
        desk.run("sync")
        desk.run("edit", "acme", "User", "ann", "--set", "title=Boss", "--yes")
        desk.run("export", "acme", "User", "-o", "people.jsonl")
        desk.run("export", "acme", "User", "-o", "people.csv", "--columns", "userName,password")
        desk.run("evidence", "-o", "proof.json")
    kept = {name: held for name, held in desk.files().items() if not name.startswith("home/cache")}
    assert {"work/people.jsonl", "work/proof.json", "home/journal/acme.jsonl"} <= set(kept)
    assert found_in(kept, CANARY_PASSWORD) == []


def test_rule_16_a_token_that_is_typed_at_a_prompt_is_neither_shown_nor_kept(desk, acme):
    with watched(acme) as seen:
        desk.config.write_text(f'[tenants.acme]\nbase_url = "{seen.base_url}"\n')
        said = desk.at_terminal([(b"oken", CANARY_TOKEN.encode() + b"\n")], "sync", "acme")
    assert said.status == 0
    assert seen.heard == {CANARY_TOKEN}
    assert found_in({"terminal": said.out, **desk.files(), **seen.processes}, CANARY_TOKEN) == []


def test_rule_16_no_screen_no_picture_and_no_file_of_the_console_holds_a_token_or_a_password(desk, cage):
    provider = FakeProvider()
    provider.add_user("ann", displayName="Ann Lee")
    shown: dict[str, str | bytes] = {}
    with watched(provider) as seen:
        add(desk, "acme", seen, cage)
        asyncio.run(_all_over_the_console(desk, provider, shown))
    assert seen.heard == set(SECRETS)
    assert len(shown) > 10
    assert found_in({**shown, **desk.files(), **seen.processes}, *SECRETS) == []


async def _all_over_the_console(desk: Desk, provider: FakeProvider, shown: dict[str, str | bytes]) -> None:
    async with console(desk.config, desk.home) as run:

        def look() -> None:
            shown[f"text {len(shown)}"] = run.text
            shown[f"picture {len(shown)}"] = run.app.export_screenshot().replace("&#160;", " ")
            shown[f"clipboard {len(shown)}"] = run.app.clipboard

        await run.until("complete")
        await run.press("n")
        await run.until("userName")
        await _write(run, "userName", "nia")
        await _write(run, "password", CANARY_PASSWORD)
        look()
        await run.press("ctrl+s")
        await run.until("POST /Users")
        look()
        await run.press("c")
        look()
        await run.press("y")
        await run.until("done and verified")
        look()
        await run.press("y")
        await run.until('"userName"')
        look()
        await run.press("escape", "q")
        await _new_password(run, look)
        for key, words in (("L", "POST"), ("J", "Create User nia")):
            await _to_the_people(run)
            await run.press(key)
            await run.until(words)
            look()
            for then in ("c", "enter", "c"):
                await run.press(then)
                await run.pilot.pause()
                look()
        await _to_the_people(run)
        provider.habits.patch_refused = "mutability"
        await run.press("d")
        await run.until("Deactivate")
        await run.press("y")
        await run.until(lambda: "refuse" in run.text)
        look()


async def _new_password(run: Console, look) -> None:
    """Give somebody the canary as their password."""
    from scimtui.tui.actions import BY_ID

    await run.until("Ann Lee")
    await run.press(BY_ID["set_password"].keys[0])
    await run.until("A new password for")
    for name in ("first", "second"):
        run.app.screen.query_one(f"#{name}", Input).focus()
        await run.type(CANARY_PASSWORD)
    look()
    await run.press("enter")
    await run.until("PATCH /Users")
    look()
    await run.press("c")
    look()
    await run.press("y")
    await run.until("et the password")
    look()


async def _to_the_people(run: Console) -> None:
    """Go to the tab of all people, from whatever was opened over it or beside it."""
    await run.press("escape")
    for _ in range(5):
        if "Ann Lee" in run.text and "▌acme Users" in run.text:
            return
        await run.press("left_square_bracket")
        await run.pilot.pause()


async def _write(run: Console, attribute: str, text: str) -> None:
    """Go to a field of the open form and put a text into it."""
    form = run.app.screen.view.form
    await run.press("ctrl+home")
    for _ in range(80):
        place = form.current.place if form.current is not None else None
        if place is not None and place.attribute == attribute:
            break
        await run.press("down")
    await run.type(text)


CRASH = """
import asyncio, sys
from pathlib import Path
from scimtui.config import load_config
from scimtui.tui.app import ScimtuiApp

config, home, cage = map(Path, sys.argv[1:])
app = ScimtuiApp(load_config(config), home)

def broken():
    headers = {"Authorization": "Bearer " + cage.read_text()}
    raise ValueError(f"no such thing among {headers}")

async def pilot(driven):
    while (session := app.sessions.opened("acme")) is None or session.cache.resources("User").state is None:
        await asyncio.sleep(0.05)
    app.call_later(broken)
    while app.is_running:
        await asyncio.sleep(0.02)

app.run(headless=True, auto_pilot=pilot)
"""


def test_rule_16_a_bug_ends_the_console_with_a_report_that_holds_no_token(desk, acme, cage):
    with watched(acme) as seen:
        add(desk, "acme", seen, cage)
        done = subprocess.run(
            [sys.executable, "-c", CRASH, str(desk.config), str(desk.home), str(cage)],
            capture_output=True,
            timeout=60,
            check=False,
        )
    assert CANARY_TOKEN in seen.heard
    assert b"a bug, ValueError" in done.stdout + done.stderr
    assert "ValueError" in (desk.home / "crash.txt").read_text()
    assert found_in({"stdout": done.stdout, "stderr": done.stderr, **desk.files()}, CANARY_TOKEN) == []
