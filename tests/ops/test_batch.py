"""Many changes: one, then five, then the rest, and a stop at whatever nobody expected."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from fakes.fake_rules import Refusal
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with

from scimtui.errors import GuardStopped
from scimtui.ops.apply import apply
from scimtui.ops.batch import BatchControl, BatchProgress, BatchReport, Stop, Trouble, run_batch
from scimtui.ops.guard import Consent
from scimtui.ops.kept_plans import ON_ITS_WAY, keep, keeper_of
from scimtui.ops.plan_file import Step, new_batch, numbered
from scimtui.ops.receipts import Outcome, Receipt
from scimtui.ops.session import Session
from scimtui.ops.undo import batch_writes, plan_undo
from scimtui.ops.waiting import waiting
from scimtui.scim.change import Change, plan_active, plan_create, plan_edit, plan_members
from scimtui.scim.schema import core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")


def people(count: int, **habits: object) -> FakeProvider:
    provider = FakeProvider(Habits(**habits))
    provider.add_users(count)
    return provider


def leavers(provider: FakeProvider, session: Session) -> list[Step]:
    return numbered(
        plan_active("acme", dict(raw), False, USER, session.provider, session.dialect) for raw in provider.users()
    )


def promoted(provider: FakeProvider, session: Session) -> list[Step]:
    return numbered(
        plan_edit("acme", dict(raw), {**raw, "title": "Boss"}, USER, session.provider, session.dialect)
        for raw in provider.users()
    )


async def all_of(session: Session, steps: Sequence[Step], **values: object) -> BatchReport:
    return await run_batch(steps, session, Consent(expected=len(steps)), **values)  # type: ignore[arg-type]


def outcomes(report: BatchReport) -> list[str]:
    return [result.outcome.value for result in report.results]


async def test_all_are_done_and_the_journal_names_batch_and_number(tmp_path):
    provider = people(9)
    async with session_with(provider, tmp_path) as session:
        batch = new_batch()
        report = await all_of(session, leavers(provider, session), batch=batch)
        intents = [entry.payload for entry in session.journal.entries() if entry.kind == "intent"]
    assert (outcomes(report), report.rest, report.stopped) == (["applied"] * 9, (), None)
    assert sorted((one["batch"], one["number"]) for one in intents) == [(batch, number) for number in range(1, 10)]
    assert all(raw["active"] is False for raw in provider.users())


async def test_six_go_one_by_one_and_only_then_several_at_once(tmp_path):
    provider = people(12)
    at_once, most, lock = 0, [], threading.Lock()

    def arrived() -> None:
        nonlocal at_once
        with lock:
            at_once += 1
            most.append(at_once)
        threading.Event().wait(0.05)
        with lock:
            at_once -= 1

    provider.before_write = arrived
    async with session_with(provider, tmp_path, concurrency=3) as session:
        await all_of(session, leavers(provider, session))
    assert most[:6] == [1] * 6
    assert max(most[6:]) > 1


@pytest.mark.parametrize(
    ("habits", "trouble"),
    [
        ({"patch_ignored": True}, Trouble.IGNORED),
        ({"patch_pending": True}, Trouble.PENDING),
        ({"patch_refused": "invalidPath"}, Trouble.REFUSED),
    ],
)
async def test_nothing_more_is_sent_after_a_first_one_that_came_out_otherwise(tmp_path, habits, trouble):
    provider = people(8, **habits)
    async with session_with(provider, tmp_path) as session:
        report = await all_of(session, leavers(provider, session))
    assert report.stopped.trouble is trouble
    assert (len(report.results), len(report.untried), len(report.rest)) == (1, 7, 8)
    assert len(provider.writes()) == 1


async def test_an_account_that_an_edit_turned_off_stops_the_batch(tmp_path):
    provider = people(5)

    def turn_off() -> None:
        if len(provider.writes()) == 2:
            provider.user("user00002")["active"] = False

    provider.before_write = turn_off
    async with session_with(provider, tmp_path) as session:
        report = await all_of(session, promoted(provider, session))
    assert report.stopped.trouble is Trouble.ACTIVE_MOVED
    assert report.stopped.result.step.change.key == "user00002"
    assert [raw.get("title") for raw in provider.users()] == ["Boss", "Boss", None, None, None]


async def test_groups_that_are_lost_by_an_edit_stop_the_batch_until_the_person_accepts_it(tmp_path):
    provider = people(4)
    for raw in provider.users():
        raw["groups"] = [{"value": "g1"}, {"value": "g2"}]

    def forget_groups() -> None:
        provider.users()[len(provider.writes()) - 1]["groups"] = []

    provider.before_write = forget_groups
    asked = []

    async def yes(stop, left):
        asked.append((stop.trouble, left))
        return True

    async with session_with(provider, tmp_path) as session:
        report = await all_of(session, promoted(provider, session), asks=yes)
    assert asked == [(Trouble.GROUPS_MOVED, 3)]
    assert outcomes(report) == ["applied"] * 4
    assert not any(result.is_good for result in report.results)


async def test_who_is_gone_or_was_changed_is_skipped_and_stops_nobody_else(tmp_path):
    provider = people(4)
    async with session_with(provider, tmp_path) as session:
        steps = promoted(provider, session)
        del provider.resources["Users"][provider.user("user00001")["id"]]
        provider.user("user00002")["title"] = "Queen"
        report = await all_of(session, steps)
    assert outcomes(report) == ["skipped", "skipped", "applied", "applied"]
    assert [step.change.key for step in report.rest] == ["user00001", "user00002"]
    assert provider.user("user00002")["title"] == "Queen"


async def test_a_refusal_among_the_rest_stops_nobody_else(tmp_path):
    provider = people(9)

    def refuse_one() -> None:
        provider.habits.patch_refused = "invalidValue" if len(provider.writes()) == 8 else None

    provider.before_write = refuse_one
    async with session_with(provider, tmp_path, concurrency=1) as session:
        report = await all_of(session, leavers(provider, session))
    assert outcomes(report) == ["applied"] * 7 + ["refused"] + ["applied"]


async def test_a_provider_that_stops_answering_ends_it_and_nothing_is_lost(tmp_path):
    provider = people(5)

    def shut() -> None:
        if len(provider.writes()) == 2:
            provider.habits.html_everywhere = True

    provider.before_write = shut
    async with session_with(provider, tmp_path) as session:
        steps = leavers(provider, session)
        report = await all_of(session, steps)
        provider.habits.html_everywhere = False
        provider.before_write = None
        again = await all_of(session, report.rest)
    assert len(report.untried) == 3
    assert all(outcome in {"applied", "already"} for outcome in outcomes(again))
    assert all(raw["active"] is False for raw in provider.users())


async def test_stopping_carries_what_is_in_flight_to_its_end(tmp_path):
    provider = people(5)
    control = BatchControl()
    provider.before_write = control.stop
    async with session_with(provider, tmp_path) as session:
        report = await all_of(session, leavers(provider, session), control=control)
        open_ones = session.journal.open_intents()
    assert (outcomes(report), len(report.untried), report.stopped.trouble) == (["applied"], 4, Trouble.ASKED)
    assert open_ones == []


async def test_a_task_that_is_cancelled_does_the_same(tmp_path):
    provider = people(5)
    async with session_with(provider, tmp_path) as session:
        began = asyncio.Event()
        loop = asyncio.get_running_loop()
        provider.before_write = lambda: loop.call_soon_threadsafe(began.set)
        task = asyncio.create_task(all_of(session, leavers(provider, session)))
        await began.wait()
        task.cancel()
        report = await task
        open_ones = session.journal.open_intents()
    assert report.untried
    assert report.stopped.trouble is Trouble.ASKED
    assert set(outcomes(report)) == {"applied"}
    assert open_ones == []


async def test_a_held_batch_begins_nothing_until_it_goes_on(tmp_path):
    provider = people(4)
    control = BatchControl()
    told: list[BatchProgress] = []
    held = asyncio.Event()

    def hold(progress: BatchProgress) -> None:
        told.append(progress)
        if progress.last is not None and progress.done == 1:
            control.pause()
            held.set()

    async with session_with(provider, tmp_path) as session:
        task = asyncio.create_task(all_of(session, leavers(provider, session), control=control, tell=hold))
        await held.wait()
        await asyncio.sleep(0.1)
        written = len(provider.writes())
        control.resume()
        report = await task
    assert written == 1
    assert outcomes(report) == ["applied"] * 4
    assert (told[-1].done, told[-1].of, dict(told[-1].outcomes)) == (4, 4, {Outcome.APPLIED: 4})


async def test_the_limit_is_looked_at_for_all_of_them_together(tmp_path):
    provider = people(4)
    async with session_with(provider, tmp_path, limits={"count": 3}) as session:
        with pytest.raises(GuardStopped):
            await run_batch(leavers(provider, session), session, Consent())
    assert provider.writes() == []


# ---------------------------------------------------------------- again


async def test_running_the_same_batch_again_sends_nothing_twice_even_where_others_took_it_back(tmp_path):
    provider = people(3)
    async with session_with(provider, tmp_path) as session:
        steps, batch = leavers(provider, session), new_batch()
        await all_of(session, steps, batch=batch)
        provider.user("user00001")["active"] = True
        report = await all_of(session, steps, batch=batch)
    assert [(one.outcome, bool(one.earlier)) for one in report.results] == [(Outcome.APPLIED, True)] * 3
    assert len(provider.writes()) == 3
    assert provider.user("user00001")["active"] is True


async def test_what_undo_took_back_is_done_again_by_the_plan_and_waits_for_no_retry(tmp_path):
    provider = people(3)
    async with session_with(provider, tmp_path) as session:
        steps, batch = leavers(provider, session), new_batch()
        await all_of(session, steps[:2], batch=batch)
        undoing = await plan_undo(session, batch_writes(tmp_path, ["acme"], batch)[:1])
        await all_of(session, undoing.steps, batch=new_batch())
        assert [raw["active"] for raw in provider.users()] == [False, True, True]
        keep(keeper_of(tmp_path, batch), steps, ON_ITS_WAY)
        assert [change.number for one in waiting(tmp_path) for change in one.changes] == [1, 3]
        report = await all_of(session, steps, batch=batch)
        assert [bool(result.earlier) for result in report.results] == [True, False, False]
    assert [raw["active"] for raw in provider.users()] == [False, False, False]


@pytest.mark.parametrize("did_happen", [True, False])
async def test_a_creation_that_nobody_knows_the_end_of_is_looked_up_before_anything_is_sent(
    tmp_path: Path,
    did_happen: bool,  # noqa: FBT001
):
    provider = FakeProvider()
    async with session_with(provider, tmp_path) as session:
        change = plan_create("acme", {"userName": "ann"}, USER, session.provider, session.dialect)
        batch = new_batch()
        if did_happen:
            provider.add_user("ann")["meta"]["created"] = provider.now().isoformat()
        told = {"change": "create", "type": "User", "id": "", "key": "ann", "title": "Create", "batch": batch}
        session.journal.intend({**told, "number": 1, "requests": [], "edits": [], "before": None})
        report = await all_of(session, numbered([change]), batch=batch)
    assert outcomes(report) == ["applied"]
    assert [raw["userName"] for raw in provider.users()] == ["ann"]
    assert len(provider.writes()) == (0 if did_happen else 1)


async def test_a_number_that_now_stands_for_somebody_else_is_not_taken_for_done(tmp_path):
    provider = people(2)
    async with session_with(provider, tmp_path) as session:
        first, second = leavers(provider, session)
        batch = new_batch()
        await all_of(session, [first], batch=batch)
        report = await all_of(session, [Step(1, second.change)], batch=batch)
    assert (outcomes(report), report.results[0].earlier) == (["applied"], "")
    assert len(provider.writes()) == 2


@pytest.mark.parametrize("did_happen", [True, False])
async def test_one_answer_that_is_lost_among_the_rest_is_looked_up_at_the_end_and_stops_nobody(
    tmp_path: Path,
    did_happen: bool,  # noqa: FBT001
):
    provider = people(10)
    is_lost = iter([False] * 7 + [True] + [False] * 9)

    def next_write() -> None:
        breaks = next(is_lost)
        provider.habits = replace(provider.habits, breaks_on=frozenset({"PATCH"} if breaks else ()))
        if breaks and not did_happen:
            raise Refusal(500, None, "nothing was done, and nobody hears of it")

    provider.before_write = next_write
    async with session_with(provider, tmp_path) as session:
        report = await all_of(session, leavers(provider, session), batch=new_batch())
    assert (outcomes(report), report.stopped) == (["applied"] * 10, None)
    assert all(raw["active"] is False for raw in provider.users())
    assert len(provider.writes()) == (10 if did_happen else 11)


async def test_changes_of_one_resource_keep_their_order_while_others_overtake(tmp_path):
    provider = people(12)
    async with session_with(provider, tmp_path, concurrency=4) as session:
        first = provider.users()[0]
        titles = [{**first, "title": f"T{number}"} for number in range(5)]
        steps = numbered(
            [
                *(step.change for step in leavers(provider, session)[1:]),
                *(
                    plan_edit("acme", before, after, USER, session.provider, session.dialect)
                    for before, after in pairwise([dict(first), *titles])
                ),
            ]
        )
        report = await all_of(session, steps)
    assert set(outcomes(report)) == {"applied"}
    assert provider.users()[0]["title"] == "T4"


async def test_nobody_leaves_a_group_while_somebody_before_it_is_still_to_be_turned_off(tmp_path):
    provider = people(12)
    ids = [raw["id"] for raw in provider.users()]
    group = provider.add_group("Staff", ids)
    active_then: list[int] = []
    others_are_off = asyncio.Event()
    async with session_with(provider, tmp_path, concurrency=4) as session:
        steps = leavers(provider, session)
        leaving = plan_members("acme", group, [], ids, GROUP, session.provider, session.dialect)

        async def send(change: Change, session: Session, consent: Consent) -> Receipt:
            if change.resource_type.name == "Group":
                active_then.append(sum(raw["active"] for raw in provider.users()))
            elif change.id == ids[-1]:
                await others_are_off.wait()
                for _ in range(50):  # long enough to begin what may begin now
                    await asyncio.sleep(0)
            receipt = await apply(change, session, consent)
            if sum(raw["active"] for raw in provider.users()) == 1:
                others_are_off.set()
            return receipt

        report = await run_batch(
            numbered([*(step.change for step in steps), leaving]), session, Consent(expected=24), send=send
        )
    assert (active_then, set(outcomes(report))) == ([0], {"applied"})


async def test_what_was_accepted_at_a_group_is_a_stop_again_at_an_account(tmp_path):
    provider = people(4)
    ids = [raw["id"] for raw in provider.users()]
    groups = [provider.add_group(name, ids) for name in ("A", "B")]
    asked: list[str] = []

    def refuse() -> None:
        raise Refusal(403, None, "not you")

    async def go_on_at_groups(stop: Stop, _left: int) -> bool:
        assert stop.result is not None
        asked.append(stop.result.step.change.title)
        return stop.result.step.change.resource_type.name == "Group"

    provider.before_write = refuse
    async with session_with(provider, tmp_path) as session:
        where = (GROUP, session.provider, session.dialect)
        leaving = [plan_members("acme", group, [], ids[:1], *where) for group in groups]
        steps = numbered([*leaving, *(step.change for step in leavers(provider, session))])
        report = await all_of(session, steps, asks=go_on_at_groups)
    assert (len(asked), asked[1]) == (2, "Deactivate user00001")
    assert (outcomes(report), len(report.untried)) == (["refused"] * 3, 3)
