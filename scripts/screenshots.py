"""Take the pictures in screenshots/ from the running console, on the demo's tenants, with keys alone.

Run from the root of the project: python scripts/screenshots.py
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from scimtui.config import load_config
from scimtui.demo.home import demo_home
from scimtui.demo.servers import start
from scimtui.tui.app import ScimtuiApp

FOLDER = Path("screenshots")
SIZE = (132, 34)
FONTS = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
KEYS = {" ": "space", '"': "quotation_mark", "(": "left_parenthesis", ")": "right_parenthesis"}

Scene = Callable[[Pilot[None]], Awaitable[None]]


def screen_text(pilot: Pilot[None]) -> str:
    """Return what is on the screen."""
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())  # noqa: SLF001


async def until(pilot: Pilot[None], text: str) -> None:
    """Wait until a text is seen, for 20 seconds at most."""
    for _ in range(400):
        if text in screen_text(pilot):
            await pilot.pause(0.3)
            return
        await pilot.pause(0.05)
    sys.exit(f"never seen: {text}, but\n{screen_text(pilot)}")


async def write(pilot: Pilot[None], text: str) -> None:
    """Type a text."""
    await pilot.press(*(KEYS.get(letter, letter) for letter in text))


async def browse(pilot: Pilot[None]) -> None:
    """The table of a tenant, filtered, with the details of one person beside it."""
    await until(pilot, "Users 5")
    await until(pilot, "complete")
    await pilot.press("t", "G", "k", "k", "enter")
    await until(pilot, "acme-stage Users ×")
    await until(pilot, "complete")
    await pilot.press("slash")
    await write(pilot, 'preferredLanguage sw "en" and title co "e"')
    await until(pilot, "matches")
    await pilot.press("enter", "down", "down", "p")
    await until(pilot, "phoneNumbers")


async def columns(pilot: Pilot[None]) -> None:
    """Columns of any path, their order and width."""
    await pilot.press("f")
    await until(pilot, "Columns of")
    await pilot.press("down", "down", "down", "down", "down")


async def facets(pilot: Pilot[None]) -> None:
    """The rows counted by a value."""
    await pilot.press("escape", "slash", "ctrl+u", "enter", "F")
    await until(pilot, "by value")
    await until(pilot, "values")


async def builder(pilot: Pilot[None]) -> None:
    """A filter for those who do not know the language."""
    await pilot.press("escape", "slash")
    await write(pilot, 'title co "Engineer" and not (nickName pr)')
    await pilot.press("enter", "ctrl+b")
    await until(pilot, "Match")


async def live(pilot: Pilot[None]) -> None:
    """The same filter, asked of the provider itself."""
    await pilot.press("escape", "slash", "ctrl+u")
    await write(pilot, 'preferredLanguage sw "en" and title co "e"')
    await pilot.press("enter", "ctrl+l")
    await until(pilot, "live")
    await pilot.pause(1)


async def detail(pilot: Pilot[None]) -> None:
    """One person with all attributes."""
    await pilot.press("q")
    await until(pilot, "matches")
    await pilot.press("p", "enter")
    await until(pilot, "phoneNumbers")


async def edit(pilot: Pilot[None]) -> None:
    """The form with a field changed."""
    await pilot.press("e")
    await until(pilot, "middleName")
    while not re.search(r"▸\s+nickName", screen_text(pilot)):
        await pilot.press("down")
    await pilot.press("ctrl+u")
    await write(pilot, "Andy")
    while not re.search(r"▸\s+title", screen_text(pilot)):
        await pilot.press("down")
    await pilot.press("ctrl+u")
    await write(pilot, "Principal Engineer")
    await until(pilot, "2 changed")


async def preview(pilot: Pilot[None]) -> None:
    """The edits in words and the exact PATCH."""
    await pilot.press("ctrl+s")
    await until(pilot, "PATCH /Users/")


async def receipt(pilot: Pilot[None]) -> None:
    """Sent, read back, verified."""
    await pilot.press("y")
    await until(pilot, "done and verified")


async def journal(pilot: Pilot[None]) -> None:
    """What was written, and one write in full."""
    await pilot.press("J")
    await until(pilot, "1 write")
    await pilot.press("enter")
    await until(pilot, "Before → after")


async def groups(pilot: Pilot[None]) -> None:
    """The groups of a person, some ticked."""
    await pilot.press("q", "q", "m")
    await until(pilot, "groups of")
    await until(pilot, "members")
    await pilot.press("down", "space", "down", "down", "down", "down", "down", "space")
    await until(pilot, "+")


async def deactivate(pilot: Pilot[None]) -> None:
    """The question before an account is turned off."""
    await pilot.press("escape", "escape")
    await pilot.pause(0.5)
    await pilot.press("q")
    await until(pilot, "matches")
    await pilot.press("down", "d")
    await until(pilot, "y yes")


async def everywhere(pilot: Pilot[None]) -> None:
    """One person in all tenants, each account with what it was recognised by."""
    await pilot.press("n", "a")
    await until(pilot, "found by")
    await until(pilot, "2 ticked")


async def offboard(pilot: Pilot[None]) -> None:
    """The recipe of each tenant as a checklist."""
    await pilot.press("o")
    await until(pilot, "nothing sent yet")


async def why(pilot: Pilot[None]) -> None:
    """Why a person cannot log in, and the key that mends it."""
    await pilot.press("escape")
    await pilot.pause(0.5)
    await pilot.press("w")
    await until(pilot, "one account")


async def people_list(pilot: Pilot[None]) -> None:
    """A pasted list, and whom each line means in which tenant."""
    await pilot.press("escape")
    await pilot.pause(0.5)
    await pilot.press("q", "O")
    await until(pilot, "Paste a list")
    for line in ("alice.patel@acme.example", "bjorn.oberg@acme.example", "Åsa Ångström", "nobody@acme.example"):
        await write(pilot, line)
        await pilot.press("enter")
    await pilot.press("ctrl+s")
    await until(pilot, "not found")


async def compare(pilot: Pilot[None]) -> None:
    """Two tenants side by side."""
    await pilot.press("escape")
    await pilot.pause(0.5)
    await pilot.press("slash", "escape", "D")
    await until(pilot, "with")
    await pilot.press("enter")
    await until(pilot, "narrows to one")
    await pilot.press("down", "down")


async def presence(pilot: Pilot[None]) -> None:
    """Who is in which tenant, by patterns."""
    await pilot.press("W")
    await until(pilot, "patterns")
    await pilot.press("full_stop", "full_stop", "full_stop")
    await until(pilot, "different")


async def requests(pilot: Pilot[None]) -> None:
    """The request log, on a write."""
    await pilot.press("L")
    await until(pilot, "secrets are masked")
    await pilot.press("down", "down")


async def check(pilot: Pilot[None]) -> None:
    """What the provider really does."""
    await pilot.press("K")
    await until(pilot, "✓ 3")


SCENES: dict[str, Scene] = {
    "browse": browse,
    "columns": columns,
    "facets": facets,
    "builder": builder,
    "live": live,
    "detail": detail,
    "edit": edit,
    "preview": preview,
    "receipt": receipt,
    "journal": journal,
    "groups": groups,
    "deactivate": deactivate,
    "everywhere": everywhere,
    "offboard": offboard,
    "why": why,
    "list": people_list,
    "compare": compare,
    "presence": presence,
    "requests": requests,
    "check": check,
}


def clean(svg: str) -> str:
    """Return the picture without the web font, so that it names no other host and needs no network."""
    svg = re.sub(r"@font-face\s*\{.*?\}|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)
    return re.sub(r"font-family:\s*Fira Code,\s*monospace", f"font-family: {FONTS}", svg)


async def take() -> None:
    """Drive the console through all scenes and write the pictures."""
    with start(users=500, tenants=2) as servers, demo_home(servers) as (config, home):
        app = ScimtuiApp(load_config(config), home)
        async with app.run_test(size=SIZE) as pilot:
            for name, scene in SCENES.items():
                await scene(pilot)
                await pilot.pause(0.2)
                svg = clean(app.export_screenshot(title="scimtui"))
                (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    os.environ.pop("NO_COLOR", None)
    FOLDER.mkdir(exist_ok=True)
    asyncio.run(take())
