"""A file as the value of a binary attribute: base64 (RFC 7643 section 2.3.6), of a certificate its DER form (section 4.1.2)."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path

from scimtui.errors import UsageError

LARGEST = 1_000_000
"""Bytes of a file; a provider has its own limit far below."""
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)


def read_base64(path: str) -> str:
    """Return what a file holds, in base64; of a PEM file its first certificate. Blocks for the disk.

    Raises:
        UsageError: it can't be read, is empty, is too large, or holds a private key.
    """
    try:
        with Path(path).expanduser().open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"{path} can't be read: {getattr(error, 'strerror', None) or error}") from None
    found = _PEM.search(data)
    if found is None and b"PRIVATE KEY-----" in data:
        raise UsageError(f"{path} is a private key, which nobody else may have", "choose the certificate")
    if not data or len(data) > LARGEST:
        raise UsageError(f"{path} is {'empty' if not data else f'larger than {LARGEST:,} bytes'}")
    try:
        return base64.b64encode(base64.b64decode(found[1]) if found is not None else data).decode()
    except binascii.Error:
        raise UsageError(f"{path} holds a certificate that can't be read") from None
