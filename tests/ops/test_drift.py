"""Two tenants drifted apart in known ways: every verdict is the truth, and there is none besides."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.caches import COMPLETE
from fakes.sessions import tenant_at
from generated.drift import drifted, verdict
from generated.drift_changes import GROUP, USER

from scimtui.ops.compare import compare_sides
from scimtui.ops.session import open_session
from scimtui.ops.sides import Side, tenant_side

SWEEP = bool(os.environ.get("SCIMTUI_SWEEP"))
SEEDS = range(300 if SWEEP else 12)


def side(name: str, held: dict[str, list[dict]], home: Path) -> Side:
    session = open_session(tenant_at("http://127.0.0.1:9", name=name, auth="none"), home)
    for type_name, resources in held.items():
        with session.cache.resources(type_name).replacement() as replacement:
            replacement.add(resources)
            replacement.commit(COMPLETE)
    return replace(tenant_side(session), types=(USER, GROUP))


@pytest.mark.rule("R51", "R52")
@pytest.mark.parametrize("seed", SEEDS)
def test_every_verdict_is_the_truth_and_there_is_none_besides(seed: int, tmp_path: Path) -> None:
    drift = drifted(seed, people=200 if SWEEP else 60)
    left, right = side("acme", drift.left, tmp_path), side("bolt", drift.right, tmp_path)
    try:
        for name in ("User", "Group"):
            found = compare_sides(left, right, name)
            assert found.is_complete
            assert verdict(found.comparison) == drift.truth[name]
            assert found.comparison.unknown == ()
    finally:
        left.session.cache.close()
        right.session.cache.close()
