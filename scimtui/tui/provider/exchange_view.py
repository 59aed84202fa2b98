"""The request log of a tenant in a tab: the last exchanges, one of them in full, and the same for curl."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from scimtui.ops.exchanges import Exchange, exchanges
from scimtui.present.cells import safe
from scimtui.present.exchanges import curl_lines, duration, exchange_columns, pretty, size, status_words
from scimtui.present.wording import count_of
from scimtui.tui.action import Where
from scimtui.tui.actions import bindings_for
from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.view import Header, View

if TYPE_CHECKING:
    from scimtui.config import Tenant

LOOKED_AGAIN = 0.5
"""Seconds between two looks for new exchanges; nothing is painted where there are none."""


class ExchangeList(LineView):
    """One line an exchange, the newest first; tells where its cursor goes."""

    class Moved(Message):
        """The cursor stands on another line."""

    def cursor_moved(self) -> None:
        """Tell the view."""
        self.post_message(self.Moved())


class ExchangeView(View):
    """The list above, the chosen exchange below."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.REQUESTS,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Where.REQUESTS)
    DEFAULT_CSS = """
    ExchangeView ExchangeList { height: 2fr; }
    ExchangeView #exchange { height: 3fr; border-top: hkey $panel; padding: 0 1; }
    """
    _shown: tuple[Exchange, ...] = ()
    _chosen: Exchange | None = None

    def compose(self) -> ComposeResult:
        """Compose the list and the details."""
        yield ExchangeList(selectable=True)
        yield LineView(id="exchange")

    def on_mount(self) -> None:
        """Show what there is, and look again while the tab lives."""
        self._look()
        self._choose()
        self.set_interval(LOOKED_AGAIN, self._look)

    @property
    def title(self) -> str:
        """Whose requests they are."""
        return f"requests {safe(self.session.tenant.name)}"

    def header(self) -> Header:
        """Say how many are kept."""
        return Header(self.session.tenant, (count_of(len(self._shown), "request"), "secrets are masked"))

    def spec(self) -> dict[str, str] | None:
        """Remember that the log was open; what stood in it is gone with the program."""
        return {"view": "requests", "tenant": self.session.tenant.name}

    def focus_first(self) -> None:
        """Start in the list."""
        self.query_one(ExchangeList).focus()

    def why_not(self, action_id: str) -> str | None:
        """There is nothing to copy before the first request."""
        return "nothing was sent yet" if action_id == "copy" and self._chosen is None else None

    def do_copy(self) -> None:
        """Copy the request for curl."""
        if self._chosen is not None:
            self.app.copy_to_clipboard("\n".join(curl_lines(self.session.tenant, self._chosen)))
            self.shell.say("Copied for curl, without the token", "done")

    def do_refresh(self) -> None:
        """Go to the newest."""
        self._look()
        self.query_one(ExchangeList).action_first()

    def _look(self) -> None:
        found = tuple(exchanges(self.session))
        if found == self._shown and found:
            return
        lines = self.query_one(ExchangeList)
        kept = self._chosen
        self._shown = found
        lines.set_lines([_row(one) for one in found] or [[("No request was sent to this tenant yet.", "note")]])
        if kept in found and lines.cursor > 0:
            lines.move_to(found.index(kept))
        self._choose()
        self.shell.header_changed()

    @on(ExchangeList.Moved)
    def _choose(self) -> None:
        cursor = self.query_one(ExchangeList).cursor
        self._chosen = self._shown[cursor] if 0 <= cursor < len(self._shown) else None
        details = self.query_one("#exchange", LineView)
        details.set_lines(_details(self._chosen, self.session.tenant, details.size.width or 80) if self._chosen else [])


def _row(exchange: Exchange) -> Line:
    at, method, status, took, amount, path = exchange_columns(exchange)
    style = {"✓": "good", "!": "changed"}.get(status[0], "bad")
    return [
        (f" {at}  ", "label"),
        (f"{method} ", "key"),
        (f"{status} ", style),
        (f"{took} {amount}  ", "label"),
        (path, "value"),
    ]


def _details(exchange: Exchange, tenant: Tenant, width: int) -> list[Line]:
    lines: list[Line] = [[(f"{safe(exchange.method)} {safe(exchange.path)}", "heading")]]
    took = f"{status_words(exchange)}, {duration(exchange.seconds)}, {size(exchange.size)}"
    lines += [[(took, "label")], []]
    if exchange.body:
        lines += [[("Sent", "section")], *([(line, "value")] for line in pretty(exchange.body, width)), []]
    lines += [[("Received", "section")]]
    lines += [[(line, "value")] for line in pretty(exchange.answer, width)] or [[("an empty body", "note")]]
    lines += [[], [("For curl (c copies it)", "section")]]
    return [*lines, *([(safe(line), "value")] for line in curl_lines(tenant, exchange))]
