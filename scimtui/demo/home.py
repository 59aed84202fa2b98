"""A config and a home of the demo's own, so that the user's config, cache and keyring are never touched."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scimtui.demo.servers import DemoServers, DemoTenant


@contextmanager
def demo_home(servers: DemoServers) -> Iterator[tuple[Path, Path]]:
    """Give (config file, home folder) for these servers; both are gone afterwards.

    The tokens stand in the environment of this process alone, as SCIMTUI_TOKEN_…, and are taken out again.
    """
    with TemporaryDirectory(prefix="scimtui-demo-", ignore_cleanup_errors=True) as folder:
        config, home = Path(folder, "config.toml"), Path(folder, "home")
        home.mkdir(mode=0o700)
        first = servers.tenants[0].name
        config.write_text("\n".join(_section(tenant, first) for tenant in servers.tenants), encoding="utf-8")
        tokens = {_variable(tenant.name): tenant.token for tenant in servers.tenants}
        before = {name: os.environ.get(name) for name in tokens}
        os.environ.update(tokens)
        try:
            yield config, home
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


RECIPE = """recipe = { steps = [
  "deactivate",
  { remove_from_groups = "all" },
  { hand_over_reports = "manager" },
  { set = { title = "Left {date}" } },
] }"""


def _section(tenant: DemoTenant, source: str) -> str:
    """Return the tenant as TOML. A JSON string in ASCII is a TOML string too. People come from the tenant `source`."""
    lines = [
        f"[tenants.{tenant.name}]",
        f"base_url = {json.dumps(tenant.base_url)}",
        f"label = {json.dumps(tenant.label)}",
    ]
    if tenant.production:
        lines.append("production = true")
    if tenant.name != source:
        lines.append(f"source = {json.dumps(source)}")
    return "\n".join([*lines, RECIPE]) + "\n"


def _variable(name: str) -> str:
    return "SCIMTUI_TOKEN_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
