"""The power goes between a bulk request and its answer: who is written twice by the provider's own count? Nobody."""

from __future__ import annotations

import pytest
from fakes.bulk_provider import BulkProvider
from fakes.in_memory_provider import TOKEN
from fakes.stuck_provider import stuck_at


@pytest.mark.parametrize("does_it", [True, False], ids=["done", "not done"])
def test_rule_19_a_kill_between_a_bulk_request_and_its_answer_leaves_nobody_out_and_nobody_twice(desk, does_it):
    provider = BulkProvider()
    provider.add_users(14)
    names = [raw["userName"] for raw in provider.users()]
    with stuck_at(provider, 7, does_it=does_it) as stuck:
        desk.add("acme", stuck.base_url, TOKEN)
        desk.run("sync")
        process = desk.start("deactivate", *names, "--tenant", "acme", "--yes", "--expect", "14")
        assert stuck.reached.wait(60)
        process.kill()
        process.communicate()
        open_ones = [write for write in desk.journal() if write["interrupted"]]
        assert len(open_ones) == 5
        assert desk.run("journal", "verify").status == 0
        (plan,) = (desk.home / "plans").glob("*.json")
        again = desk.run("apply", str(plan), "--yes", "--expect", "14")
        assert again.status == 0, again.err
    assert not any(raw["active"] for raw in provider.users())
    assert sorted(provider.written.values()) == [1] * 14
    assert len(provider.bulks) == 1
