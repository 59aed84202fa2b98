"""Opens a tenant's cache in the form that its config wants, with the key that the keyring has for it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from scimtui.store.cache import TenantCache
from scimtui.store.cipher import Keys

if TYPE_CHECKING:
    from scimtui.config import Tenant


def open_cache(tenant: Tenant, folder: Path) -> TenantCache:
    """Open the folder where a tenant's cache is kept. Blocks for the keyring where it is encrypted, or was.

    Raises:
        CacheError: it is to be encrypted, and no keyring keeps the key.
    """

    def find() -> bytes | None:
        from scimtui.credentials import find_cache_key

        return find_cache_key(tenant.name)

    def make() -> bytes:
        from scimtui.credentials import make_cache_key

        return make_cache_key(tenant.name)

    return TenantCache(folder, Keys(tenant.cache == "encrypted", find, make))


def check_keyring(tenants: Iterable[Tenant]) -> None:
    """Return if the keyring can keep the key of each tenant whose cache is to be encrypted. Blocks for the keyring.

    Raises:
        CacheError: it cannot.
    """
    for tenant in tenants:
        if tenant.cache == "encrypted":
            from scimtui.credentials import check_cache_key

            check_cache_key(tenant.name)
