from __future__ import annotations

import json

import pytest

from scimtui.client.masking import MASK, masked, masked_text
from scimtui.client.wire_log import KEPT, KEPT_BYTES, WireLog
from scimtui.scim.message import ScimRequest, ScimResponse

CANARY = "s3cr3t-canary"
BODIES = [
    {"userName": "ann", "password": CANARY},
    {"Password": CANARY, "urn:x:User": {"apiKey": CANARY, "client_secret": CANARY}},
    {"Operations": [{"op": "replace", "path": "password", "value": CANARY}]},
    {"Operations": [{"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:password", "value": CANARY}]},
    {"Operations": [{"op": "add", "value": {"name": {"givenName": "A"}, "password": CANARY}}]},
    {"Operations": [{"op": "add", "path": 'credentials[type eq "x"].value', "value": [CANARY]}]},
    [{"accessToken": CANARY}, {"token": {"value": CANARY}}],
]


def answered(log: WireLog, body, answer: bytes = b"") -> None:
    log.answered(ScimRequest("PATCH", "/Users/1", body), ScimResponse(200, {}, answer), 0.25)


@pytest.mark.parametrize("body", BODIES)
def test_secrets_are_masked_in_what_was_sent_and_in_what_came_back(body):
    log = WireLog()
    answered(log, {"all": body}, json.dumps(body).encode())
    (exchange,) = log
    assert CANARY not in exchange.body
    assert MASK in exchange.body
    if not isinstance(body, dict) or "Operations" not in body:  # providers send no operations back
        assert CANARY not in exchange.answer


def test_what_is_no_secret_stays_and_the_request_is_not_changed():
    body = {"userName": "ann", "password": CANARY, "emails": [{"value": "a@x"}], "token": None}
    assert masked(body) == {"userName": "ann", "password": MASK, "emails": [{"value": "a@x"}], "token": None}
    assert body["password"] == CANARY


@pytest.mark.parametrize(
    "text", ['{"password": "s3cr3t-can', '{"a": {"api_key" : "s3cr3t-\\"canary', '"token":"s3cr3t"']
)
def test_a_secret_is_masked_where_the_text_is_cut(text):
    assert "s3cr3t" not in masked_text(text)


def test_only_the_beginning_of_a_large_body_is_kept_and_its_size():
    log = WireLog()
    answered(log, {"text": "x" * 50_000}, b"y" * 60_000)
    (exchange,) = log
    assert len(exchange.body) <= KEPT_BYTES
    assert len(exchange.answer) <= KEPT_BYTES
    assert exchange.size == 60_000


def test_the_last_exchanges_are_kept_the_oldest_first():
    log = WireLog()
    for number in range(KEPT + 5):
        log.failed(ScimRequest("GET", f"/Users/{number}"), "no connection", 0.1)
    assert len(log) == KEPT
    first, *_, last = log
    assert (first.path, last.path) == ("/Users/5", f"/Users/{KEPT + 4}")
    assert (last.status, last.answer) == (None, "no connection")


def test_an_answer_that_is_no_text_is_no_crash():
    log = WireLog()
    answered(log, None, b"\xff\x00\xfe")
    assert len(log) == 1
