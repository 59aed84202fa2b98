from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from fakes.endpoints import GET, OK, PATCH, POST, opened, token
from fakes.in_memory_provider import TOKEN, FakeProvider, Habits
from fakes.raw_server import http, raw_server

from scimtui.client import auth
from scimtui.client.endpoint import Endpoint
from scimtui.errors import ConfigError, SecretError, Unreachable, UsageError
from scimtui.scim.message import ScimRequest

# ------------------------------------------------------------ what is sent


async def test_a_request_arrives_as_scim_with_its_token_and_comes_back_whole():
    with raw_server(lambda _: http(201, b'{"id":"7"}', ETag='W/"1"')) as server:
        async with opened(server.base_url + "/") as endpoint:
            response = await endpoint.send(ScimRequest("POST", "/Users?a=b%20c", {"userName": "é"}, {"If-Match": "x"}))
    (seen,) = server.seen
    assert (seen.method, seen.target) == ("POST", "/scim/Users?a=b%20c")
    assert seen.headers["authorization"] == f"Bearer {TOKEN}"
    assert seen.headers["content-type"] == "application/scim+json"
    assert seen.headers["accept"] == "application/scim+json, application/json;q=0.9"
    assert seen.headers["user-agent"].startswith("scimtui/")
    assert seen.headers["if-match"] == "x"
    assert seen.body == '{"userName":"é"}'.encode()
    assert (response.status, response.body, response.headers["etag"]) == (201, b'{"id":"7"}', 'W/"1"')


@pytest.mark.parametrize("path", ["/Users/a%2Fb%3Fc%20d", "/Users/%2E%2E%2Fx%25", "/Users?filter=a%20eq%20%22b%2Bc%22"])
@pytest.mark.rule("R1", "R3")
async def test_a_path_arrives_as_it_was_encoded(path):
    with raw_server(lambda _: OK) as server:
        async with opened(server.base_url) as endpoint:
            await endpoint.send(ScimRequest("GET", path))
    assert server.seen[0].target == "/scim" + path


@pytest.mark.rule("R4")
async def test_a_provider_that_wants_plain_json_gets_it_from_then_on():
    provider = FakeProvider(Habits(wants_plain_json=True))
    with provider.serve() as base_url:
        async with opened(base_url) as endpoint:
            assert (await endpoint.send(POST)).status == 201
            assert (await endpoint.send(ScimRequest("POST", "/Users", {"userName": "b"}))).status == 201
    assert [seen.headers["content-type"] for seen in provider.seen] == [
        "application/scim+json",
        "application/json",
        "application/json",
    ]


# ------------------------------------------------------------ where the token goes


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example.com/scim/Users",
        "http://127.0.0.1:1/scim/Users",
        "/../admin",
        "/Users/../../admin",
        "/%2e%2e/admin",
        "/a\\..\\..\\admin",
    ],
)
@pytest.mark.rule("R5")
async def test_nothing_is_sent_outside_the_base_url(path):
    with raw_server(lambda _: OK) as server:
        async with opened(server.base_url) as endpoint:
            with pytest.raises(UsageError, match="lies outside"):
                await endpoint.send(ScimRequest("GET", path))
    assert server.seen == []


@pytest.mark.rule("R14")
async def test_an_absolute_address_below_the_base_url_is_used():
    with raw_server(lambda _: OK) as server:
        async with opened(server.base_url) as endpoint:
            await endpoint.send(ScimRequest("GET", server.base_url + "/Users"))
            with pytest.raises(UsageError):
                await endpoint.send(ScimRequest("GET", server.base_url + "2/Users"))
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.rule("R5")
async def test_a_redirect_to_another_origin_is_not_followed(status):
    with raw_server(lambda _: OK) as other:
        location = other.base_url + "/Users/1"
        with raw_server(lambda _: http(status, location=location)) as server:
            async with opened(server.base_url) as endpoint:
                assert (await endpoint.send(GET)).status == status
    assert other.seen == []


