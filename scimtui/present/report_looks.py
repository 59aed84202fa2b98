"""How a report looks, and the one script in it: the search, which reads what is on the page and writes nothing but counts."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --line: #c8ccd2; --soft: #5a6270; --good: #14692f; --bad: #b3121f;
  --changed: #7d5200; --note: #5a6270; --field: #f4f5f7; --page: #fff; --left: #1c5aa8; --right: #7d2d92; }
@media (prefers-color-scheme: dark) { :root { --line: #434a54; --soft: #a3abb8; --good: #6fd08c; --bad: #ff8a8a;
  --changed: #e8b75a; --note: #a3abb8; --field: #22262c; --page: #16191d; --left: #8ab8f0; --right: #d79be8; } }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 78rem; margin: 2rem auto; padding: 0 1rem; background: var(--page); }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 0; display: inline; overflow-wrap: anywhere; }
p { margin: .3rem 0; } .soft, dt, thead th { color: var(--soft); }
dl { display: grid; grid-template-columns: fit-content(18rem) 1fr; gap: .1rem 1rem; margin: .6rem 0; }
dd { margin: 0; overflow-wrap: anywhere; }
.warning { border-left: .3rem solid var(--bad); background: var(--field); padding: .5rem .9rem; margin: .6rem 0; }
.counts { display: flex; flex-wrap: wrap; gap: .6rem; padding: 0; list-style: none; margin: 1rem 0; }
.counts li { border: 1px solid var(--line); border-radius: .4rem; padding: .3rem .8rem; }
.counts b { font-size: 1.25rem; margin-right: .35rem; }
#search { position: sticky; top: 0; background: var(--page); padding: .6rem 0; z-index: 1; }
#search[hidden] { display: none; }
#find { font: inherit; width: min(28rem, 60%); padding: .3rem .6rem; border: 1px solid var(--soft); border-radius: .4rem;
  background: var(--field); color: inherit; }
#found { color: var(--soft); margin-left: .8rem; }
details { border-top: 2px solid var(--line); padding: .6rem 0; } summary { cursor: pointer; padding: .2rem 0; }
summary .soft { margin-left: .6rem; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); padding: .2rem .8rem .2rem 0;
  font-weight: normal; overflow-wrap: anywhere; white-space: pre-wrap; }
thead th { font-size: .86rem; } tbody th { font-weight: 600; } tbody { break-inside: avoid; }
.good { color: var(--good); } .bad { color: var(--bad); } .changed { color: var(--changed); } .note { color: var(--note); }
.left { color: var(--left); } .right { color: var(--right); }
@media print { @page { margin: 14mm; } body { margin: 0; max-width: none; font-size: 9.5pt; background: none; }
  #search { display: none !important; } thead { display: table-header-group; }
  details::details-content { content-visibility: visible !important; block-size: auto !important; }
  .warning { background: none; border: 1px solid; border-left-width: .3rem; } }
"""

SCRIPT = """
"use strict";
const fold = text => text.normalize("NFKD").replace(/\\p{M}/gu, "").toLowerCase();
const sections = [...document.querySelectorAll("details")].map(details => ({
  details, hits: details.querySelector(".hits"), groups: [...details.querySelectorAll("tbody")], texts: null, open: details.open,
}));
const field = document.getElementById("find"), found = document.getElementById("found");
const FEW = 400; // so many unfold at once; the others wait for a click
let waiting = 0;
function search() {
  const words = fold(field.value).split(/\\s+/).filter(Boolean);
  let all = 0;
  for (const one of sections) {
    one.texts ??= one.groups.map(group => fold(group.textContent));
    let hits = 0;
    one.groups.forEach((group, place) => {
      const is = words.every(word => one.texts[place].includes(word));
      if (group.hidden === is) group.hidden = !is;
      if (is) hits += 1;
    });
    all += hits;
    one.hits.textContent = words.length ? `${hits.toLocaleString("en")} of` : "";
    one.details.hidden = words.length > 0 && hits === 0;
    one.details.open = one.open || (words.length > 0 && hits > 0 && hits <= FEW);
  }
  found.textContent = !words.length ? "" : all ? `${all.toLocaleString("en")} found` : "nothing has these words";
}
field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 80); });
addEventListener("beforeprint", () => sections.forEach(one => { one.details.open = true; }));
addEventListener("keydown", event => {
  if (event.key === "/" && event.target !== field) { event.preventDefault(); field.focus(); }
});
document.getElementById("search").hidden = false;
"""
