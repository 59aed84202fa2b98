"""The rules of the house that neither ruff, mypy nor import-linter can see."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = sorted((ROOT / "scimtui").rglob("*.py"))
CODE = [
    *PACKAGE,
    *sorted(path for folder in ("tests", "scripts", "benchmarks") for path in (ROOT / folder).rglob("*.py")),
]
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "service", "services", "base"}
STRANGERS = re.compile(
    r"/work/|/root/|/home/(?!\.)[a-z]+/|/Users/[a-z]+/(?:[a-z]+/)|[A-Z]:\\\\Users|--(?:extra-)?index-url|index-url\s*="
    r"|pypi\.org/simple|files\.pythonhosted\.org|registry\.npmjs\.org",
    re.IGNORECASE,
)
"""Paths of somebody's machine, and hosts that packages are downloaded from."""


def run(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git repository")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


# ------------------------------------------------------------ size and names


def test_no_file_is_longer_than_a_reader_bears():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in CODE
        if (lines := len(path.read_bytes().splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_modules_are_named_after_what_they_do():
    vague = [path for path in CODE if VAGUE & set(re.split(r"[_/.]", path.relative_to(ROOT).as_posix()))]
    assert vague == []


def test_folders_are_two_levels_deep_at_most():
    assert [path for path in PACKAGE if len(path.relative_to(ROOT / "scimtui").parts) > 3] == []


def test_every_test_file_has_a_name_of_its_own():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


# ------------------------------------------------------------ what is written down


def test_no_file_names_a_machine_or_an_index():
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path != Path(__file__)
        for match in STRANGERS.finditer(path.read_bytes().decode("utf-8", "replace"))
    ]
    assert found == []


def test_every_dependency_is_explained_in_a_line():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    names = {re.split(r"[<>=\[ ]", one)[0] for one in wanted} - {project["name"]}
    explained = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    assert [name for name in sorted(names) if f"- **{name}**" not in explained] == []


def test_the_changelog_knows_this_version():
    version = re.search(r'__version__ = "(.+)"', (ROOT / "scimtui" / "__init__.py").read_text(encoding="utf-8"))
    assert f"## [{version[1]}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_links_in_documents_lead_somewhere():
    broken = [
        f"{path.name}: {target}"
        for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert [link for link in broken if "screenshots/" not in link] == []


# ------------------------------------------------------------ what is loaded when

LOADED = """
import sys
{action}
print(sorted({names!r} & {{name.partition(".")[0] for name in sys.modules}}))
"""


def loaded(action: str, *names: str) -> str:
    return run(LOADED.format(action=action, names=set(names))).splitlines()[-1]


HELP = """
from scimtui.__main__ import main
sys.argv = ["scimtui", *{arguments!r}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
TOOLKITS = ["textual", "httpx", "keyring", "rich"]


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_loads_nothing_that_it_does_not_need(option):
    assert loaded(HELP.format(arguments=[option]), *TOOLKITS, "pydantic", "tinydb", "asyncio") == "[]"


@pytest.mark.parametrize("command", ["list", "deactivate", "tenant add", "diff"])
def test_help_of_a_command_loads_no_toolkit(command):
    assert loaded(HELP.format(arguments=[*command.split(), "--help"]), *TOOLKITS) == "[]"


def test_the_core_is_a_library_without_network_disk_or_terminal():
    action = """
from scimtui.scim.schema import core_resource_type
from scimtui.scim.filter import parse_filter
from scimtui.scim.match import compile_filter
from scimtui.scim.diff import patch_operations
from scimtui.scim.patch import apply_operations
from scimtui.scim.compare import compare
"""
    assert loaded(action, "httpx", "tinydb", "keyring", "textual", "rich", "pydantic", "asyncio", "typer") == "[]"


def test_every_module_can_be_imported_and_warns_of_nothing():
    run(
        "import importlib, pkgutil, scimtui\n"
        "for found in pkgutil.walk_packages(scimtui.__path__, 'scimtui.'):\n"
        "    if not found.name.endswith('__main__'):\n"
        "        importlib.import_module(found.name)\n"
    )


# ------------------------------------------------------------ rules


def test_each_rule_is_named_by_a_test_and_each_that_is_named_is_one_of_the_rules():
    stated = set(
        re.findall(r"^\| ([SPMCR][0-9]+) \|", (ROOT / "docs" / "rules.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = {
        argument.value
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule"
        for argument in node.args
        if isinstance(argument, ast.Constant)
    }
    assert named == stated
