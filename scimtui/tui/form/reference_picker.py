"""Looks for the resource that a field shall name, among those in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.present.cells import safe
from scimtui.tui.members.member_search import MemberSearch, Searchable, row_key

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual.app import App

    from scimtui.ops.session import Session


async def pick(
    app: App[None], session: Session, types: Sequence[str], label: str, there: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """Return type and id of who was chosen, [] for nobody. With `there`, several are, but for these ids. From a worker."""
    kinds = [kind for name in types if (kind := session.provider.resource_type(name)) is not None]
    where = safe(session.tenant.label or session.tenant.name)
    several = there is not None
    title = f"{safe(label)}: choose {'whom to add' if several else 'one'} in {where}"
    notes = {row_key(kind.name, identity): "there already" for kind in kinds for identity in there or ()}
    return await app.push_screen_wait(MemberSearch(Searchable(session, kinds, title, "adds", notes, several=several)))
