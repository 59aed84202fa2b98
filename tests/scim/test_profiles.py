"""The built-in dialects: each with its source, each found by its address alone."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from scimtui.scim.dialect import RFC, Deactivation, Dialect, Lesson, MemberRemoval, Paging, with_lessons
from scimtui.scim.profiles import NAMES, PROFILES, Profile, named_profile, profile_of_address

ROOT = Path(__file__).parent.parent.parent

ADDRESSES = {
    "https://graph.microsoft.com/rp/scim": "entra",
    "https://api.slack.com/scim/v2/": "slack",
    "https://scim.eu-central-1.amazonaws.com/abc-123/scim/v2": "aws",
    "https://api.github.com/scim/v2/enterprises/acme": "github",
    "https://ghe.acme.example/api/v3/scim/v2": "github",
    "https://api.github.com/scim/v2/organizations/acme": "github-org",
    "https://gitlab.com/api/scim/v2/groups/acme/ops": "gitlab",
    "https://git.acme.example/api/scim/v2/application": "gitlab-instance",
    "https://api.atlassian.com/scim/directory/0000": "atlassian",
    "https://cloudidentityscim.googleapis.com/v1beta1/customers/C0/v2": "google",
    "https://acme.my.salesforce.com/services/scim/v2": "salesforce",
    "https://API.zoom.us/scim2": "zoom",
    "https://acme.zslogin.net/scim/77": "zidentity",
    "https://scim.zscaler.net/1/2/scim": "zscaler",
    "https://acme.cloud.databricks.com/api/2.0/preview/scim/v2": "databricks",
    "https://acme.snowflakecomputing.com/scim/v2": "snowflake",
    "https://sentry.io/api/0/organizations/acme/scim/v2": "sentry",
    "https://api.pagerduty.com/scim/v2": "pagerduty",
    "https://www.figma.com/scim/v2/77": "figma",
    "https://id.acme.example/realms/main/scim/v2": "keycloak",
    "https://auth.acme.example/source/scim/okta/v2": "authentik",
    "https://acme.zitadel.cloud/scim/v2/77": "zitadel",
    "https://api.netbird.io/api/scim/v2": "netbird",
    "https://netbird.acme.example/api/scim/v2": "netbird",
    "https://ping.acme.example:9031/pf-scim/v2": "pingfederate",
    "https://acme.tines.com/api/scim/v2": "tines",
}


@pytest.mark.parametrize(("address", "name"), ADDRESSES.items())
def test_a_provider_is_known_by_its_address(address: str, name: str) -> None:
    found = profile_of_address(address)
    assert found is not None
    assert found.name == name
    by_others = [one.name for one in PROFILES if one is not found and _fits(one, address)]
    assert by_others == []


def _fits(profile: Profile, address: str) -> bool:
    bare = re.sub(r":\d+", "", address.removeprefix("https://")).rstrip("/").casefold()
    return any(re.fullmatch(pattern.casefold(), bare) for pattern in profile.addresses)


@pytest.mark.parametrize(
    "address",
    [
        "https://acme.example.com/scim/v2",
        "https://api.slack.com.evil.example/scim/v2",
        "https://evil.example/api.slack.com/scim/v2",
        "https://notsentry.io/api/0/organizations/acme/scim/v2",
        "http://127.0.0.1:8000/v2",
    ],
)
def test_an_address_that_only_looks_alike_is_nobodys(address: str) -> None:
    assert profile_of_address(address) is None


def test_every_profile_says_where_it_was_read_and_has_a_name_of_its_own() -> None:
    assert all(profile.sources and profile.title for profile in PROFILES)
    assert len(set(NAMES)) == len(NAMES)
    assert named_profile("rfc") is None
    assert [named_profile(name) for name in NAMES[1:]] == list(PROFILES)


def test_every_name_the_help_desk_asks_for_is_there() -> None:
    wanted = """okta entra slack aws github gitlab atlassian google salesforce zoom zscaler databricks snowflake sentry
        pagerduty figma keycloak authentik zitadel netbird pingfederate 1password"""
    assert set(wanted.split()) <= set(NAMES)


def test_who_destroys_what_is_deactivated_is_never_called_harmless() -> None:
    """Two providers delete a person for good on active = false; nothing warns of that but the profile."""
    final = {one.name for one in PROFILES if one.dialect.deactivation is Deactivation.DESTROYS}
    assert final == {"sentry", "pagerduty"}


def test_lessons_change_the_fields_they_name_and_nothing_else() -> None:
    lessons = {
        "paging": Lesson("cursor", "", ""),
        "member_removal": Lesson("value-array", "", ""),
        "can_patch": Lesson(False, "", ""),
        "filter_attributes": Lesson(["id"], "", ""),
        "page_size": Lesson(50, "", ""),
        "name": Lesson(True, "", ""),
        "concurrency": Lesson(True, "", ""),
    }
    assert with_lessons(RFC, lessons) == Dialect(
        paging=Paging.CURSOR,
        member_removal=MemberRemoval.VALUE_ARRAY,
        can_patch=False,
        filter_attributes=("id",),
        page_size=50,
    )


def test_the_page_of_providers_is_what_the_script_writes() -> None:
    page = runpy.run_path(str(ROOT / "scripts" / "list_providers.py"))["page"]()
    assert (ROOT / "docs" / "providers.md").read_text(encoding="utf-8") == page
