"""Batches in words: how far one is, why it stopped, what became of each object and what to do next. All safe to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scimtui.errors import GuardStopped, OutcomeUnknown, Refused, VersionConflict
from scimtui.ops.plan_file import Left
from scimtui.ops.receipts import Outcome
from scimtui.ops.side_effects import Trouble, groups_before_and_after
from scimtui.present.cells import cell, safe
from scimtui.present.changes import outcome_line, short_path
from scimtui.present.formats import csv_lines
from scimtui.present.journal_words import Ending, ending
from scimtui.present.wording import count_of, error_line
from scimtui.scim.coerce import is_active

if TYPE_CHECKING:
    from scimtui.ops.batch import BatchProgress, BatchReport, Result, Stop
    from scimtui.ops.plan_file import PlannedChange
    from scimtui.ops.undo import LeftOut
    from scimtui.scim.change import Change

PHASES = {"first": "the first one", "five": "five more", "rest": "the rest"}
MOVED = Ending("!", "moved", "bad")
_NEXT = {
    Trouble.IGNORED: "look at it in the provider itself; it may not do this over SCIM",
    Trouble.ALTERED: "open it and look at what is there now",
    Trouble.PENDING: "look again later; the journal looks it up",
    Trouble.UNKNOWN: "look it up in the journal before anything is sent again",
    Trouble.NO_ANSWER: "try the rest when it answers again",
}


def progress_line(tenant: str, progress: BatchProgress) -> str:
    """Return how far a batch is: `acme: 12 of 40, the rest · 11 done, 1 refused`."""
    counts = counts_line(progress.outcomes)
    told = f" · {counts}" if counts else ""
    return (
        f"{safe(tenant)}: {progress.done:,} of {progress.of:,}, {PHASES[progress.phase]}{told} · {safe(progress.title)}"
    )


def counts_line(outcomes: Mapping[Outcome, int]) -> str:
    """Return `35 done, 2 refused`; what went well stands first."""
    order = list(Outcome)
    return ", ".join(
        f"{count:,} {ending(outcome.value).words}"
        for outcome, count in sorted(outcomes.items(), key=lambda one: order.index(one[0]))
        if count
    )


def report_line(report: BatchReport) -> str:
    """Return the sum of a batch: `40 changes: 35 done, 1 ignored, 4 not tried`."""
    outcomes: dict[Outcome, int] = {}
    for result in report.results:
        outcomes[result.outcome] = outcomes.get(result.outcome, 0) + 1
    left = f"{len(report.untried):,} not tried" if report.untried else ""
    parts = ", ".join(part for part in (counts_line(outcomes), left) if part)
    return f"{count_of(len(report.results) + len(report.untried), 'change')}: {parts or 'nothing was done'}"


def stop_line(stop: Stop, untried: int) -> str:
    """Return why a batch did not go on."""
    left = f"{count_of(untried, 'change')} not tried"
    if stop.result is None:
        return f"Stopped as you asked; {left}."
    return f"Stopped, {left}. {result_line(stop.result)}."


def waiting_line(tenants: Iterable[str]) -> str:
    """Return what waits for whom, from the tenant of each change: `3 changes wait for acme, globex`."""
    every = list(tenants)
    names = ", ".join(safe(name) for name in dict.fromkeys(every))
    return f"{count_of(len(every), 'change')} {'waits' if len(every) == 1 else 'wait'} for {names}"


def why_waiting(change: PlannedChange, *, is_cut_off: bool) -> str:
    """Return why a change of a kept plan is still to be done, in words."""
    if change.left is Left.UNKNOWN:
        return (
            f"{f'{safe(change.why)}; ' if change.why not in _BARE else ''}it is looked up before anything is sent again"
        )
    if change.why:
        return safe(change.why)
    return "the program ended before it" if is_cut_off else "not tried yet"


_BARE = frozenset({"", "unknown", "pending"})
"""What an outcome is called that says no more."""


def result_line(result: Result) -> str:
    """Return what became of one object, in words; its title stands in front."""
    title = safe(result.step.change.title)
    if result.earlier:
        if result.outcome is Outcome.APPLIED:
            return f"{title}: done before ({safe(result.earlier)})"
        detail = result.receipt.detail if result.receipt is not None else ""
        return f"{title}: sent before, and not again ({safe(result.earlier)}){f': {safe(detail)}' if detail else ''}"
    if result.error is not None:
        said = error_line(result.error).removesuffix(".")
        return said if said.casefold().startswith(title.casefold()) else f"{title}: {said[:1].lower()}{said[1:]}"
    if result.receipt is None:
        return f"{title}: {result.outcome.value}"
    moved = _moved(result)
    return f"{outcome_line(result.receipt)}{f', BUT {moved}' if moved else ''}"


def _moved(result: Result) -> str:
    """Return what changed at the provider though nobody asked for it."""
    receipt = result.receipt
    if receipt is None or result.trouble not in {Trouble.ACTIVE_MOVED, Trouble.GROUPS_MOVED}:
        return ""
    if result.trouble is Trouble.GROUPS_MOVED:
        before, after = groups_before_and_after(receipt)
        return f"its groups went from {before:,} to {after:,}, which nobody asked for"
    is_on = receipt.resource is not None and is_active(receipt.resource.raw)
    return f"the account was turned {'on' if is_on else 'off'}, which nobody asked for"


def result_ending(result: Result) -> Ending:
    """Return the mark, word and style of a result."""
    if result.trouble in {Trouble.ACTIVE_MOVED, Trouble.GROUPS_MOVED}:
        return MOVED
    return ending(result.outcome.value)


def next_step(result: Result) -> str:
    """Return what to do about a result that is not good, as an order; "" where nothing helps."""
    error, receipt = result.error, result.receipt
    if isinstance(error, Refused) or result.outcome is Outcome.REFUSED:
        return ""  # the line itself says it
    if isinstance(error, VersionConflict):
        return "open it, look at their values, and plan it anew"
    if isinstance(error, GuardStopped):
        return "leave it, or change the rule in the config"
    if result.trouble in {Trouble.ACTIVE_MOVED, Trouble.GROUPS_MOVED}:
        entry = f" {receipt.journal}" if receipt else ""
        return f"look at it at the provider; scimtui undo{safe(entry)} takes back what was asked for"
    found = result.trouble or {Outcome.UNKNOWN: Trouble.UNKNOWN, Outcome.ALTERED: Trouble.ALTERED}.get(result.outcome)
    return _NEXT.get(found, "") if found else ""


def worst_first(results: Iterable[Result]) -> list[Result]:
    """Return the results with those first that went wrong, else in their order."""
    return sorted(results, key=lambda result: (result.is_good, result.step.number))


# ---------------------------------------------------------------- for programs


def result_record(result: Result) -> dict[str, Any]:
    """Return a result in the shape that every write prints."""
    receipt, error = result.receipt, result.error
    if receipt is None:
        outcome = result.outcome
        if isinstance(error, Refused):
            outcome = Outcome.REFUSED
        elif isinstance(error, OutcomeUnknown):
            outcome = Outcome.UNKNOWN
        detail = (getattr(error, "detail", "") or error.message) if error else ""
        return {
            **_about(result.step.change),
            "outcome": outcome.value,
            "status": getattr(error, "status", None),
            "scim_type": getattr(error, "scim_type", None),
            "detail": detail or ("done before" if result.earlier else ""),
            "journal": result.earlier,
        }
    return {
        **_about(receipt.change, receipt.resource.id if receipt.resource else None),
        "outcome": receipt.outcome.value,
        "status": receipt.status,
        "scim_type": receipt.scim_type,
        "detail": receipt.detail or _moved(result),
        "journal": receipt.journal,
    }


def untried_record(change: Change, why: str) -> dict[str, Any]:
    """Return the record of a change that the batch never came to."""
    told = {"status": None, "scim_type": None, "detail": why, "journal": ""}
    return {**_about(change), "outcome": Outcome.SKIPPED.value, **told}


def _about(change: Change, identity: str | None = None) -> dict[str, Any]:
    return {
        "tenant": change.tenant,
        "type": change.resource_type.name,
        "id": change.id if identity is None else identity,
        "key": change.key,
    }


FAILURES = ("id", "key", "tenant", "type", "title", "outcome", "what", "next")


def failure_lines(reports: Sequence[BatchReport]) -> Iterator[str]:
    """Yield a CSV of what did not go well and of what was not tried; `--from FILE --column id` takes it again."""
    yield from csv_lines(FAILURES, _failures(reports))


def _failures(reports: Sequence[BatchReport]) -> Iterator[tuple[str, ...]]:
    for report in reports:
        for result in report.results:
            if not result.is_good:
                change = result.step.change
                yield (*_columns(change), result_ending(result).words, result_line(result), next_step(result))
        for step in report.untried:
            yield (*_columns(step.change), "not tried", "the batch stopped before it", "apply the rest of the plan")


def _columns(change: Change) -> tuple[str, ...]:
    return change.id, change.key, change.tenant, change.resource_type.name, change.title


# ---------------------------------------------------------------- undo


def left_out_words(one: LeftOut) -> str:
    """Return why a write is not taken back, without its title."""
    why = safe(one.why).removesuffix(".")
    return why.removeprefix(f"{safe(one.title)} ")


def left_out_lines(one: LeftOut) -> list[str]:
    """Return a write that is not taken back, why, and the values that stand in the way, a line each."""
    mark = "✓" if one.is_done else "○"
    return [
        f"{mark} {safe(one.entry)} {safe(one.title)}",
        f"    {left_out_words(one)}",
        *(
            f"    {safe(short_path(edit.path))}: it left {_shown(edit.before)}, there is {_shown(edit.after)}"
            for edit in one.in_the_way
        ),
    ]


def _shown(value: Any) -> str:
    return "nothing" if value is None else f'"{cell(value)}"' if isinstance(value, str) else cell(value)
