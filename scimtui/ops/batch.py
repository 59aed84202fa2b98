"""Many changes of one tenant: first one, then five, then the rest, and a stop at whatever nobody expected.

What was done is known from the journal: each intent carries the batch and the change's number. So a batch that a crash
or Ctrl-C cut off goes on without doing anything twice.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scimtui.errors import CacheError, ScimtuiError
from scimtui.ops import bulk_gate, guard
from scimtui.ops.apply import apply
from scimtui.ops.batch_control import BatchControl
from scimtui.ops.bulk_gate import BulkGate, Place, taking
from scimtui.ops.done_before import done_before, writes_by_number
from scimtui.ops.history import find_write
from scimtui.ops.plan_file import Left
from scimtui.ops.receipts import Outcome, Receipt
from scimtui.ops.side_effects import Trouble, trouble_of, trouble_of_error
from scimtui.scim.kind import Kind

if TYPE_CHECKING:
    from scimtui.ops.guard import Consent
    from scimtui.ops.history import Write
    from scimtui.ops.plan_file import Step
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change

__all__ = [
    "GOOD",
    "Asks",
    "BatchControl",
    "BatchProgress",
    "BatchReport",
    "Result",
    "Run",
    "Stop",
    "Trouble",
    "prepared",
    "run_batch",
    "to_the_end",
]

FIRST = 6
"""One, then five: so many must have been sent and seen to be right before several are on their way at once."""
LOST = 3
"""So many writes in a row without an answer are a provider that is away, and no accident of the network."""
_REPEATABLE = frozenset({Kind.ACTIVATE, Kind.DEACTIVATE})
"""Once a look shows that they did not happen, sending them again can do nothing twice."""
GOOD = frozenset({Outcome.APPLIED, Outcome.ALREADY})

Send = Callable[["Change", "Session", "Consent"], Awaitable[Receipt]]
"""`ops.apply.apply`, or what hands on to it."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one step."""

    step: Step
    outcome: Outcome
    receipt: Receipt | None = None
    error: ScimtuiError | None = None
    """Why it was not tried to its end."""
    earlier: str = ""
    """Journal id of the write that did it when the batch ran before."""
    trouble: Trouble | None = None

    @property
    def is_good(self) -> bool:
        """Whether all is as it was wanted, and nothing else moved."""
        return self.outcome in GOOD and self.trouble is None


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a batch did not go on, and at which step."""

    trouble: Trouble
    result: Result | None = None
    """None where the person stopped it."""


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is."""

    done: int
    of: int
    outcomes: Mapping[Outcome, int]
    phase: str
    """ "first", "five" or "rest"."""
    title: str
    """Of the change that was begun or ended last. Hostile text."""
    last: Result | None = None
    """The result that this is told for; None where a change was begun."""


@dataclass(frozen=True, slots=True)
class BatchReport:
    """The end of a batch."""

    batch: str
    results: tuple[Result, ...]
    """In the order of their numbers; without those that were not tried."""
    untried: tuple[Step, ...]
    stopped: Stop | None

    @property
    def rest(self) -> tuple[Step, ...]:
        """What is left to do, each with why: what was not tried and what did not end well, in the order of their numbers."""
        failed = [_left(result.step, result) for result in self.results if result.outcome not in GOOD]
        cause = self.stopped.result if self.stopped is not None else None
        untried = [_left(step, cause) for step in self.untried]
        return tuple(sorted((*failed, *untried), key=lambda step: step.number))


def _left(step: Step, cause: Result | None) -> Step:
    """Return a step with why it is still to be done. `cause` is what became of it, or what stopped the batch before it."""
    if cause is None:
        return step if step.left else replace(step, left=Left.STOPPED, why="stopped by hand before it")
    if cause.trouble is Trouble.NO_ANSWER and cause.error is not None:
        return replace(step, left=Left.WAITS, why=cause.error.message)
    if cause.step.number != step.number:
        is_lost = cause.trouble is Trouble.UNKNOWN
        why = f"not tried: {cause.step.change.key} came out as {cause.outcome}"
        return replace(step, left=Left.WAITS if is_lost else Left.STOPPED, why=why)
    is_open = cause.outcome in {Outcome.UNKNOWN, Outcome.PENDING}
    told = cause.error.message if cause.error else cause.receipt.detail if cause.receipt else ""
    return replace(step, left=Left.UNKNOWN if is_open else Left.DECIDE, why=told or cause.outcome.value)


Asks = Callable[[Stop, int], Awaitable[bool]]
"""Asks whether to go on all the same, with so many that are left."""


