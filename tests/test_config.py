from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings, strategies as st

from scimtui.config import (
    CompareRules,
    Config,
    Limits,
    OAuth2,
    Tenant,
    Ui,
    config_path,
    config_problems,
    home_path,
    load_config,
    read_tenant,
)
from scimtui.config.tables import known_keys
from scimtui.errors import ConfigError, UsageError
from scimtui.scim.dialect import Dialect, Filters

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
ACME = '[tenants.acme]\nbase_url = "https://acme.example.com/scim"\n'


@pytest.fixture
def write(tmp_path):
    path = tmp_path / "config.toml"

    def written(text: str) -> Path:
        path.write_text(text, encoding="utf-8")
        return path

    return written


def refused(path: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return caught.value


def test_a_missing_file_is_an_empty_config(tmp_path):
    assert load_config(tmp_path / "none.toml") == Config(tmp_path / "none.toml")


def test_tenants_keep_their_order_and_get_the_defaults(write):
    config = load_config(
        write(
            '[defaults]\ntimeout = 5\nlimits = { count = 7 }\n[tenants.zeta]\nbase_url = "https://z.example.com/scim/"\n'
            "limits = { share = 0.5 }\n" + ACME + "timeout = 6\n"
        )
    )
    assert list(config.tenants) == ["zeta", "acme"]
    zeta = config.tenant("zeta")
    assert (zeta.name, zeta.base_url, zeta.timeout) == ("zeta", "https://z.example.com/scim", 5)
    assert zeta.limits == Limits(count=7, share=0.5)
    assert config.tenant("acme").timeout == 6


def test_production_is_stricter_unless_the_config_says_otherwise(write):
    strict = load_config(write(ACME + "production = true\n")).tenant("acme")
    assert (strict.limits, strict.reason_required) == (Limits(count=5, share=0.02), True)
    loose = load_config(write(ACME + "production = true\nreason_required = false\nlimits = { count = 9 }\n"))
    assert loose.tenant("acme").limits == Limits(count=9, share=0.02)
    assert not loose.tenant("acme").reason_required


@pytest.mark.parametrize(
    ("text", "where", "what", "hint"),
    [
        (ACME + "timout = 5\n", "line 3: tenants.acme.timout", "no key", "did you mean timeout?"),
        (ACME + "\n\nxyz = 5\n", "line 5: tenants.acme.xyz", "no key", "known keys: base_url"),
        (ACME + 'verify_tls = "yes"\n', "line 3: tenants.acme.verify_tls", "boolean", "mend"),
        (ACME + 'role = "boss"\n', "line 3: tenants.acme.role", "'admin', 'helpdesk' or 'view'", "mend"),
        (ACME + "limits = { cuont = 5 }\n", "line 3: tenants.acme.limits.cuont", "no key", "did you mean count?"),
        (
            ACME + "[tenants.acme.limits]\nshare = 3\n",
            "line 4: tenants.acme.limits.share",
            "less than or equal to 1",
            "mend",
        ),
        ('[tenants.acme]\nlabel = "A"\n', "line 1: tenants.acme.base_url", "is missing", "add base_url"),
        ("[defaults]\ntimeout = -1\n" + ACME, "line 2: defaults.timeout", "greater than 0", "mend"),
        ("[defaults]\ntimout = 1\n", "line 2: defaults.timout", "no key", "did you mean timeout?"),
        ("[defaults]\nlimits = { shar = 1 }\n" + ACME, "line 2: defaults.limits.shar", "no key", "did you mean share?"),
        (ACME + "[defaults]\nprofile = 5\n", "line 4: defaults.profile", "string", "mend"),
        ("[tenant.acme]\n", "line 1: tenant", "no key", "did you mean tenants?"),
        ('[ui]\nthemes = "x"\n', "line 2: ui.themes", "no key", "did you mean theme?"),
        ('[compare."a b"]\nignor = []\n', "line 2: compare.a b.ignor", "no key", "did you mean ignore?"),
        (ACME + 'name = "x"\n', "line 3: tenants.acme.name", "no key", "did you mean"),
        (ACME + 'auth = "basic"\n', "line 3: tenants.acme.auth", "needs username", ""),
        (ACME + 'auth = "header"\nheader = "a b"\n', "line 4: tenants.acme.header", "no name of an HTTP header", ""),
        (ACME + 'auth = "oauth2"\n', "line 3: tenants.acme.auth", "needs oauth2", ""),
        (
            ACME + 'oauth2 = { token_url = "http://x.example", client_id = "a" }\n',
            "line 3: tenants.acme.oauth2",
            "unencrypted",
            "use https",
        ),
        (
            ACME + 'oauth2 = { token_url = "https://x.example", client_id = "a", private_key = "k" }\n',
            "line 3: tenants.acme.oauth2",
            "private_key goes with",
            "",
        ),
        (
            ACME + "profile = { pagesize = 5 }\n",
            "line 3: tenants.acme.profile",
            "no field pagesize",
            "did you mean page_size?",
        ),
        (ACME + 'profile = { paging = "odd" }\n', "line 3: tenants.acme.profile.paging", "input should be", ""),
        (ACME + "profile = { page_size = 0 }\n", "line 3: tenants.acme.profile.page_size", "1 or more", ""),
        (ACME + 'profile = "octa"\n', "line 3: tenants.acme.profile", "not built in", "did you mean okta"),
        ("tenants = 5\n", "line 1: tenants", "a table", "mend"),
        ("[tenants]\nacme = 5\n", "line 2: tenants.acme", "a table", "mend"),
        ("defaults = 5\n" + '[tenants.acme]\nlabel="x"\n', "line 1: defaults", "a table", "mend"),
        ('[tenants."a b"]\nbase_url = "https://x"\n', "line 1: tenants.a b", "made of letters", ""),
    ],
)
def test_an_error_names_file_line_key_and_the_nearest_key(write, text, where, what, hint):
    path = write(text)
    error = refused(path)
    assert error.message.startswith(f"{path}, {where}"), error.message
    assert what in error.message
    assert hint in error.hint
    assert "\n" not in error.message


def test_text_that_is_no_toml_names_file_and_line(write):
    path = write(ACME + "timeout = = 3\n")
    error = refused(path)
    assert str(path) in error.message
    assert "line 3" in error.message
    assert "line 4" in refused(write(ACME + "\ntimeout = [")).message


def test_all_problems_are_listed_in_the_order_of_the_file(write):
    path = write(ACME + 'timout = 1\nrole = "x"\n[ui]\nmouse = 1\n')
    lines = [problem.message.split(":")[0].rpartition(" ")[2] for problem in config_problems(path)]
    assert lines == ["3", "4", "6"]
    assert "2 more" in refused(path).hint
    assert config_problems(write(ACME)) == []


@pytest.mark.parametrize(
    "line",
    [
        'token = "s3cr3t-canary"',
        'base_url = "https://ann:s3cr3t-canary@x.example.com"',
        'base_url = "ftp://ann:s3cr3t-canary@x.example.com"',
        'base_url = "https://x.example.com:s3cr3t-canary"',
        'base_url = "https://x.example.com/?token=s3cr3t-canary"',
        'role = "s3cr3t-canary"',
        'profile = { paging = "s3cr3t-canary" }',
        'timeout = "s3cr3t-canary"',
        'token_command = "s3cr3t-canary"',
        'header = "s3cr3t canary"',
    ],
)
def test_a_value_is_never_repeated_in_an_error(write, line):
    text = f"[tenants.acme]\n{line}\n" + ("" if line.startswith("base_url") else 'base_url = "https://x.example.com"\n')
    error = refused(write(text))
    assert "s3cr3t" not in error.message + error.hint


def test_a_secret_in_the_file_is_refused_with_the_way_to_keep_it(write):
    assert "scimtui tenant token" in refused(write(ACME + 'token = "x"\n')).hint


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8080/scim", "http://127.0.0.1/scim", "http://[::1]:99/scim", "http://a.localhost/", "https://x"],
)
def test_an_address_on_this_machine_needs_no_https(write, url):
    assert load_config(write(f'[tenants.a]\nbase_url = "{url}"\n')).tenant("a").base_url == url.rstrip("/")


