"""Prints what the doctor finds."""

from __future__ import annotations

from dataclasses import asdict

from scimtui.cli.opening import run
from scimtui.cli.output import emit, emit_records
from scimtui.config import config_path, home_path
from scimtui.ops.doctor import Finding, examine as findings
from scimtui.present.cells import safe
from scimtui.present.formats import Format

_MARKS = {"ok": "✓", "warning": "!", "problem": "✗"}


def examine(form: Format) -> int:
    """Print each finding as it is made and return the exit status: 1 where something does not work."""

    async def work() -> list[Finding]:
        found = []
        async for finding in findings(config_path(), home_path()):
            found.append(finding)
            if form is Format.TABLE:
                emit(_lines(finding))
        return found

    found = run(work())
    if form is not Format.TABLE:
        emit_records([asdict(finding) for finding in found], form)
    return 1 if any(finding.result == "problem" for finding in found) else 0


def _lines(finding: Finding) -> list[str]:
    lines = [f"{_MARKS[finding.result]} {safe(finding.what)}: {safe(finding.detail)}"]
    return [*lines, f"    {safe(finding.hint)}"] if finding.hint else lines
