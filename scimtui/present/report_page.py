"""Any report as one page for people: nothing of it comes from elsewhere, no text in it acts, it is searched, and it prints well."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from itertools import groupby

from scimtui import __version__
from scimtui.present.cells import safe
from scimtui.present.report_looks import SCRIPT, STYLE

FOLDED_FROM = 400
"""Groups of rows from which a section begins folded: what is folded costs the browser nothing."""


@dataclass(frozen=True, slots=True)
class Faint:
    """A cell that is no value: why there is none."""

    text: str


Cell = str | Faint
"""Texts may be hostile: they are made safe, and escaped, when the page is written."""


@dataclass(frozen=True, slots=True)
class Tally:
    """A number at the top of the page."""

    number: int
    words: str
    look: str = ""
    """"good", "bad", "changed", "note", "left", "right", or "" for none."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a section."""

    title: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One table. Rows that follow each other with the same first cell are one group, and stay together in a search."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    look: str = ""
    note: str = ""
    """A sentence above the table."""


@dataclass(frozen=True, slots=True)
class Page:
    """A report."""

    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    tallies: Sequence[Tally]
    sections: Sequence[Section]
    warnings: Sequence[str] = ()
    """What must be known before the report is believed."""


def page_lines(page: Page) -> Iterator[str]:
    """Yield the lines of the page."""
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src {_hash(STYLE)}",
            f"script-src {_hash(SCRIPT)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="referrer" content="no-referrer">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(page.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield from _head(page)
    for section in page.sections:
        yield from _section(section)
    yield f"<script>{SCRIPT}</script>\n</body>\n</html>"


def made_fact(maker: str, when: datetime) -> tuple[str, str]:
    """Return the fact that says who made a report, when and with what."""
    by = f" by {maker}" if maker else ""
    return "made", f"{utc(when)}{by}, scimtui {__version__}"


def utc(when: datetime) -> str:
    """Return a moment as reports write it: to the second, in UTC."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _head(page: Page) -> Iterator[str]:
    yield f'<header>\n<h1>{_text(page.title)}</h1>\n<p class="soft">{_text(page.subtitle)}</p>'
    yield f"<dl>{''.join(f'<dt>{_text(label)}</dt><dd>{_text(text)}</dd>' for label, text in page.facts)}</dl>"
    for warning in page.warnings:
        yield f'<p class="warning">{_text(warning)}</p>'
    yield '<ul class="counts">'
    for one in page.tallies:
        yield f'<li class="{_text(one.look)}"><b>{one.number:,}</b>{_text(one.words)}</li>'
    yield "</ul>\n</header>"
    yield '<p id="search" hidden><input id="find" type="search" placeholder="words to find" aria-label="Find" autofocus>'
    yield '<span id="found" role="status"></span></p>'


def _section(section: Section) -> Iterator[str]:
    groups = [list(rows) for _, rows in groupby(section.rows, key=lambda row: row[0])]
    is_open = " open" if len(groups) < FOLDED_FROM else ""
    yield f'<details{is_open}><summary class="{_text(section.look)}"><h2>{_text(section.title)}</h2>'
    yield f'<span class="soft"><span class="hits"></span> {len(groups):,}</span></summary>'
    if section.note:
        yield f'<p class="soft">{_text(section.note)}</p>'
    titles = (f'<th scope="col" class="{_text(one.look)}">{_text(one.title)}</th>' for one in section.columns)
    yield f"<table><thead><tr>{''.join(titles)}</tr></thead>"
    for rows in groups:
        yield f"<tbody>{''.join(_rows(rows, section.columns))}</tbody>"
    yield "</table></details>"


def _rows(rows: Sequence[Sequence[Cell]], columns: Sequence[Column]) -> Iterator[str]:
    for place, row in enumerate(rows):
        first = f'<th scope="row" rowspan="{len(rows)}">{_cell(row[0])}</th> ' if not place else ""
        others = zip(row[1:], columns[1:], strict=True)
        cells = (f"<td{f' class={_quoted(one.look)}' if one.look else ''}>{_cell(cell)}</td> " for cell, one in others)
        yield f"<tr>{first}{''.join(cells)}</tr>\n"


def _cell(cell: Cell) -> str:
    return f'<span class="soft">{_text(cell.text)}</span>' if isinstance(cell, Faint) else _text(cell)


def _quoted(text: str) -> str:
    return f'"{_text(text)}"'


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _text(text: str) -> str:
    return escape(safe(text))
