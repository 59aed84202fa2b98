"""Journals as a list: from their ends, of any length, with what was written since."""

from __future__ import annotations

from pathlib import Path

from scimtui.ops import history
from scimtui.ops.journal_list import FIRST_BATCH, JournalList, details, matching
from scimtui.store.journal import Journal


def journal(home: Path, tenant: str = "acme") -> Journal:
    return Journal(home / "journal" / f"{tenant}.jsonl")


def wrote(home: Path, key: str, outcome: str = "applied", tenant: str = "acme", **more: object) -> str:
    there = journal(home, tenant)
    entry = there.intend({"title": f"Edit {key}", "key": key, "id": f"id-{key}", "reason": "", **more})
    if outcome:
        there.record(entry, {"outcome": outcome, "id": f"id-{key}"})
    return entry


def read(home: Path, *tenants: str) -> JournalList:
    found = JournalList(home, tenants or ["acme"])
    for _ in found.read():
        pass
    return found


def keys(found: JournalList) -> list[str]:
    return [write.key for write in found.writes]


def test_the_newest_are_there_before_the_oldest_are_read(tmp_path):
    for number in range(FIRST_BATCH + 5):
        wrote(tmp_path, str(number), "")
    found = JournalList(tmp_path, ["acme"])
    steps = found.read()
    assert next(steps) == FIRST_BATCH
    assert found.writes[0].key == str(FIRST_BATCH + 4)
    assert not found.complete
    assert list(steps) == [FIRST_BATCH + 5]
    assert found.complete
    assert keys(found) == [str(number) for number in range(FIRST_BATCH + 4, -1, -1)]


def test_the_list_agrees_with_the_whole_journal_whatever_stands_in_it(tmp_path):
    wrote(tmp_path, "ann")
    wrote(tmp_path, "bob", "")
    wrote(tmp_path, "x" * 200_000, "refused")
    wrote(tmp_path, "big", before={"n": 2**80, "half": "\ud800"})
    wrote(tmp_path, "odd", reason=7)
    journal(tmp_path).record("acme-3", {"outcome": "unknown"})
    journal(tmp_path).record("acme-3", {"outcome": "applied", "looked_up": "2026-11-25T01:00:00+00:00"})
    found = read(tmp_path)
    whole = history.writes(tmp_path, "acme")
    assert [write.id for write in found.writes] == [write.id for write in whole][::-1]
    assert [details(tmp_path, write) for write in found.writes] == whole[::-1]
    assert [history.find_write(tmp_path, write.id) for write in whole] == whole
    assert found.writes[3].outcome == "applied"
    assert found.writes[3].looked_up


def test_a_line_that_is_cut_off_hides_no_other(tmp_path):
    wrote(tmp_path, "ann")
    path = tmp_path / "journal" / "acme.jsonl"
    path.write_bytes(b"no line of ours\n" + path.read_bytes() + b'{"n":3,"time"')
    assert keys(read(tmp_path)) == ["ann"]


def test_what_is_written_later_by_anybody_comes_to_the_top_and_outcomes_arrive(tmp_path):
    entry = wrote(tmp_path, "ann", "")
    found = read(tmp_path)
    assert not found.read_newer()
    wrote(tmp_path, "bob")
    journal(tmp_path).record(entry, {"outcome": "refused"})
    assert found.read_newer()
    assert [(write.key, write.outcome) for write in found.writes] == [("bob", "applied"), ("ann", "refused")]
    assert found.writes[1].words.count("refused")
    assert not found.read_newer()


def test_several_journals_are_one_list_in_the_order_of_time(tmp_path):
    wrote(tmp_path, "one", tenant="acme")
    wrote(tmp_path, "two", tenant="other")
    wrote(tmp_path, "three", tenant="acme")
    assert keys(read(tmp_path, "acme", "other", "never-written")) == ["three", "two", "one"]


def test_words_look_in_every_column_and_interrupted_ones_come_first(tmp_path):
    wrote(tmp_path, "lost", "", reason="TICKET-7")
    wrote(tmp_path, "zoë", "refused", reason="ticket-9", operator="oncall")
    wrote(tmp_path, "ann", edits=[{"path": "title", "before": None, "after": "x"}])
    writes = read(tmp_path).writes

    def shown(text: str, about: str = "") -> list[str]:
        order, _ = matching(writes, text, about)
        return [writes[place].key for place in (range(len(writes)) if order is None else order)]

    assert shown("") == ["lost", "ann", "zoë"]
    assert shown("ticket zoe") == ["zoë"]
    assert shown("oncall refused") == ["zoë"]
    assert shown("interrupted") == ["lost"]
    assert shown("title") == ["ann"]
    assert shown("id-ann") == ["ann"]
    assert shown("nobody") == []


def test_the_history_of_a_person_has_the_groups_they_came_into(tmp_path):
    wrote(tmp_path, "ann")
    wrote(
        tmp_path, "staff", edits=[{"path": 'members[value eq "id-ann"]', "before": None, "after": {"value": "id-ann"}}]
    )
    wrote(tmp_path, "bob")
    writes = read(tmp_path).writes
    order, _ = matching(writes, "", "id-ann")
    assert [writes[place].key for place in order or ()] == ["staff", "ann"]
