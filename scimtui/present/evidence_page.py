"""Evidence as one page for people: nothing of it comes from elsewhere, nothing in it runs, and it prints well."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any

from scimtui import __version__
from scimtui.ops.evidence import outcomes
from scimtui.present.cells import json_text, safe
from scimtui.present.journal_words import (
    differences_of,
    edits_of,
    ending,
    ending_sentence,
    moment_of,
    outcome_of,
    quoted_detail,
    requests_of,
    text_of,
)
from scimtui.present.wording import count_of

if TYPE_CHECKING:
    from scimtui.ops.evidence import Chain, Evidence
    from scimtui.ops.history import Write
    from scimtui.scim.diff import Edit

_STYLE = """
:root { color-scheme: light dark; --line: #c8ccd2; --soft: #5a6270; --good: #14692f; --bad: #b3121f;
  --changed: #7d5200; --note: #5a6270; --field: #f4f5f7; }
@media (prefers-color-scheme: dark) { :root { --line: #434a54; --soft: #a3abb8; --good: #6fd08c; --bad: #ff8a8a;
  --changed: #e8b75a; --note: #a3abb8; --field: #22262c; } }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .3rem 0; } .soft, dt, th { color: var(--soft); }
dl { display: grid; grid-template-columns: 8rem 1fr; gap: .1rem 1rem; margin: .6rem 0; }
dt { font-weight: normal; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); padding: .2rem .6rem .2rem 0;
  font-weight: normal; overflow-wrap: anywhere; }
.counts { display: flex; flex-wrap: wrap; gap: .6rem; padding: 0; list-style: none; margin: 1rem 0; }
.counts li { border: 1px solid var(--line); border-radius: .4rem; padding: .3rem .8rem; }
.counts b { font-size: 1.25rem; margin-right: .35rem; }
.proof { border-left: .3rem solid var(--good); background: var(--field); padding: .5rem .9rem; margin: 1rem 0; }
.proof.broken { border-color: var(--bad); }
article { border-top: 2px solid var(--line); padding: .9rem 0 .6rem; break-inside: avoid; }
article > p:first-of-type { font-weight: 600; }
.head { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; }
.head span { white-space: nowrap; color: var(--soft); font-variant-numeric: tabular-nums; }
blockquote { margin: .4rem 0; padding: .1rem .9rem; border-left: .2rem solid var(--line); }
code { font: .86rem/1.4 ui-monospace, monospace; } .hash { font-size: .78rem; color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); } .changed { color: var(--changed); } .note { color: var(--note); }
@media print { @page { margin: 16mm; } body { margin: 0; max-width: none; font-size: 10.5pt; }
  .proof { background: none; border: 1px solid; border-left-width: .3rem; } }
"""
_MOMENT = "%Y-%m-%d %H:%M:%S UTC"


def page_lines(evidence: Evidence) -> Iterator[str]:
    """Yield the lines of the page."""
    allowed = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    title = f"Evidence: {_period(evidence)}"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="referrer" content="no-referrer">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
    yield from _head(evidence)
    for write in evidence.writes:
        yield from _article(write)
    yield "</body>\n</html>"


def _head(evidence: Evidence) -> Iterator[str]:
    tenants = ", ".join(one.tenant for one in evidence.chains)
    yield "<header>\n<h1>What was written, by whom and why</h1>"
    yield f'<p class="soft">{_text(_period(evidence))}</p>'
    about = [("about", evidence.user)] if evidence.user else []
    made = f"{_moment(evidence.made)} by {evidence.maker}, scimtui {__version__}"
    yield _facts([("tenants", tenants or "none was ever written to"), *about, ("made", made)])
    yield from _proof(evidence.chains)
    counts = outcomes(evidence)
    yield '<ul class="counts">'
    yield f"<li><b>{len(evidence.writes):,}</b>{'write' if len(evidence.writes) == 1 else 'writes'}</li>"
    for word in sorted(counts, key=lambda word: -counts[word]):
        how = ending(word)
        yield f'<li class="{how.style}"><b>{counts[word]:,}</b>{_text(str(how))}</li>'
    yield "</ul>"
    yield '<p class="soft">What was seen when the provider was read again decides, not its answer. Sessions and API keys are'
    yield "outside SCIM and are not part of this. Values that may only be written, such as passwords, are masked.</p>"
    yield "</header>"


def _proof(chains: Sequence[Chain]) -> Iterator[str]:
    """Say first what is wrong with the journals, then which of them prove themselves."""
    broken = [one for one in chains if one.problems]
    for chain in broken:
        yield '<div class="proof broken">'
        yield f'<p class="bad"><b>✗ The journal of {_text(chain.tenant)} was changed after it was written</b></p><ul>'
        yield from (f"<li>{_text(problem)}</li>" for problem in chain.problems)
        yield "</ul></div>"
    whole = [f"{one.tenant} ({count_of(one.lines, 'line')})" for one in chains if not one.problems]
    if whole:
        yield f'<div class="proof"><p class="good"><b>✓ Verified</b></p><p>Journal of {_text(", ".join(whole))}:'
        yield "each line names the SHA-256 of the line before it, and none was changed, removed or moved.</p></div>"


def _article(write: Write) -> Iterator[str]:
    intent, outcome, how = write.intent, write.outcome or {}, ending(outcome_of(write))
    title = text_of(intent.get("title")) or write.id
    yield f'<article id="{_text(write.id)}">'
    yield f'<div class="head"><h2>{_text(title)}</h2><span>{_moment(write.time)}</span></div>'
    yield f'<p class="{how.style}">{how.mark} {_text(ending_sentence(write))}</p>'
    if said := quoted_detail(write):
        yield f"<blockquote>“{_text(said)}”</blockquote>"
    verified = moment_of(outcome.get("verified"))
    seen = f"{_moment(verified)}{', by a later look' if outcome.get('looked_up') else ''}" if verified else "never"
    identity = text_of(intent.get("id")) or text_of(outcome.get("id")) or "none was given"
    resource = f"{text_of(intent.get('type'))} {text_of(intent.get('key'))}, id {identity}"
    yield _facts(
        [
            ("who", f"{text_of(intent.get('operator')) or 'unknown'} on {text_of(intent.get('host')) or 'unknown'}"),
            ("why", text_of(intent.get("reason")) or "no reason was given"),
            ("to what", f"{resource}, in {write.tenant}"),
            *(("request", f"{text_of(one.get('method'))} {text_of(one.get('path'))}") for one in requests_of(write)),
            ("answer", _answer(outcome.get("status"), outcome.get("scim_type"))),
            ("read back", seen),
        ]
    )
    yield from _edits(edits_of(write), ("Attribute", "Before", "After"))
    yield from _edits(differences_of(write), ("Attribute", "Wanted", "There instead"))
    yield f'<p class="hash">{_text(write.id)} <code>{_text(write.hash)}</code></p>'
    if write.outcome_id:
        yield f'<p class="hash">{_text(write.outcome_id)} <code>{_text(write.outcome_hash)}</code></p>'
    yield "</article>"


def _edits(edits: Sequence[Edit], titles: Sequence[str]) -> Iterator[str]:
    if edits:
        yield f"<table><thead><tr>{''.join(f'<th>{title}</th>' for title in titles)}</tr></thead><tbody>"
        for edit in edits:
            cells = (f"<td>{text}</td>" for text in (_text(edit.path), _value(edit.before), _value(edit.after)))
            yield f"<tr>{''.join(cells)}</tr>"
        yield "</tbody></table>"


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{label}</dt><dd>{_text(text)}</dd>' for label, text in facts)}</dl>"


def _answer(status: Any, scim_type: Any) -> str:
    words = [f"HTTP {status}" if isinstance(status, int) else "none", text_of(scim_type)]
    return " ".join(word for word in words if word)


def _value(value: Any) -> str:
    """Return a value whole: text as it is, anything else as JSON."""
    if value is None:
        return '<span class="soft">none</span>'
    return _text(value) if isinstance(value, str) else f"<code>{_text(json_text(value))}</code>"


def _period(evidence: Evidence) -> str:
    since, until = evidence.since, evidence.until
    if since is None and until is None:
        return "everything that the journals hold"
    begin = f"from {_moment(since)}" if since else "from the beginning"
    return f"{begin} until {_moment(until)}" if until else f"{begin} until {_moment(evidence.made)}"


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):{_MOMENT}}"


def _text(text: str) -> str:
    return escape(safe(text))