@dataclass
class Run:
    """A batch of one tenant: checked, and on its way."""

    session: Session
    consent: Consent
    control: BatchControl
    send: Send
    tell: Callable[[BatchProgress], None]
    earlier: dict[int, Write]
    of: int
    waiting: deque[Step]
    gate: BulkGate
    results: list[Result] = field(default_factory=list)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    proven: int = 0
    """So many were sent and seen to be done."""
    accepted: set[tuple[Trouble, Kind]] = field(default_factory=set)
    """Troubles, with what they were met at, that the person wants no stop for any more."""
    stopped: Stop | None = None
    busy: dict[tuple[str, str], Step] = field(default_factory=dict)
    """What is in flight, by type and id of its resource: the next one about the same waits, since order counts."""
    put_off: set[int] = field(default_factory=set)
    """Numbers of those whose answer never came: at the end they are looked up, and sent again if it did not happen."""
    lost: int = 0
    """So many answers did not come since the last one that did."""

    @property
    def phase(self) -> str:
        """Where it is: "first", "five" or "rest"."""
        return "first" if not self.proven else "five" if self.proven < FIRST else "rest"

    @property
    def width(self) -> int:
        """How many may be in flight."""
        return 1 if self.proven < FIRST else max(self.session.dialect.concurrency, 1)

    @property
    def may_begin(self) -> bool:
        """Whether another one may be sent, as far as nothing stopped it."""
        return bool(self.waiting) and self.stopped is None and not self.control.is_stopped


async def run_batch(
    steps: Sequence[Step],
    session: Session,
    consent: Consent,
    *,
    batch: str = "",
    control: BatchControl | None = None,
    send: Send = apply,
    tell: Callable[[BatchProgress], None] = lambda _: None,
    asks: Asks | None = None,
) -> BatchReport:
    """Carry out changes of one tenant and return what became of each. `send` takes one change on its road.

    `asks` is asked at something unexpected whether to go on all the same; the same thing is then no stop any more, as far
    as it is met at changes of the same kind.
    Cancelling it begins nothing new, waits for what is in flight, and returns; a second time it ends at once.

    Raises:
        GuardStopped: a rule stops one of them, so nothing was sent.
        UsageError: a change is for another tenant.
        CacheError: the journal cannot be read.
    """
    run = await prepared(steps, session, consent, batch=batch, control=control, send=send, tell=tell)
    return await to_the_end(run, asks)


async def prepared(
    steps: Sequence[Step],
    session: Session,
    consent: Consent,
    *,
    batch: str,
    control: BatchControl | None,
    send: Send,
    tell: Callable[[BatchProgress], None],
) -> Run:
    """Check changes of one tenant, and look up what was done of them before. Nothing is sent.

    Raises:
        GuardStopped, UsageError, CacheError: see `run_batch`.
    """
    changes = [step.change for step in steps]
    await asyncio.to_thread(guard.check, changes, session, consent)
    return Run(
        session,
        replace(consent, batch=batch),
        control or BatchControl(),
        send,
        tell,
        await asyncio.to_thread(writes_by_number, session.home, session.tenant.name, batch),
        len(steps),
        deque(steps),
        BulkGate(session),
    )


async def to_the_end(run: Run, asks: Asks | None) -> BatchReport:
    """Carry out what was prepared, as far as it goes."""
    await _drive(run, asks)
    results = tuple(sorted(run.results, key=lambda result: result.step.number))
    stopped = run.stopped or (Stop(Trouble.ASKED) if run.waiting else None)
    return BatchReport(run.consent.batch, results, tuple(run.waiting), stopped)


async def _drive(run: Run, asks: Asks | None) -> None:
    flight: set[asyncio.Task[Result | None]] = set()
    while flight or run.may_begin:
        try:
            if not flight:
                await run.control.may_go_on()
            _begin(run, flight)
            if flight:
                finished, flight = await asyncio.wait(flight, return_when=asyncio.FIRST_COMPLETED)
                for task in finished:
                    _take(run, task.result())
            if run.stopped and not flight and asks is not None and _may_ask(run, run.stopped):
                await _ask(run, run.stopped, asks)
        except asyncio.CancelledError:
            if run.control.is_stopped:
                raise  # the second time: the journal keeps what is open
            run.control.stop()
            if (task_now := asyncio.current_task()) is not None:
                task_now.uncancel()


