"""Questions to the person at the terminal. The prompt goes to stderr, so that stdout holds data alone."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from scimtui.errors import GuardStopped, SecretError


def can_ask() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def is_yes(question: str) -> bool:
    """Ask a question that only `y` or `yes` agrees to."""
    return _line(f"{question} [y/N] ").casefold() in {"y", "yes"}


def typed(question: str) -> str:
    """Ask for a line of text."""
    return _line(f"{question} ")


def hidden(question: str) -> str:
    """Ask for a secret, which is not shown.

    Raises:
        SecretError: nothing was typed, or there is nobody to ask.
    """
    import getpass

    if not can_ask():
        raise SecretError("there is no terminal to ask for the token on", "pipe it in with --token-stdin")
    with _interruptible():
        secret = getpass.getpass(f"{question} ", stream=sys.stderr).strip()
    if not secret:
        raise SecretError("no token was typed", "nothing was kept; try again")
    return secret


def secret_from_stdin() -> str:
    """Return the first line of standard input.

    Raises:
        SecretError: it is empty.
    """
    secret = sys.stdin.readline().strip()
    if not secret:
        raise SecretError("standard input holds no token", "pipe it in: pass show scim/acme | scimtui tenant … ")
    return secret


def need_terminal(what: str) -> None:
    """Return where there is somebody to ask.

    Raises:
        GuardStopped: there is not.
    """
    if not can_ask():
        raise GuardStopped(f"there is no terminal to ask on, so {what}", "add --yes to do it without a question")


def _line(prompt: str) -> str:
    with _interruptible():
        sys.stderr.write(prompt)
        sys.stderr.flush()
        return sys.stdin.readline().strip()


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end a question at once: a running event loop would only take note of it."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
