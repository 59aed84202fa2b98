from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta

import pytest
from at_terminal import at_terminal
from fakes.in_memory_provider import TOKEN


def test_a_tenant_is_tested_then_kept(bench, acme, memory_keyring):
    bench.config.write_text("# my tenants\n[defaults]\ntimeout = 9  # slow\n")
    with acme.serve() as base_url:
        ended = bench.run("tenant", "add", "acme", "--base-url", base_url, "--production", "--token-stdin", stdin=TOKEN)
        assert ended.status == 0
        assert "12 users" in ended.out
        assert "Memory Keyring" in ended.err
        assert memory_keyring.held == {("scimtui", "acme"): TOKEN}
        text = bench.config.read_text()
        assert text.startswith("# my tenants\n[defaults]\ntimeout = 9  # slow\n")
        assert f'[tenants.acme]\nbase_url = "{base_url}"\nproduction = true\n' in text
        assert TOKEN not in text
        assert stat.S_IMODE(bench.config.stat().st_mode) == 0o600
        assert bench.run("tenant", "test", "acme").status == 0
        assert bench.run("tenant", "add", "acme", "--base-url", base_url, "--token-stdin", stdin=TOKEN).status == 2
    assert [one["name"] for one in bench.run("tenant", "list", "--format", "json").json] == ["acme"]
    shown = bench.run("tenant", "show", "acme", "--format", "json").json
    assert (shown["production"], shown["token"]) == (True, "keyring (Memory Keyring)")


def test_a_tenant_that_does_not_answer_is_not_kept(bench, acme, memory_keyring):
    with acme.serve() as base_url:
        wrong_token = bench.run("tenant", "add", "acme", "--base-url", base_url, "--token-stdin", stdin="wrong")
        elsewhere = base_url.replace("/scim/v2", "/elsewhere")
        wrong_path = bench.run("tenant", "add", "acme", "--base-url", elsewhere, "--token-stdin", stdin=TOKEN)
    gone = bench.run("tenant", "add", "acme", "--base-url", base_url, "--token-stdin", stdin=TOKEN)
    assert [ended.status for ended in (wrong_token, wrong_path, gone)] == [4, 4, 4]
    assert bench.config.read_text() == ""
    assert memory_keyring.held == {}
    assert TOKEN not in wrong_path.err + gone.err
    assert list(bench.home.rglob("*.json")) == []
    kept = bench.run("tenant", "add", "acme", "--base-url", base_url, "--token-stdin", "--no-test", stdin=TOKEN)
    assert kept.status == 0
    assert memory_keyring.held == {("scimtui", "acme"): TOKEN}


def test_that_no_keyring_answers_is_said_before_the_token_is_asked_for(bench, acme):
    with acme.serve() as base_url:
        ended = bench.run("tenant", "add", "acme", "--base-url", base_url)
        assert ended.status == 4
        notice, error, *_ = ended.err.splitlines()
        assert notice.startswith("No keyring can keep the token")
        assert "no terminal" in error
        added = bench.run("tenant", "add", "acme", "--base-url", base_url, "--token-stdin", stdin=TOKEN)
        assert added.status == 0
        assert "the token was not kept" in added.err
        written = b"".join(file.read_bytes() for file in bench.config.parents[1].rglob("*") if file.is_file())
        assert TOKEN.encode() not in written


def test_a_typed_token_is_not_shown(bench, acme):
    with acme.serve() as base_url:
        prompt = b"Token for acme (not shown):"
        status, screen = at_terminal([(prompt, f"{TOKEN}\n".encode())], "tenant", "add", "acme", "--base-url", base_url)
    assert status == 0
    assert TOKEN not in screen
    assert screen.index("No keyring can keep the token") < screen.index(prompt.decode())


def test_a_token_in_the_environment_is_not_asked_for(bench, acme, monkeypatch):
    monkeypatch.setenv("SCIMTUI_TOKEN_ACME", TOKEN)
    with acme.serve() as base_url:
        assert bench.run("tenant", "add", "acme", "--base-url", base_url).status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--base-url", "http://scim.example.com"], "https"),
        (["--base-url", "https://user:pw@scim.example.com"], "user or password"),
        (["--base-url", "ftp://scim.example.com"], "no web address"),
        (["--base-url", "https://scim.example.com", "--auth", "basic"], "username"),
        (["--base-url", "https://scim.example.com", "--auth", "header"], "header"),
        (["--base-url", "https://scim.example.com", "--auth", "oauth2"], "needs oauth2"),
        (["--base-url", "https://scim.example.com", "--auth", "magic"], "magic"),
    ],
)
def test_a_wrong_option_is_said_before_a_token_is_read(bench, arguments, said):
    ended = bench.run("tenant", "add", "acme", *arguments, "--token-stdin", stdin=TOKEN)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
    assert "keyring" not in ended.err
    assert "pw@" not in ended.err


