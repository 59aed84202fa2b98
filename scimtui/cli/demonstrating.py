"""Runs the demo's tenants, with the console or without."""

from __future__ import annotations

import time
from contextlib import suppress

from scimtui.cli.output import emit, finish, note
from scimtui.config import load_config
from scimtui.demo.home import demo_home
from scimtui.demo.servers import start
from scimtui.errors import LocalError
from scimtui.present.formats import json_line


def show(users: int, tenants: int) -> None:
    """Open the console on the demo's tenants; everything of theirs is gone afterwards."""
    from scimtui.tui.app import run

    with start(users, tenants) as servers, demo_home(servers) as (config, home):
        run(load_config(config), home)


def serve(users: int, tenants: int) -> None:
    """Print one JSON line for each tenant and serve until Ctrl-C.

    Raises:
        LocalError: the servers ended by themselves.
    """
    with start(users, tenants) as servers, suppress(KeyboardInterrupt):
        emit(
            json_line({"name": one.name, "base_url": one.base_url, "token": one.token, "production": one.production})
            for one in servers.tenants
        )
        finish()
        note("serving; Ctrl-C ends it")
        while servers.running:
            time.sleep(0.2)
        raise LocalError("the demo's servers ended by themselves", "start it again, with fewer --users perhaps")