@pytest.mark.parametrize("location", ["/login", "//evil.example.com/scim/x", "http://[", "/scim/../x", "/scim2/Users"])
async def test_a_redirect_out_of_the_path_is_not_followed(location):
    with raw_server(lambda _: http(302, location=location)) as server:
        async with opened(server.base_url) as endpoint:
            assert (await endpoint.send(GET)).status == 302
    assert len(server.seen) == 1


async def test_a_redirect_below_the_base_url_is_followed_a_few_times():
    def answer(request):
        return OK if request.target == "/scim/v2/Users/1" else http(307, location="/scim/v2/Users/1")

    with raw_server(answer) as server:
        async with opened(server.base_url) as endpoint:
            assert (await endpoint.send(GET)).status == 200
            assert (await endpoint.send(POST)).status == 200
    with raw_server(lambda _: http(307, location="/scim/Users/1")) as server:
        async with opened(server.base_url) as endpoint:
            assert (await endpoint.send(GET)).status == 307
    assert len(server.seen) == 4


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_write_is_never_turned_into_another_request(status):
    with raw_server(lambda _: http(status, location="/scim/Users/1")) as server:
        async with opened(server.base_url) as endpoint:
            assert (await endpoint.send(POST)).status == status
    assert len(server.seen) == 1


async def test_a_request_that_is_not_signed_carries_no_token():
    with raw_server(lambda _: OK) as server:
        async with opened(server.base_url) as endpoint:
            await endpoint.send(GET, signed=False)
    assert "authorization" not in server.seen[0].headers


@pytest.mark.parametrize(
    "base_url", ["http://scim.example.com", "http://10.0.0.1/scim", "http://127.0.0.1.example.com"]
)
@pytest.mark.rule("R6")
def test_http_is_refused_unless_it_is_this_machine_or_allowed(base_url):
    with pytest.raises(ConfigError, match="unencrypted"):
        Endpoint(base_url)
    assert Endpoint(base_url, allow_http=True).base_url == base_url
    assert Endpoint("http://localhost:1/scim/").base_url == "http://localhost:1/scim"


def test_a_password_in_the_address_is_in_no_error():
    for base_url in ("https://ann:s3cr3t@x.example.com", "ftp://ann:s3cr3t@x.example.com", "https://ann:s3cr3t@["):
        with pytest.raises(ConfigError) as caught:
            Endpoint(base_url)
        assert "s3cr3t" not in caught.value.message + caught.value.hint


# ------------------------------------------------------------ secrets


async def test_the_secret_is_asked_for_once_at_the_first_request_however_many_wait():
    asked = []

    async def ask() -> str:
        asked.append(1)
        await asyncio.sleep(0.01)
        return TOKEN

    with raw_server(lambda _: OK) as server:
        async with opened(server.base_url, auth=auth.bearer(ask), concurrency=5) as endpoint:
            assert asked == []
            await asyncio.gather(*(endpoint.send(GET) for _ in range(5)))
    assert asked == [1]
    assert len(server.seen) == 5


async def test_after_401_the_secret_is_asked_for_anew():
    secrets = iter(["old", "new"])

    async def ask() -> str:
        return next(secrets)

    def answer(request):
        return OK if request.headers["authorization"] == "Bearer new" else http(401)

    with raw_server(answer) as server:
        async with opened(server.base_url, auth=auth.bearer(ask)) as endpoint:
            assert (await endpoint.send(GET)).status == 401
            assert (await endpoint.send(GET)).status == 200


async def test_basic_and_custom_headers_are_spelled_right():
    async def password() -> str:
        return "pässword"

    with raw_server(lambda _: OK) as server:
        for signature in (auth.basic("ann", password), auth.header("X-Api-Key", token), auth.none()):
            async with opened(server.base_url, auth=signature) as endpoint:
                await endpoint.send(GET)
    basic, custom, none = (seen.headers for seen in server.seen)
    assert basic["authorization"] == "Basic YW5uOnDDpHNzd29yZA=="
    assert custom["x-api-key"] == TOKEN
    assert "authorization" not in custom
    assert "authorization" not in none


@pytest.mark.parametrize("secret", ["", "  ", "a\nb", "a\x00b"])
async def test_a_secret_that_no_header_carries_is_refused_before_anything_is_sent(secret):
    async def ask() -> str:
        return secret

    with raw_server(lambda _: OK) as server:
        async with opened(server.base_url, auth=auth.bearer(ask)) as endpoint:
            with pytest.raises(SecretError) as caught:
                await endpoint.send(POST)
    assert server.seen == []
    assert "a\n" not in caught.value.message


