"""The bad habits of the fake provider: a switch for each, so that they can be combined."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Habits:
    """How this provider departs from the RFCs. The defaults are a faithful one."""

    max_page: int = 1000
    default_page: int = 100
    stuck_first_page: bool = False
    first_page_past_end: bool = False
    total_is_page_count: bool = False
    total_is_page_limit: bool = False
    total_too_high: int = 0
    no_total: bool = False
    no_start_index: bool = False
    start_index_zero: bool = False
    divides_start_index: bool = False
    count_refused_above: int | None = None
    count_breaks: bool = False
    does_not_page: bool = False
    duplicate_on_next_page: bool = False
    fails_on_request: int | None = None
    cursor: bool = False
    cursor_only: bool = False
    cursor_expires_at: int | None = None
    cursor_repeats: bool = False
    lower_case_keys: bool = False
    entries_not_objects: int = 0
    entries_without_id: int = 0
    ids: str = "uuid"
    discovery: frozenset[str] = frozenset({"ServiceProviderConfig", "ResourceTypes", "Schemas"})
    bare_lists: bool = False
    plural_config: bool = False
    discovery_without_token: bool = False
    html_errors: bool = False
    html_everywhere: bool = False
    filter_ignored: bool = False
    filter_refused: bool = False
    patch_supported: bool = True
    patch_ignored: bool = False
    patch_lower_cases: bool = False
    patch_answers: int = 204
    patch_pending: bool = False
    patch_refused: str | None = None
    delete_deactivates: bool = False
    delete_ignored: bool = False
    post_without_body: bool = False
    post_without_id: bool = False
    etag: bool = True
    wants_plain_json: bool = False
    busy_for: int = 0
    retry_after: str = "0"
    breaks_on: frozenset[str] = frozenset()
    """Methods whose connection breaks after the provider has done what was asked."""
    hides_inactive: bool = False
    members_listed: bool = True
    dates: bool = False
    """Whether meta has lastModified."""
    date_filter: str = "honoured"
    """What `meta.lastModified gt` does: "honoured", "ignored", "empty" or "refused"."""
    unknown_attributes: frozenset[str] = frozenset()
    """Attributes that the schemas do not have."""
    on_request: frozenset[str] = frozenset()
    """Attributes that are returned only on request."""
    members_never: bool = False
    """Members are in no answer at all."""
    explicit_nulls: bool = False
    active_as_text: bool = False
    bare_emails: bool = False
    one_email: bool = False
    """One object where a list is expected."""
    lower_case_attributes: bool = False
    no_meta: bool = False
    elsewhere: str = ""
    """Another origin, to which Location and meta.location lead."""
    redirects: bool = False
    """Lists are answered with a redirect to that origin."""
    error_form: str = "scim"
    patch_unread: frozenset[str] = frozenset()
    """Forms of PATCH that are refused; see odd_forms.unread."""
    add_replaces: bool = False
    members_limit: int | None = None
    """More members in one request are refused."""
    content_type: str = "application/scim+json"
    grows: bool = False
    """Somebody is added while the list is read."""
    shrinks: bool = False
    """Somebody of the first page is deleted while the list is read."""
    throttles: bool = False
    """Every fifth request is answered with 429 and a short Retry-After."""
    byte_order_mark: bool = False
    total_as_text: bool = False
    excluded: str = "honoured"
    """What excludedAttributes does: "honoured", "ignored" or "refused"."""
    members_break_lists: bool = False
    """A list of groups with their members in it never comes."""
    unreadable: frozenset[str] = frozenset()
    """displayNames of groups that cannot be read alone."""
