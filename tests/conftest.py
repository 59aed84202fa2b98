"""What every floor's tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that `fakes` and `generated` can be imported


@pytest.fixture(scope="session", autouse=True)
def _not_this_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep all tests, and the processes that they start, from the config, keyring and proxies of who runs them."""
    folder = tmp_path_factory.mktemp("machine")
    changed = pytest.MonkeyPatch()
    changed.setenv("SCIMTUI_HOME", str(folder / "home"))
    changed.setenv("SCIMTUI_CONFIG", str(folder / "config.toml"))
    changed.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("SCIMTUI_TOKEN_"):
            changed.delenv(name)
    yield
    changed.undo()
