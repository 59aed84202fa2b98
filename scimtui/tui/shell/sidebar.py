"""The tenants and their resource types, at the left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from scimtui.present.cells import safe
from scimtui.tui.lines.drag_edge import DragEdge
from scimtui.tui.shell.themes import TENANT_COLOURS

if TYPE_CHECKING:
    from scimtui.config import Tenant


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """One resource type in the list."""

    name: str
    count: str
    """Safe text: "1,204", "–" for one that was never synced."""


@dataclass(frozen=True, slots=True)
class TenantEntry:
    """One tenant in the list, with the types it is known to have."""

    tenant: Tenant
    types: tuple[TypeEntry, ...]
    """Empty while the tenant has not been opened."""


class Sidebar(OptionList, DragEdge):
    """Choosing a tenant opens its first type; choosing a type opens that."""

    DEFAULT_CSS = """
    Sidebar { width: 26; height: 1fr; background: $surface; border: none; padding: 0; scrollbar-size-vertical: 1; }
    Sidebar:focus { background-tint: $foreground 3%; border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("g", "first", show=False),
        Binding("G", "last", show=False),
    ]

    class Chosen(Message):
        """A tenant or a type of it was chosen; `type_name` is "" for the tenant itself."""

        def __init__(self, tenant: str, type_name: str) -> None:
            super().__init__()
            self.tenant = tenant
            self.type_name = type_name

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._entries: tuple[TenantEntry, ...] = ()
        self._open: tuple[str, str] = ("", "")

    def show(self, entries: tuple[TenantEntry, ...], open_tenant: str, open_type: str) -> None:
        """Show the tenants; the open tenant and type are marked. The highlight stays where it was."""
        if (entries, (open_tenant, open_type)) == (self._entries, self._open):
            return
        self._entries, self._open = entries, (open_tenant, open_type)
        highlighted = self.highlighted
        options = [option for place, entry in enumerate(entries) for option in self._options_of(entry, place)]
        self.clear_options()
        self.add_options(options)
        self.highlighted = min(highlighted, len(options) - 1) if highlighted is not None and options else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say what was chosen."""
        event.stop()
        tenant, _, type_name = (event.option_id or "").partition("\n")
        self.post_message(self.Chosen(tenant, type_name))

    def _options_of(self, entry: TenantEntry, place: int) -> list[Option]:
        tenant = entry.tenant
        colour = "$error" if tenant.production else TENANT_COLOURS[place % len(TENANT_COLOURS)]
        mark = "■" if tenant.name == self._open[0] else "□"
        label = Content.assemble((f"{mark} {tenant.label or tenant.name}", f"bold {colour}"))
        if tenant.production:
            label += Content.assemble("  ", ("PROD", f"{colour}"))
        return [Option(label, id=f"{tenant.name}\n"), *(self._type_option(tenant, known) for known in entry.types)]

    def _type_option(self, tenant: Tenant, known: TypeEntry) -> Option:
        chosen = (tenant.name, known.name) == self._open
        room = max((self.size.width or 26) - 5 - len(known.count), 8)
        name = safe(known.name)[:room].ljust(room)
        line = Content.assemble(
            ("▌" if chosen else " ", "$primary"), (f" {name} ", "bold" if chosen else ""), (known.count, "$text-muted")
        )
        return Option(line, id=f"{tenant.name}\n{known.name}")
