"""Writes the comparison that is looked at into a file."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scimtui.ops.reports import rows_of_only
from scimtui.ops.uncollected import uncollected
from scimtui.ops.whoami import whoami
from scimtui.present.cells import safe
from scimtui.present.comparison import SAME, counts
from scimtui.present.comparison_report import Reported, projections, report_lines
from scimtui.tui.compare.compare_view import CompareView
from scimtui.tui.compare.compared import is_history
from scimtui.tui.dialogs.export_dialog import file_stem
from scimtui.tui.dialogs.report_dialog import ReportDialog

if TYPE_CHECKING:
    from textual.worker import Worker

    from scimtui.tui.compare.compared import ComparedSides
    from scimtui.tui.shell.shell_screen import ShellScreen


def save_report(shell: ShellScreen) -> Worker[None] | None:
    """Ask for the name of a file and write the open comparison into it."""
    view = shell.view
    if not isinstance(view, CompareView) or view.held is None:
        shell.say("Report: nothing was compared yet", "warning")
        return None
    held, type_name = view.held, view.resource_type.name
    name = f"{file_stem(' and '.join(held.names), f'{type_name}s')}.html"
    dialog = ReportDialog(
        f"Report: {safe(type_name)}s, {held.names[0]} ⇄ {held.names[1]}",
        name,
        partial(_lines, held, type_name, is_history=_is_forwards(view)),
        sum(number for kind, number in counts(held.found.comparison).items() if kind != SAME),
    )

    async def save() -> None:
        sentence = await shell.app.push_screen_wait(dialog)
        if sentence is not None:
            shell.say(sentence, "done" if held.found.is_complete else "warning")

    return shell.run_worker(save(), group="dialog", exclusive=True, exit_on_error=False)


def _is_forwards(view: CompareView) -> bool:
    """Whether one tenant is compared at two moments with the earlier one on the left."""
    before, after = view.left.moment, view.right.moment
    is_earlier = before is not None and (after is None or before < after)
    return is_earlier and is_history(view.left, view.right, view.rules)


@uncollected
def _lines(held: ComparedSides, type_name: str, path: Path, *, is_history: bool) -> Iterable[str]:
    """Return the lines of the report. Blocks for the disk."""
    rows = rows_of_only(held.sides, held.found, projections(held.found))
    report = Reported(held.names, type_name, held.found, held.rules, rows, whoami(), is_history=is_history)
    return report_lines(report, path)
