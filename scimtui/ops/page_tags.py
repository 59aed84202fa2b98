"""Pages that are as they were at the last sync, told by their ETag (RFC 7644 section 3.14): they are not sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from scimtui.errors import CacheError, EndpointError
from scimtui.ops.session import Session, connect, learn
from scimtui.scim.exchange import ListPage
from scimtui.scim.message import ScimRequest, ScimResponse
from scimtui.scim.resource import resource_id

NOT_MODIFIED = 304
RELIED_ON_FOR = timedelta(hours=24)
"""However well the tags work, every page is read again after this."""
FOREIGN_TAG = '"no page ever had this one"'


@dataclass(frozen=True, slots=True)
class TaggedPage:
    """A page as it was: its tag, whom it held, and what it said of the list."""

    tag: str
    ids: tuple[str, ...]
    total_results: int | None = None
    start_index: int | None = None
    items_per_page: int | None = None
    next_cursor: str | None = None


@dataclass(slots=True)
class PageTags:
    """The tagged pages of one list: those of the last sync, and those that come now."""

    known: Mapping[str, TaggedPage] = field(default_factory=dict)
    """By the path that was asked for."""
    read_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When all of them were last sent as a whole."""
    generation: int = 0
    """Of the cache when it held just what they said; a resource that was written since then may say more, or less."""
    coming: dict[str, TaggedPage] = field(default_factory=dict)

    def asked(self, request: ScimRequest) -> ScimRequest:
        """Return the request with the tag of its page, if there is one."""
        known = self.known.get(request.path) if request.body is None else None
        return replace(request, headers={**request.headers, "If-None-Match": known.tag}) if known else request

    def took(self, request: ScimRequest, response: ScimResponse, page: ListPage) -> None:
        """Remember a page that came with a tag and whose resources all have an id."""
        tag = response.headers.get("etag", "")
        if not tag.isprintable() or not tag or request.body is not None or page.not_objects or page.is_cut:
            return
        ids = tuple(map(resource_id, page.resources))
        if all(ids):
            told = (page.total_results, page.start_index, page.items_per_page, page.next_cursor)
            self.coming[request.path] = TaggedPage(tag, ids, *told)

    def unchanged(self, request: ScimRequest, session: Session, type_name: str) -> ListPage | None:
        """Return a page that was not sent again, from the cache; None where one of its resources is another one there now.

        Blocks for the disk.

        Raises:
            CacheError: the cache cannot be read.
        """
        known = self.known[request.path]
        cache = session.cache.resources(type_name)
        if any(cache.written_after(one, self.generation) for one in known.ids):
            return None
        resources = [raw for one in known.ids if (raw := cache.get(one)) is not None]
        if len(resources) < len(known.ids):
            return None
        self.coming[request.path] = known
        told = (known.total_results, known.start_index, known.items_per_page, known.next_cursor)
        return ListPage(tuple(resources), *told)


def load_tags(session: Session, type_name: str) -> PageTags:
    """Return the pages of the last sync where their tags have proved to work, else none. Blocks for the disk."""
    state = session.cache.resources(type_name).state
    if session.dialect.list_etags is not True or state is None or not state.complete:
        return PageTags()
    kept = session.cache.kept(_file(type_name)) or {}
    try:
        read_at = datetime.fromisoformat(kept["read_at"])
        known = {path: TaggedPage(**{**page, "ids": tuple(page["ids"])}) for path, page in kept["pages"].items()}
        generation = int(kept["generation"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return PageTags()
    return PageTags(known, read_at, generation) if datetime.now(UTC) - read_at < RELIED_ON_FOR else PageTags()


def keep_tags(session: Session, type_name: str, tags: PageTags) -> None:
    """Keep the pages of a sync that brought all, as far as the disk takes them. Blocks for the disk."""
    if session.cache.read_only or not (tags.coming or tags.known):
        return
    pages = {path: asdict(page) for path, page in tags.coming.items()}
    generation = session.cache.resources(type_name).generation
    document = {"read_at": tags.read_at.isoformat(), "generation": generation, "pages": pages}
    with suppress(CacheError):
        session.cache.keep(_file(type_name), document)


async def prove_tags(session: Session, tags: PageTags) -> int:
    """Find out whether the tags of pages mean something, after a walk that brought all; returns the requests.

    A page is asked for under its own tag, which must bring 304, and under a tag that it never had, which must not.
    """
    if session.dialect.list_etags is not None or not tags.coming:
        return 0
    endpoint = await connect(session)
    path, page = next(iter(tags.coming.items()))
    answers = []
    for tag in (page.tag, FOREIGN_TAG):
        try:
            answers.append((await endpoint.send(ScimRequest("GET", path, headers={"If-None-Match": tag}))).status)
        except EndpointError:
            return len(answers) + 1
    works = answers[0] == NOT_MODIFIED and answers[1] != NOT_MODIFIED
    evidence = f"a page asked for under its own ETag: HTTP {answers[0]}, under a foreign one: HTTP {answers[1]}"
    await asyncio.to_thread(learn, session, "list_etags", works, evidence)
    return len(answers)


def _file(type_name: str) -> str:
    return f"{quote(type_name, safe='', errors='replace')[:80]}.pages.json"
