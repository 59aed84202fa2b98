"""A SCIM filter over a cached tenant, beside scim2-models that read the same users."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

from scim2_models import EnterpriseUser, User

from benchmarks.figures import Figure
from benchmarks.homes import home_with, user
from scimtui.config import load_config
from scimtui.ops.browse import rows
from scimtui.ops.search import matching
from scimtui.ops.session import close_session, open_session
from scimtui.present.columns import default_columns, projection
from scimtui.scim.schema import core_resource_type

FILTER = 'emails[type eq "work" and value co "77"] and active eq true'
SAMPLE = 1000


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure the first time in a fresh session, then again; and models for a part of the users, scaled up."""
    count = 10_000 if quick else 100_000
    first = again = models = float("inf")
    with home_with({"left": count}) as home:
        for _ in range(2 if quick else 3):
            one, two = _ours(Path(home["SCIMTUI_CONFIG"]), Path(home["SCIMTUI_HOME"]))
            first, again, models = min(first, one), min(again, two), min(models, _models())
    yield Figure(f"filter over {count:,} users, first", first * 1000, "ms", 300)
    yield Figure(f"filter over {count:,} users, again", again * 1000, "ms", 100)
    yield Figure(f"filter over {count:,} users, by models", first, "s", 0.02, models * count / SAMPLE, "scim2-models")


def _ours(config: Path, home: Path) -> tuple[float, float]:
    """Return the seconds of the same filter in a fresh session, and once more."""
    kind = core_resource_type("User")
    session = open_session(load_config(config).tenants["left"], home)
    shown = rows(session, "User", projection(default_columns(kind), kind)).rows
    moments = [time.perf_counter()]
    for _ in range(2):
        if not matching(session, kind, FILTER, shown):
            raise SystemExit("the filter found nobody, so its time means nothing")
        moments.append(time.perf_counter())
    asyncio.run(close_session(session))
    return moments[1] - moments[0], moments[2] - moments[1]


def _models() -> float:
    """Return the seconds that reading the sample as models and looking at the same attributes takes."""
    documents = [user(number) for number in range(SAMPLE)]
    started = time.perf_counter()
    people = [User[EnterpriseUser].model_validate(raw) for raw in documents]
    for one in people:
        any(mail.type == "work" and "77" in (mail.value or "") for mail in one.emails or ()) and one.active
    return time.perf_counter() - started
