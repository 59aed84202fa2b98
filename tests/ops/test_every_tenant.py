"""One batch in several tenants: at the same time, each for itself, and stopped together."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from fakes.in_memory_provider import FakeProvider
from fakes.sessions import good_token, tenant_at

from scimtui.errors import GuardStopped
from scimtui.ops.batch import BatchControl, BatchReport, Stop, Trouble
from scimtui.ops.every_tenant import TenantSteps, run_tenants
from scimtui.ops.guard import Consent
from scimtui.ops.plan_file import Left, Step
from scimtui.ops.receipts import Outcome
from scimtui.ops.session import Session, close_session, open_session
from scimtui.scim.change import plan_active
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")
Providers = dict[str, FakeProvider]


def providers(*names: str, people: int = 3) -> Providers:
    found = {name: FakeProvider() for name in names}
    for provider in found.values():
        provider.add_users(people)
    return found


@asynccontextmanager
async def opened(served: Providers, home: Path, **values: object) -> AsyncIterator[list[TenantSteps]]:
    """Serve each provider as a tenant, and give what turns everybody off everywhere, numbered through."""
    async with AsyncExitStack() as stack:
        parts: list[TenantSteps] = []
        for name, provider in served.items():
            base_url = stack.enter_context(provider.serve())
            session = open_session(tenant_at(base_url, name, **values), home, ask=good_token)
            stack.push_async_callback(close_session, session)
            start = 1 + sum(len(part.steps) for part in parts)
            parts.append(TenantSteps(session, leavers(session, provider, start), Consent(expected=len(served))))
        yield parts


def leavers(session: Session, provider: FakeProvider, start: int) -> list[Step]:
    about = (USER, session.provider, session.dialect)
    changes = [plan_active(session.tenant.name, dict(raw), False, *about) for raw in provider.users()]
    return [Step(number, change) for number, change in enumerate(changes, start)]


def outcomes(report: BatchReport) -> list[str]:
    return [result.outcome.value for result in report.results]


async def test_the_tenants_are_written_to_at_the_same_time(tmp_path):
    served = providers("acme", "stage")
    both = threading.Barrier(2, timeout=30)
    for provider in served.values():
        provider.before_write = both.wait  # breaks unless each write of the one meets one of the other
    told = []
    async with opened(served, tmp_path) as parts:
        reports = await run_tenants(parts, tell=lambda name, progress: told.append((name, progress.done)))
    assert [outcomes(report) for report in reports] == [["applied"] * 3] * 2
    assert {("acme", 3), ("stage", 3)} <= set(told)


async def test_where_one_stops_the_others_go_on(tmp_path):
    served = providers("acme", "stage", "lab")
    served["acme"].habits.patch_ignored = True
    served["stage"].habits.html_everywhere = True
    async with opened(served, tmp_path) as parts:
        reports = await run_tenants(parts)
    assert [outcomes(report) for report in reports] == [["ignored"], ["skipped"], ["applied"] * 3]
    assert [[step.left for step in report.rest] for report in reports] == [
        [Left.DECIDE, Left.STOPPED, Left.STOPPED],
        [Left.WAITS] * 3,
        [],
    ]
    assert {step.why for step in reports[1].rest} == {reports[1].stopped.result.error.message}


async def test_a_rule_of_one_tenant_is_looked_at_before_anything_is_sent_to_another(tmp_path):
    served = providers("acme", "stage")
    async with opened(served, tmp_path, limits={"count": 2}) as parts:
        agreed = TenantSteps(parts[0].session, parts[0].steps, Consent(expected=3))
        with pytest.raises(GuardStopped, match="stage"):
            await run_tenants([agreed, TenantSteps(parts[1].session, parts[1].steps, Consent())])
    assert [provider.writes() for provider in served.values()] == [[], []]


async def test_questions_come_one_at_a_time_and_the_others_go_on_meanwhile(tmp_path):
    served = providers("acme", "stage", "lab")
    served["acme"].habits.patch_ignored = served["stage"].habits.patch_ignored = True
    lab_done, open_questions, asked = asyncio.Event(), 0, []

    async def asks(stop: Stop, left: int) -> bool:
        nonlocal open_questions
        open_questions += 1
        asked.append((stop.result.step.change.tenant, left, open_questions))
        await lab_done.wait()
        open_questions -= 1
        return stop.result.step.change.tenant == "acme"

    async with opened(served, tmp_path) as parts:

        def tell(name, progress):
            if name == "lab" and progress.done == 3:
                lab_done.set()

        reports = await run_tenants(parts, asks=asks, tell=tell)
    assert sorted(asked) == [("acme", 2, 1), ("stage", 2, 1)]
    assert [outcomes(report) for report in reports] == [["ignored"] * 3, ["ignored"], ["applied"] * 3]


async def test_a_stop_ends_all_of_them_after_what_is_in_flight_and_answers_an_open_question(tmp_path):
    served = providers("acme", "stage")
    served["acme"].habits.patch_ignored = True
    control, asked = BatchControl(), asyncio.Event()

    async def never(stop: Stop, left: int) -> bool:
        asked.set()
        return await asyncio.Future()

    arrived, release = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        release.wait(30)

    served["stage"].before_write = hold
    async with opened(served, tmp_path) as parts:
        task = asyncio.create_task(run_tenants(parts, control=control, asks=never))
        await asked.wait()
        await asyncio.to_thread(arrived.wait, 30)
        task.cancel()
        await control.until_stopped()
        release.set()
        reports = await task
        open_ones = [part.session.journal.open_intents() for part in parts]
    assert [outcomes(report) for report in reports] == [["ignored"], ["applied"]]
    assert [len(report.untried) for report in reports] == [2, 2]
    assert reports[1].stopped.trouble is Trouble.ASKED
    assert open_ones == [[], []]


async def test_a_held_batch_begins_nothing_anywhere_until_it_goes_on(tmp_path):
    served = providers("acme", "stage")
    control, ended = BatchControl(), asyncio.Event()
    done: dict[str, int] = {}

    def tell(name, progress):
        done[name] = progress.done
        if progress.last is not None:
            control.pause()
        if done == {"acme": 1, "stage": 1}:
            ended.set()

    async with opened(served, tmp_path) as parts:
        task = asyncio.create_task(run_tenants(parts, control=control, tell=tell))
        await asyncio.wait_for(ended.wait(), 30)
        while_held = [len(provider.writes()) for provider in served.values()]
        control.stop()
        reports = await task
    assert while_held == [1, 1]
    assert [report.results[0].outcome for report in reports] == [Outcome.APPLIED] * 2
