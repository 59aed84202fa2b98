from __future__ import annotations

import pytest

from scimtui.scim.address import checked_base, holds, is_loopback

BASE = "https://acme.example.com/scim/v2"


@pytest.mark.parametrize(
    "url",
    [
        BASE,
        BASE + "/Users",
        "https://ACME.example.com:443/scim/v2/Users?x=/../y",
        BASE + "/Users/a%2Fb",
        BASE + "/a..b",
    ],
)
def test_what_lies_below_the_base_url_may_have_the_token(url):
    assert holds(BASE, url)


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.example.com/scim/v2/Users",
        "https://acme.example.com:8443/scim/v2/Users",
        "https://acme.example.com.evil.com/scim/v2/Users",
        "https://evil.com/https://acme.example.com/scim/v2/Users",
        "https://ann@acme.example.com/scim/v2/Users",
        "https://acme.example.com@evil.com/scim/v2/Users",
        BASE + "0/Users",
        BASE + "/../admin",
        BASE + "/%2e%2E/admin",
        BASE + "/./Users",
        BASE + "\\..\\admin",
        "//acme.example.com/scim/v2",
        "/scim/v2/Users",
        "https://[",
        "https://acme.example.com:x/scim/v2",
        "",
    ],
)
def test_nothing_else_may_have_it(url):
    assert not holds(BASE, url)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_this_machine_is_known_by_all_its_names(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.example.com", "127.0.0.1.nip.io", "10.0.0.1", "0.0.0.0", "", "127.1"])
def test_others_are_not_this_machine(host):
    assert not is_loopback(host)


def test_a_base_url_loses_its_slash_and_nothing_else():
    assert checked_base(" https://Acme.example.com/SCIM/v2// ") == "https://Acme.example.com/SCIM/v2"
