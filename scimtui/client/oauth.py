"""Access tokens by OAuth 2 client credentials (RFC 6749 section 4.4), the client known by a secret or by a key (RFC 7523)."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote_plus

import httpx
import orjson

from scimtui.client.connection import Connection, open_client
from scimtui.client.failures import failure
from scimtui.errors import EndpointError, SecretError, Unauthorized, Unreachable
from scimtui.scim.address import checked_token_url
from scimtui.scim.masks import MASK
from scimtui.scim.message import ScimRequest, ScimResponse

if TYPE_CHECKING:
    from scimtui.client.wire_log import WireLog

RENEWED_EARLY = 60.0
"""Seconds before its end at which a token is not used any more: the answer to a slow request must still find it good."""
ASSUMED_LIFE = 300.0
"""Seconds that a token is taken to live where its service does not say."""
ASSERTION_LIFE = 120
"""Seconds for which a signed assertion is good."""
LARGEST_ANSWER = 1024 * 1024
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_HINTS = {
    "invalid_client": "check client_id and the client's secret or key",
    "unauthorized_client": "allow this client the client-credentials grant",
    "invalid_scope": "correct scope in oauth2 of the config",
    "unsupported_grant_type": "allow client credentials there, or use a token",
}


@dataclass(frozen=True)
class Grant:
    """What is needed to ask for an access token."""

    token_url: str
    client_id: str
    scope: str = ""
    audience: str = ""
    method: Literal["secret_basic", "secret_post", "private_key_jwt"] = "secret_basic"
    """How the client proves who it is."""
    key_id: str = ""
    """`kid` of the private key, where the service has several."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token and when it ends."""

    value: str
    ends_at: float
    """Seconds since the epoch."""

    @property
    def is_good(self) -> bool:
        """Whether a request that is sent now will still find it good."""
        return time.time() < self.ends_at - RENEWED_EARLY

    def __repr__(self) -> str:
        return f"AccessToken(…, {self.ends_at:.0f})"


@dataclass(frozen=True)
class TokenKeeper:
    """Where an access token lives between two starts. Both may block: they are called in a thread."""

    load: Callable[[], AccessToken | None]
    save: Callable[[AccessToken], None]


class TokenSource:
    """Gives the access token: the kept one while it is good, else a new one."""

    def __init__(
        self,
        grant: Grant,
        secret: Callable[[], Awaitable[str]],
        keeper: TokenKeeper,
        connection: Connection,
        wire: WireLog,
    ) -> None:
        """Check the address of the token service.

        Raises:
            ConfigError: it is no https address; only this machine may be asked without TLS.
        """
        self._grant = grant
        self._url = checked_token_url(grant.token_url)
        self._secret = secret
        """The client's secret, or its private key in PEM form."""
        self._keeper = keeper
        self._connection = connection
        self._wire = wire
        self._token: AccessToken | None = None
        self._is_loaded = False

    async def current(self) -> str:
        """Return a token that is good now.

        Raises:
            Unauthorized: the service refuses the client.
            Unreachable: the service gives no usable answer.
            SecretError: there is no secret, or no usable key.
        """
        if self._token is None and not self._is_loaded:
            self._is_loaded = True
            self._token = await asyncio.to_thread(self._keeper.load)
        if self._token is None or not self._token.is_good:
            await self.renewed()
        assert self._token is not None
        return self._token.value

    async def renewed(self) -> str:
        """Return a new token, whatever is known of the old one; raises as `current` does."""
        self._token = await self._fetch()
        await asyncio.to_thread(self._keeper.save, self._token)
        return self._token.value

    async def _fetch(self) -> AccessToken:
        secret = (await self._secret()).strip()
        form, auth = await self._proof(secret)
        form |= {"grant_type": "client_credentials"}
        optional = {"scope": self._grant.scope, "audience": self._grant.audience}
        form |= {name: value for name, value in optional.items() if value}
        started = time.monotonic()
        asked = ScimRequest("POST", self._url)
        try:
            async with open_client(self._url, self._connection) as client:
                response = await client.post(
                    self._url, data=form, auth=auth, headers={"Accept": "application/json"}, follow_redirects=False
                )
        except (httpx.TransportError, httpx.InvalidURL, OSError) as error:
            why = failure(error, self._url, self._connection.timeout, self._connection.proxy)
            self._wire.failed(asked, why.message, time.monotonic() - started)
            raise Unreachable(f"no access token: {why.message}", why.hint) from error
        body = response.content[:LARGEST_ANSWER].replace(secret.encode(), MASK.encode())  # some quote what they refuse
        answer = ScimResponse(response.status_code, {}, body)
        self._wire.answered(asked, answer, time.monotonic() - started)
        return _read(answer, httpx.URL(self._url).host)

    async def _proof(self, secret: str) -> tuple[dict[str, str], httpx.Auth]:
        """Return the form fields and the signature that say who we are."""
        grant = self._grant
        if not secret:
            raise SecretError("the client's secret is empty", "set it anew")
        if grant.method == "private_key_jwt":
            assertion = await asyncio.to_thread(_assertion, grant, self._url, secret)
            fields = {"client_assertion_type": JWT_BEARER, "client_assertion": assertion}
            return {"client_id": grant.client_id, **fields}, httpx.Auth()
        if grant.method == "secret_post":
            return {"client_id": grant.client_id, "client_secret": secret}, httpx.Auth()
        return {}, httpx.BasicAuth(_form_quoted(grant.client_id), _form_quoted(secret))


