"""The only doorway to HTTP: one provider's base URL, and requests that never leave it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urljoin

import httpx
import orjson

from scimtui.client.auth import SecretAuth
from scimtui.client.body import MAX_BODY, read_body
from scimtui.client.connection import Connection, open_client
from scimtui.client.failures import failure, is_hopeless
from scimtui.client.pace import Pace
from scimtui.client.patience import Patience
from scimtui.client.wire_log import WireLog
from scimtui.errors import NotScim, OutcomeUnknown, UsageError
from scimtui.scim.address import checked_base, holds
from scimtui.scim.message import ScimRequest, ScimResponse

MAX_REDIRECTS = 3
WHOLE_ANSWER = 10
"""Times the timeout that an answer may take in all, however steadily it drips."""
SCIM_JSON = "application/scim+json"
PLAIN_JSON = "application/json"

DIRECT = Connection()
"""As a config that says nothing."""

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.LocalProtocolError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class Endpoint:
    """One provider over HTTP. Costs nothing until the first request."""

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx.Auth | None = None,
        connection: Connection = DIRECT,
        allow_http: bool = False,
        concurrency: int = 2,
        reads_per_minute: int | None = None,
        writes_per_minute: int | None = None,
        wire: WireLog | None = None,
        patience: Patience | None = None,
        on_wait: Callable[[str | None], None] | None = None,
    ) -> None:
        """Check the address.

        Raises:
            ConfigError: it is no http(s) address, carries a password, or sends the token in the clear.
        """
        self.base_url = checked_base(base_url, allow_http=allow_http)
        self.wire = WireLog() if wire is None else wire
        self.waiting: str | None = None
        """What the requests wait for besides an answer, in words; None while they do not."""
        self.on_wait = on_wait
        """Called with `waiting` whenever it changes."""
        self._auth = auth
        self._connection = connection
        self._patience = patience or Patience()
        self._slots = asyncio.Semaphore(max(1, concurrency))
        self._reads = Pace(concurrency, reads_per_minute)
        self._writes = Pace(concurrency, writes_per_minute)
        self._waiters = 0
        self._client: httpx.AsyncClient | None = None
        self._media_type = SCIM_JSON

    async def send(self, request: ScimRequest, *, signed: bool = True) -> ScimResponse:
        """Send a request, with the secret unless not `signed`, and return its answer, whatever its status.

        Waits out 429 and 503 as far as `Patience` allows, and repeats a read on a broken connection. Cancel it at will.

        Raises:
            UsageError: the path leads outside the base URL.
            Unreachable: no connection, no TLS, or no answer to a read; nothing can have changed.
            OutcomeUnknown: a write was sent and its answer never came.
            NotScim: the answer cannot be unpacked.
            SecretError: there is no secret to sign with.
        """
        url = self.url(request.path)
        pace = self._reads if request.is_read else self._writes
        sent = 0
        while True:
            sent += 1
            async with pace.turn(self._telling), self._slots:
                answer, wait = await self._try(request, url, sent, signed=signed)
                if answer is not None:
                    self._pace_by(pace, answer, wait)
            if answer is not None and wait is None:
                return answer
            if answer is None:  # the connection broke: this request alone waits
                with self._telling(wait or 0.0, "the connection broke"):
                    await asyncio.sleep(wait or 0.0)

    def _pace_by(self, pace: Pace, answer: ScimResponse, wait: float | None) -> None:
        """Slow all requests of a kind down, or let them go on, by what one of them was answered."""
        if answer.status in {429, 503}:
            pace.too_fast()
        if wait is not None:
            pace.hold(wait, f"the provider asks for it (HTTP {answer.status})")
        elif answer.status < 400:
            pace.went_well(answer.headers, self._patience.longest_wait)

    async def aclose(self) -> None:
        """Close the connections. The next request opens them anew."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def url(self, path: str) -> str:
        """Return the full URL of a request's path.

        Raises:
            UsageError: it leads outside the base URL, where the token must not go.
        """
        url = path if "://" in path else self.base_url + "/" + path.lstrip("/")
        if not holds(self.base_url, url):
            message = f"the address {path} lies outside {self.base_url}"
            raise UsageError(message, "nothing was sent; the provider's ResourceType or Location is wrong")
        return url

    async def _try(
        self, request: ScimRequest, url: str, sent: int, *, signed: bool
    ) -> tuple[ScimResponse | None, float | None]:
        """Send once. Returns the answer, and the wait before the next try where there is to be one."""
        started = time.monotonic()
        try:
            response = await self._exchange(request, url, self._auth if signed else None)
        except (httpx.TransportError, httpx.InvalidURL, TimeoutError, OSError) as error:
            was_sent = not isinstance(error, _NEVER_SENT)
            why = failure(error, self.base_url, self._connection.timeout, self._connection.proxy)
            self.wire.failed(request, why.message, time.monotonic() - started)
            wait = self._patience.wait_for_network(sent, is_read=request.is_read, was_sent=was_sent)
            if wait is not None and not is_hopeless(error):
                return None, wait
            if was_sent and not request.is_read:
                message = f"{request.method} {request.path} was sent and no answer came: {why.message}"
                raise OutcomeUnknown(message, "look whether it happened before you do it again") from error
            raise why from error
        except (NotScim, OutcomeUnknown) as error:
            self.wire.failed(request, error.message, time.monotonic() - started)
            raise
        except asyncio.CancelledError:
            self.wire.failed(request, "cancelled before its answer came", time.monotonic() - started)
            raise
        self.wire.answered(request, response, time.monotonic() - started)
        return response, self._patience.wait_for_answer(
            response.status, response.headers, sent, is_read=request.is_read
        )

    async def _exchange(self, request: ScimRequest, url: str, auth: httpx.Auth | None) -> ScimResponse:
        """Send, following redirects that stay below the base URL, and once more with the other media type if asked."""
        if isinstance(auth, SecretAuth):
            await auth.ready()  # a person who is asked for a token may take their time
        async with asyncio.timeout(self._connection.timeout * WHOLE_ANSWER):
            response = await self._send_once(request, url, auth)
            if response.status in {406, 415} and self._media_type == SCIM_JSON:
                self._media_type = PLAIN_JSON
                response = await self._send_once(request, url, auth)
            for _ in range(MAX_REDIRECTS):
                target = self._redirect(request, response)
                if target is None:
                    break
                response = await self._send_once(request, target, auth)
            return response

    def _redirect(self, request: ScimRequest, response: ScimResponse) -> str | None:
        """Return where to send the same request instead, None where it must not go."""
        followed = {301, 302, 307, 308} if request.method == "GET" else {307, 308}
        location = response.headers.get("location")
        if response.status not in followed or not location:
            return None
        try:
            target = urljoin(response.url, location)
        except ValueError:
            return None
        return target if holds(self.base_url, target) else None

    async def _send_once(self, request: ScimRequest, url: str, auth: httpx.Auth | None) -> ScimResponse:
        client = self._open_client()
        content = None if request.body is None else orjson.dumps(request.body)
        headers = {**self._headers(has_body=content is not None), **request.headers}
        built = client.build_request(request.method, url, content=content, headers=headers)
        response = await client.send(built, stream=True, auth=auth, follow_redirects=False)
        try:
            body, is_cut = await read_body(response.aiter_bytes())
        except httpx.DecodingError as error:
            raise _unusable(response, request, "cannot be unpacked") from error
        finally:
            await response.aclose()
        if is_cut and not request.is_read:
            raise _unusable(response, request, f"is larger than {MAX_BODY // 1024**2} MB")
        told = {name.lower(): value for name, value in response.headers.items()}
        return self._concealed(ScimResponse(response.status_code, told, body, url, is_cut))

    def _concealed(self, response: ScimResponse) -> ScimResponse:
        if not isinstance(self._auth, SecretAuth):
            return response
        body = self._auth.concealed(response.body)
        return response if body is response.body else replace(response, body=body)

    def _headers(self, *, has_body: bool) -> Mapping[str, str]:
        accept = f"{SCIM_JSON}, {PLAIN_JSON};q=0.9" if self._media_type == SCIM_JSON else PLAIN_JSON
        return {"Accept": accept} | ({"Content-Type": self._media_type} if has_body else {})

    def _open_client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = open_client(self.base_url, self._connection)
        return self._client

    @contextmanager
    def _telling(self, seconds: float, why: str) -> Iterator[None]:
        """Say what is waited for, until the last request that waits goes on."""
        self._waiters += 1
        self._tell(f"waiting {max(1, round(seconds))} s: {why}")
        try:
            yield
        finally:
            self._waiters -= 1
            if not self._waiters:
                self._tell(None)

    def _tell(self, words: str | None) -> None:
        self.waiting = words
        if self.on_wait is not None:
            self.on_wait(words)


def _unusable(response: httpx.Response, request: ScimRequest, what: str) -> NotScim | OutcomeUnknown:
    message = f"the answer to {request.method} (HTTP {response.status_code}) {what}"
    if request.is_read:
        return NotScim(message, status=response.status_code, hint="look at the request log")
    return OutcomeUnknown(message, "look whether it happened before you do it again")
