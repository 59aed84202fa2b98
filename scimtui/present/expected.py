"""What an admin should know before a write is sent: what is known of this provider, and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scimtui.ops.exchanges import exchanges
from scimtui.present.cells import safe
from scimtui.present.deleting import meaning
from scimtui.present.wording import DEACTIVATION
from scimtui.scim.coerce import is_active
from scimtui.scim.kind import Kind
from scimtui.scim.resource import Resource

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change


def if_match_of(change: Change, session: Session) -> str | None:
    """Return the version that the write names, None where it names none."""
    wanted = session.dialect.if_match if session.dialect.if_match is not None else session.provider.etag is True
    if not wanted or change.before is None:
        return None
    return Resource(change.resource_type.name, change.before).version


def notes(change: Change, session: Session) -> Iterator[str]:
    """Yield what is known, a sentence each, safe to show."""
    if not change.requests:
        return
    if change.kind is Kind.DELETE:
        yield f"{meaning(change.resource_type, session.dialect)}."
    elif change.kind is Kind.DEACTIVATE:
        yield f"{DEACTIVATION[session.dialect.deactivation]}."
        if is_active(change.before or {}) is None:
            yield "It shows no active, so it may not support this."
    yield _answers(change.requests[0].method, session)
    yield from _versions(change, session)
    if len(change.requests) > 1:
        yield f"These are {len(change.requests)} requests. If one is refused, those before it stay done."


def _answers(method: str, session: Session) -> str:
    name = safe(session.tenant.name)
    seen = [one.status for one in exchanges(session) if one.method == method and one.status]
    if seen and seen[0] >= 400:
        return f"{name} has refused {method} with {seen[0]} before. What counts is what a look shows afterwards."
    if seen:
        return f"{name} has answered {method} with {seen[0]} before. What counts is what a look shows afterwards."
    lesson = session.lessons.get({"PATCH": "can_patch", "PUT": "can_put"}.get(method, ""))
    if lesson is not None:
        return f"Known of {name}: {safe(lesson.evidence)}."
    return f"How {name} answers {method} is not known yet. What counts is what a look shows afterwards."


def _versions(change: Change, session: Session) -> Iterator[str]:
    if change.kind is Kind.CREATE:
        return
    yield "It is read again just before; what others changed in the same values stops it."
    if if_match_of(change, session) is not None:
        yield "If-Match: who is faster than this request is not overwritten."
    else:
        yield "No If-Match: who is faster than this request by a moment may be overwritten."
