"""The first table loads little: whatever it does not show waits until it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from fakes.caches import COMPLETE

from scimtui.store.cache import TenantCache

CODE = """
import asyncio, sys
from pathlib import Path
from scimtui.config import load_config
from scimtui.tui.app import ScimtuiApp

async def start():
    app = ScimtuiApp(load_config(Path({config!r})), Path({home!r}))
    async with app.run_test(size=(120, 40)) as pilot:
        while not getattr(app.screen.view, "table", None) or not app.screen.view.table.view:
            await pilot.pause(0.05)
        await pilot.pause(0.2)
        print(*sorted(name for name in sys.modules if name.startswith("scimtui.")))

asyncio.run(start())
"""
LATER = (
    "scimtui.ops.apply", "scimtui.ops.batch", "scimtui.ops.recipe", "scimtui.ops.why", "scimtui.ops.compare", "scimtui.scim.change",
    "scimtui.tui.form.", "scimtui.tui.resource.resource_view", "scimtui.tui.offboarding.", "scimtui.tui.why.", "scimtui.tui.person.",
    "scimtui.tui.compare.", "scimtui.tui.writing.", "scimtui.tui.journal.", "scimtui.tui.dialogs.choice_dialog", "scimtui.client.",
)  # fmt: skip


def test_nothing_that_the_first_table_does_not_show_is_loaded_with_it(tmp_path: Path) -> None:
    config, home = tmp_path / "config.toml", tmp_path / "home"
    config.write_text('[tenants.acme]\nbase_url = "http://127.0.0.1:9"\nauth = "none"\n')
    cache = TenantCache(home / "cache" / "acme")
    with cache.resources("User").replacement() as replacement:
        replacement.add([{"id": "1", "userName": "ann"}])
        replacement.commit(COMPLETE)
    cache.close()
    code = CODE.format(config=str(config), home=str(home))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    loaded = ended.stdout.split()
    assert "scimtui.tui.rows.table_view" in loaded
    assert [name for name in loaded if name.startswith(LATER)] == []
