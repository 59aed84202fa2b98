"""`diff --schema`: what two tenants know and can."""

from __future__ import annotations


def test_what_two_tenants_know_and_can_is_compared_by_what_they_say_of_themselves(both, stage):
    alike = both.run("diff", "acme", "stage", "--schema")
    assert (alike.status, alike.out) == (0, "")
    assert "0 tighter, 0 looser, 0 other" in alike.err
    stage.habits.patch_supported = False
    assert both.run("diff", "acme", "stage", "--schema").status == 0  # as it was known
    ended = both.run("diff", "acme", "stage", "--schema", "--sync", "--format", "json")
    assert ended.status == 1
    (found,) = ended.json["differences"]
    assert (found["place"], found["bearing"], found["means"]) == ("patch.supported", "tighter", "stage can do less")
    assert "▲ tighter" in both.run("diff", "acme", "stage", "--schema").out
    assert both.run("diff", "acme", "stage", "--schema", "--format", "csv").out.startswith("area,place,what,")
    assert '"place":"patch.supported"' in both.run("diff", "acme", "stage", "--schema", "--format", "jsonl").out


def test_a_tenant_is_not_compared_with_itself_and_no_report_is_promised(both, tmp_path):
    assert both.run("diff", "acme", "acme", "--schema").status == 2
    assert both.run("diff", "acme", "stage", "--schema", "-o", str(tmp_path / "x.html")).status == 2
