"""Carries out plan files and lists those that are left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from scimtui.cli.opening import opened, resource_type_of, run, settings
from scimtui.cli.output import emit_records, note
from scimtui.cli.phases import carry_out_in_order
from scimtui.cli.writing import Asked, Part, carry_out_all, planned_step
from scimtui.config import home_path
from scimtui.errors import UsageError
from scimtui.ops.created import is_promotion, needs_order
from scimtui.ops.kept_plans import kept_plans
from scimtui.ops.plan_file import PlanFile, read_plan, steps_of
from scimtui.ops.waiting import waiting
from scimtui.present.batch_words import waiting_line
from scimtui.present.cells import safe
from scimtui.present.formats import Format
from scimtui.present.wording import count_of


def apply_plan(path: Path, asked: Asked, *, only: str | None = None, skip: str | None = None) -> int:
    """Carry out a plan file, or some of its changes, and return the exit status."""
    plan = read_plan(path)
    known = settings()[0].tenants
    for change in plan.changes:
        if change.tenant not in known:
            message = f"{path}, change {change.number} ({change.key}): there is no tenant {change.tenant} in the config"
            raise UsageError(message, "nothing was sent; mend the file, or add the tenant")
    wanted = _numbers(plan, only, skip)
    if not wanted:
        note("The plan holds no changes, so there is nothing to do.")
        return 0
    asked = replace(asked, reason=asked.reason or reason_of(plan))

    async def work() -> int:
        async with opened(plan.tenants) as sessions:
            by_name = {session.tenant.name: session for session in sessions}
            for tenant, type_name in dict.fromkeys((change.tenant, change.type) for change in plan.changes):
                await resource_type_of(by_name[tenant], type_name)
            steps = steps_of(path, plan, by_name)
            tried = [step for step in steps if step.number in wanted]
            beside = [step for step in steps if step.number not in wanted]
            if is_promotion(plan) or needs_order(tried):
                return await carry_out_in_order(tried, beside, by_name, asked, (plan.batch, path))
            planned = [planned_step(step, by_name[step.change.tenant]) for step in tried]
            return await carry_out_all([Part(planned, plan.batch, path, tuple(beside))], asked)

    return run(work())


def _numbers(plan: PlanFile, only: str | None, skip: str | None) -> set[int]:
    """Return the numbers of the changes that are carried out.

    Raises:
        UsageError: a number is none, or of no change.
    """
    known = {change.number for change in plan.changes}
    if only is not None and skip is not None:
        raise UsageError("--only and --skip exclude each other", "choose one")
    if only is None and skip is None:
        return known
    texts = [text.strip() for text in (only if only is not None else skip or "").split(",")]
    wrong = [text for text in texts if not text.isdecimal() or int(text) not in known]
    if wrong:
        raise UsageError(
            f"the plan has no change {wrong[0] or 'without a number'}", "nothing was sent; numbers are 3,4,8"
        )
    named = {int(text) for text in texts}
    return named if only is not None else known - named


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
