"""`config`: the file with the tenants."""

from __future__ import annotations

HELP = "The file that holds your tenants."


def path() -> None:
    """Print where the config is; SCIMTUI_CONFIG moves it."""
    from scimtui.cli.output import emit
    from scimtui.config import config_path

    emit([str(config_path())])


def init() -> None:
    """Write a config with a commented example, where there is none yet."""
    from scimtui.cli.output import note
    from scimtui.config import config_path
    from scimtui.ops.config_file import create_config

    create_config(config_path())
    note(f"{config_path()} is written; add a tenant: scimtui tenant add NAME --base-url URL")


def validate() -> int:
    """Check the config and name everything that is wrong with it. Exit status 2 where anything is."""
    from scimtui.cli.output import emit, note
    from scimtui.config import config_path, config_problems, load_config
    from scimtui.present.cells import safe

    path = config_path()
    problems = config_problems(path)
    for problem in problems:
        note(f"{safe(problem.message)}; {safe(problem.hint)}" if problem.hint else safe(problem.message))
    if problems:
        return 2
    config = load_config(path)
    if config.keys:
        from scimtui.tui.actions import check_keymap

        check_keymap(config.keys)
    what = f"{len(config.tenants)} tenants, no mistake" if path.exists() else "there is no file yet"
    emit([f"{path}: {what}"])
    return 0


COMMANDS = {"path": path, "init": init, "validate": validate}