def test_http_elsewhere_needs_to_be_allowed_by_name(write):
    text = '[tenants.a]\nbase_url = "http://scim.example.com"\n'
    error = refused(write(text))
    assert "unencrypted" in error.message
    assert "line 2: tenants.a.base_url" in error.message
    assert "allow_http" in error.hint
    assert load_config(write(text + "allow_http = true\n")).tenant("a").allow_http


@pytest.mark.parametrize(
    "url", ["x", "https://", "https://a b/", "https://[::1", "file:///etc", "https://h:99999/", ""]
)
def test_what_is_no_web_address_is_refused(write, url):
    assert "no web address" in refused(write(f'[tenants.a]\nbase_url = "{url}"\n')).message


def test_two_names_that_would_share_a_token_are_refused(write):
    error = refused(write('[tenants.acme-prod]\nbase_url = "https://a"\n[tenants.acme_Prod]\nbase_url = "https://b"\n'))
    assert "line 3: tenants.acme_Prod" in error.message
    assert "SCIMTUI_TOKEN_ACME_PROD" in error.hint


def test_a_profile_becomes_fields_of_the_dialect(write):
    config = load_config(write(ACME + '[tenants.acme.profile]\nfilters = "equality"\npage_size = 7\n'))
    assert config.tenant("acme").profile == {"filters": Filters.EQUALITY, "page_size": 7}


