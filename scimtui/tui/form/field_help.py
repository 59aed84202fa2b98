"""What helps with the field under the cursor: a list to choose from, a search for whom it names, and names beside ids."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from textual import work
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from scimtui.ops.names import Named, names
from scimtui.ops.used_values import used_values
from scimtui.present.cells import safe
from scimtui.scim.schema import Type
from scimtui.tui.dialogs.suggestion_list import LINES, SuggestionList
from scimtui.tui.form.field_choices import KEYS, at_once, may_be_shared, narrowed, with_used
from scimtui.tui.form.form_fields import Field, Kind
from scimtui.tui.form.form_lines import is_secret, takes_text
from scimtui.tui.form.form_references import chosen, ids_there, types_of, unnamed, with_names
from scimtui.tui.form.form_state import Form, Place, add_element, set_value
from scimtui.tui.form.form_values import value_text
from scimtui.tui.view import View, worker_error_line

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.completion import Candidate
    from scimtui.scim.reference import Reference


class Keeper(Protocol):
    """The fields that are helped with."""

    form: Form

    @property
    def current(self) -> Field | None:
        """The row under the cursor."""

    @property
    def list_place(self) -> tuple[int, int]:
        """Where a list drops from the field under the cursor."""

    def take(self, text: str) -> None:
        """Put a text into the field under the cursor."""

    def select(self) -> None:
        """Let what is typed next take the place of the text in the field."""

    def take_form(self, form: Form) -> None:
        """Want what was chosen."""

    def names_came(self) -> None:
        """Show the rows with what is known now."""

    def unmask(self) -> None:
        """Show what is typed where it is masked, or mask it again."""

    def notice(self, text: str) -> None:
        """Say something at the foot until the cursor moves."""


class FieldHelp(SuggestionList):
    """Drops from the field, which keeps the focus."""

    def __init__(self, keeper: Keeper) -> None:
        super().__init__(KEYS)
        self._keeper = keeper
        self._offered: list[Candidate] = []
        self._names: dict[Reference, Named | None] = {}

    @property
    def _session(self) -> Session | None:
        """The session of the tab around the form; it knows the provider and the cache."""
        return next((above.session for above in self.ancestors if isinstance(above, View)), None)

    def types(self) -> tuple[str, ...]:
        """Return the types of those that the field under the cursor can name; () where it names nobody."""
        row, session = self._keeper.current, self._session
        if row is None or session is None or not row.is_editable:
            return ()
        return types_of(self._keeper.form, row, session.provider)

    # ------------------------------------------------------------------ a list

    def offer(self) -> None:
        """Open what helps with the field: a search, a list, or the hidden text itself."""
        row = self._keeper.current
        if types := self.types():
            self._pick(types)
        elif row is None or row.place is None or not takes_text(row):
            self._keeper.notice("there is nothing to choose here")
        elif is_secret(row):
            self._keeper.unmask()
        elif row.attribute is not None and row.attribute.type is Type.BINARY:
            self._load_file(row, row.place)
        else:
            self._offered = at_once(row, datetime.now(UTC))
            self._keeper.select()
            self._drop()
            self._offer_used(row, row.place)

    @work(exclusive=True, group="used", exit_on_error=False)
    async def _offer_used(self, row: Field, place: Place) -> None:
        """Offer what others have there as well."""
        session, kind = self._session, self._keeper.form.resource_type
        if session is not None and may_be_shared(row):
            used = await asyncio.to_thread(used_values, session, kind, place.urn, place.attribute, place.sub)
            if self._keeper.current is None or self._keeper.current.place != place:
                return
            self._offered = with_used(self._offered, used)
            self._drop()
        if not self._offered:
            self._keeper.notice("nothing is suggested here, and no two have the same")

    def _drop(self, text: str | None = None) -> None:
        row = self._keeper.current
        now = row.value if row is not None and isinstance(row.value, str) else ""
        candidates = self._offered if text is None else narrowed(self._offered, text)
        x, y = self._keeper.list_place
        height, room = (
            min(len(candidates), LINES) + 1,
            self.parent.size.height if isinstance(self.parent, Widget) else 0,
        )
        self.show(candidates, x, y - height - 1 if y + height > room and y > height else y, current=now)

    def typed(self, text: str) -> None:
        """Offer what holds the letters that were typed."""
        if self.is_open:
            self._drop(text)

    def pressed(self, key: str) -> bool:
        """Act on a key while the list is open; False where it is none of its keys."""
        if key in ("up", "down"):
            self.move(1 if key == "down" else -1)
        elif key in ("enter", "tab") and self.candidate is not None:
            self._take(self.candidate)
        elif key in ("escape", "f4"):
            self.hide()
        else:
            return False
        return True

    def _take(self, candidate: Candidate) -> None:
        self.hide()
        self._keeper.take(candidate.text)

    def on_suggestion_list_taken(self, event: SuggestionList.Taken) -> None:
        """Take what was clicked."""
        event.stop()
        self._take(event.candidate)

    @work(exclusive=True, group="lines", exit_on_error=False)
    async def open_lines(self, row: Field) -> None:
        """Show every line of a text, to be changed."""
        from scimtui.tui.form.text_dialog import TextDialog

        text = await self.app.push_screen_wait(TextDialog(safe(row.label or "value"), value_text(row.value)))
        if text is not None and row.place is not None:
            self._keeper.take_form(set_value(self._keeper.form, row.place, text or None))

    @work(exclusive=True, group="file", exit_on_error=False)
    async def _load_file(self, row: Field, place: Place) -> None:
        """Take the content of a file."""
        from scimtui.tui.form.file_dialog import FileDialog

        content = await self.app.push_screen_wait(FileDialog(f"{safe(place.attribute)}: {safe(row.label or 'value')}"))
        if content is not None:
            self._keeper.take_form(set_value(self._keeper.form, place, content))

    # ------------------------------------------------------------------ those that are named

    @work(exclusive=True, group="pick", exit_on_error=False)
    async def _pick(self, types: tuple[str, ...]) -> None:
        """Look for those that the field, or new values of the list, shall name."""
        from scimtui.tui.form.reference_picker import pick

        row, session = self._keeper.current, self._session
        if row is None or row.place is None or session is None:
            return
        several = row.kind is not Kind.VALUE
        there = ids_there(self._keeper.form, row.place) if several else None
        found = await pick(self.app, session, types, row.place.attribute, there)
        form = self._keeper.form
        for one in found:
            form, where = add_element(form, row.place) if several else (form, row.place)
            form = chosen(form, where, one, session.provider, session.tenant.base_url)
        if found:
            self._keeper.take_form(form)

    def named(self, rows: tuple[Field, ...]) -> tuple[Field, ...]:
        """Return the rows with names beside ids, as far as they are known; the others are asked for."""
        session, form = self._session, self._keeper.form
        if session is None:
            return rows
        if missing := unnamed(form, rows, session.provider, self._names):
            self._read_names(session, missing)
        known = {one: named for one, named in self._names.items() if named is not None}
        return with_names(form, rows, session.provider, known)

    @work(exclusive=True, group="names", exit_on_error=False)
    async def _read_names(self, session: Session, missing: set[Reference]) -> None:
        found = await asyncio.to_thread(names, session, dict.fromkeys(missing, ""))
        self._names |= {one: found.get(one) for one in missing}
        if found:
            self._keeper.names_came()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            event.stop()
            self._keeper.notice(worker_error_line(event.worker.error))
