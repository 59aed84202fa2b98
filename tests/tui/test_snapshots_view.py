"""Earlier copies on the screen, and the comparison as a report."""

from __future__ import annotations

from fakes.consoles import console
from fakes.kept_copies import config_of, keep_days
from textual.widgets import Input

ANN = {"id": "1", "userName": "ann", "title": "Clerk"}
BEN = {"id": "2", "userName": "ben", "title": "Clerk"}
HOSTILE = {"id": "3", "userName": "[b]cleo\x1b[31m"}
DAYS = {
    9: [ANN, BEN],
    6: [{**ANN, "title": "Chef"}, BEN],
    2: [{**ANN, "title": "Chef"}, HOSTILE],
    0: [{**ANN, "title": "Cook"}, HOSTILE],
}


async def test_copies_say_what_changed_and_open_the_comparison_with_now_or_with_each_other(tmp_path):
    config = config_of(tmp_path / "config.toml", "acme")
    keep_days(tmp_path / "home", DAYS)
    async with console(config, tmp_path / "home", size=(80, 24)) as run:
        await run.until("acme Users")
        await run.press("T")
        await run.until("4 copies")
        await run.until("title: Chef → Cook")
        await run.press("down")
        await run.until("+ [b]cleo␛[31m")
        assert "− ben" in run.text
        await run.press("down", "enter")
        await run.until("⇄ acme")
        await run.until("≠ differs 1")
        assert "Cook" in run.text
        await run.press("q")
        await run.until("4 copies")
        await run.press("space", "down", "space", "enter")  # the two oldest
        await run.until("Clerk")
        await run.until("◀ only left 0")
        assert "Chef" in run.text


async def test_where_there_is_no_copy_the_screen_says_what_leaves_one(tmp_path):
    config = config_of(tmp_path / "config.toml", "acme")
    keep_days(tmp_path / "home", {0: [ANN]})
    async with console(config, tmp_path / "home", size=(80, 24)) as run:
        await run.until("acme Users")
        await run.press("T")
        await run.until("There is no copy of the Users yet.")


async def test_the_comparison_on_the_screen_is_written_as_a_page(tmp_path):
    config = config_of(tmp_path / "config.toml", "acme", "bolt")
    keep_days(tmp_path / "home", {1: [ANN, BEN]})
    keep_days(tmp_path / "home", {1: [{**ANN, "id": "a", "title": "Chef"}]}, "bolt")
    async with console(config, tmp_path / "home") as run:
        await run.until("acme Users")
        await run.press("D")
        await run.until("Compare the Users of acme with")
        await run.press("enter")
        await run.until("acme ⇄ bolt")
        await run.until("≠ differs 1")
        await run.press("x")
        await run.until("Report: Users, acme ⇄ bolt")
        assert ".html" in run.text
        run.app.screen.query_one(Input).value = str(tmp_path / "r.html")
        await run.press("enter")
        await run.until("The report is in")
        page = (tmp_path / "r.html").read_text()
        assert "only in acme" in page
        assert all(word in page for word in ("Chef", "Clerk", "ben"))