def test_a_new_token_takes_the_place_of_the_old_one_only_if_it_works(bench, acme, memory_keyring):
    with acme.serve() as base_url:
        bench.run("tenant", "add", "acme", "--base-url", base_url, "--token-stdin", stdin=TOKEN)
        assert bench.run("tenant", "token", "acme", "--token-stdin", stdin="wrong").status == 4
        assert memory_keyring.held["scimtui", "acme"] == TOKEN
        assert bench.run("tenant", "token", "acme", "--token-stdin", "--no-test", stdin="other").status == 0
        assert memory_keyring.held["scimtui", "acme"] == "other"


def test_the_end_of_a_token_is_kept_and_warned_about(bench, acme, memory_keyring):
    with acme.serve() as base_url:
        bench.run("tenant", "add", "acme", "--base-url", base_url, "--token-stdin", stdin=TOKEN)
        soon = (datetime.now(UTC).astimezone().date() + timedelta(days=5)).isoformat()
        done = bench.run("tenant", "token", "acme", "--token-stdin", "--expires", soon, stdin=TOKEN)
        assert done.status == 0
        assert f"token_expires = {soon}" in bench.config.read_text()
        warned = bench.run("list", "acme", "User")
        assert f"acme: ! token ends in 5 days ({soon}); scimtui tenant token acme replaces it" in warned.err
        assert soon in bench.run("tenant", "list", "--format", "json").out
        assert "ends on" in bench.run("doctor").out
        again = bench.run("tenant", "token", "acme", "--token-stdin", stdin=TOKEN)
        assert f"still says that the token of acme ends on {soon}" in again.err
        assert bench.run("tenant", "token", "acme", "--token-stdin", "--expires", "soon", stdin=TOKEN).status == 2


def test_a_tenant_is_removed_with_its_token_and_cache(bench, acme, memory_keyring):
    with acme.serve() as base_url:
        bench.config.write_text(f'# first\n[tenants.other]\nbase_url = "{base_url}"  # stays\n')
        bench.run("tenant", "add", "acme", "--base-url", base_url, "--token-stdin", stdin=TOKEN)
        bench.run("sync", "acme")
    assert (bench.home / "cache" / "acme").exists()
    assert bench.run("tenant", "remove", "acme").status == 5
    assert bench.run("tenant", "remove", "acme", "--yes").status == 0
    assert bench.config.read_text().strip() == f'# first\n[tenants.other]\nbase_url = "{base_url}"  # stays'
    assert memory_keyring.held == {}
    assert not (bench.home / "cache" / "acme").exists()
    assert bench.run("tenant", "remove", "acme", "--yes").status == 2


def test_basic_and_header_sign_as_they_should(bench, acme):
    with acme.serve() as base_url:
        bench.run(
            "tenant",
            "add",
            "a",
            "--base-url",
            base_url,
            "--auth",
            "basic",
            "--username",
            "ann",
            "--token-stdin",
            stdin="x",
        )
        assert acme.seen[-1].headers["authorization"].startswith("Basic ")
        bench.run(
            "tenant",
            "add",
            "b",
            "--base-url",
            base_url,
            "--auth",
            "header",
            "--header",
            "X-Key",
            "--token-stdin",
            stdin="k",
        )
        assert acme.seen[-1].headers["x-key"] == "k"


def test_the_config_is_made_once_checked_and_named(bench):
    bench.config.unlink()
    assert bench.run("config", "path").out == f"{bench.config}\n"
    assert bench.run("config", "validate").status == 0
    assert bench.run("config", "init").status == 0
    assert bench.run("config", "validate").status == 0
    assert bench.run("config", "init").status == 2
    bench.config.write_text('[tenants.a]\nbase_uri = "https://x"\n[tenants.b]\nbase_url = "http://x.example"\n')
    ended = bench.run("config", "validate")
    assert (ended.status, ended.out) == (2, "")
    assert "line 2" in ended.err
    assert "did you mean base_url" in ended.err
    assert "line 4" in ended.err
    for command in (["list", "a"], ["tenant", "list"], ["sync"]):
        assert bench.run(*command).status == 2


def test_the_doctor_says_what_works_and_what_to_do(both, monkeypatch):
    good = both.run("doctor", "--format", "json")
    assert good.status == 0
    found = {finding["what"]: finding for finding in good.json}
    assert found["keyring"]["result"] == "warning"
    assert "12 users" in found["acme: provider"]["detail"]
    monkeypatch.setenv("SCIMTUI_TOKEN_STAGE", "wrong")
    bad = both.run("doctor")
    assert bad.status == 1
    assert "✗ stage: provider" in bad.out
    both.config.write_text("[tenants.a]\n")
    assert both.run("doctor").status == 1
