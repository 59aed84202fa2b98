"""How requests are signed. A secret is asked for when the first request needs it, and is held in memory only."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator

import httpx

from scimtui.errors import SecretError
from scimtui.scim.masks import MASK

SHORTEST_SECRET = 6
"""A shorter one is not looked for in answers: it would stand there by chance."""
REMEMBERED = 9

SecretGetter = Callable[[], Awaitable[str]]
"""Fetches the secret from wherever it is kept. Raises SecretError."""


class SecretAuth(httpx.Auth):
    """Puts a secret into one header. After a 401 the secret is forgotten, so that the next request asks anew.

    Where it can be renewed, it is asked for before each request, and after a 401 the request is sent once more with a
    new one: 401 says that nothing was done.
    """

    def __init__(
        self, secret: SecretGetter, header_name: str, spell: Callable[[str], str], renewed: SecretGetter | None = None
    ) -> None:
        self._getter = secret
        self._renewed = renewed
        self._header = header_name
        self._spell = spell
        self._value: str | None = None
        self._used: list[str] = []
        """Every secret that was sent, the refused ones too."""
        self._lock = asyncio.Lock()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Refuse: there is no event loop to ask for the secret in."""
        raise NotImplementedError("use an AsyncClient")

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Sign one request."""
        request.headers[self._header] = await self._header_value()
        response = yield request
        if response.status_code != 401:
            return
        self._value = None
        if self._renewed is not None:
            refused = request.headers[self._header]
            request.headers[self._header] = await self._header_value(refused)
            yield request

    async def ready(self) -> None:
        """Fetch the secret now, so that the wait for it counts towards no timeout."""
        await self._header_value()

    def concealed(self, body: bytes) -> bytes:
        """Return the body without the secret: some providers quote the token they refuse."""
        for secret in self._used:
            body = body.replace(secret.encode(), MASK.encode())
        return body

    async def _header_value(self, refused: str = "") -> str:
        async with self._lock:  # one question to the person, however many requests wait for it
            if self._value is None or self._renewed is not None:
                await self._ask(self._getter)
            if self._renewed is not None and self._value == refused:  # nobody else has renewed it meanwhile
                await self._ask(self._renewed)
            assert self._value is not None
            return self._value

    async def _ask(self, getter: SecretGetter) -> None:
        secret = (await getter()).strip()
        self._value = self._spell(_checked(secret))
        if secret not in self._used and len(secret) >= SHORTEST_SECRET:
            self._used = [*self._used[-REMEMBERED:], secret]


def bearer(secret: SecretGetter, renewed: SecretGetter | None = None) -> httpx.Auth:
    """Return `Authorization: Bearer …` (RFC 6750). `renewed` gives another token where one was refused."""
    return SecretAuth(secret, "Authorization", lambda token: f"Bearer {token}", renewed)


def basic(username: str, secret: SecretGetter) -> httpx.Auth:
    """Return `Authorization: Basic …` (RFC 7617) in UTF-8."""

    def spell(password: str) -> str:
        return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")

    return SecretAuth(secret, "Authorization", spell)


def header(name: str, secret: SecretGetter) -> httpx.Auth:
    """Return a header of the provider's own, such as X-Api-Key, with the bare secret."""
    return SecretAuth(secret, name, lambda token: token)


def none() -> None:
    """Return no signature at all: the provider asks for none, or a proxy adds it."""


def _checked(secret: str) -> str:
    """Raise SecretError for a secret that no header can carry, which is most often a bad copy and paste."""
    if not secret:
        raise SecretError("the secret is empty", "set it anew")
    if not secret.isprintable():
        raise SecretError("the secret holds a line break or another control character", "set it anew, without it")
    return secret
