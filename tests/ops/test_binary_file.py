"""A file as the value of a binary attribute."""

from __future__ import annotations

import base64
import ssl
from pathlib import Path

import pytest

from scimtui.errors import UsageError
from scimtui.ops import binary_file
from scimtui.ops.binary_file import read_base64

PEM = Path(__file__).parents[1] / "client" / "self_signed.pem"


def test_a_certificate_in_pem_becomes_its_der_form_and_the_key_beside_it_stays_here():
    text = PEM.read_text()
    body = text[text.index("-----BEGIN CERTIFICATE") :]
    der = ssl.PEM_cert_to_DER_cert(body[: body.index("-----END CERTIFICATE-----") + 25])
    assert read_base64(str(PEM)) == base64.b64encode(der).decode()


def test_any_other_file_is_taken_as_it_is(tmp_path):
    path = tmp_path / "photo"
    path.write_bytes(b"\x00\xff")
    assert read_base64(str(path)) == "AP8="


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"x" * 21, "larger than 20 bytes"),
        (b"-----BEGIN PRIVATE KEY-----", "is a private key"),
        (b"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----", "can't be read"),
    ],
)
def test_what_can_be_no_value_is_told(tmp_path, monkeypatch, content, reason):
    monkeypatch.setattr(binary_file, "LARGEST", 20 if reason.startswith("larger") else 1000)
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=reason):
        read_base64(str(path))


@pytest.mark.parametrize("path", ["/no/such/file", "/tmp\0", "~nobody-here/file"])
def test_a_file_that_is_not_there_is_told(path):
    with pytest.raises(UsageError, match="can't be read"):
        read_base64(path)
