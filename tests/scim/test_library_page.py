"""The page about the library says what is so."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "library.md").read_text(encoding="utf-8")


def test_the_examples_of_the_page_hold():
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) > 3
    exec(compile("\n".join(blocks), "library.md", "exec"), {})


def test_every_function_that_the_page_names_is_there():
    named = [name.removeprefix("scimtui.scim.") for name in re.findall(r"`([\w.]+\.[a-z_]+)`", PAGE)]
    named = [name.split(".") for name in named if name.count(".") == 1 and name not in {"scimtui.scim", "rules.md"}]
    assert len(named) > 15
    for module, name in named:
        assert callable(getattr(importlib.import_module(f"scimtui.scim.{module}"), name)), name
