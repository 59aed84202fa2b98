"""The commands. Thin: read the arguments, call ops, print through present."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from scimtui import __version__


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name and end the process with its status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given == ["--version"]:  # answered before anything is imported
        sys.stdout.write(f"scimtui {__version__}\n")
        sys.exit(0)
    if not given:
        from scimtui.cli.console import open_console
        from scimtui.cli.failures import ended

        def console() -> int:
            open_console()
            return 0

        sys.exit(ended(console))
    from scimtui.cli.app import run

    sys.exit(run(given))
