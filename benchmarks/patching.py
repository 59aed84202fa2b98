"""The smallest PATCH of a large group and of a user, beside scim2-models' own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from scim2_models import EnterpriseUser, Group, PatchOp, User

from benchmarks.figures import Figure
from benchmarks.homes import user
from scimtui.scim.diff import patch_operations
from scimtui.scim.patch import apply_operations
from scimtui.scim.schema import core_resource_type


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure with a group of 10,000 members, 10 of which change, and with a user whose title changes."""
    members, rounds = (1_000, 2) if quick else (10_000, 5)
    group = core_resource_type("Group")
    before = {
        "schemas": [group.schema.id],
        "id": "1",
        "displayName": "All",
        "members": [{"value": f"id-{number}", "type": "User"} for number in range(members)],
    }
    coming = [{"value": f"new-{number}", "type": "User"} for number in range(5)]
    after = {**before, "members": [*before["members"][5:], *coming]}
    operations = patch_operations(before, after, group)
    models = [Group.model_validate(one) for one in (before, after)]
    ours = _best(lambda: patch_operations(before, after, group), rounds)
    theirs = _best(lambda: PatchOp[Group].build_from(*models), 2)
    yield Figure(f"PATCH of a group of {members:,}, 10 change", ours * 1000, "ms", 50)
    yield Figure(f"PATCH of a group of {members:,}, by models", ours, "s", 1, theirs, "scim2-models")
    applied = _best(lambda: apply_operations(before, operations, group), rounds)
    yield Figure("the same applied here", applied * 1000, "ms", 50)

    person = core_resource_type("User")
    old = user(1)
    new = {**old, "title": "Chief of everything"}
    pair = [User[EnterpriseUser].model_validate(one) for one in (old, new)]
    ours = _best(lambda: patch_operations(old, new, person), rounds * 20)
    theirs = _best(lambda: PatchOp[User[EnterpriseUser]].build_from(*pair), rounds * 20)
    yield Figure("PATCH of a user", ours * 1000, "ms", 1, theirs * 1000, "scim2-models")


def _best(work: Callable[[], object], rounds: int) -> float:
    """Return the seconds of the fastest round."""
    found = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        found = min(found, time.perf_counter() - started)
    return found
