"""A dialog over the shell, waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from textual.screen import ModalScreen, Screen

    from scimtui.tui.view import Shell

Answered = TypeVar("Answered")


async def shown(shell: Shell, dialog: ModalScreen[Answered]) -> Answered:
    """Show a dialog and return what it gives back. Only from a worker."""
    return await cast("Screen[None]", shell).app.push_screen_wait(dialog)
