"""Reports as an auditor meets them: a real browser opens the page offline, and no text of a stranger acts in it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.browser import Browser, browser

from scimtui.ops.compare import SidesCompared
from scimtui.present.comparison_report import Reported, csv_of, document, page_of
from scimtui.present.report_page import FOLDED_FROM, page_lines
from scimtui.scim.compare import compare
from scimtui.scim.schema import core_resource_type
from scimtui.store.sync_state import SyncState

USER = core_resource_type("User")
HOSTILE = (
    "<img src=x onerror=document.title='ran'>",
    "</script><script>document.title='ran'</script>",
    "\"><svg onload=document.title='ran'>",
    "<iframe srcdoc=\"<script>top.document.title='ran'</script>\">",
)


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def person(number: int, **values) -> dict:
    return {"id": f"{number}", "userName": f"user{number:05}", "title": "Clerk", **values}


def reported(left, right, *, whole: tuple[bool, bool] = (True, True), **values) -> Reported:
    found = compare(left, right, USER)
    states = [SyncState(datetime(2026, 11, 20, tzinfo=UTC), one, None if one else "broke off", 9, 9) for one in whole]
    return Reported(("acme", "bolt"), "User", SidesCompared(found, (USER, USER), *states), **values)


def write(report: Reported, folder: Path) -> Path:
    path = folder / "report.html"
    path.write_text("\n".join(page_lines(page_of(report))), encoding="utf-8")
    return path


def shown(tab: Browser) -> list[str]:
    """The rows that a person sees, one text each."""
    groups = "[...document.querySelectorAll('details[open]:not([hidden]) tbody')]"
    return tab.value(f"{groups}.filter(one => one.offsetHeight > 0).map(one => one.innerText)")


def search(tab: Browser, text: str, said: str = "found") -> None:
    tab.value("(field => { field.focus(); field.select(); })(document.getElementById('find'))")
    tab.type(text)
    is_said = f"document.getElementById('found').textContent.includes('{said}')"
    tab.value(f"new Promise(done => {{ const look = () => {is_said} ? done() : setTimeout(look, 20); look(); }})")


def test_the_page_opens_from_a_file_without_a_network_and_a_search_narrows_its_rows(tab, tmp_path):
    left = [person(number) for number in range(12)]
    right = [person(number, title="Chef" if number == 3 else "Clerk", active=number != 4) for number in range(1, 13)]
    path = write(reported(left, right), tmp_path)
    tab.open(path)
    assert tab.requested == [path.as_uri()]
    rows = shown(tab)
    assert any("user00003" in row and "Clerk" in row and "Chef" in row for row in rows)
    assert any("user00000" in row for row in rows)
    search(tab, "CHÉF", "1 found")
    (row,) = shown(tab)
    assert "user00003" in row
    search(tab, "nobody of this name", "nothing has these words")
    assert shown(tab) == []


def test_no_text_of_a_stranger_acts_in_the_page(tab, tmp_path):
    left = [person(place, userName=text, title=text, displayName=text) for place, text in enumerate(HOSTILE)]
    right = [person(place, userName=text, title="Clerk") for place, text in enumerate(HOSTILE[:2])]
    report = reported(left, right)
    report = Reported(HOSTILE[:2], HOSTILE[2], report.found, maker=HOSTILE[3])
    tab.open(write(report, tmp_path))
    search(tab, "onerror")
    assert any(HOSTILE[0] in row for row in shown(tab))
    assert tab.value("document.title") != "ran"
    assert tab.value("document.querySelectorAll('img, svg, iframe, script:not(:last-child)').length") == 0
    tried = "document.body.append(Object.assign(document.createElement('script'), {textContent: 'document.title = 1'}))"
    tab.value(tried)
    assert tab.value("document.title") != "1"  # the policy lets no other script run


def test_a_long_section_begins_folded_and_a_search_unfolds_what_it_found(tab, tmp_path):
    many = [person(number) for number in range(FOLDED_FROM * 3)]
    tab.open(write(reported(many, []), tmp_path))
    assert shown(tab) == []
    search(tab, "user00777")
    assert len(shown(tab)) == 1


def test_the_page_is_painted_in_light_and_in_dark(tab, tmp_path):
    tab.open(write(reported([person(1)], [person(1, title="Chef")]), tmp_path))
    light, dark = tab.picture("light"), tab.picture("dark")
    assert len(light) > 20
    assert len(dark) > 20
    assert light != dark


def test_nobody_is_called_missing_where_the_other_side_is_not_complete():
    report = reported([person(1), person(2)], [person(2)], whole=(True, False))
    page = "\n".join(page_lines(page_of(report)))
    assert "unknown, bolt is not complete" in page
    assert "◀ only in acme" not in page
    assert document(report)["unproven"] == {"only_left": "unknown, bolt is not complete"}
    (row,) = csv.DictReader(io.StringIO("\n".join(csv_of(report))))
    assert (row["kind"], row["key"], row["why"]) == ("unknown", "user00001", "unknown, bolt is not complete")


def test_csv_has_a_line_for_each_difference_and_runs_no_formula():
    left = [person(1, userName="=cmd|' /C calc'!A0", title="+1"), person(2), person(3)]
    right = [person(1, userName="=cmd|' /C calc'!A0", title="@SUM(A1)"), person(4)]
    rows = list(csv.DictReader(io.StringIO("\n".join(csv_of(reported(left, right))))))
    assert [(row["kind"], row["key"], row["path"]) for row in rows] == [
        ("differs", "'=cmd|' /C calc'!A0", "title"),
        ("only left", "user00002", ""),
        ("only left", "user00003", ""),
        ("only right", "user00004", ""),
    ]
    assert (rows[0]["left"], rows[0]["right"]) == ("'+1", "'@SUM(A1)")
    assert None not in {name for row in rows for name in row}


def test_what_changed_in_one_tenant_is_new_gone_or_changed_and_in_nobody_s_words_only_left():
    report = reported([person(1), person(2)], [person(2, title="Chef"), person(3)], is_history=True)
    page = "\n".join(page_lines(page_of(report)))
    for words in ("+ new", "− gone", "≠ changed", "acme → bolt"):
        assert words in page
    assert "only in" not in page
