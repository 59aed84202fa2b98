from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from scimtui.demo import servers
from scimtui.demo.home import demo_home
from scimtui.demo.servers import start
from scimtui.errors import LocalError, UsageError


def ask(tenant, path, token=None, body=None):
    request = urllib.request.Request(
        tenant.base_url + path,
        data=json.dumps(body).encode() if body else None,
        headers={"Authorization": f"Bearer {token or tenant.token}", "Content-Type": "application/scim+json"},
        method="PATCH" if body else "GET",
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def is_open(base_url):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(base_url).port)) == 0


def wait_until_closed(base_url):
    deadline = time.monotonic() + 10
    while is_open(base_url):
        assert time.monotonic() < deadline, "the servers are still there"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def running():
    with start(users=40, tenants=3) as demo:
        yield demo


def test_each_tenant_serves_its_people_and_groups(running):
    assert [tenant.name for tenant in running.tenants] == ["acme-prod", "acme-stage", "acme-labs"]
    assert [tenant.production for tenant in running.tenants] == [True, False, False]
    for tenant in running.tenants:
        assert ask(tenant, "/Users?count=0")["totalResults"] == 40
        assert ask(tenant, "/Groups?count=0")["totalResults"] > 20


def test_a_tenant_opens_to_its_own_token_alone(running):
    prod, stage, _ = running.tenants
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(prod, "/Users", token=stage.token)
    refused.value.close()
    assert refused.value.code == 401


def test_a_change_reaches_the_tenant_and_no_other(running):
    prod, stage, _ = running.tenants
    query = "/Users?filter=externalId%20eq%20%22E100001%22"
    person = ask(prod, query)["Resources"][0]
    operations = [{"op": "replace", "path": "active", "value": not person["active"]}]
    schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
    ask(prod, f"/Users/{person['id']}", body={"schemas": schemas, "Operations": operations})
    assert ask(prod, query)["Resources"][0]["active"] is not person["active"]
    assert ask(stage, query)["Resources"][0]["active"] is person["active"]


def test_the_servers_are_gone_when_the_demo_is_left():
    with start(users=1, tenants=1) as demo:
        assert is_open(demo.tenants[0].base_url)
    assert not is_open(demo.tenants[0].base_url)
    demo.stop()


def test_the_servers_end_with_the_program_even_when_it_is_killed():
    program = (
        "from scimtui.demo.servers import start; import time\n"
        "print(start(users=1, tenants=1).tenants[0].base_url, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        base_url = process.stdout.readline().strip()
        assert is_open(base_url)
        process.kill()
    wait_until_closed(base_url)


def test_a_missing_server_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr(servers, "find_spec", {}.get)
    with pytest.raises(UsageError) as stopped:
        start(users=1, tenants=1)
    assert 'pip install "scimtui[demo]"' in stopped.value.hint


@pytest.mark.parametrize(("users", "tenants"), [(0, 1), (1, 0), (1, 99)])
def test_numbers_that_make_no_demo_are_refused(users, tenants):
    with pytest.raises(UsageError):
        start(users=users, tenants=tenants)


def test_servers_that_do_not_start_are_one_clear_error(monkeypatch, tmp_path):
    broken = tmp_path / "python"
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(LocalError, match="did not start"):
        start(users=1, tenants=1)
    if os.name == "posix":
        broken.write_text("#!/bin/sh\nexit 7\n")
        broken.chmod(0o700)
        with pytest.raises(LocalError, match="status 7"):
            start(users=1, tenants=1)


def test_the_home_is_temporary_and_names_no_token(running, monkeypatch):
    monkeypatch.setenv("SCIMTUI_TOKEN_ACME_PROD", "the user's own")
    with demo_home(running) as (config, home):
        text = config.read_text(encoding="utf-8")
        for tenant in running.tenants:
            section = tomllib.loads(text)["tenants"][tenant.name]
            assert section["base_url"] == tenant.base_url
            assert section.get("production", False) is tenant.production
            assert tenant.token not in text
            assert os.environ["SCIMTUI_TOKEN_" + tenant.name.upper().replace("-", "_")] == tenant.token
        if os.name == "posix":
            assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700
    assert not home.parent.exists()
    assert os.environ["SCIMTUI_TOKEN_ACME_PROD"] == "the user's own"
    assert "SCIMTUI_TOKEN_ACME_STAGE" not in os.environ


def test_the_demo_loads_neither_the_console_nor_the_http_client():
    program = (
        "import sys, scimtui.demo.home, scimtui.demo.servers\n"
        "print({'textual', 'httpx', 'keyring', 'scim2_models'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
