"""Ask a provider what it serves and what it can (RFC 7644 section 4), and do without where it does not say."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

from scimtui.errors import NotScim, Refused, Unauthorized
from scimtui.ops.session import Session, as_shown, connect
from scimtui.scim.exchange import Query, list_request, read_page
from scimtui.scim.message import ScimRequest, decode
from scimtui.scim.provider import CONFIG, SCHEMAS, TYPES, Provider, read_provider
from scimtui.scim.refusal import raise_for_status
from scimtui.scim.schema import core_resource_type
from scimtui.store.cache import DISCOVERY

PATHS = {
    CONFIG: ("/ServiceProviderConfig", "/ServiceProviderConfigs"),
    TYPES: ("/ResourceTypes",),
    SCHEMAS: ("/Schemas",),
}
"""Where each document is looked for. The plural is SCIM 1.1's, and Salesforce's."""


async def discover(session: Session) -> Provider:
    """Ask for the three discovery documents, keep them, and return what they say.

    A document that is missing or unusable is done without and noted. Where all three are, a list of one user shows
    whether anything there speaks SCIM.

    Raises:
        Unauthorized: the token is not accepted.
        Unreachable: no answer; what was known before stays.
        NotScim: nothing at this address speaks SCIM.
        Refused: the provider lets us read nothing at all.
    """
    documents: dict[str, Any] = {}
    public: list[str] = []
    is_checked = False
    for name, paths in PATHS.items():
        try:
            documents[name], was_public = await _document(session, paths, signed=not public)
        except Unauthorized:
            documents[name], was_public = None, False
            if not is_checked:  # before the next document, since each one may ask a person for the token again
                await _check_users(session)
                is_checked = True
                with suppress(Unauthorized):  # a better token may have come meanwhile
                    documents[name], was_public = await _document(session, paths, signed=True)
        if was_public:
            public.append(name)
    if not is_checked and (public or not any(documents.values())):
        await _check_users(session)
    provider = read_provider(documents)
    if public:
        provider = replace(provider, notes=(*provider.notes, f"{', '.join(public)} was read without the token"))
    if not session.cache.read_only:
        await asyncio.to_thread(session.cache.keep, DISCOVERY, documents)
    session.provider = as_shown(provider, session.dialect)
    return session.provider


async def _document(session: Session, paths: tuple[str, ...], *, signed: bool) -> tuple[Any, bool]:
    """Return a discovery document, None where there is none, and whether it was only given without the token.

    Some providers reject a good token where they ask for none.

    Raises:
        Unauthorized: it is given neither with nor without.
    """
    for path in paths:
        request = ScimRequest("GET", path)
        was_public = not signed
        try:
            found = await _get(session, request, signed=signed)
        except Unauthorized:
            if not signed:
                raise
            found, was_public = await _get(session, request, signed=False), True
        if found is not None:
            return found, was_public
    return None, False


async def _get(session: Session, request: ScimRequest, *, signed: bool) -> Any:
    endpoint = await connect(session)
    response = await endpoint.send(request, signed=signed)
    try:
        raise_for_status(response, f"read {request.path}")
        return _usable(decode(response))
    except NotScim:
        return None
    except Refused as error:
        if error.status in {429, 503}:
            raise
        return None


def _usable(document: Any) -> Any:
    return document if isinstance(document, dict | list) and document else None


async def _check_users(session: Session) -> None:
    """Raise unless a list of users can be read, or at least is refused in SCIM."""
    endpoint = await connect(session)
    user = session.provider.resource_type("User") or core_resource_type("User")
    response = await endpoint.send(list_request(user, Query(start_index=1, count=1)))
    try:
        raise_for_status(response, "list users")
        read_page(response)
    except Refused as error:
        if error.status in {401, 403, 404}:
            raise
