"""One resource in a tab: its attributes, its raw JSON, and the form that edits it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import ContentSwitcher

from scimtui.ops import browse
from scimtui.ops.apply import Outcome
from scimtui.ops.group_members import groups_of
from scimtui.ops.guard import why_not
from scimtui.present.cells import cell, safe
from scimtui.scim.change import Change, plan_create, plan_edit
from scimtui.scim.kind import Kind
from scimtui.scim.resource import lookup, natural_key, resource_id
from scimtui.tui import writing
from scimtui.tui.actions import Where, bindings_for
from scimtui.tui.detail_lines import detail_lines
from scimtui.tui.json_lines import json_lines
from scimtui.tui.line_view import Line, LineView
from scimtui.tui.resource_form import ResourceForm
from scimtui.tui.view import Header, View

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

DETAILS, JSON, FORM = "details", "json", "form"


class ResourceView(View):
    """Details, JSON or form. What was typed into the form is kept while another tab is looked at."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for(Where.RESOURCE), *bindings_for(Where.FORM)]
    DEFAULT_CSS = """
    ResourceView { height: 1fr; }
    ResourceView ContentSwitcher { height: 1fr; }
    """

    def __init__(self, session: Session, resource_type: ResourceType, identity: str, mode: str) -> None:
        super().__init__(session)
        self.resource_type = resource_type
        self.identity = identity
        """The resource's id; "" for one that does not exist yet."""
        self.mode = mode
        self._raw: Mapping[str, Any] = {}
        self._form_base: Mapping[str, Any] = {}
        """What the form was filled with: a newer copy may have come while something was being typed."""
        self._dirty = 0

    def compose(self) -> ComposeResult:
        """Compose the three faces; the form is filled when it is first asked for."""
        with ContentSwitcher(initial=self.mode):
            yield LineView(id=DETAILS)
            yield LineView(id=JSON)
            yield ResourceForm(id=FORM)

    def on_mount(self) -> None:
        """Show the cached copy at once, then the provider's."""
        self._load()

    @property
    def form(self) -> ResourceForm:
        """The form of the view."""
        return self.query_one(ResourceForm)

    @property
    def places(self) -> tuple[Where, ...]:
        """The form has keys of its own."""
        return (Where.FORM,) if self.mode == FORM else (Where.RESOURCE,)

    @property
    def title(self) -> str:
        """The resource's name, marked while something typed was not sent."""
        name = safe(natural_key(self._raw)) if self.identity else f"new {safe(self.resource_type.name)}"
        return f"{'● ' if self._dirty else ''}{name}"

    def header(self) -> Header:
        """Say which resource, and how many fields were changed."""
        parts = [f"{safe(self.resource_type.name)} {self.title}"]
        if self._dirty:
            parts.append(f"{self._dirty} changed, not sent")
        return Header(self.session.tenant, tuple(parts))

    def spec(self) -> dict[str, str] | None:
        """Remember which resource; a new one is not kept."""
        if not self.identity:
            return None
        names = {"tenant": self.session.tenant.name, "type": self.resource_type.name, "id": self.identity}
        return {"view": "resource", **names}

    def is_open_work(self) -> bool:
        """Whether something was typed and not sent."""
        return self._dirty > 0

    def focus_first(self) -> None:
        """Start in what is shown."""
        self.query_one(f"#{self.mode}").focus()

    def why_not(self, action_id: str) -> str | None:
        """Say why an action can't be used."""
        unlocked = self.shell.is_unlocked(self.session.tenant)
        if action_id in ("edit", "send"):
            kind = Kind.EDIT if self.identity else Kind.CREATE
            return why_not(kind, self.session, unlocked=unlocked)
        if action_id == "toggle_active":
            if self.resource_type.attribute("active") is None:
                return f"a {safe(self.resource_type.name)} has no attribute active"
            return why_not(Kind.DEACTIVATE, self.session, unlocked=unlocked)
        return None

    # ------------------------------------------------------------------ showing

    @work(exclusive=True, group="load", exit_on_error=False)
    async def _load(self) -> None:
        if self.identity:
            cached = await asyncio.to_thread(browse.resource, self.session, self.resource_type.name, self.identity)
            if cached is not None:
                await self._show(cached.raw)
            fresh = await browse.fetch(self.session, self.resource_type, self.identity)
            if fresh.raw != self._raw:
                await self._show(fresh.raw)
        else:
            await self._show({"schemas": [self.resource_type.schema.id]})

    async def _show(self, raw: Mapping[str, Any]) -> None:
        details = await asyncio.to_thread(self._details, raw)
        self._raw = raw
        if not self._dirty:
            self._form_base = raw
            self.form.load(self.resource_type, raw, is_new=not self.identity)
        self.query_one(f"#{DETAILS}", LineView).set_lines(details)
        self.query_one(f"#{JSON}", LineView).set_lines(json_lines(raw))
        self._tell()

    def _details(self, raw: Mapping[str, Any]) -> list[Line]:
        """Return the details, with the groups of a person as they are cached where the provider does not say them."""
        lines = detail_lines(raw, self.resource_type, with_empty=True)
        if self.resource_type.attribute("groups") is None or lookup(raw, "groups") or not self.identity:
            return lines
        found = [cell(natural_key(group)) for group in groups_of(self.session, self.identity)]
        if not found:
            return lines
        return [*lines, [], [("Groups, from the cache", "section")], *([(f" {name}", "value")] for name in found)]

    def _tell(self) -> None:
        self.post_message(self.Titled())
        self.shell.header_changed()

    def turn_to(self, mode: str) -> None:
        """Show another face."""
        self.mode = mode
        self.query_one(ContentSwitcher).current = mode
        self.focus_first()
        self._tell()

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Show the new copy."""
        if (tenant, type_name, resource_id) == (self.session.tenant.name, self.resource_type.name, self.identity):
            self._load()

    @on(ResourceForm.Changed)
    def _form_changed(self, event: ResourceForm.Changed) -> None:
        event.stop()
        self._dirty = event.dirty_count
        self._tell()

    # ------------------------------------------------------------------ actions

    def do_edit(self) -> None:
        """Turn to the form."""
        self.turn_to(FORM)

    def do_json(self) -> None:
        """Turn to the raw JSON, or back."""
        self.turn_to(DETAILS if self.mode == JSON else JSON)

    def leave(self) -> bool:
        """Leave the form or the JSON; True when there was something to leave."""
        if self.mode == DETAILS or not self.identity or self._dirty:
            return False
        self.turn_to(DETAILS)
        return True

    def do_refresh(self) -> None:
        """Read the resource again."""
        self._load()

    def do_copy(self) -> None:
        """Copy the resource's name."""
        self.app.copy_to_clipboard(natural_key(self._raw))
        self.shell.say(f"Copied {safe(natural_key(self._raw))}", "done")

    def do_add_element(self) -> None:
        """Add a value to the list under the cursor."""
        self.form.add_element()

    def do_remove_element(self) -> None:
        """Remove the value under the cursor from its list."""
        self.form.remove_element()

    def do_revert(self) -> None:
        """Put the field under the cursor back."""
        self.form.revert_field()

    @work(group="write", exit_on_error=False)
    async def do_toggle_active(self) -> None:
        """Deactivate or activate."""
        await writing.toggle_active(self.shell, self.session, self.resource_type, [self.identity])

    @work(group="write", exit_on_error=False)
    async def do_send(self) -> None:
        """Preview, send, read back."""
        if errors := self.form.errors():
            self.shell.say(errors[0], "error")
            self.form.go_to_error()
            return
        change = self._plan(self.form.wanted())
        if not change.requests:
            self.shell.say("Nothing was changed, so there is nothing to send", "info")
            return
        receipt = await writing.send(self.shell, self.session, change)
        if receipt is not None and receipt.outcome in (Outcome.APPLIED, Outcome.ALREADY, Outcome.ALTERED):
            self._sent(resource_id(receipt.resource.raw) if receipt.resource else self.identity)

    def _plan(self, wanted: Mapping[str, Any]) -> Change:
        name, provider, dialect = self.session.tenant.name, self.session.provider, self.session.dialect
        if self.identity:
            return plan_edit(name, self._form_base, wanted, self.resource_type, provider, dialect)
        return plan_create(name, wanted, self.resource_type, provider, dialect)

    def _sent(self, identity: str) -> None:
        self.identity, self._dirty = identity, 0
        self.turn_to(DETAILS)
        self._load()
