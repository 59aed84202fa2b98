"""A source of people against a tenant: what each finding rests on, and what half a list never proves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.caches import COMPLETE
from fakes.sessions import tenant_at

from scimtui.errors import UsageError
from scimtui.ops.people_columns import Wish
from scimtui.ops.reconcile import Allowed, Dormancy, Reconciled, allow, deactivations, reconcile
from scimtui.ops.session import Session, open_session
from scimtui.ops.sides import Side, tenant_side
from scimtui.ops.source_people import SourcePeople, file_source, tenant_source
from scimtui.present.reconcile_words import source_lines, target_lines
from scimtui.scim.kind import Kind

TODAY = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[Callable[..., Side]]:
    """Open tenants whose caches hold these people."""
    sessions: list[Session] = []

    def opened(people: Sequence[Any], state: Any = COMPLETE, *, name: str = "acme", **values: Any) -> Side:
        session = open_session(tenant_at("http://127.0.0.1:9", name=name, auth="none", **values), tmp_path)
        sessions.append(session)
        for raw in people:
            session.cache.resources("User").put(account(raw) if isinstance(raw, str) else raw)
        if state is not None:
            session.cache.resources("User").record(state)
        return tenant_side(session)

    yield opened
    for session in sessions:
        session.cache.close()


def account(name: str, *, active: Any = True, **values: Any) -> dict[str, Any]:
    return {"id": f"id-{name}", "userName": name, "active": active, **values}


@pytest.fixture
def listed(tmp_path: Path) -> Callable[..., SourcePeople]:
    """Read a list of people from a file."""

    def read(text: str, wish: Wish | None = None, match: str = "userName", encoding: str = "utf-8") -> SourcePeople:
        path = tmp_path / "hr.csv"
        path.write_text(text, encoding=encoding)
        return file_source(path, match, wish or Wish(), TODAY)

    return read


def told(found: Reconciled) -> list[str]:
    return [f"{one.kind} {one.key}" for one in found.findings]


def test_who_is_unknown_who_left_and_who_has_no_account_are_told_apart(tenant, listed):
    source = listed("userName,status\nann,active\nBEN,Terminated\ncy,active\ndan,terminated\neve,active\n")
    found = reconcile(source, tenant(["Ann", "ben", account("dan", active=False), "svc", account("eve", active=False)]))
    assert told(found) == ["orphan svc", "leaver ben", "missing cy"]
    assert [one.detail for one in found.findings] == [
        "unknown to hr.csv",
        "Terminated (line 3 of hr.csv)",
        "active (line 4 of hr.csv)",
    ]
    assert found.counts == {"orphan": 1, "leaver": 1, "missing": 1, "duplicate": 0, "dormant": 0}


@pytest.mark.rule("R26")
def test_nobody_is_an_orphan_or_missing_by_half_a_list(tenant, listed):
    half = replace(COMPLETE, complete=False, why="cut off at 1,000")
    source = listed("userName,status\nann,active\nben,left\n,active\ncy,active\n")
    found = reconcile(source, tenant(["ann", "ben", "svc"], half))
    assert told(found) == ["leaver ben"]
    assert {str(kind): number for kind, number in found.undecided.items()} == {"orphan": 1, "missing": 1}
    said = "\n".join((*source_lines(source), *target_lines(found, None)))
    assert "line 4 says not who it is" in said
    assert "acme is not complete (cut off at 1,000)" in said


def test_words_and_dates_of_any_hr_system_are_understood_and_told_back(tenant, listed):
    text = "Work E-Mail;Employee Status;Termination Date\nann@x;Active;\nben@x;Leaver;\ncy@x;Active;28.02.2026\ndan@x;Active;01.03.2026\neve@x;Sabbatical;\n"
    source = listed(text, encoding="utf-16")
    assert [one.active for one in source.people] == [True, False, False, True, None]
    lines = list(source_lines(source))
    assert any("status: 3 active (there), 1 leaver (left); column Employee Status" in line for line in lines)
    assert any(line.startswith("! Not understood: Sabbatical (1)") for line in lines)
    people = [f"{name}@x" for name in ("ann", "ben", "cy", "dan", "eve")]
    assert told(reconcile(source, tenant(people))) == ["leaver ben@x", "leaver cy@x"]
    meant = listed(text, Wish(words={"sabbatical": False}))
    assert told(reconcile(meant, tenant(people, name="bolt")))[-1] == "leaver eve@x"


@pytest.mark.parametrize(
    ("dates", "left"),
    [
        (["02/03/2026", "13/01/2026"], [False, True]),
        (["02/03/2026", "01/13/2026"], [True, True]),
        (["02/03/2026"], [None]),
        (["31.02.2026"], [None]),
        (["2026-02-28T00:00:00Z", "n/a"], [True, False]),
    ],
)
def test_a_date_that_could_be_two_days_is_not_guessed(dates, left, listed):
    rows = "".join(f"u{number},{date}\n" for number, date in enumerate(dates))
    source = listed(f"userName,end date\n{rows}")
    assert [None if one.active is None else not one.active for one in source.people] == left


def test_columns_that_say_off_and_columns_that_are_named_count(listed):
    assert [one.active for one in listed("upn,Suspended\na,TRUE\nb,false\nc,\n").people] == [False, True, True]
    wish = Wish({"userName": "Kennung", "status": "Zustand"}, {"aktiv": True, "weg": False})
    assert [one.active for one in listed("Kennung,Zustand\na,aktiv\nb,weg\n", wish).people] == [True, False]
    with pytest.raises(UsageError, match="has no column Nope"):
        listed("userName,x\na,b\n", Wish({"status": "Nope"}))


def test_a_key_that_pairs_nobody_is_a_mistake_and_not_a_tenant_full_of_orphans(tenant, listed):
    with pytest.raises(UsageError, match=r"nobody of hr\.csv is in acme"):
        reconcile(listed("userName,status\n1001,active\n1002,active\n"), tenant(["ann", "ben"]))


def test_an_address_pairs_who_has_another_key_and_a_second_account_is_a_duplicate_not_an_orphan(tenant, listed):
    source = listed("userName,email,status\nann,ann@x,active\nben,ben@x,left\ncy,cy@x,active\ncy,cy@x,left\n")
    people = [
        account("ann"),
        account("ann-admin", emails=[{"value": "ann@x"}]),
        account("b.lee", emails=[{"value": "Ben@x"}]),
        "cy",
    ]
    found = reconcile(source, tenant(people))
    assert told(found) == ["leaver b.lee", "duplicate ann-admin", "duplicate cy"]
    assert found.findings[-1].detail == "line 4, line 5 of hr.csv have one key"
    assert "has the address of ann in hr.csv" in found.findings[1].detail


def test_two_accounts_with_the_key_of_a_leaver_are_shown_and_not_picked(tenant, listed):
    source = listed("externalId,status\nE1,left\nE2,active\n", match="externalId")
    people = [account("ann", externalId="E1"), account("ann2", externalId="E1"), account("ben", externalId="E2")]
    found = reconcile(source, tenant(people, match="externalId"))
    assert told(found) == ["duplicate E1", "duplicate E1"]
    assert "2 accounts have this key; left" in found.findings[0].detail


def test_another_tenant_is_a_source_as_far_as_it_is_complete(tenant):
    idp = tenant(["ann", account("ben", active=False), "cy"], name="idp")
    app = tenant(["ann", "ben", "svc"], name="app")
    found = reconcile(tenant_source(idp), app)
    assert told(found) == ["orphan svc", "leaver ben", "missing cy"]
    assert [one.detail for one in found.findings] == ["unknown to idp", "inactive in idp", "active in idp"]
    idp.session.cache.resources("User").record(replace(COMPLETE, complete=False))
    assert told(reconcile(tenant_source(idp), app)) == ["leaver ben", "missing cy"]


def test_allow_lists_and_the_protected_of_the_config_take_findings_away(tenant, listed, tmp_path):
    source = listed("userName,status\nann,active\nben,left\nnew,active\n")
    target = tenant(["ann", "ben", "svc-1", "root", "x"], protected=('userName eq "root"',))
    allowed = tmp_path / "known.txt"
    allowed.write_text("X\nnew\n")
    found = reconcile(source, target, allowed=allow(['userName sw "svc-"', str(allowed)]))
    assert (told(found), found.allowed) == (["leaver ben"], 4)
    with pytest.raises(UsageError, match="no file and no filter"):
        allow(["nothing.csv"])
    with pytest.raises(UsageError, match="allow-list"):
        reconcile(source, target, allowed=Allowed(filters=("userName sw",)))


def test_dormant_is_who_was_not_seen_for_long_by_the_attribute_that_says_it(tenant, listed):
    long, late = "2025-01-01T00:00:00Z", "2026-02-20T00:00:00Z"
    people = [
        account("ann", meta={"lastModified": long}, title=late),
        account("ben", meta={"lastModified": late}, title=long),
        account("cy", active=False, meta={"lastModified": long}),
        "dan",
    ]
    source, target = listed("userName,status\nann,active\nben,active\ncy,left\ndan,active\n"), tenant(people)
    changed = Dormancy(timedelta(days=90))
    found = reconcile(source, target, dormancy=changed, now=TODAY)
    assert told(found) == ["dormant ann"]
    assert found.findings[0].last_seen == datetime(2025, 1, 1, tzinfo=UTC)
    assert any("not when somebody logged in" in line for line in target_lines(found, changed))
    login = reconcile(source, target, dormancy=Dormancy(timedelta(days=90), "title"), now=TODAY)
    assert (told(login), login.unseen) == (["dormant ben"], 1)


def test_what_is_planned_turns_accounts_off_and_never_deletes(tenant, listed):
    target = tenant(["ann", "ben", "svc"])
    found = reconcile(listed("userName,status\nann,active\nben,left\n"), target)
    changes = deactivations(target.session, found.findings)
    assert [(one.key, one.kind) for one in changes] == [("svc", Kind.DEACTIVATE), ("ben", Kind.DEACTIVATE)]
