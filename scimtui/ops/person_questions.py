"""What a provider is asked about one person, and what counts as an answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scimtui.errors import Refused
from scimtui.ops import browse
from scimtui.ops.live import live_pages
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.dialect import Filters
from scimtui.scim.literal import fold
from scimtui.scim.match import compile_filter
from scimtui.scim.path import parse_path
from scimtui.scim.resource import Resource, lookup, resource_id
from scimtui.scim.same_person import Shared, likenesses

if TYPE_CHECKING:
    from scimtui.ops.everywhere import Person
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

GONE = frozenset({404, 410})
MOST_FILTERS = 12
"""Questions that a provider is asked about one person."""
MOST_FOUND = 50
"""Accounts that an answer to such a question may hold; more are no answer to it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One filter about a person."""

    path: str
    value: str
    brings: Shared
    """What the accounts that it finds have in common with theirs."""

    @property
    def filter(self) -> str:
        """As it is sent."""
        return f"{self.path} eq {json.dumps(self.value, ensure_ascii=False)}"


@dataclass
class Search:
    """What a provider said when it was asked for a person."""

    found: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    left_out: list[Question] = field(default_factory=list)
    trouble: str = ""
    """Why none of it counts."""

    @property
    def unasked(self) -> str:
        """What it was not asked for, in words."""
        paths = dict.fromkeys(one.path for one in self.left_out)
        return f"it answers no filter by {', '.join(paths)}" if paths else ""


async def searched(session: Session, resource_type: ResourceType, person: Person, *, is_enough: bool) -> Search:
    """Ask a provider for a person.

    `is_enough`: the first question that finds somebody is the last one; a second account of theirs is known already.
    """
    questions = [*_questions(session, resource_type, person)]
    if session.provider.filter is False or session.dialect.filters is Filters.NONE:
        return Search(left_out=questions, trouble="it answers no filter")
    known = {path.casefold() for path in session.dialect.filter_attributes}
    said = Search(trouble="it refuses every filter")
    for place, question in enumerate(questions):
        if place >= MOST_FILTERS or (known and question.path.casefold() not in known):
            said.left_out.append(question)
            continue
        try:
            answer = await _answered(session, resource_type, question.filter)
        except Refused as error:
            if error.status not in GONE:  # or nobody is like that, in the words of some
                said.left_out.append(question)  # not every provider knows every attribute in a filter
                continue
            answer = []
        if answer is None:
            return Search(left_out=questions, trouble="it ignores filters")
        said.trouble = ""
        alike = likenesses(person.traits, answer, session.tenant.match, resource_type)
        said.found |= {resource_id(one.raw): one.raw for one in alike}
        if said.found and is_enough:
            break
    for raw in said.found.values():
        await asyncio.to_thread(browse.keep, session, Resource(resource_type.name, raw))
    return said


async def _answered(session: Session, resource_type: ResourceType, wanted: str) -> list[Mapping[str, Any]] | None:
    """Return what a filter brings; None where somebody comes whom it does not mean, so that nobody was asked for."""
    matches = compile_filter(wanted, resource_type)
    came: list[Mapping[str, Any]] = []
    async with aclosing(live_pages(session, resource_type, wanted)) as pages:
        async for page in pages:
            came += page.resources
            if len(came) > MOST_FOUND or not all(map(matches, page.resources)):
                return None
    return came


def _questions(session: Session, resource_type: ResourceType, person: Person) -> Iterator[Question]:
    """Yield what a provider is asked, the likeliest first, as far as its people can have that."""
    raw, told = person.raw, person.traits
    emails = [element_value(one) for one in as_list(lookup(raw, "emails"))]
    user_name = lookup(raw, "userName")
    wanted: Sequence[tuple[str, Any, Shared]] = (
        (session.tenant.match, told.rule, Shared.RULE),
        ("userName", user_name, Shared.USER_NAME),
        ("externalId", lookup(raw, "externalId"), Shared.EXTERNAL_ID),
        *((path, one, Shared.EMAIL) for one in emails for path in ("emails.value", "userName")),
        ("emails.value", user_name if told.user_name in told.emails else None, Shared.EMAIL),
    )
    seen: set[tuple[str, str]] = set()
    for path, value, brings in wanted:
        root = parse_path(path, resource_type)
        is_declared = resource_type.attribute(root.attribute, root.urn) is not None and root.value_filter is None
        question = (path.casefold(), fold(value) if isinstance(value, str) else "")
        if question[1] and is_declared and question not in seen:
            seen.add(question)
            yield Question(path, value, brings)
