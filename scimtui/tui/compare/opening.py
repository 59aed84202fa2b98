"""How a comparison is opened: from what is looked at, with a tenant, an earlier copy or a file that is chosen; and again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from scimtui.config import CompareRules
from scimtui.errors import CacheError
from scimtui.ops.snapshots import Snapshot, kept_snapshots
from scimtui.present.cells import safe
from scimtui.present.compare_rules_words import read_rules, rules_texts, turned
from scimtui.present.wording import age, count_of, tenant_name
from scimtui.tui.compare.compare_view import CompareView
from scimtui.tui.compare.compared_side import ComparedSide, remembered

if TYPE_CHECKING:
    from pathlib import Path

    from textual.worker import Worker

    from scimtui.config import Config
    from scimtui.ops.session import Session
    from scimtui.tui.shell.sessions import Sessions
    from scimtui.tui.shell.shell_screen import ShellScreen

FILE, EARLIER = "a file", "earlier "
"""Ids of choices that are no names of tenants: these have no blanks."""
MOST_COPIES = 12
"""Earlier copies that are offered, the youngest ones."""


def open_compare(shell: ShellScreen) -> Worker[None] | None:
    """Choose the other side and compare."""
    view = shell.view
    if view is None:
        return None
    session, kept = view.session, shell.tabs[shell.current].kept() or {}
    return shell.run_worker(
        _choose(shell, session, kept.get("type") or "User"), group="dialog", exclusive=True, exit_on_error=False
    )


async def _choose(shell: ShellScreen, session: Session, type_name: str) -> None:
    from scimtui.tui.dialogs.choice_dialog import ChoiceDialog

    name = session.tenant.name
    others = [one for one in shell.sessions.config.tenants.values() if one.name != name]
    copies = await asyncio.to_thread(_copies, session, type_name)
    choices = [(one.name, tenant_name(one)) for one in others]
    choices += [(f"{EARLIER}{one.taken_at.isoformat()}", _copy_text(one)) for one in copies]
    choices.append((FILE, "a file…"))
    title = f"Compare the {safe(type_name)}s of {safe(name)} with"
    chosen = await shell.app.push_screen_wait(ChoiceDialog(title, choices))
    if chosen is not None:
        sides = await _sides(shell, session, type_name, chosen)
        if sides is not None:
            open_sides(shell, *sides, type_name)


async def _sides(
    shell: ShellScreen, session: Session, type_name: str, chosen: str
) -> tuple[ComparedSide, ComparedSide] | None:
    """Return both sides: another tenant stands at the right; a file, or an earlier copy, at the left of what it led to."""
    if chosen == FILE:
        path = await _file(shell, session, type_name)
        return (ComparedSide(session, path=path), ComparedSide(session)) if path else None
    if chosen.startswith(EARLIER):
        moment = datetime.fromisoformat(chosen.removeprefix(EARLIER))
        return ComparedSide(session, moment), ComparedSide(session)
    return ComparedSide(session), ComparedSide(shell.sessions.get(chosen))


async def _file(shell: ShellScreen, session: Session, type_name: str) -> Path | None:
    from scimtui.tui.compare.file_path_dialog import FilePathDialog

    resource_type = session.provider.resource_type(type_name)
    if resource_type is None:
        return None
    title = f"Compare the {safe(type_name)}s of a file with {safe(session.tenant.name)}"
    return await shell.app.push_screen_wait(FilePathDialog(title, resource_type, session.tenant.match))


def open_sides(shell: ShellScreen, left: ComparedSide, right: ComparedSide, type_name: str) -> None:
    """Compare two sides in a tab, the earlier one at the left where both are one tenant."""
    names = {"tenant": left.session.tenant.name, "right": right.session.tenant.name, "type": type_name}
    shell.open_tab({"view": "compare", **names, **left.spec("left"), **right.spec("right")})


def _copies(session: Session, type_name: str) -> list[Snapshot]:
    with suppress(CacheError):
        return kept_snapshots(session, type_name)[: -MOST_COPIES - 1 : -1]
    return []


def _copy_text(copy: Snapshot) -> str:
    when = f"{copy.taken_at.astimezone():%a %d %b %H:%M}"
    return f"as it was {age(copy.taken_at)} · {when} · {count_of(copy.count, safe(copy.type_name))}"


def view_of_spec(spec: Mapping[str, str], sessions: Sessions) -> CompareView | None:
    """Return the widget of a comparison that was open before; None where its type is not there any more."""
    left, right = (
        remembered(sessions.get(spec[name]), spec, side) for name, side in (("tenant", "left"), ("right", "right"))
    )
    resource_type = left.session.provider.resource_type(spec["type"])
    if resource_type is None:
        return None
    kept = rules_kept(sessions.config, left, right)
    return CompareView(left, right, resource_type, _remembered_rules(spec) or kept, kept)


def rules_kept(config: Config, left: ComparedSide, right: ComparedSide) -> CompareRules:
    """Return the rules of the config for two sides; those for the other way round are turned."""
    names = left.rules_name, right.rules_name
    if (rules := config.compare_rules(*names)) is not None:
        return rules
    opposite = config.compare_rules(*reversed(names))
    return turned(opposite) if opposite is not None else CompareRules()


def _remembered_rules(spec: Mapping[str, str]) -> CompareRules | None:
    """Return the rules that a tab had of its own, None where there are none that can be read."""
    try:
        values = json.loads(spec.get("rules", ""))
    except ValueError:
        return None
    if not isinstance(values, dict):
        return None
    return read_rules({name: str(values.get(name, "")) for name in rules_texts(CompareRules())})
