from __future__ import annotations

import asyncio
import gzip
import ssl
import zlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fakes.endpoints import GET, OK, PATCH, POST, opened
from fakes.raw_server import closed_port, http, raw_server, wait_for_port
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config as HypercornConfig

from scimtui.client import body as body_module, endpoint as endpoint_module
from scimtui.errors import ConfigError, NotScim, OutcomeUnknown, Unreachable
from scimtui.scim.message import ScimRequest

SELF_SIGNED = Path(__file__).with_name("self_signed.pem")

# ------------------------------------------------------------ no answer


async def test_where_nothing_listens_the_provider_is_unreachable_and_nothing_changed():
    port = closed_port()
    async with opened(f"http://127.0.0.1:{port}/scim") as endpoint:
        for request in (GET, POST):
            with pytest.raises(Unreachable, match=f"nothing listens at 127.0.0.1:{port}"):
                await endpoint.send(request)


async def test_a_host_that_does_not_exist_is_said():
    async with opened("https://scim.invalid/", transport=None) as endpoint:
        with pytest.raises(Unreachable, match=r"no host scim\.invalid|no connection|proxy"):
            await endpoint.send(GET)


async def test_a_read_that_is_not_answered_in_time_is_unreachable():
    with raw_server(lambda _: [b"", b"", b"", b"", b""]) as server:
        async with opened(server.base_url, timeout=0.1) as endpoint:
            with pytest.raises(Unreachable, match=r"gave no answer in 0\.1 s"):
                await endpoint.send(GET)
    assert len(server.seen) == 3


@pytest.mark.parametrize(
    "request_", [POST, PATCH, ScimRequest("DELETE", "/Users/1"), ScimRequest("PUT", "/Users/1", {})]
)
async def test_a_write_that_was_sent_and_not_answered_is_unknown_and_sent_once(request_):
    with raw_server(lambda _: None) as server:
        async with opened(server.base_url) as endpoint:
            with pytest.raises(OutcomeUnknown) as caught:
                await endpoint.send(request_)
            assert caught.value.hint.startswith("look whether it happened")
            (exchange,) = endpoint.wire
            assert exchange.status is None
    assert len(server.seen) == 1


async def test_a_write_that_is_not_answered_in_time_is_unknown():
    with raw_server(lambda _: [b"", b"", b"", b"", b""]) as server:
        async with opened(server.base_url, timeout=0.1) as endpoint:
            with pytest.raises(OutcomeUnknown, match="PATCH /Users/1 was sent and no answer came"):
                await endpoint.send(PATCH)
    assert len(server.seen) == 1


async def test_a_request_that_is_cancelled_stands_in_the_log():
    with raw_server(lambda _: [b""] * 20) as server:
        async with opened(server.base_url) as endpoint:
            sending = asyncio.create_task(endpoint.send(PATCH))
            while not server.seen:  # noqa: ASYNC110, the server runs in a thread
                await asyncio.sleep(0.005)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            (exchange,) = endpoint.wire
    assert (exchange.method, exchange.status, exchange.answer) == ("PATCH", None, "cancelled before its answer came")


async def test_an_answer_that_breaks_off_is_no_answer():
    cut = http(200, b"{}").replace(b"content-length: 2", b"content-length: 200")
    with raw_server(lambda _: cut) as server:
        async with opened(server.base_url, timeout=0.2) as endpoint:
            with pytest.raises(OutcomeUnknown):
                await endpoint.send(POST)
            with pytest.raises(Unreachable):
                await endpoint.send(GET)


async def test_a_read_is_tried_again_when_the_connection_breaks():
    with raw_server(lambda _: None if len(server.seen) < 3 else OK) as server:
        async with opened(server.base_url) as endpoint:
            assert (await endpoint.send(GET)).status == 200
    assert len(server.seen) == 3


