"""Dialects of well-known providers, as data: what their documentation or source says, and where it says so.

An entry speaks only where a source does; all else keeps the default, is learned from answers, or is found out by a check.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from scimtui.scim.dialect import RFC, Deactivation, Deletion, Dialect, Filters, MemberRemoval, Paging


@dataclass(frozen=True)
class Profile:
    """What is known about one provider before it is asked."""

    title: str
    """What people call it."""
    dialect: Dialect
    sources: tuple[str, ...]
    """Addresses, or repository:path, of what the entry was taken from."""
    addresses: tuple[str, ...] = ()
    """Patterns of "host/path", anchored at both ends. (): only chosen by name."""
    notes: tuple[str, ...] = ()
    """What an admin should know, in sentences."""

    @property
    def name(self) -> str:
        """The name by which a config chooses it."""
        return self.dialect.name


PROFILES: tuple[Profile, ...] = (
    Profile(
        "Okta as the client",
        Dialect(
            "okta",
            filters=Filters.EQUALITY,
            filter_attributes=("userName", "displayName", "externalId", "id", "emails"),
        ),
        sources=(
            "okta/okta-developer-docs: concepts/scim/faqs/index.md",
            "okta/okta-developer-docs: reference/scim/scim-20/index.md",
        ),
        notes=(
            "For a service of your own that was built for Okta: Okta itself asks for eq only and never deletes a user.",
            "What Okta provisions it may write again: a change made here lasts until its next push.",
        ),
    ),
    Profile(
        "Microsoft Entra ID",
        Dialect(
            "entra",
            paging=Paging.CURSOR,
            filters=Filters.EQUALITY,
            filter_attributes=("userName", "externalId", "id", "groups.value", "mailNickname"),
            can_put=False,
            members_per_request=20,
            removals_per_request=1,
            lists_members=False,
            shows_members=False,
        ),
        sources=("MicrosoftDocs/entra-docs: docs/identity/app-provisioning/entra-id-scim-api-reference.md",),
        addresses=(r"graph\.microsoft\.com/rp/scim.*",),
        notes=(
            "The members of a group are never returned: they are known only through the groups of each person.",
            "A list says no total, so that only its last page proves it complete.",
            "A new user needs password and mailNickname.",
        ),
    ),
    Profile(
        "Slack",
        Dialect(
            "slack",
            page_size=1000,
            reads_per_minute=1000,
            writes_per_minute=180,
            deactivation=Deactivation.SUSPENDS,
            deletion=Deletion.DEACTIVATES,
        ),
        sources=(
            "https://docs.slack.dev/reference/scim-api/rate-limits",
            "https://docs.slack.dev/reference/scim-api/scim-api-2",
        ),
        addresses=(r"api\.slack\.com/scim/v2", r"slack\.com/scim/v2"),
        notes=("DELETE of a user deactivates; DELETE of a group is for good.",),
    ),
    Profile(
        "AWS IAM Identity Center",
        Dialect(
            "aws",
            paging=Paging.CURSOR,
            page_size=100,
            filters=Filters.EQUALITY,
            members_per_request=100,
            lists_members=False,
            shows_members=False,
            deactivation=Deactivation.SUSPENDS,
        ),
        sources=(
            "https://docs.aws.amazon.com/singlesignon/latest/developerguide/listgroups.html",
            "https://docs.aws.amazon.com/singlesignon/latest/developerguide/patchgroup.html",
            "https://docs.aws.amazon.com/singlesignon/latest/developerguide/limitations.html",
        ),
        addresses=(r"scim\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/.*",),
        notes=(
            "The members of a group are never returned; replacing or removing all of them at once is refused.",
            "One e-mail, one phone number and one address for each person.",
            "Without a cursor it sends one page and calls it the total.",
        ),
    ),
    Profile(
        "GitHub Enterprise",
        Dialect("github", deactivation=Deactivation.SUSPENDS, deletion=Deletion.DELETES, writes_per_minute=16),
        sources=(
            "github/docs: content/rest/enterprise-admin/scim.md",
            "github/docs: data/reusables/scim/emu-scim-rate-limit-details.md",
        ),
        addresses=(r"api\.github\.com/scim/v2/enterprises/[^/]+", r"[^/]+/api/v3/scim/v2"),
        notes=(
            "active = false suspends the account and obscures its login and e-mail.",
            "DELETE suspends for good: it cannot be undone.",
            "A second writer beside the identity provider breaks its provisioning.",
        ),
    ),
    Profile(
        "GitHub organisation",
        Dialect("github-org", value_filters=False, deactivation=Deactivation.REMOVES, deletion=Deletion.DELETES),
        sources=("github/docs: content/rest/scim/scim.md",),
        addresses=(r"api\.github\.com/scim/v2/organizations/[^/]+",),
        notes=("active = false takes the person out of the organisation and forgets the SCIM id.",),
    ),
    Profile(
        "GitLab group",
        Dialect(
            "gitlab",
            page_size=20,
            filters=Filters.EQUALITY,
            filter_attributes=("id", "externalId"),
            deactivation=Deactivation.REMOVES,
            deletion=Deletion.DELETES,
        ),
        sources=("gitlabhq/gitlabhq: doc/development/internal_api/_index.md",),
        addresses=(r"[^/]+/api/scim/v2/groups/.+",),
        notes=(
            "The id is the identity's external UID and can be changed by a PATCH.",
            "active = false removes the identity; DELETE removes the membership.",
            "A PATCH changes id, externalId and active, nothing else.",
        ),
    ),
    Profile(
        "GitLab instance",
        Dialect("gitlab-instance", page_size=20, filters=Filters.EQUALITY, deactivation=Deactivation.SUSPENDS),
        sources=("gitlabhq/gitlabhq: doc/development/internal_api/_index.md",),
        addresses=(r"[^/]+/api/scim/v2/application",),
        notes=("active = false and DELETE both block the account.",),
    ),
    Profile(
        "Atlassian",
        Dialect(
            "atlassian",
            page_size=100,
            filters=Filters.EQUALITY,
            filter_attributes=("userName", "externalId", "displayName"),
            deactivation=Deactivation.SUSPENDS,
            deletion=Deletion.DEACTIVATES,
        ),
        sources=(
            "https://developer.atlassian.com/cloud/admin/user-provisioning/rest",
            "https://docs.go-atlassian.io/atlassian-admin-cloud/scim/users",
        ),
        addresses=(r"api\.atlassian\.com/scim/directory/[^/]+",),
        notes=("DELETE deactivates; afterwards the person answers 404. A real deletion is not possible here.",),
    ),
    Profile(
        "Google Cloud Identity",
        Dialect("google", paging=Paging.NONE, can_put=False, operations_per_request=20, if_match=False),
        sources=("https://docs.cloud.google.com/identity/docs/scim/reference/rest",),
        addresses=(r"cloudidentityscim\.googleapis\.com/v1(beta1)?/customers/[^/]+(/v2)?",),
        notes=("It does not page: one answer, and no proof that it holds everybody.",),
    ),
    Profile(
        "Salesforce",
        Dialect("salesforce", page_size=200, deletion=Deletion.DEACTIVATES, deactivation=Deactivation.SUSPENDS),
        sources=("https://help.salesforce.com: identity_scim_overview, identity_scim_rest_api",),
        addresses=(r"[^/]+\.(my\.)?salesforce\.com/services/scim/v2",),
        notes=("Users can only be deactivated, never deleted.",),
    ),
    Profile(
        "Zoom",
        Dialect("zoom"),
        sources=("https://developers.zoom.us/docs/api/rest/scim-api",),
        addresses=(r"api\.zoom\.us/scim2",),
        notes=("A list leaves out manager, organization, costCenter and licences: open a person to see them.",),
    ),
    Profile(
        "Zscaler Internet Access",
        Dialect("zscaler", concurrency=1, reads_per_minute=300, writes_per_minute=300),
        sources=("https://help.zscaler.com/zia/scim-api-examples",),
        addresses=(r"scim\.zscaler[a-z]*\.net/.*",),
        notes=("Five requests a second in all.",),
    ),
    Profile(
        "Zscaler ZIdentity",
        Dialect("zidentity", concurrency=4, reads_per_minute=3000, writes_per_minute=3000),
        sources=("https://help.zscaler.com/zidentity/scim-api-examples",),
        addresses=(r"[^/]+\.zslogin[a-z]*\.net/scim/.*",),
    ),
    Profile(
        "Databricks",
        Dialect("databricks", lists_members=True, excludes_members=True),
        sources=(
            "https://docs.databricks.com/aws/en/reference/scim-2-1",
            "databricks/terraform-provider-databricks: issue 1659",
        ),
        addresses=(
            r"[^/]+\.(cloud\.databricks\.com|azuredatabricks\.net|gcp\.databricks\.com)/api/2\.[01]/(accounts/[^/]+|preview|account)/scim/v2",
        ),
        notes=("Large groups time out in a list: their members are read one group after the other.",),
    ),
    Profile(
        "Snowflake",
        Dialect(
            "snowflake",
            page_size=100,
            filters=Filters.EQUALITY,
            filter_attributes=("userName", "displayName", "id", "externalId"),
            deactivation=Deactivation.SUSPENDS,
        ),
        sources=(
            "https://docs.snowflake.com/en/user-guide/scim-custom",
            "https://docs.snowflake.com/en/release-notes/bcr-bundles/2026_03/bcr-2276",
        ),
        addresses=(r"[^/]+\.snowflakecomputing\.com/scim/v2",),
        notes=(
            "Before bundle 2026_03 an unfiltered list held one made-up user, synthesis_user, and nobody else.",
            "The token ends after six months.",
        ),
    ),
    Profile(
        "Sentry",
        Dialect(
            "sentry",
            page_size=100,
            filters=Filters.EQUALITY,
            filter_attributes=("userName", "displayName"),
            deactivation=Deactivation.DESTROYS,
            deletion=Deletion.DELETES,
            excludes_members=True,
        ),
        sources=("getsentry/sentry: src/sentry/core/endpoints/scim/members.py",),
        addresses=(r"([^/]+\.)?sentry\.io/api/0/organizations/[^/]+/scim/v2",),
        notes=("active = false deletes the member for good. A PUT changes the role only.",),
    ),
    Profile(
        "PagerDuty",
        Dialect("pagerduty", deactivation=Deactivation.DESTROYS, deletion=Deletion.DELETES),
        sources=("https://support.pagerduty.com/main/docs/assign-or-deactivate-users",),
        addresses=(r"api\.(eu\.)?pagerduty\.com/scim/v2",),
        notes=("active = false deletes the person; reactivation is impossible.",),
    ),
    Profile(
        "Figma",
        Dialect("figma", deactivation=Deactivation.REMOVES),
        sources=(
            "https://developers.figma.com/docs/rest-api/scim",
            "https://developers.figma.com/docs/rest-api/scim-supported-schemas",
        ),
        addresses=(r"www\.figma\.com/scim/v2/[^/]+",),
        notes=(
            "active = false takes the person out of the organisation.",
            "Changing userName changes the e-mail. The seat is the role of type seatType.",
        ),
    ),
    Profile(
        "Keycloak",
        Dialect("keycloak", page_size=100, if_match=False),
        sources=(
            "keycloak/keycloak: scim/model ServiceProviderConfigResourceTypeProvider.java",
            "https://phasetwo.io/tutorials/scim/filtering/",
        ),
        addresses=(r"[^/]+(/auth)?/realms/[^/]+/scim/v2",),
        notes=(
            "A page holds 100 at most, sortBy is ignored, and a filter on an attribute that is not mapped matches nobody.",
            "A list that is read while people are deleted passes others by: sync again when it says that it shrank.",
        ),
    ),
    Profile(
        "authentik",
        Dialect("authentik", if_match=False, deletion=Deletion.DELETES),
        sources=("goauthentik/authentik: authentik/sources/scim/views/v2/base.py",),
        addresses=(r"[^/]+/source/scim/[^/]+/v2",),
        notes=("It divides startIndex by the page size; the list is walked by pages so that nobody is passed by.",),
    ),
    Profile(
        "Zitadel",
        Dialect("zitadel", page_size=100, if_match=False),
        sources=("zitadel/zitadel: internal/api/scim/resources/resource_list.go",),
        addresses=(r"[^/]+\.zitadel\.cloud/scim/v2/[^/]+",),
        notes=("A page of more than 100 is refused.",),
    ),
    Profile(
        "NetBird",
        Dialect("netbird"),
        sources=("netbirdio/docs: src/pages/manage/team/idp-sync/jumpcloud-sync.mdx",),
        addresses=(r"api\.netbird\.io/api/scim/v2", r"[^/]*netbird[^/]*/api/scim/v2"),
        notes=("It receives from an identity provider; prefixes decide which groups it keeps.",),
    ),
    Profile(
        "PingFederate",
        Dialect("pingfederate", can_patch=False, if_match=False),
        sources=("https://docs.pingidentity.com/pingfederate: pf_scim_20_inbound_provisioning_endpoints",),
        addresses=(r"[^/]+/pf-scim/v2",),
        notes=("No PATCH: every change replaces the whole resource. Users only.",),
    ),
    Profile(
        "1Password SCIM Bridge",
        Dialect("1password"),
        sources=("https://support.1password.com/scim-endpoints",),
        notes=("Its address is your own host with /scim. Nothing more is documented: run a check.",),
    ),
    Profile(
        "Bitwarden",
        Dialect("bitwarden"),
        sources=("bitwarden/server: issue 4034",),
        addresses=(r"scim\.bitwarden\.(com|eu)/v2/[^/]+",),
        notes=("It lists nobody unless startIndex and count are both sent, as they are here.",),
    ),
    Profile(
        "HCP Terraform",
        Dialect(
            "terraform",
            filters=Filters.EQUALITY,
            filter_attributes=("userName", "externalId", "displayName"),
            excludes_members=True,
        ),
        sources=("https://developer.hashicorp.com/terraform/cloud-docs/api-docs/scim",),
        addresses=(r"app\.terraform\.io/scim/v2/[^/]+",),
    ),
    Profile(
        "Miro",
        Dialect("miro", reads_per_minute=10, writes_per_minute=10),
        sources=("https://developers.miro.com/reference/rate-limits",),
        addresses=(r"miro\.com/api/v1/scim",),
        notes=("Five reads of groups and five changes of a group in 30 seconds.",),
    ),
    Profile(
        "LaunchDarkly",
        Dialect("launchdarkly", deletion=Deletion.DEACTIVATES),
        sources=("https://launchdarkly.com/docs: SCIM API endpoints",),
        addresses=(r"app\.launchdarkly\.com/trust/scim/v2",),
    ),
    Profile(
        "Tines",
        Dialect("tines", deletion=Deletion.DEACTIVATES),
        sources=("https://tines.com/api/scim",),
        addresses=(r"[^/]+\.tines\.com/api/scim/v2",),
    ),
    Profile(
        "Entra as the client",
        Dialect("for-entra", filters=Filters.EQUALITY, capital_ops=True, member_removal=MemberRemoval.VALUE_ARRAY),
        sources=(
            "MicrosoftDocs/entra-docs: docs/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility.md",
        ),
        notes=("For a service that was built for Entra: it reads what Entra sends, capital operations included.",),
    ),
)
"""In the order in which an address is looked for."""

NAMES = (RFC.name, *(profile.name for profile in PROFILES))
"""Every name that a config may choose beside "auto"."""


def named_profile(name: str) -> Profile | None:
    """Return the profile of that name, None where there is none or where it is the RFC itself."""
    return next((profile for profile in PROFILES if profile.name == name), None)


def profile_of_address(base_url: str) -> Profile | None:
    """Return the profile of the provider that is known to live at a base URL, None where the URL says nothing."""
    parts = urlsplit(base_url)
    address = f"{(parts.hostname or '').casefold()}{parts.path.rstrip('/')}"
    for profile in PROFILES:
        if any(re.fullmatch(pattern, address) for pattern in profile.addresses):
            return profile
    return None
