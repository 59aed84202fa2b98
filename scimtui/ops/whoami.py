"""Who sits here, as the journal writes it down."""

from __future__ import annotations

import getpass


def whoami() -> str:
    """Return the name of the user of this machine, "" where the system has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user in the system: containers
        return ""
