"""The style of a component class, to be laid over another style."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget


def component_style(widget: Widget, name: str) -> Style:
    """Return only what the component class sets, Style.null() where there is no such class.

    Textual's own partial style forgets opacity: `$text-muted` would be plain white, a tint of 30 % the whole colour.
    """
    whole = widget.get_component_rich_style(name, default=Style.null())
    partial = widget.get_component_rich_style(name, partial=True, default=Style.null())
    colours = Style(
        color=whole.color if partial.color is not None else None,
        bgcolor=whole.bgcolor if partial.bgcolor is not None else None,
    )
    return colours + partial.without_color
