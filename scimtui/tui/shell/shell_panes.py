"""Where the keys go: the panes of the screen, shown, hidden, made wider, and jumped to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.tui.filter.filter_bar import FilterBar
from scimtui.tui.lines.drag_edge import set_width
from scimtui.tui.shell.sidebar import Sidebar
from scimtui.tui.shell.tab_strip import TabStrip

if TYPE_CHECKING:
    from scimtui.tui.shell.shell_screen import ShellScreen


def tenants(shell: ShellScreen) -> None:
    """Go to the sidebar, shown if it was hidden."""
    sidebar = shell.query_one(Sidebar)
    if not sidebar.display:
        shell.set_class(True, "-with-sidebar")
        shell.set_class(False, "-without-sidebar")
    sidebar.focus()


def toggle_sidebar(shell: ShellScreen) -> None:
    """Show or hide the sidebar."""
    show = not shell.query_one(Sidebar).display
    shell.set_class(show, "-with-sidebar")
    shell.set_class(not show, "-without-sidebar")
    if not show and shell.view is not None:
        shell.view.focus_first()


def resize_pane(shell: ShellScreen, step: int) -> None:
    """Make the details wider where they are shown, else the sidebar."""
    panes = [pane for pane in shell.query("DetailPane") if pane.display and pane.is_on_screen]
    pane = panes[0] if panes and not shell.query_one(Sidebar).has_focus else shell.query_one(Sidebar)
    if pane.display:
        set_width(pane, pane.outer_size.width + step)


def jump(shell: ShellScreen) -> None:
    """Put letters on panes and tabs and go where one says."""
    from scimtui.tui.shell.jump_screen import JumpScreen, Target

    strip = shell.query_one(TabStrip)
    targets = [
        Target(f"tab {index}", strip.region.x + place, strip.region.y)
        for index in range(len(shell.tabs))
        if (place := strip.place_of(index)) is not None
    ]
    panes = [
        ("Sidebar", shell.query_one(Sidebar)),
        *((type(w).__name__, w) for w in shell.query("FilterBar, VirtualTable, DetailPane, LineView, ResourceForm")),
    ]
    shown = {name: widget for name, widget in panes if widget.display and widget.is_on_screen and widget.region.area}
    targets += [Target(name, widget.region.x, widget.region.y) for name, widget in shown.items()]

    def go(name: str | None) -> None:
        if name is None:
            return
        if name.startswith("tab "):
            shell.show_tab(int(name.removeprefix("tab ")))
        elif isinstance(widget := shown[name], FilterBar):
            widget.focus_field()
        else:
            widget.focus()

    shell.app.push_screen(JumpScreen(targets), go)
