"""Every rule of how a write behaves has a test that is named after it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
RULES = {
    1: "everything is a plan first",
    2: "the target is in the question",
    3: "roles and locks",
    4: "blast radius",
    5: "protected accounts",
    6: "no verdict from half a list",
    7: "deactivate, not delete",
    8: "minimal PATCH",
    9: "fresh read, three ways",
    10: "journal before sending",
    11: "read back",
    12: "retry only what is safe",
    13: "first one, then five, then the rest",
    14: "undo from the before-image",
    15: "the journal proves itself",
    16: "secrets",
    17: "a token stays at home",
    18: "strangers' text",
    19: "files",
}


def test_every_rule_of_a_write_has_a_test_that_is_named_after_it_and_every_such_test_a_rule():
    named = {
        int(found[1])
        for path in HERE.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (found := re.match(r"test_rule_([0-9]{2})_[a-z0-9]+_", node.name))
    }
    assert named == RULES.keys()
