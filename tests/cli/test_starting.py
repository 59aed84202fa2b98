from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scimtui import __version__
from scimtui.cli.app import build

ROOT = Path(__file__).parents[2]
HEAVY = {"textual", "httpx", "keyring", "pydantic", "rich", "tinydb", "asyncio"}


def start(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "scimtui", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, **options
    )


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["tenant", "--help"], ["edit", "--help"]])
def test_help_and_version_import_nothing_heavy(arguments):
    heavy = HEAVY - ({"pydantic"} if len(arguments) > 1 else set())  # Typer itself reads options with it
    code = (
        "import sys\nfrom scimtui.cli import main\n"
        f"try: main({arguments})\nexcept SystemExit as end: assert not end.code\n"
        f"print([name for name in {sorted(heavy)} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "Usage" in done.stdout or __version__ in done.stdout


def test_version_is_one_line():
    assert start("--version").stdout == f"scimtui {__version__}\n"


def test_the_console_needs_a_terminal_and_says_so(tmp_path):
    done = start(env=os.environ | {"SCIMTUI_HOME": str(tmp_path)}, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert done.stderr.startswith("scimtui: the console needs a terminal\n")


def test_a_reader_that_goes_away_is_no_error(served):
    served.run("sync")
    read, write = os.pipe()
    os.close(read)
    try:
        done = start_into(write, "list", "acme", "--format", "jsonl")
    finally:
        os.close(write)
    assert (done.returncode, done.stderr.count("Broken")) == (0, 0)


def start_into(stdout, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "scimtui", *arguments],
        cwd=ROOT,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [["nonsense"], ["list"], ["list", "acme", "--format", "xml"], ["edit", "acme"]])
def test_wrong_usage_is_one_line_and_a_hint(bench, arguments):
    ended = bench.run(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("scimtui: ")
    assert ended.err.count("\n") == 2
    assert "--help" in ended.err


def test_a_bug_leaves_a_report_without_values(bench, monkeypatch):
    def broken(*_):
        secret = "token-in-a-variable"  # noqa: F841
        raise ZeroDivisionError("token-in-a-message")

    monkeypatch.setattr("scimtui.cli.tenants.list_tenants", broken)
    ended = bench.run("tenant", "list")
    assert ended.status == 70
    report = bench.home / "crash.txt"
    assert str(report) in ended.err
    assert "token-in" not in ended.err + report.read_text().replace('secret = "token-in-a-variable"', "").replace(
        'ZeroDivisionError("token-in-a-message")', ""
    )


def test_the_demo_serves_without_a_console_until_ctrl_c():
    process = subprocess.Popen(
        [sys.executable, "-m", "scimtui", "demo", "--users", "3", "--serve-only"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    with process:
        tenants = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.send_signal(signal.SIGINT)
    assert process.returncode == 0
    assert [list(tenant) for tenant in tenants] == [["name", "base_url", "token", "production"]] * 2


def test_later_commands_are_not_there_yet():
    names = {command.name for command in build().registered_commands}
    assert names == {
        "demo", "doctor", "sync", "list", "show", "find", "export", "diff", "create", "edit", "delete", "deactivate",
        "activate", "check", "undo", "apply", "offboard", "retry", "evidence", "why", "import",
        "plan", "presence", "reconcile",
    }  # fmt: skip
