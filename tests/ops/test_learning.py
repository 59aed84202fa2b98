"""What a write shows of a provider is known from then on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with, sync_all

from scimtui.errors import UsageError
from scimtui.ops.apply import Outcome, Receipt, apply
from scimtui.ops.browse import fetch
from scimtui.ops.guard import Consent
from scimtui.ops.session import Session
from scimtui.scim.change import plan_edit


async def retitled(session: Session, provider: FakeProvider, title: str) -> Receipt:
    kind = session.provider.resource_type("User")
    assert kind is not None
    before = (await fetch(session, kind, provider.users()[0]["id"])).raw
    change = plan_edit("acme", before, {**before, "title": title}, kind, session.provider, session.dialect)
    return await apply(change, session, Consent())


@pytest.mark.rule("R13")
async def test_a_provider_without_patch_is_sent_a_put_the_next_time(tmp_path: Path) -> None:
    provider = FakeProvider(Habits(patch_supported=False, discovery=frozenset()))
    provider.add_users(1)
    async with session_with(provider, tmp_path) as session:
        assert (await retitled(session, provider, "a")).outcome is Outcome.REFUSED
        assert session.dialect.can_patch is False
        assert session.lessons["can_patch"].evidence == "PATCH was answered with HTTP 501"
        assert (await retitled(session, provider, "b")).outcome is Outcome.APPLIED
    assert [seen.method for seen in provider.writes()] == ["PATCH", "PUT"]


async def test_a_refusal_for_another_reason_teaches_nothing(tmp_path: Path) -> None:
    provider = FakeProvider(Habits(patch_refused="invalidPath"))
    provider.add_users(1)
    async with session_with(provider, tmp_path) as session:
        assert (await retitled(session, provider, "a")).outcome is Outcome.REFUSED
        assert session.lessons == {}


async def test_a_provider_that_takes_neither_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    provider = FakeProvider()
    provider.add_users(1)
    async with session_with(provider, tmp_path, profile={"can_patch": False, "can_put": False}) as session:
        with pytest.raises(UsageError, match="neither PATCH nor PUT"):
            await retitled(session, provider, "a")
    assert provider.writes() == []


async def test_a_date_that_stays_when_somebody_changes_is_not_trusted_any_more(tmp_path: Path) -> None:
    moments = iter(datetime(2026, 1, 1, 0, minute % 60, tzinfo=UTC) for minute in range(20))
    provider = FakeProvider(Habits(dates=True), now=lambda: next(moments))
    provider.add_users(20)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        assert session.dialect.filters_by_date
        stays = datetime.fromisoformat(provider.users()[0]["meta"]["lastModified"])
        provider.now = lambda: stays
        assert (await retitled(session, provider, "a")).outcome is Outcome.APPLIED
        assert session.dialect.filters_by_date is False
