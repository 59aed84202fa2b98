from __future__ import annotations

import pytest

from scimtui.errors import ConfigError
from scimtui.scim.address import checked_base, checked_token_url, holds, is_loopback

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


@pytest.mark.parametrize(
    ("base_url", "said"),
    [
        ("acme.example.com", "no web address"),
        ("ftp://acme.example.com", "no web address"),
        ("https://", "no web address"),
        ("https://acme example.com", "no web address"),
        ("https://[::1", "no web address"),
        ("https://acme.example.com:port", "no web address"),
        ("https://ann:secret@acme.example.com", "user or password"),
        ("https://acme.example.com/scim?tenant=1", "query or fragment"),
        ("https://acme.example.com/scim#x", "query or fragment"),
        ("http://acme.example.com/scim", "unencrypted"),
    ],
)
def test_a_base_url_that_will_not_do_is_refused_without_repeating_it(base_url, said):
    with pytest.raises(ConfigError, match=said) as caught:
        checked_base(base_url)
    assert "secret" not in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.hint


def test_a_token_goes_unencrypted_only_where_that_is_wanted_or_stays_on_this_machine():
    assert checked_base("http://acme.example.com/scim", allow_http=True) == "http://acme.example.com/scim"
    assert checked_base("http://127.0.0.1:8080/scim/") == "http://127.0.0.1:8080/scim"


@pytest.mark.parametrize("url", ["https://login.example.com/token/?v=1", "http://127.0.0.1:9/token"])
def test_a_token_service_is_asked_by_tls_or_on_this_machine(url):
    assert checked_token_url(f" {url} ") == url


@pytest.mark.parametrize(
    "url", ["http://login.example.com/token", "https://a:s3cr3t@login.example.com", "login", "https://[x"]
)
def test_a_token_service_elsewhere_is_never_asked_in_the_clear(url):
    with pytest.raises(ConfigError, match="token_url") as caught:
        checked_token_url(url)
    assert "s3cr3t" not in caught.value.message
