"""Opening the console. Known without Typer, since the first screen does not wait for arguments that nobody gave."""

from __future__ import annotations

import sys

from scimtui.errors import UsageError


def need_screen() -> None:
    """Return if there is a terminal on both sides.

    Raises:
        UsageError: there is none.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the console needs a terminal", "for the commands that do not, see scimtui --help")


def open_console() -> None:
    """Open the console on all tenants of the config."""
    need_screen()
    import gc

    gc.disable()  # what is made until the first screen stands stays to the end: walking it took 30 ms
    from scimtui.config import config_path, home_path, load_config

    config = load_config(config_path())
    if any(tenant.cache == "encrypted" for tenant in config.tenants.values()):
        from scimtui.ops.cache_keys import check_keyring

        check_keyring(config.tenants.values())
    from scimtui.tui.app import run

    gc.freeze()
    gc.enable()
    run(config, home_path())