def _begin(run: Run, flight: set[asyncio.Task[Result | None]]) -> None:
    """Begin as many as may be in flight. Those that share a request begin once all that was sent before is seen to be right."""
    is_idle = not flight
    while (step := _next_free(run)) is not None:
        together = run.gate.width(step.change) if run.proven >= FIRST else 0
        if (together and not is_idle) or len(flight) >= (together or run.width):
            return
        run.waiting.remove(step)
        run.busy[_resource(step)] = step
        _say(run, step)
        place = run.gate.place() if together else None
        flight.add(asyncio.create_task(_carried_out(run, step, place)))


def _next_free(run: Run) -> Step | None:
    """Return the first step that may begin now: nothing about its resource is in flight.

    Access ends first: nobody joins or leaves a group before all who are turned off before that were.
    """
    if not run.may_begin or run.control.is_paused:
        return None
    free = (step for step in run.waiting if _resource(step) not in run.busy)
    first = next(free, None)
    if first is None or first.change.kind not in guard.MEMBERSHIP:
        return first
    off = [one.number for one in (*run.waiting, *run.busy.values()) if one.change.kind is Kind.DEACTIVATE]
    until = min(off, default=first.number)
    return next((one for one in (first, *free) if one.number <= until or one.change.kind not in guard.MEMBERSHIP), None)


def _resource(step: Step) -> tuple[str, str]:
    return step.change.resource_type.name, step.change.id or f"new {step.number}"


async def _carried_out(run: Run, step: Step, place: Place | None) -> Result | None:
    try:
        with taking(place):
            return await _carry_out(run, step)
    finally:
        run.busy.pop(_resource(step), None)


def _may_ask(run: Run, stop: Stop) -> bool:
    return bool(run.waiting) and stop.trouble is not Trouble.NO_ANSWER and not run.control.is_stopped


async def _ask(run: Run, stop: Stop, asks: Asks) -> None:
    """Ask, and go on after a yes; after a no nothing more is begun in this tenant, and the others go on."""
    if await asks(stop, len(run.waiting)):
        if stop.result is not None:
            run.accepted.add((stop.trouble, stop.result.step.change.kind))
        run.stopped = None


def _take(run: Run, result: Result | None) -> None:
    """Keep a result, and stop where it is one that nobody expected."""
    if result is None:
        return
    run.results.append(result)
    run.proven += result.receipt is not None and result.outcome is Outcome.APPLIED and not result.earlier
    trouble, kind = result.trouble, result.step.change.kind
    if trouble is not None and (trouble, kind) not in run.accepted and run.stopped is None:
        run.stopped = Stop(trouble, result)
    run.outcomes[result.outcome] += 1
    _say(run, result.step, result)


def _say(run: Run, step: Step, last: Result | None = None) -> None:
    run.tell(BatchProgress(len(run.results), run.of, run.outcomes, run.phase, step.change.title, last))


async def _carry_out(run: Run, step: Step) -> Result | None:
    """Send one change, unless the journal shows that it was done before; None where it is put off to the end."""
    is_first = run.proven < FIRST
    consent = replace(run.consent, number=step.number, undoes=step.undoes)
    try:
        write = run.earlier.get(step.number)
        if write is not None and (before := await done_before(run.session, write, step.change)) is not None:
            return Result(step, before[0], before[1], earlier=write.id)
        receipt = await run.send(step.change, run.session, consent)
        await bulk_gate.hear(receipt)
        if await _is_put_off(run, step, receipt):
            return None
    except CacheError as error:  # the journal cannot be written, so nothing more may be sent
        return Result(step, Outcome.SKIPPED, error=error, trouble=Trouble.NO_ANSWER)
    except ScimtuiError as error:
        return Result(step, Outcome.SKIPPED, error=error, trouble=trouble_of_error(error, is_first=is_first))
    except OSError as error:
        broken = CacheError(f"{step.change.title}: {error.strerror or type(error).__name__}", "check the disk")
        return Result(step, Outcome.SKIPPED, error=broken, trouble=Trouble.NO_ANSWER)
    return Result(step, receipt.outcome, receipt, trouble=trouble_of(receipt, is_first=is_first))


async def _is_put_off(run: Run, step: Step, receipt: Receipt) -> bool:
    """Whether one whose answer never came waits until all others were tried, so that it does not stop them."""
    run.lost = run.lost + 1 if receipt.outcome is Outcome.UNKNOWN else 0
    is_accident = 0 < run.lost < LOST and run.proven >= FIRST and step.change.kind in _REPEATABLE
    if not is_accident or step.number in run.put_off or not run.consent.batch:
        return False
    run.earlier[step.number] = await asyncio.to_thread(find_write, run.session.home, receipt.journal)
    run.put_off.add(step.number)
    run.waiting.append(step)
    return True
