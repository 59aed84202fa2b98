"""How the fake provider answers a list: whom it shows there, on which page, and with which numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakes.fake_rules import Refusal
from fakes.habits import Habits

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
MADE_UP = {"id": "1", "userName": "synthesis_user", "active": True}


def in_lists(items: list[dict[str, Any]], endpoint: str, query: Mapping[str, str], habits: Habits) -> list[Any]:
    """Return the resources as a list shows them, with what is none among them."""
    without = "members" in query.get("excludedAttributes", "")
    if without and habits.excluded == "refused":
        raise Refusal(400, None, "no")
    if not without and endpoint == "Groups" and habits.members_break_lists:
        raise Refusal(500, None, "no")
    omitted = set(habits.list_omits)
    if not habits.members_listed or (without and habits.excluded == "honoured"):
        omitted.add("members")
    if omitted:
        items = [{name: value for name, value in raw.items() if name not in omitted} for raw in items]
    if habits.made_up_user and endpoint == "Users" and "filter" not in query:
        items = [MADE_UP]
    return [*items, *["not an object"] * habits.entries_not_objects, *[{"userName": "x"}] * habits.entries_without_id]


def page_of(items: list[Any], query: Mapping[str, str], habits: Habits) -> dict[str, Any]:
    """Return one page as a ListResponse, its resources as they are stored."""
    if habits.too_many_above is not None and len(items) > habits.too_many_above:
        raise Refusal(400, "tooMany", "narrow it")
    count = _count(query, habits)
    if habits.cursor_only or (habits.cursor and "cursor" in query):
        return _page_by_cursor(items, query.get("cursor", ""), count, habits)
    if habits.wants_start_and_count and not {"startIndex", "count"} <= set(query):
        items = []
    page = _page_by_index(items, int(query.get("startIndex", "1")), count, habits)
    if habits.cursor_beside_index:
        page |= _next_cursor(items, int(query.get("startIndex", "1")) - 1, count, habits)
    return page


def _count(query: Mapping[str, str], habits: Habits) -> int:
    if "count" not in query or habits.count_ignored:
        return min(habits.default_page, habits.max_page)
    if habits.count_breaks:
        raise Refusal(500, None, "count?")
    count = max(0, int(query["count"]))
    if habits.count_refused_above is not None and count > habits.count_refused_above:
        raise Refusal(400, "invalidValue", f"count above {habits.count_refused_above}")
    return min(count, habits.max_page)


def _page_by_cursor(items: list[Any], cursor: str, count: int, habits: Habits) -> dict[str, Any]:
    start = int(cursor.split("=")[1]) if cursor else 0
    if habits.cursor_expires_at is not None and start >= habits.cursor_expires_at:
        habits.cursor_expires_at = None
        raise Refusal(400, "expiredCursor", "too late")
    page = items[start : start + count]
    answer: dict[str, Any] = {"schemas": [LIST], "Resources": page, "itemsPerPage": len(page)}
    if habits.cursor_total:
        answer["totalResults"] = len(items)
    return answer | _next_cursor(items, start, count, habits)


def _next_cursor(items: list[Any], start: int, count: int, habits: Habits) -> dict[str, Any]:
    if start + count < len(items):
        return {"nextCursor": f"c+/={start if habits.cursor_repeats and start else start + count}"}
    return {} if habits.last_cursor is None else {"nextCursor": habits.last_cursor}


def _page_by_index(items: list[Any], asked: int, count: int, habits: Habits) -> dict[str, Any]:
    start, size = max(1, asked), count
    if habits.divides_start_index:
        size = habits.default_page
        start = (max(start // size, 1) - 1) * size + 1
    if habits.stuck_first_page or (habits.first_page_past_end and start > len(items)):
        start = 1
    first = start - 1
    if habits.duplicate_on_next_page and start > 1:
        first -= 1
    if habits.order_changes and start > 1:
        items = [*items[7:], *items[:7]]
    page = items if habits.does_not_page else items[first:] if habits.sends_all else items[first : first + size]
    return {"schemas": [LIST], "Resources": page, **_numbers(items, page, asked, start, size, habits)}


def _numbers(items: list[Any], page: list[Any], asked: int, start: int, size: int, habits: Habits) -> dict[str, int]:
    """Return what a page by index says of itself and of the list."""
    if habits.does_not_page:
        return {}
    total = len(items) + habits.total_too_high
    total = len(page) if habits.total_is_page_count else min(total, size) if habits.total_is_page_limit else total
    is_echo = habits.start_index_echoed or habits.first_page_past_end
    told = {
        "totalResults": total,
        "startIndex": 0 if habits.start_index_zero else asked if is_echo else start,
        "itemsPerPage": size if habits.items_per_page_echoed else len(page),
    }
    if habits.no_total:
        del told["totalResults"]
    if habits.no_start_index:
        del told["startIndex"], told["itemsPerPage"]
    return told
