"""A batch at a provider that takes many writes in one request: fewer requests, and everything else as it was."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from fakes.bulk_provider import BulkProvider
from fakes.fake_rules import Refusal
from fakes.in_memory_provider import Habits
from fakes.sessions import session_with

from scimtui.ops.apply import apply
from scimtui.ops.batch import BatchControl, BatchReport, Trouble, prepared, run_batch, to_the_end
from scimtui.ops.discover import discover
from scimtui.ops.guard import Consent
from scimtui.ops.plan_file import Step, new_batch, numbered
from scimtui.ops.session import Session
from scimtui.scim.change import plan_active, plan_create, plan_edit
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")
ALONE = 6
"""So many are proven one by one before anything goes together."""


def people(count: int, habits: Habits | None = None, **values: Any) -> BulkProvider:
    provider = BulkProvider(habits or Habits(), **values)
    provider.add_users(count)
    return provider


def leavers(provider: BulkProvider, session: Session, of: Iterable[dict[str, Any]] | None = None) -> list[Step]:
    chosen = provider.users() if of is None else of
    return numbered(plan_active("acme", dict(raw), False, USER, session.provider, session.dialect) for raw in chosen)


async def run(session: Session, steps: list[Step], **values: Any) -> BatchReport:
    return await run_batch(steps, session, Consent(expected=len(steps)), batch=new_batch(), **values)


async def turned_off(provider: BulkProvider, home: Path, **config: Any) -> BatchReport:
    """Turn everybody off, and return what became of it."""
    async with session_with(provider, home, **config) as session:
        await discover(session)
        return await run(session, leavers(provider, session))


def outcomes(report: BatchReport) -> list[str]:
    return [result.outcome.value for result in report.results]


def sizes(provider: BulkProvider) -> list[int]:
    return [len(ids) for ids in provider.bulks]


def are_off(provider: BulkProvider) -> bool:
    return not any(raw["active"] for raw in provider.users())


@pytest.mark.rule("R47")
async def test_what_is_left_after_six_and_five_goes_in_one_request_and_each_is_still_read_before_and_after(tmp_path):
    provider = people(40)
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        provider.seen.clear()
        report = await run(session, leavers(provider, session))
        lines = [(one.kind, one.payload.get("via")) for one in session.journal.entries()]
    assert (outcomes(report), report.stopped, are_off(provider)) == (["applied"] * 40, None, True)
    assert (sizes(provider), len(provider.writes())) == ([5, 29], ALONE + 2)
    assert set(provider.written.values()) == {1}
    reads = [seen.path for seen in provider.seen if seen.is_read]
    assert [reads.count(f"{provider.base}/Users/{raw['id']}") for raw in provider.users()] == [2] * 40
    assert [lines.count((kind, "bulk")) for kind in ("intent", "outcome")] == [34, 34]
    first = next(number for number, seen in enumerate(provider.seen) if seen.path.endswith("/Bulk"))
    together = {f"{provider.base}/Users/{identity}" for identity in provider.bulks[0]}
    assert {seen.path for seen in provider.seen[first + 1 : first + 6]} == together


@pytest.mark.parametrize(
    ("provider", "config"),
    [
        (lambda: people(12), {"profile": {"bulk": False}}),
        (lambda: people(12, max_operations=1), {}),
        (lambda: people(12, Habits(announced={"bulk": {"supported": False}})), {}),
        (lambda: people(12, Habits(ids="awkward")), {}),
    ],
    ids=["the config", "one at once", "not announced", "ids that need quotes"],
)
async def test_nothing_goes_together_where_that_is_not_wanted_not_said_or_not_safe(tmp_path, provider, config):
    acme = provider()
    report = await turned_off(acme, tmp_path, **config)
    assert (outcomes(report), acme.bulks, are_off(acme)) == (["applied"] * 12, [], True)


@pytest.mark.parametrize(
    ("limits", "expected"), [({"max_operations": 3}, [3, 3, 3, 3]), ({"max_payload": 800}, [2, 2, 2, 2, 2])]
)
async def test_no_request_is_larger_than_the_provider_takes(tmp_path, limits, expected):
    provider = people(18, **limits)
    assert outcomes(await turned_off(provider, tmp_path)) == ["applied"] * 18
    assert sizes(provider) == expected
    bodies = [seen for seen in provider.writes() if seen.path.endswith("/Bulk")]
    assert all(int(seen.headers["content-length"]) <= provider.max_payload for seen in bodies)
    assert set(provider.written.values()) == {1}


async def test_passwords_and_creations_go_alone_among_others_that_go_together(tmp_path):
    provider = people(20)
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        secret = provider.users()[12]
        about = (USER, session.provider, session.dialect)
        changes = [step.change for step in leavers(provider, session)]
        changes[12] = plan_edit("acme", dict(secret), {**secret, "password": "s3cret-of-hers"}, *about)
        changes.insert(15, plan_create("acme", {"userName": "new"}, *about))
        report = await run(session, numbered(changes))
    assert set(outcomes(report)) == {"applied"}
    assert secret["id"] not in {identity for ids in provider.bulks for identity in ids}
    assert "s3cret-of-hers" not in "".join(str(seen.body) for seen in provider.writes() if "/Bulk" in seen.path)
    assert provider.user("new")
    assert sizes(provider)[0] == 5


async def test_what_is_too_large_or_looks_like_a_reference_goes_alone_among_others_that_go_together(tmp_path):
    provider = people(12, max_payload=1200)
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        titles = {7: "x" * 1200, 8: "bulkId:7"}
        about = (USER, session.provider, session.dialect)
        wanted = [{**raw, "title": titles.get(place, "Boss")} for place, raw in enumerate(provider.users())]
        changes = [
            plan_edit("acme", dict(raw), want, *about) for raw, want in zip(provider.users(), wanted, strict=True)
        ]
        report = await run(session, numbered(changes))
    assert (outcomes(report), report.stopped) == (["applied"] * 12, None)
    together = {identity for ids in provider.bulks for identity in ids}
    assert [raw["title"] for raw in provider.users()[7:9]] == [titles[7], titles[8]]
    assert not together & {raw["id"] for raw in provider.users()[7:9]}
    assert len(together) > 1


async def test_changes_of_one_resource_go_one_after_the_other(tmp_path):
    provider = people(12)
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        about = (USER, session.provider, session.dialect)
        edits = [plan_edit("acme", dict(raw), {**raw, "title": "Boss"}, *about) for raw in provider.users()]
        changes = [
            one for pair in zip(edits, [s.change for s in leavers(provider, session)], strict=True) for one in pair
        ]
        report = await run(session, numbered(changes))
    assert outcomes(report) == ["applied"] * 24
    assert provider.bulks
    assert all(len(set(ids)) == len(ids) for ids in provider.bulks)
    assert set(provider.written.values()) == {2}


# ---------------------------------------------------------------- each gets its own answer


async def test_one_that_is_refused_is_told_as_alone_and_holds_up_nobody_else(tmp_path):
    provider = people(30)
    alone, together = provider.users()[6]["id"], provider.users()[20]["id"]
    gone, busy = provider.users()[21]["id"], provider.users()[22]["id"]
    answers = {
        together: Refusal(400, "mutability", "not hers"),
        busy: Refusal(429, None, "slow down", {"retry-after": "0"}),
    }

    def refuse(identity: str) -> Refusal | None:
        return answers.pop(busy, None) if identity == busy else answers.get(identity)

    provider.refuses = refuse
    provider.before_bulk = lambda: len(provider.bulks) == 2 and provider.resources["Users"].pop(gone)
    report = await turned_off(provider, tmp_path)
    by_id = {result.step.change.id: result for result in report.results}
    refused = by_id[together].receipt
    assert (refused.outcome, refused.status, refused.scim_type, refused.detail) == (
        "refused",
        400,
        "mutability",
        "not hers",
    )
    assert (by_id[gone].receipt.outcome, by_id[gone].receipt.status) == ("refused", 404)
    assert by_id[busy].receipt.outcome == by_id[alone].receipt.outcome == "applied"
    assert outcomes(report).count("applied") == 28
    assert (report.stopped, sizes(provider)) == (None, [5, 19])


@pytest.mark.rule("M11")
@pytest.mark.parametrize(
    ("habit", "word"),
    [("stops", "applied"), ("is silent", "applied"), ("says nothing", "unknown"), ("is odd", "unknown")],
)
async def test_what_an_answer_does_not_speak_of_is_looked_up_and_never_sent_again_unseen(tmp_path, habit, word):
    provider = people(14, bulk_habit=habit)
    report = await turned_off(provider, tmp_path)
    assert len(provider.bulks) == 1
    last = next(result for result in report.results if result.step.change.id == provider.bulks[0][-1])
    assert last.outcome.value == word
    assert set(provider.written.values()) == {1}
    sent = [seen.is_read for seen in provider.seen if seen.path.endswith(last.step.change.id)]
    assert sent in ([True, True], [True, True, True, True, False, True])  # looked up and read anew before it goes alone


async def test_whoever_is_refused_under_another_ones_name_is_found_by_looking(tmp_path):
    provider = people(11, bulk_habit="names nobody")
    refused = provider.users()[6]["id"]
    provider.refuses = lambda identity: Refusal(400, None, "no") if identity == refused else None
    report = await turned_off(provider, tmp_path)
    assert {r.step.change.id for r in report.results if r.outcome.value != "applied"} == {refused}


async def test_a_bulk_that_says_yes_and_does_nothing_is_found_out_by_the_first_five_and_not_used_again(tmp_path):
    provider = people(30, bulk_habit="ignores")
    asked = []

    async def yes(stop, left):
        asked.append((stop.trouble, left))
        return True

    async with session_with(provider, tmp_path) as session:
        await discover(session)
        steps = leavers(provider, session)
        report = await run(session, steps, asks=yes)
        assert (asked, sizes(provider)) == ([(Trouble.IGNORED, 19)], [5])
        assert outcomes(report) == ["applied"] * 6 + ["ignored"] * 5 + ["applied"] * 19
        assert session.lessons["bulk"].value is False
        again = await run(session, list(report.rest))
    assert (outcomes(again), sizes(provider), are_off(provider)) == (["applied"] * 5, [5], True)


async def test_somebody_who_was_faster_is_noticed_in_a_bulk_too(tmp_path):
    provider = people(12, Habits(etag=True))
    other = provider.users()[8]

    def faster() -> None:
        raw = provider.resources["Users"][other["id"]]
        provider._store("Users", other["id"], {**raw, "title": "Chief"})

    provider.before_bulk = faster
    report = await turned_off(provider, tmp_path)
    (skipped,) = [result for result in report.results if result.outcome.value == "skipped"]
    assert (skipped.step.change.id, type(skipped.error).__name__) == (other["id"], "VersionConflict")
    assert provider.resources["Users"][other["id"]]["active"] is True
    assert outcomes(report).count("applied") == 11


async def test_who_stops_the_batch_still_gets_an_end_for_all_that_share_the_request(tmp_path):
    provider = people(30)
    control = BatchControl()
    provider.before_bulk = control.stop
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        report = await run(session, leavers(provider, session), control=control)
        open_ones = session.journal.open_intents()
    assert (outcomes(report), len(report.untried), report.stopped.trouble) == (["applied"] * 11, 19, Trouble.ASKED)
    assert (sizes(provider), open_ones) == ([5], [])


# ---------------------------------------------------------------- the request as a whole


@pytest.mark.rule("R13")
@pytest.mark.parametrize("status", [400, 403, 404, 501, 500])
async def test_a_provider_that_refuses_the_request_gets_them_one_by_one_and_no_other_bulk(tmp_path, status):
    provider = people(14, whole=status)
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        report = await run(session, leavers(provider, session))
        assert ("bulk" in session.lessons, session.dialect.bulk) == ((False, None) if status == 500 else (True, False))
    assert (outcomes(report), sizes(provider), are_off(provider)) == (["applied"] * 14, [5], True)
    assert set(provider.written.values()) == {1}


@pytest.mark.parametrize("status", [400, 500, 504])
async def test_what_was_done_before_the_whole_was_refused_is_not_done_twice(tmp_path, status):
    provider = people(14, whole=status, does_first=True)
    report = await turned_off(provider, tmp_path)
    assert set(provider.written.values()) == {1}
    first = next(result for result in report.results if result.step.change.id == provider.bulks[0][0])
    assert first.outcome.value == "applied"
    assert len(provider.bulks) == 1


async def test_a_token_that_ends_says_nothing_of_bulk_requests(tmp_path):
    provider = people(14, whole=401)
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        report = await run(session, leavers(provider, session))
        open_ones = session.journal.open_intents()
        assert session.dialect.bulk is None
    assert (report.stopped.trouble, len(report.rest), open_ones) == (Trouble.NO_ANSWER, 8, [])


async def test_too_large_a_request_is_halved(tmp_path):
    provider = people(40, too_many=8)
    assert outcomes(await turned_off(provider, tmp_path)) == ["applied"] * 40
    assert sizes(provider) == [5, 29, 14, 7, 7, 7, 7]
    assert set(provider.written.values()) == {1}


@pytest.mark.parametrize(("habit", "word"), [("", "applied"), ("ignores", "unknown")])
async def test_a_connection_that_breaks_leaves_all_of_them_to_be_looked_up(tmp_path, habit, word):
    provider = people(11, bulk_habit=habit)
    provider.before_bulk = lambda: setattr(provider.habits, "breaks_on", frozenset({"POST"}))
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        changes = [step.change for step in leavers(provider, session)]
        report = await run_batch(numbered(changes), session, Consent(expected=11))
    assert outcomes(report) == ["applied"] * 6 + [word] * 5
    assert len(provider.bulks) == 1
    assert len(provider.writes()) == ALONE + 1


async def test_nobody_waits_long_for_one_whose_read_does_not_end(tmp_path):
    provider = people(11)
    came = threading.Event()
    provider.before_bulk = came.set
    slow = provider.users()[8]["id"]
    answer = provider.answer
    waited: list[bool] = []

    def held(method: str, target: str, headers: Any, body: bytes) -> Any:
        if method == "GET" and target.endswith(slow) and not waited:
            waited.append(came.wait(30))
        return answer(method, target, headers, body)

    provider.answer = held  # type: ignore[method-assign]
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        steps = leavers(provider, session)
        told = await prepared(
            steps, session, Consent(expected=11), batch="", control=None, send=apply, tell=lambda _: None
        )
        told.gate.longest_wait = 0.05
        report = await to_the_end(told, None)
    assert (waited, outcomes(report)) == ([True], ["applied"] * 11)
    assert set(provider.written.values()) == {1}
