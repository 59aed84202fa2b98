"""Homes with tenants whose caches hold as many users as a figure needs. No server stands behind them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scimtui.store.cache import SyncState, TenantCache

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
PORTION = 1000


def user(number: int, tenant: str = "left") -> dict[str, Any]:
    """Return a user of about 1.3 kB. One in a hundred differs between the tenants; their ids always do."""
    drift = " (acting)" if tenant != "left" and number % 100 == 0 else ""
    name, identity = f"user{number:07d}", f"{tenant}-{number:032x}"
    return {
        "schemas": [CORE, ENTERPRISE],
        "id": identity,
        "externalId": f"E{number:07d}",
        "userName": f"{name}@acme.example",
        "name": {"formatted": f"Ann {name}", "familyName": name, "givenName": "Ann", "honorificPrefix": "Dr."},
        "displayName": f"Ann {name}",
        "title": f"Engineer {number % 40}{drift}",
        "userType": "Employee",
        "preferredLanguage": "en-GB",
        "timezone": "Europe/London",
        "active": number % 10 != 0,
        "emails": [
            {"value": f"{name}@acme.example", "type": "work", "primary": True},
            {"value": f"{name}@home.example", "type": "home"},
        ],
        "phoneNumbers": [{"value": f"+99 555 {number:07d}", "type": "work"}],
        "addresses": [{"type": "work", "locality": "London", "country": "GB", "streetAddress": "1 High Street " * 8}],
        ENTERPRISE: {
            "employeeNumber": f"{number:07d}",
            "costCenter": f"CC-{number % 50}",
            "organization": "Acme",
            "division": f"Division {number % 9}",
            "department": f"Department {number % 30}",
            "manager": {"value": f"{tenant}-{number // 10:032x}", "displayName": f"Ann user{number // 10:07d}"},
        },
        "meta": {
            "resourceType": "User",
            "created": "2021-03-04T05:06:07Z",
            "lastModified": f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}T05:06:07Z",
            "location": f"https://{tenant}.example/scim/v2/Users/{identity}",
            "version": f'W/"{number}"',
        },
    }


def fill(home: Path, tenant: str, count: int) -> None:
    """Put so many users into a tenant's cache, as a sync does."""
    cache = TenantCache(home / "cache" / tenant)
    try:
        with cache.resources("User").replacement() as replacement:
            for start in range(0, count, PORTION):
                replacement.add([user(number, tenant) for number in range(start, min(start + PORTION, count))])
            replacement.commit(SyncState(datetime.now(UTC), complete=True, why=None, claimed_total=count, count=count))
    finally:
        cache.close()


@contextmanager
def home_with(counts: Mapping[str, int], base_url: str = "http://127.0.0.1:9/v2") -> Iterator[dict[str, str]]:
    """Give the environment of a home with these tenants: name → how many users its cache holds."""
    with TemporaryDirectory(prefix="scimtui-benchmark-") as folder:
        config, home = Path(folder, "config.toml"), Path(folder, "home")
        config.write_text(
            "".join(f"[tenants.{name}]\nbase_url = {json.dumps(base_url)}\nauth = 'none'\n" for name in counts)
        )
        for name, count in counts.items():
            if count:
                fill(home, name, count)
        yield {**os.environ, "SCIMTUI_CONFIG": str(config), "SCIMTUI_HOME": str(home)}