def _form_quoted(text: str) -> str:
    """Return text as RFC 6749 section 2.3.1 wants it inside Basic: form-encoded first."""
    return quote_plus(text)


def _assertion(grant: Grant, audience: str, key: str) -> str:
    """Return a signed statement of who we are (RFC 7523 section 3).

    Raises:
        SecretError: the key is none that can sign.
    """
    import jwt
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    hint = "name an unencrypted private key in PEM form: RSA, P-256 or Ed25519"
    try:
        private = load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise SecretError(f"the private key of {grant.client_id} cannot be read", hint) from error
    algorithms = {rsa.RSAPrivateKey: "RS256", ec.EllipticCurvePrivateKey: "ES256", ed25519.Ed25519PrivateKey: "EdDSA"}
    algorithm = next((name for kind, name in algorithms.items() if isinstance(private, kind)), None)
    if algorithm is None or (algorithm == "ES256" and getattr(private, "key_size", 256) != 256):
        raise SecretError(f"the private key of {grant.client_id} is of a kind that cannot be used", hint)
    now = int(time.time())
    claims = {
        "iss": grant.client_id,
        "sub": grant.client_id,
        "aud": audience,
        "iat": now,
        "exp": now + ASSERTION_LIFE,
        "jti": str(uuid.uuid4()),
    }
    return jwt.encode(claims, private, algorithm, headers={"kid": grant.key_id} if grant.key_id else None)  # type: ignore[arg-type]


def _read(answer: ScimResponse, host: str) -> AccessToken:
    """Return the token of an answer (RFC 6749 section 5.1).

    Raises:
        Unauthorized: the service refuses the client, in its own words (section 5.2).
        EndpointError: there is no token in the answer.
    """
    try:
        told: Any = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        told = None
    told = told if isinstance(told, dict) else {}
    token, kind = told.get("access_token"), str(told.get("token_type", "bearer"))
    if answer.status == 200 and isinstance(token, str) and token.isprintable() and token:
        if kind.casefold() != "bearer":
            raise EndpointError(f"{host} gave a token of type {kind[:40]!r}, which is no bearer token", "")
        life = told.get("expires_in")
        seconds = float(life) if isinstance(life, int | float | str) and _is_number(life) else ASSUMED_LIFE
        return AccessToken(token, time.time() + max(seconds, 0.0))
    code = told.get("error")
    if answer.status in {400, 401, 403} and isinstance(code, str):
        code = "".join(letter for letter in code if letter.isprintable())[:60]
        words = told.get("error_description")
        said = f": {words[:200]}" if isinstance(words, str) and words else ""
        message = f"{host} gives no access token ({code}){said}"
        raise Unauthorized(message, _HINTS.get(code, "check oauth2 in the config"))
    message = f"{host} gave no access token (HTTP {answer.status})"
    raise Unreachable(message, "check token_url of oauth2 in the config")


def _is_number(value: float | str) -> bool:
    try:
        return float(value) == float(value)
    except ValueError:
        return False
