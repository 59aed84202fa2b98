"""Copies a text to the clipboard by every way there is from here, and says which and what to do when it did not arrive."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass

from textual.app import App

from scimtui.ops.local_clipboard import copy_here, copy_through_tmux
from scimtui.present.cells import has_hidden

MOST_BYTES = 74_994
"""As many bytes of text as terminals take in one OSC 52 sequence: 100,000 characters of base64 with its frame."""

TOO_LONG = "too long for the clipboard of a terminal; x writes it to a file"


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a text."""

    sentence: str
    """Safe text; names what was copied, never the value itself."""
    kind: str
    """For the message line."""


async def copy(app: App[object], text: str, what: str) -> Copied:
    """Copy the exact text; `what` names it in the sentence, in safe text: "the id".

    The terminal gets it in base64 (OSC 52), which works over SSH too; where this machine has a tool for its clipboard,
    that gets it as well, and inside tmux so does tmux.
    """
    data = text.encode("utf-8", "replace")
    fits = len(data) <= MOST_BYTES
    in_tmux = bool(os.environ.get("TMUX"))
    tool = await asyncio.to_thread(copy_here, text)
    by_tmux = in_tmux and await asyncio.to_thread(copy_through_tmux, text)
    if fits:
        app.copy_to_clipboard(data.decode())
    return said(what, tool, fits=fits, in_tmux=in_tmux, by_tmux=by_tmux, hides=_hides(text))


def said(what: str, tool: str | None, *, fits: bool, in_tmux: bool, by_tmux: bool, hides: bool) -> Copied:
    """Return what was done, in words."""
    hidden = " It holds hidden characters." if hides else ""
    if tool is not None:
        return Copied(f"Copied {what}.{hidden}", "done")
    if by_tmux:
        return Copied(f"Copied {what} into tmux.{hidden} Not outside it? In tmux: set -g set-clipboard on", "done")
    if not fits:
        return Copied(f"Not copied: {what} is {TOO_LONG}", "warning")
    if in_tmux:
        return Copied(f"Sent {what} to tmux, which may drop it.{hidden} In tmux: set -g set-clipboard on", "warning")
    return Copied(f"Copied {what}.{hidden} Nothing arrived? Allow OSC 52 in the settings of the terminal", "done")


def _hides(text: str) -> bool:
    return has_hidden(text.translate({ord("\n"): None, ord("\t"): None}))
