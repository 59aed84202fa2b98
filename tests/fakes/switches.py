"""Every deviation that real providers are known for, as a switch of the fake one; they can be combined."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fakes.habits import ALL_DOCUMENTS, Habits
from fakes.known_tenants import TENANTS

LISTS: dict[str, dict[str, Any]] = {
    "the first page for every startIndex": {"stuck_first_page": True},
    "the first page for every startIndex, which is repeated": {"stuck_first_page": True, "start_index_echoed": True},
    "the first page for every startIndex, as the total": {"stuck_first_page": True, "total_is_page_limit": True},
    "the first page again past the end": {"first_page_past_end": True},
    "the total is the size of the page": {"total_is_page_count": True},
    "the total is the page limit": {"total_is_page_limit": True},
    "the total is too high": {"total_too_high": 3},
    "numbers are text": {"numbers_as_text": True},
    "no total": {"no_total": True},
    "no startIndex": {"no_start_index": True},
    "startIndex 0": {"start_index_zero": True},
    "startIndex repeats what was asked for": {"start_index_echoed": True},
    "itemsPerPage repeats the count": {"items_per_page_echoed": True},
    "startIndex is divided": {"divides_start_index": True, "default_page": 20},
    "count above 50 is refused": {"count_refused_above": 50},
    "count breaks the server": {"count_breaks": True, "default_page": 20},
    "count is ignored": {"count_ignored": True, "default_page": 20},
    "pages of 20": {"max_page": 20},
    "pages of 10 where no count is sent": {"default_page": 10},
    "no paging at all": {"does_not_page": True},
    "all at once": {"sends_all": True},
    "nobody without startIndex and count": {"wants_start_and_count": True},
    "too many to be listed": {"too_many_above": 50},
    "one comes twice": {"duplicate_on_next_page": True, "max_page": 20},
    "another order on later pages": {"order_changes": True, "max_page": 20},
    "the list grows": {"grows": True, "max_page": 20},
    "the list shrinks": {"shrinks": True, "max_page": 20},
    "one made-up user": {"made_up_user": True},
    "tags of pages": {"list_tags": "bytes"},
    "tags of pages that nobody looks at": {"list_tags": "deaf"},
    "tags of pages that are always the same": {"list_tags": "eager"},
    "one resource comes as a list": {"one_in_list": True},
    "lists leave attributes out": {"list_omits": frozenset({"title", "name", "active"})},
    "cursors": {"cursor": True},
    "cursors only": {"cursor_only": True},
    "cursors that nobody announced": {"cursor_only": True, "max_page": 20, "announced": {"pagination": None}},
    "cursors beside indexes": {"cursor": True, "cursor_beside_index": True, "announced": {"pagination": None}},
    "cursors with a total": {"cursor_only": True, "cursor_total": True, "max_page": 20},
    "cursors that end with an empty one": {"cursor_only": True, "last_cursor": "", "max_page": 20},
    "a cursor expires": {"cursor": True, "cursor_expires_at": 40, "max_page": 20},
    "a cursor comes again": {"cursor_only": True, "cursor_repeats": True, "max_page": 20},
    "keys in lower case": {"lower_case_keys": True},
    "entries that are no objects": {"entries_not_objects": 2},
    "entries without an id": {"entries_without_id": 2},
}

FEW = frozenset({"userName", "id"})
FILTERS: dict[str, dict[str, Any]] = {
    "filters are ignored": {"filter_ignored": True},
    "filters are refused": {"filter_refused": True},
    "filters are refused without a word before": {"filter_refused": True, "announced": {"filter": {"supported": True}}},
    "filters are denied and work": {"announced": {"filter": {"supported": False}}},
    "filters by little else than userName are refused": {"filter_attributes": FEW},
    "filters by little else than userName match nobody": {"filter_attributes": FEW, "filter_unknown": "empty"},
    "filters by little else than userName match all": {"filter_attributes": FEW, "filter_unknown": "ignored"},
    "filters by little else than userName break": {"filter_attributes": FEW, "filter_unknown": "breaks"},
    "filters by no userName match nobody": {"filter_attributes": frozenset({"id"}), "filter_unknown": "empty"},
    "eq compares letter case": {"filter_exact": True},
    "eq in one spelling": {"filter_one_spelling": True},
    "filters are not unescaped": {"filter_unescaped": True},
    "filters are too sensitive for an address": {"filter_sensitive": True},
    "no match is 404": {"no_match_is_404": True},
    "a filter brings one resource, not a list": {"filter_answers_alone": True},
    "a plus is no space": {"plus_is_plus": True},
    "dates": {"dates": True},
    "dates without a zone": {"dates": True, "date_zone": ""},
    "dates that stay": {"dates": True, "dates_stay": True},
    **{f"filters by date: {one}": {"dates": True, "date_filter": one} for one in ("ignored", "empty", "refused")},
}

RESOURCES: dict[str, dict[str, Any]] = {
    "integer ids": {"ids": "integer"},
    "awkward ids": {"ids": "awkward"},
    "Cyrillic ids": {"ids": "cyrillic"},
    "names as ids": {"ids": "name"},
    "relative locations": {"location": "relative"},
    "locations that are not encoded": {"location": "unencoded", "ids": "awkward"},
    "locations by name": {"location": "by name"},
    "locations under another path": {"location": "another path"},
    "no locations": {"location": "absent"},
    "nulls": {"explicit_nulls": True},
    "active as text": {"active_form": "text"},
    "active as a number": {"active_form": "number"},
    "active is never shown": {"active_form": "absent"},
    "bare e-mails": {"bare_emails": True},
    "one e-mail instead of a list": {"one_email": True},
    "an empty e-mail": {"empty_email": True},
    "two primary e-mails": {"two_primaries": True},
    "a flat name": {"flat_name": True},
    "a manager as text": {"manager_as_text": True},
    "an extension that no schema describes": {"strange_schema": True},
    "control characters": {"control_characters": True},
    "attributes in lower case": {"lower_case_attributes": True},
    "no meta": {"no_meta": True},
    "no schemas in resources": {"no_schemas": True},
    "a byte order mark": {"byte_order_mark": True},
    "JSON as HTML": {"content_type": "text/html"},
    "JSON with a charset": {"content_type": "application/json; charset=utf-8"},
    "JSON of a type that does not exist": {"content_type": "application/json+scim"},
    "no Content-Type": {"content_type": ""},
    "no Content-Type worth the name": {"content_type": "x"},
}

MEMBERS: dict[str, dict[str, Any]] = {
    "lists without members": {"members_listed": False},
    "members are never shown": {"members_never": True},
    "members are always none": {"members_empty": True},
    "100 members are shown at most": {"members_shown": 100},
    "members with all that belongs to them": {"member_form": "full"},
    "members by name": {"member_form": "name"},
    "members that are nobody, and groups": {"strangers": True},
    "people show their groups": {"groups_of_users": True},
    "excludedAttributes is ignored": {"excluded": "ignored"},
    "excludedAttributes is refused": {"excluded": "refused"},
    "groups with members break a list": {"members_break_lists": True},
    "groups cannot be read alone": {"unreadable": frozenset({"Staff"}), "members_listed": False},
    "no groups": {"no_groups": True},
    "two members at once at most": {"members_limit": 2},
    "two members at once at most, or 413": {"members_limit": 2, "limit_status": 413},
    "one member leaves at once": {"removals_limit": 1},
    "coming to a large group empties it": {"members_lost_above": 100},
}

DISCOVERY: dict[str, dict[str, Any]] = {
    "no discovery": {"discovery": frozenset()},
    **{
        f"no discovery: {how}": {"discovery": frozenset(), "missing_document": how}
        for how in ("401", "403", "501", "empty", "HTML")
    },
    **{f"no {name}": {"discovery": ALL_DOCUMENTS - {name}} for name in sorted(ALL_DOCUMENTS)},
    "bare lists in discovery": {"bare_lists": True},
    "ServiceProviderConfigs": {"plural_config": True},
    "schemas by name alone": {"schemas_by_name": True},
    "schemas with String for string": {"schema_types_capital": True},
    "schemas without active": {"unknown_attributes": frozenset({"active"})},
    "schemas without members": {"unknown_attributes": frozenset({"members"})},
    "members on request": {"on_request": frozenset({"members"}), "members_listed": False},
    "a type of an unknown schema": {"more_types": True},
    "endpoints without a slash": {"endpoint_form": "name"},
    "endpoints in lower case": {"endpoint_form": "lower"},
    "discovery without the token": {"discovery_without_token": True},
    "PATCH is denied and works": {"announced": {"patch": {"supported": False}}},
    "PATCH is promised and not there": {"patch_supported": False, "announced": {"patch": {"supported": True}}},
    "ETags are promised and not there": {"etag": False, "announced": {"etag": {"supported": True}}},
    "ETags are denied": {"announced": {"etag": {"supported": False}}},
    "cursors are promised and not there": {"announced": {"pagination": {"cursor": True, "index": True}}},
    "a page limit of 0": {"announced": {"pagination": {"cursor": False, "index": True, "maxPageSize": 0}}},
}

DOORS: dict[str, dict[str, Any]] = {
    "application/json only": {"wants_plain_json": True},
    "application/scim+json only": {"wants_scim_json": True},
    "answers for Accept: application/json only": {"wants_plain_accept": True},
    "User-Agent and Accept are wanted": {"wants_headers": True},
    "schemas are wanted": {"wants_schemas": True},
    "unexpected parameters are refused": {"strict_query": True},
    "a slash at the end of every path": {"slash_redirects": True},
    "the token ends": {"token_ends_after": 12},
    "throttled": {"throttles": "seconds"},
    "throttled until a date": {"throttles": "date"},
    "throttled until a reset": {"throttles": "reset"},
    "throttled with 503": {"throttles": "seconds", "throttle_status": 503},
    "no request is left for some time": {"rate_reset": "delta"},
    "no request is left until a time": {"rate_reset": "epoch"},
    "slow": {"slow": 0.01},
    "reads lose their answer": {"reads_break": True},
    "writes lose their answer": {"breaks_on": frozenset({"POST", "PATCH", "PUT", "DELETE"})},
    "addresses of somewhere else": {"elsewhere": "ELSEWHERE"},
    "redirects to somewhere else": {"elsewhere": "ELSEWHERE", "redirects": True},
}

FORMS = ("integer", "no status", "detail", "array", "list", "SQL", "problem", "old", "message", "empty", "plain")
ERRORS: dict[str, dict[str, Any]] = {
    **{f"errors: {form}": {"error_form": form} for form in FORMS},
    "errors: HTML": {"html_errors": True},
    "errors: 422 with a list": {"error_form": "list", "bad_request": 422},
    "not found: 500": {"not_found": 500},
    "not found: HTML": {"html_not_found": True},
}

UNREAD = ("path", "pathless", "value-filter", "URN", "text", "remove", "lower-case", "member-filter", "member-array")
KNOWN = frozenset({"userName", "name", "emails", "active", "externalId"})
WRITES: dict[str, dict[str, Any]] = {
    "PATCH is ignored": {"patch_ignored": True},
    "PATCH is ignored and answers 200": {"patch_ignored": True, "patch_answers": 200},
    "PATCH is not there": {"patch_supported": False},
    "PATCH is no method": {"methods_missing": frozenset({"PATCH"})},
    "PATCH answers 200": {"patch_answers": 200},
    "PATCH answers 200 and {}": {"patch_answers": 200, "patch_body": "object"},
    "PATCH answers 200 and nothing": {"patch_answers": 200, "patch_body": "nothing"},
    "PATCH is done later": {"patch_pending": True},
    "PATCH is refused": {"patch_refused": "invalidPath"},
    "PATCH changes letters": {"patch_lower_cases": True},
    **{f"PATCH does not read: {form}": {"patch_unread": frozenset({form})} for form in UNREAD},
    "PATCH of one operation": {"operations_limit": 1},
    "add replaces": {"add_replaces": True},
    "little is kept of what is written": {"takes": KNOWN},
    "little may be written": {"takes": KNOWN, "takes_refuses": True},
    "unknown attributes are refused": {"strict": True},
    "userNames in lower case": {"user_names": "lower"},
    "userNames become e-mails": {"user_names": "e-mail"},
    "names are split anew": {"splits_names": True},
    "no PUT": {"methods_missing": frozenset({"PUT"})},
    "neither PUT nor PATCH": {"methods_missing": frozenset({"PUT"}), "patch_supported": False},
    "PUT is ignored": {"put_ignored": True, "patch_supported": False},
    "no POST, PUT or DELETE": {"methods_missing": frozenset({"POST", "PUT", "DELETE"})},
    "turning off deletes": {"deactivation": "deleted"},
    "turning off obscures": {"deactivation": "obscured"},
    "the inactive are hidden": {"hides_inactive": True},
    "DELETE deactivates": {"delete_deactivates": True},
    "DELETE deactivates and hides": {"delete_deactivates": True, "hides_inactive": True},
    "DELETE is ignored": {"delete_ignored": True},
    "DELETE is no method": {"methods_missing": frozenset({"DELETE"})},
    "DELETE answers 200": {"delete_answers": 200},
    "a second DELETE answers 204": {"deleted_twice": 204},
    "POST without a body": {"post_without_body": True},
    "POST without an id": {"post_without_id": True},
    "POST without a body or a location": {"post_without_body": True, "location": "absent"},
    "POST without a body, and its location by name": {"post_without_body": True, "location": "by name"},
    "POST wants more": {"post_wants": frozenset({"password", "mailNickname"})},
    "a name that is taken is 400": {"duplicates": 400},
    "a name is given twice": {"duplicates": None},
}

VERSIONS: dict[str, dict[str, Any]] = {
    "no ETag": {"etag": False},
    "an ETag in the header alone": {"etag_place": "header"},
    "a version in meta alone": {"etag_place": "meta"},
    "an ETag that is not the version": {"etag_place": "unlike"},
    "If-Match is ignored": {"if_match": "ignored"},
    "If-Match never matches": {"if_match": "never true"},
    "If-Match is refused": {"if_match": "refused", "announced": {"interopProfileConformant": True}},
}

SWITCHES = LISTS | FILTERS | RESOURCES | MEMBERS | DISCOVERY | DOORS | ERRORS | WRITES | VERSIONS

NOT_TOGETHER = {frozenset({"nobody without startIndex and count", "count breaks the server"})}
"""Pairs that no provider can have: nobody could ever list what it holds."""


def habits_of(*names: str, elsewhere: str = "") -> Habits:
    """Return the habits of one or more switches together, or of a whole tenant."""
    habits = Habits()
    for name in names:
        values = {**SWITCHES, **TENANTS}[name]
        joined = {key: _joined(key, getattr(habits, key), value) for key, value in values.items()}
        habits = replace(habits, **{key: elsewhere if value == "ELSEWHERE" else value for key, value in joined.items()})
    return habits


def _joined(key: str, earlier: Any, value: Any) -> Any:
    """Return a habit that two switches turn on."""
    if isinstance(earlier, dict):
        return {**earlier, **value}
    if isinstance(earlier, frozenset):
        return earlier & value if key == "discovery" else earlier | value
    return value
