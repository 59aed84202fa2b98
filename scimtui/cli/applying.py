"""Carries out plan files and lists those that are left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from scimtui.cli.opening import opened, resource_type_of, run, settings
from scimtui.cli.output import emit_records, note
from scimtui.cli.writing import Asked, carry_out, planned_step
from scimtui.config import home_path
from scimtui.errors import UsageError
from scimtui.ops.kept_plans import kept_plans
from scimtui.ops.plan_file import PlanFile, read_plan, steps_of
from scimtui.ops.waiting import waiting
from scimtui.present.batch_words import waiting_line
from scimtui.present.cells import safe
from scimtui.present.formats import Format
from scimtui.present.wording import count_of


def apply_plan(path: Path, asked: Asked) -> int:
    """Carry out a plan file and return the exit status."""
    plan = read_plan(path)
    known = settings()[0].tenants
    for change in plan.changes:
        if change.tenant not in known:
            message = f"{path}, change {change.number} ({change.key}): there is no tenant {change.tenant} in the config"
            raise UsageError(message, "nothing was sent; mend the file, or add the tenant")
    if not plan.changes:
        note("The plan holds no changes, so there is nothing to do.")
        return 0
    asked = replace(asked, reason=asked.reason or reason_of(plan))

    async def work() -> int:
        async with opened(plan.tenants) as sessions:
            by_name = {session.tenant.name: session for session in sessions}
            for tenant, type_name in dict.fromkeys((change.tenant, change.type) for change in plan.changes):
                await resource_type_of(by_name[tenant], type_name)
            steps = steps_of(path, plan, by_name)
            planned = [planned_step(step, by_name[step.change.tenant]) for step in steps]
            return await carry_out(planned, asked, plan=(plan.batch, path))

    return run(work())


def reason_of(plan: PlanFile) -> str:
    """Return the reason that all its changes share, "" where they differ."""
    reasons = {change.reason for change in plan.changes}
    return reasons.pop() if len(reasons) == 1 else ""


def list_plans(form: Format) -> int:
    """Print the plans that are left and return the exit status."""
    found = kept_plans(home_path())
    emit_records([_record(path, plan) for path, plan in found], form)
    if not found:
        note("No plan is left: every batch was carried out to its end.")
    elif form is Format.TABLE:
        note(f"{count_of(len(found), 'plan')}. scimtui apply FILE goes on with one; deleting the file forgets it.")
        if tenants := [change.tenant for one in waiting(home_path()) for change in one.changes]:
            note(f"{waiting_line(tenants)}; scimtui retry tries again.")
    return 0


def _record(path: Path, plan: PlanFile | UsageError) -> dict[str, Any]:
    if isinstance(plan, UsageError):
        return {"plan": str(path), "made": "", "tenants": "", "changes": None, "why": safe(plan.message)}
    told = {"made": plan.made[:16].replace("T", " "), "tenants": ", ".join(plan.tenants)}
    return {"plan": str(path), **told, "changes": len(plan.changes), "why": plan.why}
