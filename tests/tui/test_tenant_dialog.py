"""Adding a tenant in the console."""

from __future__ import annotations

import json

from fakes.consoles import Console
from fakes.in_memory_provider import TOKEN, FakeProvider
from fakes.raw_server import http, raw_server

from scimtui.config import load_config
from scimtui.tui.app import ScimtuiApp


async def test_a_tenant_can_be_added_that_is_signed_in_to_by_oauth_2(tmp_path):
    provider = FakeProvider()
    provider.add_users(7)
    path = tmp_path / "config.toml"
    told = http(200, json.dumps({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 900}).encode())
    with provider.serve() as base_url, raw_server(lambda _: told, "/login") as login:
        app = ScimtuiApp(load_config(path), tmp_path / "home")
        async with app.run_test(size=(100, 30)) as pilot:
            run = Console(app, pilot)
            await run.until("Add a tenant")
            assert "Token URL" not in run.text
            await run.type("acme")
            await run.press("tab")
            await run.type(base_url)
            await run.press("tab", "right", "right", "right")
            await run.until("‹ OAuth 2 ›")
            assert "Token URL" in run.text
            for text in ("scimtui-client", f"{login.base_url}/token", "scim", "s3cret"):
                await run.press("tab")
                await run.type(text)
            assert "s3cret" not in run.text
            await run.press("ctrl+s")
            await run.until("Users 7")
    tenant = load_config(path).tenants["acme"]
    assert (tenant.auth, tenant.oauth2.client_id, tenant.oauth2.scope) == ("oauth2", "scimtui-client", "scim")
    assert "s3cret" not in path.read_text()
    assert b"scope=scim" in login.seen[0].body
