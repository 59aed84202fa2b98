"""Whole tenants as admins have them: the deviations of one provider together."""

from __future__ import annotations

from typing import Any

from fakes.habits import ALL_DOCUMENTS

OKTA_FILTERS = frozenset({"userName", "displayName", "externalId", "id"})
NO_DISCOVERY: frozenset[str] = frozenset()

TENANTS: dict[str, dict[str, Any]] = {
    "like NetBird": {"max_page": 100, "discovery": NO_DISCOVERY, "etag": False, "filter_ignored": True},
    "like Keycloak": {"max_page": 100, "etag": False, "date_filter": "empty", "patch_answers": 200, "dates": True},
    "like authentik": {
        "divides_start_index": True,
        "default_page": 20,
        "etag": False,
        "filter_attributes": frozenset({"userName", "externalId"}),
        "filter_unknown": "empty",
    },
    "like AWS": {
        "cursor": True,
        "announced": {"pagination": None},
        "stuck_first_page": True,
        "total_is_page_count": True,
        "count_refused_above": 100,
        "members_empty": True,
        "members_limit": 100,
        "discovery": frozenset({"ServiceProviderConfig"}),
    },
    "like Entra": {
        "cursor_only": True,
        "members_never": True,
        "lower_case_keys": True,
        "endpoint_form": "lower",
        "location": "relative",
        "schema_types_capital": True,
        "error_form": "integer",
        "filter_attributes": frozenset({"userName", "externalId", "id", "groups.value", "mailNickname"}),
        "methods_missing": frozenset({"PUT"}),
        "members_limit": 20,
        "removals_limit": 1,
        "post_wants": frozenset({"password", "mailNickname"}),
    },
    "like a GitLab group": {
        "max_page": 20,
        "discovery": NO_DISCOVERY,
        "no_groups": True,
        "active_form": "text",
        "flat_name": True,
        "takes": frozenset({"id", "externalId", "active"}),
        "deactivation": "deleted",
    },
    "like a GitLab instance": {"max_page": 20, "discovery": NO_DISCOVERY, "active_form": "text", "flat_name": True},
    "like a service for Okta": {
        "discovery": NO_DISCOVERY,
        "etag": False,
        "filter_attributes": OKTA_FILTERS,
        "no_match_is_404": True,
        "error_form": "integer",
        "methods_missing": frozenset({"DELETE"}),
    },
    "like Slack": {
        "default_page": 10,
        "schemas_by_name": True,
        "etag": False,
        "delete_deactivates": True,
        "throttles": "seconds",
    },
    "like Google": {
        "does_not_page": True,
        "etag": False,
        "methods_missing": frozenset({"PUT"}),
        "operations_limit": 20,
        "patch_answers": 200,
        "patch_body": "object",
    },
    "like Snowflake": {
        "made_up_user": True,
        "filter_attributes": OKTA_FILTERS,
        "filter_unknown": "empty",
        "etag": False,
    },
    "like Sentry": {
        "max_page": 100,
        "filter_one_spelling": True,
        "filter_unescaped": True,
        "filter_attributes": frozenset({"userName", "value", "displayName"}),
        "content_type": "application/json+scim",
        "patch_unread": frozenset({"text"}),
        "put_ignored": True,
        "deactivation": "deleted",
        "etag": False,
    },
    "like Zitadel": {"count_refused_above": 100, "items_per_page_echoed": True, "etag": False},
    "like Bitwarden": {"wants_start_and_count": True, "etag": False},
    "like GitHub Enterprise": {
        "strict": True,
        "strict_query": True,
        "wants_headers": True,
        "deactivation": "obscured",
        "etag": False,
    },
    "like a GitHub organisation": {"patch_unread": frozenset({"value-filter"}), "deactivation": "deleted"},
    "like Atlassian": {
        "max_page": 100,
        "filter_attributes": frozenset({"userName", "externalId"}),
        "delete_deactivates": True,
        "hides_inactive": True,
        "etag": False,
    },
    "like Salesforce": {"plural_config": True, "more_types": True, "methods_missing": frozenset({"DELETE"})},
    "like Zoom": {"list_omits": frozenset({"title", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"})},
    "like Databricks": {"members_break_lists": True, "etag": False},
    "like PingFederate": {"no_groups": True, "methods_missing": frozenset({"PATCH"}), "discovery": NO_DISCOVERY},
    "like PagerDuty": {"deactivation": "deleted", "etag": False, "discovery": ALL_DOCUMENTS - {"Schemas"}},
    "like HCP Terraform": {"max_page": 200, "filter_attributes": OKTA_FILTERS, "etag": False},
    "like FusionAuth": {"members_shown": 100, "members_lost_above": 100, "error_form": "plain", "etag": False},
    "like WSO2": {"max_page": 100, "total_is_page_count": True, "bare_emails": True, "etag": False},
    "like Logfire": {
        "discovery": NO_DISCOVERY,
        "filter_one_spelling": True,
        "members_never": True,
        "methods_missing": frozenset({"POST", "PUT", "DELETE"}),
        "etag": False,
    },
    "like scim2-server": {"strict": True, "patch_unread": frozenset({"member-array"})},
    "like scimmy": {
        "filter_exact": True,
        "first_page_past_end": True,
        "items_per_page_echoed": True,
        "etag_place": "unlike",
        "if_match": "ignored",
    },
    "like django-scim2": {
        "takes": frozenset({"userName", "name", "emails", "active", "externalId"}),
        "add_replaces": True,
        "patch_answers": 200,
        "delete_deactivates": True,
        "html_not_found": True,
        "count_refused_above": 1000,
        "etag": False,
    },
}
"""The first two are where many begin."""

PROFILES = {
    "like AWS": "aws",
    "like Entra": "entra",
    "like a GitLab group": "gitlab",
    "like a service for Okta": "okta",
    "like Google": "google",
    "like Snowflake": "snowflake",
    "like Sentry": "sentry",
    "like Zitadel": "zitadel",
    "like Keycloak": "keycloak",
    "like authentik": "authentik",
    "like a GitHub organisation": "github-org",
    "like Atlassian": "atlassian",
    "like Databricks": "databricks",
    "like PingFederate": "pingfederate",
}
"""The profile by which a tenant of each is opened, where its address tells."""