def test_a_path_may_begin_at_home(write):
    config = load_config(write(ACME + 'ca_bundle = "~/ca.pem"\n'))
    assert config.tenant("acme").ca_bundle == Path.home() / "ca.pem"


def test_an_unknown_tenant_names_the_nearest(write):
    config = load_config(write(ACME))
    with pytest.raises(UsageError) as caught:
        config.tenant("acne")
    assert caught.value.hint == "did you mean acme?"


def test_rules_for_a_comparison_count_in_that_order_alone(write):
    config = load_config(write('[compare."acme other"]\nignore = ["title"]\n'))
    assert config.compare_rules("acme", "other") == CompareRules(ignore=("title",))
    assert config.compare_rules("other", "acme") is None


def test_folders_come_from_the_environment_first(monkeypatch, tmp_path):
    monkeypatch.setenv("SCIMTUI_CONFIG", str(tmp_path / "c.toml"))
    monkeypatch.setenv("SCIMTUI_HOME", str(tmp_path / "home"))
    assert (config_path(), home_path()) == (tmp_path / "c.toml", tmp_path / "home")
    monkeypatch.delenv("SCIMTUI_CONFIG")
    monkeypatch.delenv("SCIMTUI_HOME")
    assert config_path().parts[-2:] == ("scimtui", "config.toml")
    assert home_path().name == "scimtui"


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\x00", b"[[[["])
def test_a_file_that_is_no_text_is_said(tmp_path, data):
    path = tmp_path / "config.toml"
    path.write_bytes(data)
    assert str(path) in refused(path).message


def test_the_example_loads():
    config = load_config(EXAMPLE)
    assert list(config.tenants) == ["acme", "other"]
    acme = config.tenant("acme")
    stated = {name for name in known_keys(Tenant) if f"\n{name} = " in EXAMPLE.read_text(encoding="utf-8")}
    plain = read_tenant("acme", {"base_url": acme.base_url})
    examples = {"label", "token_command", "token_expires", "protected", "ca_bundle", "client_cert", "proxy"}
    from_dialect = {"page_size", "concurrency"}
    for name in stated - examples - from_dialect:
        assert getattr(acme, name) == getattr(plain, name), f"{name} is not the default"


@pytest.mark.parametrize("table", [Tenant, Limits, OAuth2, CompareRules, Ui, Dialect])
def test_the_example_names_every_key(table):
    text = EXAMPLE.read_text(encoding="utf-8")
    fields = [one.name for one in dataclasses.fields(table)]
    lacking = [name for name in fields if name != "name" and f"{name} =" not in text and f".{name}]" not in text]
    assert lacking == []


KEYS = ["tenants", "defaults", "compare", "keys", "ui", "acme", "limits", "a b", "", *known_keys(Tenant)]
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text("a[]\"'\n. =€", max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(KEYS), values, max_size=4), st.booleans())
def test_whatever_stands_in_the_file_it_loads_or_is_refused_with_its_line(tmp_path, document, inside):
    def without_null(value):
        if isinstance(value, dict):
            return {key: without_null(inner) for key, inner in value.items() if inner is not None}
        return [without_null(each) for each in value if each is not None] if isinstance(value, list) else value

    document = without_null(document)
    path = tmp_path / "config.toml"
    text = tomlkit.dumps({"tenants": {"acme": document}} if inside else document)
    path.write_text(text, encoding="utf-8")
    for problem in config_problems(path):
        assert str(path) in problem.message
        assert "line" in problem.message
