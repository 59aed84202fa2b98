"""One person in several tenants at once: one preview, a receipt from each, what waits, and `z` for all of it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from fakes.consoles import PATIENCE, Console, console
from fakes.in_memory_provider import TOKEN, FakeProvider

from scimtui.ops import browse
from scimtui.ops.kept_plans import keeper_of
from scimtui.ops.plan_file import Left, Step, new_batch, read_plan
from scimtui.scim.change import plan_active
from scimtui.scim.schema import core_resource_type
from scimtui.tui.shell.shell_screen import ShellScreen
from scimtui.tui.writing.everywhere import carry_out_everywhere, send_everywhere

SMALL = (80, 24)
USER = core_resource_type("User")
Providers = dict[str, FakeProvider]


def providers(people: int = 1) -> Providers:
    found = {name: FakeProvider() for name in ("acme", "stage", "lab")}
    for provider in found.values():
        provider.add_users(people)
    return found


@asynccontextmanager
async def opened(served: Providers, folder: Path, **more: str) -> AsyncIterator[Console]:
    """Open the console on these tenants; `more` are lines of their configs."""
    with ExitStack() as stack:
        tables = [
            f'[tenants.{name}]\nbase_url = "{stack.enter_context(provider.serve())}"\n'
            f'token_command = ["echo", "{TOKEN}"]\n{more.get(name, "")}\n'
            for name, provider in served.items()
        ]
        config = folder / "config.toml"
        config.write_text("\n".join(tables))
        async with console(config, folder / "home", SMALL) as run:
            yield run


def deactivate(run: Console, served: Providers) -> None:
    """Turn everybody off everywhere, as they are known now."""
    shell = run.app.screen
    assert isinstance(shell, ShellScreen)
    parts = []
    for name, provider in served.items():
        session = shell.session(name)
        about = (USER, session.provider, session.dialect)
        parts.append((session, [plan_active(name, dict(raw), False, *about) for raw in provider.users()]))
        for raw in provider.users():
            browse.keep(session, browse.Resource("User", raw))
    shell.run_worker(send_everywhere(shell, parts, "Deactivate Ann"), group="write", exit_on_error=False)


def active(served: Providers) -> list[bool]:
    return [raw["active"] for provider in served.values() for raw in provider.users()]


async def test_each_tenant_gives_its_receipt_and_who_did_not_answer_waits_until_after_a_restart(tmp_path):
    served = providers()
    async with opened(served, tmp_path) as run:
        served["lab"].habits.html_everywhere = True
        deactivate(run, served)
        await run.until("3 changes in 3 tenants")
        served["stage"].users()[0]["active"] = False
        await run.press("y")
        await run.until("A receipt from each of 3 tenants")
        assert "✓ acme   done and verified at" in run.text
        assert "✓ stage  already off at" in run.text
        assert "… lab    no usable answer, waits (" in run.text
        assert "1 change waits for lab. Q, or scimtui retry" in run.text
        await run.press("escape")
    assert active(served) == [False, False, True]
    served["lab"].habits.html_everywhere = False
    async with opened(served, tmp_path) as run:
        await run.until("1 change waits for lab: Q shows it")
        await run.press("Q")
        await run.until("t try again")
        await run.press("x", "n", "enter")
        await run.until("lab: Deactivate user00001")
        await run.press("escape", "t")
        await run.until("y send to all of them")
        await run.press("y")
        await run.until("✓ lab  done and verified at")
        await run.press("escape", "Q")
        await run.until("Nothing waits: every tenant answered")
    assert active(served) == [False] * 3
    assert [len(provider.writes()) for provider in served.values()] == [1, 0, 1]


async def test_z_in_one_tenant_takes_the_whole_batch_back_in_all_of_them(tmp_path):
    served = providers(2)
    async with opened(served, tmp_path) as run:
        deactivate(run, served)
        await run.until("Type 6 to send")
        await run.press("6", "enter")
        await run.until("A receipt from each of 3 tenants")
        assert active(served) == [False] * 6
        await run.press("escape", "z")
        await run.until("Undo 6 writes")
        await run.press("6", "enter")
        await run.until("3 tenants: 6 of 6 done")
        assert active(served) == [True] * 6
        await run.press("escape", "z")
        await run.until("Nothing of this session is left to take back")


async def test_a_locked_tenant_and_a_protected_account_are_said_before_and_the_others_can_go_alone(tmp_path):
    served = providers()
    more = {"acme": "production = true", "lab": "protected = ['userName sw \"user\"']"}
    async with opened(served, tmp_path, **more) as run:
        deactivate(run, served)
        await run.until("PROD acme: locked, ! unlocks it · lab: a rule stands in the way")
        assert "user00001 is protected by" in run.text
        await run.press("y", "!")
        await run.until("Unlock PROD acme for writing?")
        assert [len(provider.writes()) for provider in served.values()] == [0, 0, 0]
        await run.press("y")
        await run.until("  locked", gone=True)
        await run.press("o")
        await run.until("lab  left out")
        await run.type("left")
        await run.press("enter", "y")
        await run.until("A receipt from each of 2 tenants")
    assert active(served) == [False, False, True]


async def test_who_is_left_out_by_hand_is_not_tried_again_by_itself(tmp_path):
    served = providers()
    async with opened(served, tmp_path, lab="protected = ['userName sw \"user\"']") as run:
        shell = run.app.screen
        assert isinstance(shell, ShellScreen)
        parts = []
        for number, (name, provider) in enumerate(served.items(), 1):
            session = shell.session(name)
            change = plan_active(name, dict(provider.users()[0]), False, USER, session.provider, session.dialect)
            parts.append((session, [Step(number, change)]))
        keeper = keeper_of(tmp_path / "home", new_batch())
        work = carry_out_everywhere(shell, parts, "Deactivate Ann", keeper)
        shell.run_worker(work, group="write", exit_on_error=False)
        await run.until("lab: a rule stands in the way")
        await run.press("o")
        await run.until("lab  left out")
        await run.press("y")
        await run.until("A receipt from each of 2 tenants")
    (left,) = read_plan(keeper.path).changes
    assert (left.tenant, left.left) == ("lab", Left.STOPPED)


async def test_a_key_holds_all_of_them_and_ctrl_c_ends_them_after_what_is_in_flight(tmp_path):
    served = providers(3)
    arrived, release = threading.Semaphore(0), threading.Event()

    def hold() -> None:
        arrived.release()
        release.wait(PATIENCE)

    for provider in served.values():
        provider.before_write = hold
    async with opened(served, tmp_path) as run:
        deactivate(run, served)
        await run.until("Type 9 to send")
        await run.press("9", "enter")
        await run.until(lambda: sum(len(provider.writes()) for provider in served.values()) == 3)
        await run.press("ctrl+g")
        await run.until("HELD, ^G goes on, ^C stops")
        release.set()
        await run.until("3 of 9 · 3 done")
        assert [len(provider.writes()) for provider in served.values()] == [1, 1, 1]
        await run.press("ctrl+c")
        await run.until("1 done, 2 not tried")
        await run.press("escape")
        await run.until("6 changes left to look at")
    assert sorted(active(served)) == [False] * 3 + [True] * 6
