"""The colours of a table. Each meaning has a mark or a word beside its colour."""

from __future__ import annotations

ROW_STYLES = ("inactive", "left", "right", "diff", "good", "bad", "changed")
"""What a row can mean."""
TABLE_CLASSES = {
    "table--header", "table--cursor", "table--cursor-blurred", "table--marked", "table--empty", "table--off",
    *(f"table--{name}" for name in ROW_STYLES),
}  # fmt: skip
TABLE_CSS = """
VirtualTable {
    width: 1fr; height: 1fr; overflow-x: hidden; background: $background; color: $foreground;
    scrollbar-size-vertical: 1;
    & > .table--header { background: $panel; color: $text; text-style: bold; }
    & > .table--cursor { background: $primary 35%; text-style: bold; }
    & > .table--cursor-blurred { background: $panel; }
    & > .table--marked { color: $text-accent; text-style: bold; }
    & > .table--empty { color: $text-muted; }
    & > .table--inactive { color: $text-muted; }
    & > .table--off { color: $text-muted; }
    & > .table--good { color: $text-success; }
    & > .table--bad { color: $text-error; }
    & > .table--changed { color: $text-warning; }
    & > .table--diff { color: $text-warning; }
    & > .table--left { color: $text-primary; }
    & > .table--right { color: $text-accent; }
}
"""
