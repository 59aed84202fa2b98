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
    """Measure the first and the second time, and models for a part of the users, scaled up."""
    count = 10_000 if quick else 100_000
    kind = core_resource_type("User")
    with home_with({"left": count}) as home:
        tenant = load_config(Path(home["SCIMTUI_CONFIG"])).tenants["left"]
        session = open_session(tenant, Path(home["SCIMTUI_HOME"]))
        shown = rows(session, "User", projection(default_columns(kind), kind)).rows
        seconds = []
        for _ in range(3):
            started = time.perf_counter()
            found = matching(session, kind, FILTER, shown)
            seconds.append(time.perf_counter() - started)
        asyncio.run(close_session(session))
    assert found
    rival = _models() * count / SAMPLE
    yield Figure(f"filter over {count:,} users, first", seconds[0] * 1000, "ms", 300)
    yield Figure(f"filter over {count:,} users, again", min(seconds[1:]) * 1000, "ms", 100)
    yield Figure("the same", seconds[0], "s", 0.02, rival, "scim2-models")


def _models() -> float:
    """Return the seconds that reading the sample as models and looking at the same attributes takes."""
    documents = [user(number) for number in range(SAMPLE)]
    started = time.perf_counter()
    people = [User[EnterpriseUser].model_validate(raw) for raw in documents]
    for one in people:
        any(mail.type == "work" and "77" in (mail.value or "") for mail in one.emails or ()) and one.active
    return time.perf_counter() - started
