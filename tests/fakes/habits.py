"""The bad habits of the fake provider: a switch for each, so that they can be combined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ALL_DOCUMENTS = frozenset({"ServiceProviderConfig", "ResourceTypes", "Schemas"})


@dataclass
class Habits:
    """How this provider departs from the RFCs. The defaults are a faithful one."""

    # ------------------------------------------------------------ lists

    max_page: int = 1000
    default_page: int = 100
    stuck_first_page: bool = False
    first_page_past_end: bool = False
    start_index_echoed: bool = False
    """startIndex repeats what was asked for, whatever is sent."""
    items_per_page_echoed: bool = False
    """itemsPerPage repeats the count that was asked for."""
    total_is_page_count: bool = False
    total_is_page_limit: bool = False
    total_too_high: int = 0
    no_total: bool = False
    no_start_index: bool = False
    start_index_zero: bool = False
    divides_start_index: bool = False
    count_refused_above: int | None = None
    count_breaks: bool = False
    count_ignored: bool = False
    does_not_page: bool = False
    sends_all: bool = False
    """A page reaches from its startIndex to the end, whatever count."""
    wants_start_and_count: bool = False
    """Nothing is listed unless startIndex and count are both sent."""
    too_many_above: int | None = None
    """More are listed only where a filter narrows them."""
    order_changes: bool = False
    """Later pages come from another order than the first one."""
    duplicate_on_next_page: bool = False
    fails_on_request: int | None = None
    made_up_user: bool = False
    """A list of users without a filter holds one made-up user."""
    grows: bool = False
    """Somebody is added while the list is read."""
    shrinks: bool = False
    """Somebody of the first page is deleted while the list is read."""
    numbers_as_text: bool = False
    lower_case_keys: bool = False
    entries_not_objects: int = 0
    entries_without_id: int = 0
    one_in_list: bool = False
    """A resource that is read alone comes as a list of one."""
    list_omits: frozenset[str] = frozenset()
    """Attributes that only a resource read alone shows."""
    list_tags: str = ""
    """ETags of pages: "bytes" work, "deaf" ones never bring 304, "eager" ones always."""
    redirects: bool = False
    """Lists are answered with a redirect to `elsewhere`."""
    cursor: bool = False
    cursor_only: bool = False
    cursor_beside_index: bool = False
    """Pages by index name a nextCursor too."""
    cursor_expires_at: int | None = None
    cursor_repeats: bool = False
    cursor_total: bool = False
    last_cursor: str | None = None
    """nextCursor of the last page."""

    # ------------------------------------------------------------ filters

    filter_ignored: bool = False
    filter_refused: bool = False
    filter_attributes: frozenset[str] | None = None
    """What a filter may name; None: anything."""
    filter_unknown: str = "refused"
    """What a filter by another attribute, or one that is not understood, does: "refused", "empty", "ignored", "breaks"."""
    filter_exact: bool = False
    """eq compares letter case."""
    filter_one_spelling: bool = False
    """Lower-case eq between single spaces, and nothing else."""
    filter_unescaped: bool = False
    """The value of a filter is taken as it stands, escapes included."""
    filter_sensitive: bool = False
    """A filter goes in a body, never in an address."""
    refused_in_filters: str = ""
    """A filter with this in it is refused, whatever it names."""
    no_match_is_404: bool = False
    filter_answers_alone: bool = False
    """A filter is answered with the one resource, not with a list."""
    plus_is_plus: bool = False
    """A plus in an address is no space."""
    date_filter: str = "honoured"
    """What `meta.lastModified gt` does: "honoured", "ignored", "empty" or "refused"."""

    # ------------------------------------------------------------ resources

    ids: str = "uuid"
    """"uuid", "integer", "awkward", "cyrillic" or "name"."""
    location: str = "absolute"
    """"absolute", "relative", "unencoded", "by name", "another path" or "absent"; see odd_forms.location_of."""
    elsewhere: str = ""
    """Another origin, to which Location and meta.location lead."""
    undated: bool = False
    """A new resource gets no meta.created."""
    dates: bool = False
    """Whether meta has lastModified."""
    dates_stay: bool = False
    """lastModified is that of the creation for ever."""
    date_zone: str = "Z"
    no_meta: bool = False
    no_schemas: bool = False
    unknown_attributes: frozenset[str] = frozenset()
    """Attributes that the schemas do not have."""
    on_request: frozenset[str] = frozenset()
    """Attributes that are returned only on request."""
    explicit_nulls: bool = False
    active_form: str = "boolean"
    """"boolean", "text", "number" or "absent"."""
    bare_emails: bool = False
    one_email: bool = False
    """One object where a list is expected."""
    empty_email: bool = False
    two_primaries: bool = False
    flat_name: bool = False
    manager_as_text: bool = False
    strange_schema: bool = False
    """Resources carry an extension that no schema describes."""
    control_characters: bool = False
    lower_case_attributes: bool = False
    byte_order_mark: bool = False
    content_type: str = "application/scim+json"

    # ------------------------------------------------------------ members

    members_listed: bool = True
    members_never: bool = False
    """Members are in no answer at all."""
    members_empty: bool = False
    """Members are an empty list in every answer."""
    members_shown: int | None = None
    """So many members are shown at most."""
    member_form: str = "bare"
    """"bare": value alone; "full": display, type and $ref too; "name": the value is the userName."""
    strangers: bool = False
    """Every group has a member that is nobody and one that is a group."""
    groups_of_users: bool = False
    """Users show their groups."""
    excluded: str = "honoured"
    """What excludedAttributes does: "honoured", "ignored" or "refused"."""
    members_break_lists: bool = False
    """A list of groups with their members in it never comes."""
    unreadable: frozenset[str] = frozenset()
    """displayNames of groups that cannot be read alone."""
    no_groups: bool = False
    """There is no endpoint for groups."""
    members_limit: int | None = None
    """More members coming in one request are refused."""
    removals_limit: int | None = None
    """More members leaving in one request are refused."""
    limit_status: int = 400
    """Status for more members than are taken at once."""
    members_lost_above: int | None = None
    """An `add` to a group with more members takes all others out."""

    # ------------------------------------------------------------ discovery

    discovery: frozenset[str] = ALL_DOCUMENTS
    missing_document: str = "404"
    """How a document that is not there is answered: "404", "401", "403", "501", "empty" or "HTML" (with 500)."""
    bare_lists: bool = False
    plural_config: bool = False
    schemas_by_name: bool = False
    """/Schemas is not there, /Schemas/Users is."""
    schema_types_capital: bool = False
    more_types: bool = False
    """A resource type of an unknown schema is served too."""
    endpoint_form: str = "path"
    """How ResourceTypes spells "/Users": "path", "name" without the slash, or "lower", which then is the only spelling."""
    announced: Mapping[str, Any] = field(default_factory=dict)
    """What ServiceProviderConfig says in place of the truth."""
    discovery_without_token: bool = False

    # ------------------------------------------------------------ doors and pace

    html_everywhere: bool = False
    wants_plain_json: bool = False
    """Bodies of another Content-Type than application/json are refused with 415."""
    wants_scim_json: bool = False
    """Bodies of another Content-Type than application/scim+json are refused with 415."""
    wants_plain_accept: bool = False
    """Whoever accepts anything but application/json gets 406."""
    wants_headers: bool = False
    """Requests without User-Agent or Accept are refused."""
    wants_schemas: bool = False
    """Bodies without `schemas` are refused."""
    strict_query: bool = False
    """Parameters beyond startIndex, count and filter are refused."""
    slash_redirects: bool = False
    """Paths without a slash at their end are redirected to those with one."""
    token_ends_after: int | None = None
    """Requests after which the token is not accepted any more."""
    busy_for: int = 0
    retry_after: str = "0"
    throttles: str = ""
    """Every fifth request is refused for coming too fast; how long to wait is said as "seconds", "date" or "reset"."""
    throttle_status: int = 429
    rate_reset: str = ""
    """Every fifth answer says that no request is left until a reset, as "delta" or "epoch"."""
    slow: float = 0.0
    """Seconds before each answer."""
    breaks_on: frozenset[str] = frozenset()
    """Methods whose connection breaks after the provider has done what was asked."""
    reads_break: bool = False
    """The connection breaks under every tenth request, if it is a GET."""

    # ------------------------------------------------------------ errors

    html_errors: bool = False
    error_form: str = "scim"
    """See odd_forms.error_body."""
    bad_request: int = 400
    """Status in place of 400."""
    not_found: int = 404
    """Status in place of 404."""
    html_not_found: bool = False

    # ------------------------------------------------------------ writes

    methods_missing: frozenset[str] = frozenset()
    """Methods that are answered with 405."""
    patch_supported: bool = True
    patch_ignored: bool = False
    patch_lower_cases: bool = False
    patch_answers: int = 204
    patch_body: str = "resource"
    """What an answer other than 204 holds: "resource", "object" ({}) or "nothing"."""
    patch_pending: bool = False
    patch_refused: str | None = None
    patch_unread: frozenset[str] = frozenset()
    """Forms of PATCH that are refused; see odd_forms.unread."""
    operations_limit: int | None = None
    """More operations in one PATCH are refused."""
    add_replaces: bool = False
    takes: frozenset[str] | None = None
    """The only attributes of a user that a write changes; None: all."""
    takes_refuses: bool = False
    """Other attributes than those are refused instead of dropped."""
    strict: bool = False
    """Attributes that no schema knows are refused."""
    user_names: str = "kept"
    """What becomes of a userName that is written: "kept", "lower" or "e-mail"."""
    splits_names: bool = False
    """A name that is written is split anew."""
    put_ignored: bool = False
    deactivation: str = "kept"
    """What `active: false` does to a user besides: "kept" nothing, "deleted", or "obscured" names."""
    hides_inactive: bool = False
    delete_deactivates: bool = False
    delete_ignored: bool = False
    delete_answers: int = 204
    deleted_twice: int = 404
    """Status of a DELETE of what is gone."""
    post_without_body: bool = False
    post_without_id: bool = False
    post_wants: frozenset[str] = frozenset()
    """Attributes without which nobody is created."""
    duplicates: int | None = 409
    """Status for a name that is taken; None: it is given twice."""

    # ------------------------------------------------------------ versions

    etag: bool = True
    etag_place: str = "both"
    """"both", "header" alone, "meta" alone, or "unlike": the header has another one, and If-Match wants that."""
    if_match: str = "honoured"
    """"honoured", "ignored", "never true" (weak ETags are no match) or "refused"."""
