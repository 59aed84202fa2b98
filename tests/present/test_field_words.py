"""What a value is, in words beside it."""

from __future__ import annotations

import base64
import ssl
import time
from pathlib import Path

import pytest

from scimtui.present.field_words import binary_words, local_words

PEM = Path(__file__).parents[1] / "client" / "self_signed.pem"


@pytest.fixture
def far_east(monkeypatch):
    """Let this machine stand where the clocks are nine hours ahead."""
    monkeypatch.setenv("TZ", "JST-9")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_east")
def test_a_moment_is_told_in_the_zone_of_this_machine_where_that_is_another():
    assert local_words("2026-01-31T20:30:00Z") == "= 2026-02-01 05:30 JST"
    assert local_words("2026-01-31T20:30:00+09:00") == ""
    assert local_words("2026-01-31T20:30:00") == ""
    assert local_words("0001-01-01T00:00:00+14:00") == ""
    assert local_words("soon") == ""


def test_a_certificate_says_whose_it_is_and_until_when():
    text = PEM.read_text()
    body = text[text.index("-----BEGIN CERTIFICATE") :]
    der = ssl.PEM_cert_to_DER_cert(body[: body.index("-----END CERTIFICATE-----") + 25])
    words = binary_words(base64.b64encode(der).decode())
    assert words.startswith("certificate of CN=")
    assert ", until 2" in words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x89PNG....", "a PNG picture, 8 bytes"),
        (b"\xff\xd8\xff", "a JPEG picture, 3 bytes"),
        (b"\x30\x03abc", "5 bytes"),
        (b"x", "1 byte"),
    ],
)
def test_other_bytes_say_their_kind_and_size(data, words):
    text = base64.b64encode(data).decode()
    assert binary_words(text) == binary_words(f"data:image/png;base64,{text}") == words


def test_what_is_no_base64_says_nothing():
    assert binary_words("https://example.com/photo.png") == ""