async def test_the_wait_for_a_secret_is_no_time_out():
    async def slowly() -> str:
        await asyncio.sleep(0.25)
        return TOKEN

    with raw_server(lambda _: OK) as server:
        async with opened(server.base_url, auth=auth.bearer(slowly), timeout=0.02) as endpoint:
            with suppress(Unreachable):  # a slow machine may really not answer in time
                await endpoint.send(GET)
    assert server.seen


async def test_a_provider_that_quotes_the_token_does_not_spread_it():
    with raw_server(lambda _: http(403, b'{"detail": "%b is wrong"}' % TOKEN.encode())) as server:
        async with opened(server.base_url) as endpoint:
            response = await endpoint.send(GET)
            assert TOKEN.encode() not in response.body
            assert TOKEN not in "".join(exchange.answer for exchange in endpoint.wire)


# ------------------------------------------------------------ patience


@pytest.mark.rule("R7")
async def test_429_is_waited_out_for_any_method_and_told():
    told: list[str] = []
    provider = FakeProvider(Habits(busy_for=2, retry_after="0.05"))
    with provider.serve() as base_url:
        async with opened(base_url, on_wait=lambda words: told.append(words or "")) as endpoint:
            assert (await endpoint.send(POST)).status == 201
            assert endpoint.waiting is None
    assert len(provider.seen) == 3
    assert not told[-1]
    assert "HTTP 429" in told[0]
    assert len(provider.users()) == 1


async def test_who_is_told_to_wait_too_long_gets_the_answer():
    provider = FakeProvider(Habits(busy_for=99, retry_after="86400"))
    with provider.serve() as base_url:
        async with opened(base_url) as endpoint:
            assert (await endpoint.send(GET)).status == 429
    assert len(provider.seen) == 1


@pytest.mark.rule("R7")
async def test_a_write_is_not_repeated_after_a_gateway_error():
    for status, tries in ((502, 1), (503, 1), (504, 1), (500, 1)):
        with raw_server(lambda _, status=status: http(status)) as server:
            async with opened(server.base_url) as endpoint:
                assert (await endpoint.send(PATCH)).status == status
        assert len(server.seen) == tries


async def test_503_with_retry_after_says_that_nothing_was_done():
    with raw_server(lambda _: http(503, retry_after="0") if len(server.seen) < 3 else OK) as server:
        async with opened(server.base_url) as endpoint:
            assert (await endpoint.send(PATCH)).status == 200


async def test_a_wait_can_be_cancelled_and_the_endpoint_goes_on():
    provider = FakeProvider(Habits(busy_for=1, retry_after="100"))
    with provider.serve() as base_url:
        is_told = asyncio.Event()
        async with opened(base_url, on_wait=lambda _: is_told.set()) as endpoint:
            waiting = asyncio.create_task(endpoint.send(GET))
            await is_told.wait()
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert endpoint.waiting is None
            later = asyncio.create_task(endpoint.send(ScimRequest("GET", "/Users")))
            assert (await endpoint.send(POST)).status == 201
            assert "HTTP 429" in (endpoint.waiting or "")
            later.cancel()
    assert [seen.method for seen in provider.seen] == ["GET", "POST"]


@pytest.mark.rule("R8")
async def test_no_more_requests_are_in_flight_than_allowed():
    flying, most = 0, 0

    def answer(request):
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        server.stopped.wait(0.02)
        flying -= 1
        return OK

    with raw_server(answer) as server:
        async with opened(server.base_url, concurrency=2) as endpoint:
            await asyncio.gather(*(endpoint.send(GET) for _ in range(8)))
    assert most <= 2


async def test_a_closed_endpoint_opens_again():
    with raw_server(lambda _: OK) as server:
        async with opened(server.base_url) as endpoint:
            await endpoint.send(GET)
            await endpoint.aclose()
            await endpoint.aclose()
            assert (await endpoint.send(GET)).status == 200