async def test_an_answer_that_drips_for_ever_ends(monkeypatch):
    monkeypatch.setattr(endpoint_module, "WHOLE_ANSWER", 2)
    drip = [b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", *[b"x"] * 30]
    with raw_server(lambda _: drip) as server:
        async with opened(server.base_url, timeout=0.2) as endpoint:
            with pytest.raises(OutcomeUnknown):
                await endpoint.send(POST)


async def test_a_stranger_who_speaks_no_http_is_said():
    with raw_server(lambda _: [b"SSH-2.0-OpenSSH_9.6\r\n", b"\r\n"]) as server:
        async with opened(server.base_url) as endpoint:
            with pytest.raises(Unreachable):
                await endpoint.send(GET)


async def test_https_to_a_port_without_tls_is_said():
    async def serve(reader, writer):
        await reader.read(1)
        writer.write(http(400))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, opened(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/scim") as endpoint:
        with pytest.raises(Unreachable, match="does not speak TLS"):
            await endpoint.send(GET)


async def test_a_certificate_that_nobody_signed_is_refused_unless_it_is_named(tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SELF_SIGNED)

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    base_url = f"https://localhost:{server.sockets[0].getsockname()[1]}/scim"
    async with server:
        async with opened(base_url) as endpoint:
            with pytest.raises(Unreachable, match="certificate of localhost is not trusted") as caught:
                await endpoint.send(POST)
            assert "ca_bundle" in caught.value.hint
        async with opened(base_url, ca_bundle=SELF_SIGNED) as endpoint:
            assert (await endpoint.send(GET)).status == 200
        async with opened(base_url, verify=False) as endpoint:
            assert (await endpoint.send(GET)).status == 200
    (tmp_path / "junk.pem").write_text("no certificate")
    for wrong in (tmp_path / "none.pem", tmp_path / "junk.pem", tmp_path):
        async with opened(base_url, ca_bundle=wrong) as endpoint:
            with pytest.raises(ConfigError, match="no usable certificate file"):
                await endpoint.send(GET)


async def test_a_provider_that_wants_a_certificate_gets_ours(tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SELF_SIGNED)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(SELF_SIGNED)

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    base_url = f"https://localhost:{server.sockets[0].getsockname()[1]}/scim"
    async with server:
        async with opened(base_url, ca_bundle=SELF_SIGNED, client_cert=SELF_SIGNED) as endpoint:
            assert (await endpoint.send(GET)).status == 200
        async with opened(base_url, ca_bundle=SELF_SIGNED) as endpoint:
            with pytest.raises(Unreachable):
                await endpoint.send(GET)
    encrypted = tmp_path / "encrypted.pem"
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"pw")
    )
    encrypted.write_bytes(SELF_SIGNED.read_bytes().split(b"-----BEGIN PRIVATE")[0] + key)
    (tmp_path / "junk.pem").write_text("no certificate")
    for wrong in (encrypted, tmp_path / "junk.pem", tmp_path / "none.pem"):
        async with opened(base_url, client_cert=wrong) as endpoint:
            with pytest.raises(ConfigError, match="no usable certificate file"):
                await endpoint.send(GET)


async def test_many_requests_share_one_connection_where_the_provider_speaks_http_2(tmp_path):
    config = HypercornConfig()
    port = closed_port()
    config.bind = [f"127.0.0.1:{port}"]
    config.certfile = config.keyfile = str(SELF_SIGNED)
    config.errorlog = None
    seen, stop = [], asyncio.Event()

    async def app(scope, _receive, send):
        if scope["type"] == "http":
            seen.append((scope["http_version"], scope["client"]))
            head = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/json")]}
            await send(head)
            await send({"type": "http.response.body", "body": b"{}"})

    running = asyncio.create_task(hypercorn_serve(app, config, shutdown_trigger=stop.wait, mode="asgi"))
    await asyncio.to_thread(wait_for_port, port)  # a request that comes too early is repeated, on another connection
    async with opened(f"https://localhost:{port}/scim", ca_bundle=SELF_SIGNED, concurrency=8) as endpoint:
        answers = await asyncio.gather(*(endpoint.send(GET) for _ in range(20)))
    stop.set()
    await running
    assert {answer.status for answer in answers} == {200}
    assert {version for version, _ in seen} == {"2"}
    assert len({client for _, client in seen}) == 1


@pytest.mark.parametrize("proxy", ["no address", "gopher://x", "http://x:s3cr3t"])
async def test_a_proxy_that_is_no_address_is_a_mistake_in_the_config(proxy):
    async with opened("https://scim.example.com", proxy=proxy) as endpoint:
        with pytest.raises(ConfigError, match="proxy of the config") as caught:
            await endpoint.send(GET)
    assert "s3cr3t" not in caught.value.message


async def test_a_proxy_that_does_not_answer_is_unreachable():
    port = closed_port()
    async with opened("https://scim.example.com", proxy=f"http://ann:s3cr3t@127.0.0.1:{port}") as endpoint:
        with pytest.raises(Unreachable, match=f"nothing listens at the proxy 127.0.0.1:{port}") as caught:
            await endpoint.send(POST)
    assert "s3cr3t" not in caught.value.message


# ------------------------------------------------------------ answers that cannot be used


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
async def test_an_answer_that_unpacks_to_too_much_is_cut_and_of_a_write_nothing_is_known(monkeypatch, pack):
    monkeypatch.setattr(body_module, "MAX_BODY", 1024 * 1024)
    encoding = "gzip" if pack is gzip.compress else "deflate"
    bomb = http(200, pack(b'"" ' * 10 * 1024 * 1024), content_encoding=encoding)
    with raw_server(lambda _: bomb) as server:
        async with opened(server.base_url) as endpoint:
            answer = await endpoint.send(GET)
            assert answer.is_cut
            assert len(answer.body) < 2 * 1024 * 1024
            with pytest.raises(OutcomeUnknown, match="is larger than"):
                await endpoint.send(POST)


async def test_an_answer_that_cannot_be_unpacked_is_refused():
    with raw_server(lambda _: http(200, b"no gzip at all", content_encoding="gzip")) as server:
        async with opened(server.base_url) as endpoint:
            with pytest.raises(NotScim, match="cannot be unpacked"):
                await endpoint.send(GET)


async def test_a_packed_answer_is_unpacked():
    with raw_server(lambda _: http(200, gzip.compress(b'{"a": 1}'), content_encoding="gzip")) as server:
        async with opened(server.base_url) as endpoint:
            assert (await endpoint.send(GET)).body == b'{"a": 1}'
