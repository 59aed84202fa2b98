"""What the keys of a comparison do beside those that every table has. Each is a function of the shell."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from scimtui.ops.config_file import put_compare_rules
from scimtui.present.cells import safe
from scimtui.present.compare_rules_words import Types, rules_values, turned
from scimtui.present.wording import count_of
from scimtui.tui.compare.strip_texts import ALL, tabs_of

if TYPE_CHECKING:
    from textual.worker import Worker

    from scimtui.tui.compare.compare_view import CompareView
    from scimtui.tui.shell.shell_screen import ShellScreen


def _view(shell: ShellScreen) -> CompareView:
    return cast("CompareView", shell.view)


def next_difference(shell: ShellScreen) -> None:
    """Go to the next person or group; in an open pair too."""
    _step(shell, 1)


def previous_difference(shell: ShellScreen) -> None:
    """Go to the one before."""
    _step(shell, -1)


def _step(shell: ShellScreen, step: int) -> None:
    table = _view(shell).table
    before = table.cursor_row
    table.move_to(before + step)
    if table.cursor_row == before:
        shell.say("That was the last one" if step > 0 else "That is the first one", "info")


def next_kind(shell: ShellScreen) -> None:
    """Show the next kind."""
    _step_kind(shell, 1)


def previous_kind(shell: ShellScreen) -> None:
    """Show the kind before."""
    _step_kind(shell, -1)


def _step_kind(shell: ShellScreen, step: int) -> None:
    view = _view(shell)
    tabs = tabs_of(view.held)
    view.open_kind(tabs[(tabs.index(view.tab) + step) % len(tabs)])


def show_equal(shell: ShellScreen) -> None:
    """Show or hide what is the same in a pair."""
    view = _view(shell)
    view.pane.with_equal = not view.pane.with_equal
    if view.pane.display:
        view.show_pair()
    else:
        view.do_open()


def choose_attribute(shell: ShellScreen) -> None:
    """Narrow to one attribute, or look at all again."""
    from scimtui.tui.dialogs.choice_dialog import ChoiceDialog

    view = _view(shell)
    if view.held is None or not view.held.attributes:
        shell.say("Attribute: nobody differs in anything", "info")
        return
    widest = max(map(len, view.held.attributes))
    everybody = [(ALL, f"{'all attributes'.ljust(widest)}  {len(view.held.found.comparison.different):>7,}")]
    choices = everybody + [(name, f"{name.ljust(widest)}  {n:>7,}") for name, n in view.held.attributes.items()]

    def chosen(name: str | None) -> None:
        if name is not None:
            view.narrow(name)

    shell.app.push_screen(ChoiceDialog("Look at one attribute", choices), chosen)


def swap(shell: ShellScreen) -> None:
    """Change the sides over, with the rules and what is staged."""
    view = _view(shell)
    view.left, view.right = view.right, view.left
    view.rules, view.kept = turned(view.rules), turned(view.kept)
    signs = {">": "<", "<": ">"}
    others = [(whom.turned(), signs.get(sign, sign)) for whom, sign in view.staged.values()]
    view.staged = {whom.id: (whom, sign) for whom, sign in others}
    view.begin_again()


def edit_rules(shell: ShellScreen) -> Worker[None]:
    """Change the rules of this comparison, for this tab or in the config."""
    return shell.run_worker(_edit_rules(shell, _view(shell)), group="dialog", exclusive=True, exit_on_error=False)


async def _edit_rules(shell: ShellScreen, view: CompareView) -> None:
    from scimtui.tui.compare.rules_dialog import RulesDialog

    title = f"How {view.left.name} and {view.right.name} are compared"
    keys = view.held.keys if view.held else ()
    chosen = await shell.app.push_screen_wait(RulesDialog(title, view.rules, _types(view), keys))
    if chosen is None:
        return
    if chosen.is_kept:
        left, right = view.left.rules_name, view.right.rules_name
        values, path = rules_values(chosen.rules), shell.sessions.config.path
        await asyncio.to_thread(put_compare_rules, path, left, right, values)
        shell.sessions.reload()
        view.kept = chosen.rules
        shell.say(f"Kept in {safe(path.name)}: {safe(left)} {safe(right)}, {count_of(len(values), 'rule')}", "done")
    view.compare_by(chosen.rules)


def _types(view: CompareView) -> Types:
    """Return the types that both sides have, the open one first."""
    there = view.right.session.provider.resource_type
    found = [(one, other) for one in view.left.session.provider.resource_types if (other := there(one.name))]
    return sorted(found, key=lambda pair: pair[0].name != view.resource_type.name)


def sync_both(view: CompareView) -> None:
    """Sync both sides, and with groups the people who are in them."""
    names = [view.resource_type.name, *(["User"] if view.resource_type.attribute("members") else [])]
    live = {one.session.tenant.name: one.session for one in (view.left, view.right) if one.is_live}
    for session in live.values():
        view.shell.start_sync(session, names)
    if not live:
        view.shell.say("An earlier copy and a file stay as they are; there is nothing to fetch", "info")
