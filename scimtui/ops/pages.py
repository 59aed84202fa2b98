"""One page of a list, fetched and read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scimtui.errors import EndpointError, Refused
from scimtui.ops.session import Session, connect
from scimtui.scim.exchange import read_page
from scimtui.scim.message import ScimRequest
from scimtui.scim.paging import Walk, after_page, after_refusal
from scimtui.scim.refusal import raise_for_status


async def next_page(
    session: Session, walk: Walk, request: ScimRequest
) -> tuple[Walk, ScimRequest | None, list[dict[str, Any]]]:
    """Ask for one page; return the walk, the request for the next one, and what is new. None: the walk has ended.

    What breaks after the first page ends the walk as incomplete, and keeps what has come.

    Raises:
        EndpointError, Refused: there is no usable answer to the first page.
    """
    try:
        endpoint = await connect(session)
        response = await endpoint.send(request)
        raise_for_status(response, f"list {walk.resource_type.name}")
        return after_page(walk, read_page(response))
    except Refused as error:
        following, again = after_refusal(walk, error)
        if again is not None or following.complete:
            return following, again, []
        broken: EndpointError | Refused = error
    except EndpointError as error:
        broken = error
    if not walk.arrived:
        raise broken
    return replace(walk, complete=False, why=broken.message), None, []
