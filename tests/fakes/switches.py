"""Every deviation that real providers are known for, as a switch of the fake one; they can be combined."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fakes.habits import Habits

SWITCHES: dict[str, dict[str, Any]] = {
    # lists
    "the first page for every startIndex": {"stuck_first_page": True},
    "the first page again past the end": {"first_page_past_end": True},
    "the total is the size of the page": {"total_is_page_count": True},
    "the total is the page limit": {"total_is_page_limit": True},
    "the total is too high": {"total_too_high": 3},
    "the total is text": {"total_as_text": True},
    "no total": {"no_total": True},
    "no startIndex": {"no_start_index": True},
    "startIndex 0": {"start_index_zero": True},
    "startIndex is divided": {"divides_start_index": True, "default_page": 20},
    "count above 50 is refused": {"count_refused_above": 50},
    "count breaks the server": {"count_breaks": True, "default_page": 20},
    "pages of 20": {"max_page": 20},
    "no paging at all": {"does_not_page": True},
    "one comes twice": {"duplicate_on_next_page": True, "max_page": 20},
    "cursors": {"cursor": True},
    "cursors only": {"cursor_only": True},
    "a cursor expires": {"cursor": True, "cursor_expires_at": 40, "max_page": 20},
    "a cursor comes again": {"cursor_only": True, "cursor_repeats": True, "max_page": 20},
    "keys in lower case": {"lower_case_keys": True},
    "entries that are no objects": {"entries_not_objects": 2},
    "entries without an id": {"entries_without_id": 2},
    "the list grows": {"grows": True, "max_page": 20},
    "the list shrinks": {"shrinks": True, "max_page": 20},
    # filters
    "filters are ignored": {"filter_ignored": True},
    "filters are refused": {"filter_refused": True},
    # ids and forms
    "integer ids": {"ids": "integer"},
    "awkward ids": {"ids": "awkward"},
    "nulls": {"explicit_nulls": True},
    "active as text": {"active_as_text": True},
    "bare e-mails": {"bare_emails": True},
    "one e-mail instead of a list": {"one_email": True},
    "attributes in lower case": {"lower_case_attributes": True},
    "no meta": {"no_meta": True},
    "a byte order mark": {"byte_order_mark": True},
    "JSON as HTML": {"content_type": "text/html"},
    "no Content-Type worth the name": {"content_type": "x"},
    # discovery
    "no discovery": {"discovery": frozenset()},
    "bare lists in discovery": {"bare_lists": True},
    "ServiceProviderConfigs": {"plural_config": True},
    "discovery without the token": {"discovery_without_token": True},
    # errors
    **{f"errors: {form}": {"error_form": form} for form in ("integer", "detail", "list", "problem", "old", "message")},
    "errors: empty": {"error_form": "empty"},
    "errors: plain": {"error_form": "plain"},
    "errors: HTML": {"html_errors": True},
    # writes
    "PATCH is ignored": {"patch_ignored": True},
    "PATCH is not there": {"patch_supported": False},
    "PATCH answers 200": {"patch_answers": 200},
    "PATCH is done later": {"patch_pending": True},
    "PATCH is refused": {"patch_refused": "invalidPath"},
    "PATCH changes letters": {"patch_lower_cases": True},
    **{
        f"PATCH does not read: {form}": {"patch_unread": frozenset({form})}
        for form in ("path", "pathless", "value-filter", "remove", "lower-case", "member-filter", "member-array")
    },
    "add replaces": {"add_replaces": True},
    "DELETE deactivates": {"delete_deactivates": True},
    "DELETE is ignored": {"delete_ignored": True},
    "POST without a body": {"post_without_body": True},
    "POST without an id": {"post_without_id": True},
    "application/json only": {"wants_plain_json": True},
    "the inactive are hidden": {"hides_inactive": True},
    "writes lose their answer": {"breaks_on": frozenset({"POST", "PATCH", "PUT", "DELETE"})},
    # versions
    "no ETag": {"etag": False},
    # members
    "lists without members": {"members_listed": False},
    "members are never shown": {"members_never": True},
    "excludedAttributes is ignored": {"excluded": "ignored"},
    "excludedAttributes is refused": {"excluded": "refused"},
    "groups with members break a list": {"members_break_lists": True},
    "two members at once at most": {"members_limit": 2},
    # pace and places
    "throttled": {"throttles": True},
    "addresses of somewhere else": {"elsewhere": "ELSEWHERE"},
    "redirects to somewhere else": {"elsewhere": "ELSEWHERE", "redirects": True},
}

TENANTS: dict[str, dict[str, Any]] = {
    "like NetBird": {"max_page": 100, "discovery": frozenset(), "etag": False, "filter_ignored": True},
    "like Keycloak": {"max_page": 100, "etag": False, "date_filter": "empty", "patch_answers": 200},
    "like authentik": {"divides_start_index": True, "default_page": 20, "etag": False},
    "like AWS": {"cursor": True, "members_never": True, "discovery": frozenset(), "members_limit": 100},
    "like Entra": {"cursor_only": True, "members_never": True, "lower_case_keys": True, "error_form": "integer"},
    "like GitLab": {"max_page": 20, "discovery": frozenset(), "active_as_text": True, "patch_answers": 204},
}
"""Whole tenants as admins have them; the first two are where many begin."""


def habits_of(*names: str, elsewhere: str = "") -> Habits:
    """Return the habits of one or more switches together, or of a whole tenant."""
    habits = Habits()
    for name in names:
        values = {**SWITCHES, **TENANTS}[name]
        habits = replace(habits, **{key: elsewhere if value == "ELSEWHERE" else value for key, value in values.items()})
    return habits
