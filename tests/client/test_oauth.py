"""Access tokens by client credentials, from a token service on a real socket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from fakes.endpoints import GET, POST
from fakes.raw_server import RawServer, Request, closed_port, http, raw_server
from fakes.sessions import tenant_at

from scimtui.client.connection import Connection
from scimtui.client.oauth import RENEWED_EARLY, AccessToken, Grant, TokenKeeper, TokenSource
from scimtui.client.wire_log import WireLog
from scimtui.errors import ConfigError, EndpointError, SecretError, Unauthorized, Unreachable
from scimtui.ops.session import Session, close_session, open_session

SECRET = "cl1ent s€cret&"


@dataclass
class Service:
    """A token service and a provider that accepts its last token, on one socket."""

    life: object = 3600
    revoked: int = 0
    """Tokens up to this number are refused by the provider."""
    given: int = 0
    forms: list[dict[str, str]] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    answer: bytes | None = None
    """In place of a token."""
    server: RawServer | None = None

    def __call__(self, request: Request) -> bytes:
        if request.target.startswith("/scim/token"):
            self.forms.append({name: values[0] for name, values in parse_qs(request.body.decode()).items()})
            self.signatures.append(request.headers.get("authorization", ""))
            if self.answer is not None:
                return self.answer
            self.given += 1
            told = {"access_token": f"access-{self.given}", "token_type": "Bearer"}
            return http(200, json.dumps(told | ({"expires_in": self.life} if self.life is not None else {})).encode())
        token = request.headers.get("authorization", "").removeprefix("Bearer access-")
        if not token.isdigit() or int(token) <= self.revoked:
            return http(401, json.dumps({"detail": f"access-{token} is refused"}).encode())
        return http(200, b'{"id": "1"}')

    @property
    def seen(self) -> list[Request]:
        assert self.server is not None
        return [one for one in self.server.seen if not one.target.startswith("/scim/token")]


@contextmanager
def served(service: Service) -> Iterator[Service]:
    with raw_server(service) as server:
        service.server = server
        yield service


@dataclass
class Kept:
    token: AccessToken | None = None

    def keeper(self) -> TokenKeeper:
        return TokenKeeper(lambda: self.token, lambda token: setattr(self, "token", token))


def source(service: Service, kept: Kept | None = None, secret: str = SECRET, **values: Any) -> TokenSource:
    assert service.server is not None
    grant = Grant(**{"token_url": f"{service.server.base_url}/token", "client_id": "me:x", **values})

    async def secret_of() -> str:
        return secret

    return TokenSource(grant, secret_of, (kept or Kept()).keeper(), Connection(timeout=5.0), WireLog())


async def test_a_token_is_asked_for_once_and_again_before_it_ends() -> None:
    with served(Service(life=RENEWED_EARLY + 0.3)) as service:
        tokens = source(service)
        assert [await tokens.current(), await tokens.current()] == ["access-1", "access-1"]
        await asyncio.sleep(0.35)
        assert await tokens.current() == "access-2"


@pytest.mark.parametrize("life", [None, "3600", 3600.0])
async def test_a_token_lives_as_long_as_its_service_says_in_any_form(life: object) -> None:
    with served(Service(life=life)) as service:
        kept = Kept()
        tokens = source(service, kept)
        await tokens.current()
        await tokens.current()
        assert service.given == 1
        assert kept.token is not None
        assert kept.token.ends_at - time.time() > 200


async def test_a_kept_token_is_used_while_it_is_good() -> None:
    with served(Service()) as service:
        assert await source(service, Kept(AccessToken("old", time.time() + 900))).current() == "old"
        assert await source(service, Kept(AccessToken("old", time.time() + 30))).current() == "access-1"


async def test_the_client_proves_itself_in_the_header_or_in_the_form() -> None:
    with served(Service()) as service:
        await source(service, scope="scim:read", audience="https://api").current()
        await source(service, method="secret_post").current()
    assert service.forms[0] == {"grant_type": "client_credentials", "scope": "scim:read", "audience": "https://api"}
    # RFC 6749 section 2.3.1: id and secret are form-encoded before Basic puts a colon between them.
    assert service.signatures[0] == "Basic bWUlM0F4OmNsMWVudCtzJUUyJTgyJUFDY3JldCUyNg=="
    assert service.forms[1]["client_secret"] == SECRET
    assert service.forms[1]["client_id"] == "me:x"
    assert service.signatures[1] == ""


KEYS = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


def pem(key: Any) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.mark.parametrize("algorithm", KEYS)
async def test_a_client_with_a_key_signs_who_it_is(algorithm: str) -> None:
    key = KEYS[algorithm]()
    with served(Service()) as service:
        tokens = source(service, secret=pem(key), method="private_key_jwt", key_id="k1")
        await tokens.current()
        await tokens.renewed()
        url = f"{service.server.base_url}/token"
    first, second = (
        jwt.decode(form["client_assertion"], key.public_key(), [algorithm], audience=url) for form in service.forms
    )
    assert (first["iss"], first["sub"]) == ("me:x", "me:x")
    assert first["jti"] != second["jti"]
    assert 0 < first["exp"] - time.time() <= 120
    assert jwt.get_unverified_header(service.forms[0]["client_assertion"])["kid"] == "k1"
    assert service.forms[0]["client_assertion_type"].endswith(":jwt-bearer")


@pytest.mark.parametrize(
    "text", ["no key", "", pem(ec.generate_private_key(ec.SECP384R1())), pem(KEYS["RS256"]())[:200]]
)
async def test_a_key_that_cannot_sign_is_said_and_nothing_is_sent(text: str) -> None:
    with served(Service()) as service:
        with pytest.raises(SecretError, match=r"private key|secret is empty"):
            await source(service, secret=text, method="private_key_jwt").current()
        assert service.forms == []


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (
            http(401, b'{"error": "invalid_client", "error_description": "no such client"}'),
            Unauthorized,
            r"127\.0\.0\.1 gives no access token \(invalid_client\): no such client",
        ),
        (http(400, b'{"error": "invalid_scope"}'), Unauthorized, "invalid_scope"),
        (http(400, b'{"error": "x\\u001b[31m"}'), Unauthorized, r"\(x\[31m\)"),
        (http(500, b"<h1>oops</h1>"), Unreachable, "HTTP 500"),
        (http(200, b"<h1>Sign in</h1>"), Unreachable, "HTTP 200"),
        (http(200, b"[]"), Unreachable, "HTTP 200"),
        (http(302, b"", location="https://evil.example/"), Unreachable, "HTTP 302"),
        (http(200, b'{"access_token": "a\\nb"}'), Unreachable, "HTTP 200"),
        (http(200, b'{"access_token": "a", "token_type": "mac"}'), EndpointError, "no bearer token"),
    ],
)
async def test_a_service_that_gives_no_token_is_named_with_its_reason(
    answer: bytes, error: type[Exception], words: str
) -> None:
    with served(Service(answer=answer)) as service:
        with pytest.raises(error, match=words):
            await source(service).current()
        assert len(service.forms) == 1


async def test_a_service_that_quotes_the_secret_does_not_make_us_repeat_it() -> None:
    told = json.dumps({"error": "invalid_client", "error_description": "bad: s3cr3t-canary"}).encode()
    with served(Service(answer=http(401, told))) as service, pytest.raises(Unauthorized) as caught:
        await source(service, secret="s3cr3t-canary").current()
    assert "canary" not in caught.value.message


async def test_a_service_that_does_not_answer_is_unreachable() -> None:
    port = closed_port()
    with served(Service()) as service:
        tokens = source(service, token_url=f"http://127.0.0.1:{port}/token")
    with pytest.raises(Unreachable, match=f"no access token: nothing listens at 127.0.0.1:{port}"):
        await tokens.current()


@pytest.mark.parametrize(
    "url", ["http://login.example.com/token", "https://a:b@login.example.com/", "login", "ftp://x"]
)
def test_a_secret_goes_to_no_service_without_tls(url: str) -> None:
    with served(Service()) as service, pytest.raises(ConfigError, match="token_url"):
        source(service, token_url=url)


# ------------------------------------------------------------ through a whole session


def session_of(service: Service, home: Path, **oauth2: str) -> Session:
    assert service.server is not None
    told = {"token_url": f"{service.server.base_url}/token?v=1", "client_id": "me", **oauth2}
    return open_session(tenant_at(service.server.base_url, auth="oauth2", oauth2=told), home, secret="s3cr3t-canary")


async def test_a_token_that_was_refused_is_renewed_once_and_the_request_sent_again(tmp_path: Path) -> None:
    with served(Service()) as service:
        session = session_of(service, tmp_path)
        assert (await session.endpoint.send(GET)).status == 200
        service.revoked = 1
        assert (await session.endpoint.send(POST)).status == 200
        assert (service.given, len(service.seen)) == (2, 3)
        service.revoked = 99
        refused = await session.endpoint.send(POST)
        assert refused.status == 401
        assert (service.given, len(service.seen)) == (3, 5)
        assert b"access-" not in refused.body
        log = str(list(session.wire))
        assert "canary" not in log
        assert "access-1" not in log
        assert "/token" in log
        await close_session(session)


async def test_a_token_is_known_again_after_a_restart_unless_the_grant_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring
    from keyrings.alt.file import PlaintextKeyring

    backend = PlaintextKeyring()
    backend.file_path = str(tmp_path / "ring")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyrings.alt.file.PlaintextKeyring")
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    with served(Service()) as service:
        for scope, given in (("a", 1), ("a", 1), ("b", 2)):
            session = session_of(service, tmp_path, scope=scope)
            assert (await session.endpoint.send(GET)).status == 200
            assert service.given == given
            await close_session(session)
