"""Live lists of the fake provider's people, and what was asked of it."""

from __future__ import annotations

from fakes.in_memory_provider import FakeProvider, Habits

from scimtui.ops.arrangements import SortKey
from scimtui.ops.live_table import Wish, next_page, start_list
from scimtui.present.columns import default_columns, projection
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")
BY_NAME, BY_NAME_DOWN = (SortKey("userName"),), (SortKey("userName", descending=True),)
MADE = projection(default_columns(USER), USER)


def people(count: int, **habits) -> FakeProvider:
    provider = FakeProvider(Habits(**habits))
    provider.add_users(count)
    return provider


def lists(provider: FakeProvider) -> list[dict[str, str]]:
    return [seen.query for seen in provider.seen if seen.path.partition("?")[0].endswith("/Users")]


def names(session) -> list[str]:
    return [raw["userName"] for raw in session.cache.resources("User").documents()]


async def loaded(session, wish=Wish(), pages=1, **values):  # noqa: B008 - a value that never changes
    live = start_list(session, USER, wish, **values)
    for _ in range(pages):
        live = await next_page(session, live)
    return live


async def to_the_end(session, live):
    while not live.is_over:
        live = await next_page(session, live)
    return live
