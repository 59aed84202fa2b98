"""A password that nobody has thought of."""

from __future__ import annotations

import secrets
import string

LENGTH = 20
"""About 116 bits."""
SIGNS = "-_.!?+=@#%"
_LETTERS = (
    "".join(one for one in string.ascii_lowercase if one not in "lo"),
    "".join(one for one in string.ascii_uppercase if one not in "IO"),
    "23456789",
    SIGNS,
)
"""Without those that are taken for one another where they are read out."""


def new_password() -> str:
    """Return a password with small and capital letters, digits and signs, as most policies want."""
    chosen = [secrets.choice(letters) for letters in _LETTERS]
    chosen += [secrets.choice("".join(_LETTERS)) for _ in range(LENGTH - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)
