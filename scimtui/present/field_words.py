"""What a value of a form is, in a few words beside it: a moment in this zone, a certificate, a picture."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from functools import lru_cache

from scimtui.present.cells import safe
from scimtui.present.moments import exactly
from scimtui.present.wording import count_of

_KINDS = {b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"GIF8": "a GIF picture", b"%PDF": "a PDF"}


def local_words(text: str) -> str:
    """Return a dateTime in the zone of this machine, "" where that says nothing new or it names no zone."""
    try:
        when = datetime.fromisoformat(text)
        local = when.astimezone()
    except (ValueError, OverflowError, OSError):
        return ""
    return f"= {exactly(when)}" if when.tzinfo is not None and when.utcoffset() != local.utcoffset() else ""


@lru_cache(maxsize=64)
def binary_words(text: str) -> str:
    """Return what a value in base64, or a `data:` address, is: whose certificate and until when, else kind and size."""
    body = text.split(",", 1)[1] if text.startswith("data:") and "," in text else text
    try:
        data = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return ""
    kind = next((words for start, words in _KINDS.items() if data.startswith(start)), "")
    size = count_of(len(data), "byte")
    return f"{kind}, {size}" if kind else _certificate_words(data) or size


def _certificate_words(data: bytes) -> str:
    if not data.startswith(b"\x30"):  # every certificate in DER is a sequence
        return ""
    try:
        from cryptography import x509  # there where the cache can be encrypted

        found = x509.load_der_x509_certificate(data)
        names = [found.subject.rfc4514_string(), found.issuer.rfc4514_string()]
        until = found.not_valid_after_utc
    except (ImportError, ValueError):
        return ""
    return safe(f"certificate of {names[0]}, by {names[1]}, until {until:%Y-%m-%d}")
