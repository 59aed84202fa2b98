"""A SCIM filter over a cached tenant, beside scim2-models that read the same users."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from pathlib import Path

from scim2_models import EnterpriseUser, ScimFilter, User

from benchmarks.figures import Figure
from benchmarks.homes import home_with, user
from scimtui.config import load_config
from scimtui.ops.browse import rows
from scimtui.ops.search import matching
from scimtui.ops.session import close_session, open_session
from scimtui.present.columns import default_columns, projection
from scimtui.scim.match import compile_filter
from scimtui.scim.schema import core_resource_type

FILTER = 'emails[type eq "work" and value co "77"] and active eq true'
FILTERS = (
    'userName eq "nobody@example.com"',
    'displayName co "zz"',
    FILTER,
    "emails pr and title pr",
    'meta.lastModified gt "2024-05-01T00:00:00Z"',
    'not (active eq false) or urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Sales"',
    'id eq "a" or externalId eq "b" or userName eq "c" or emails.value eq "d" or title eq "e"',
)
"""An equality, a part of a text, a value path, presence, a moment, an extension, and five at once."""
SAMPLE = 1000
LONGEST = 28


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure filters on decoded users, then from the cache: in a fresh session, and again; scim2-models on a sample."""
    count = 10_000 if quick else 100_000
    yield from _decoded(count)
    first = again = float("inf")
    with home_with({"left": count}) as home:
        for _ in range(2 if quick else 3):
            one, two = _ours(Path(home["SCIMTUI_CONFIG"]), Path(home["SCIMTUI_HOME"]))
            first, again = min(first, one), min(again, two)
    yield Figure(f"filter over {count:,} users, first", first * 1000, "ms", 300)
    yield Figure(f"filter over {count:,} users, again", again * 1000, "ms", 100)
    models = min(_models() for _ in range(3)) * count / SAMPLE
    yield Figure(f"filter over {count:,} users, by models", first, "s", 0.02, models, "scim2-models")


def _decoded(count: int) -> Iterator[Figure]:
    """Ask each filter of every user; the slowest on its own line, beside the same filter of scim2-models on models."""
    users = [user(number) for number in range(count)]
    kind = core_resource_type("User")
    gc.collect()
    gc.freeze()
    slowest = 0.0
    for text in FILTERS:
        matches = compile_filter(text, kind)
        best = float("inf")
        for _ in range(5):
            started = time.perf_counter()
            sum(map(matches, users))
            best = min(best, time.perf_counter() - started)
        yield Figure(f"{_shortened(text)}, {count:,} decoded", best * 1000, "ms", 100 * count / 100_000)
        slowest = max(slowest, best)
    gc.unfreeze()
    people = [User[EnterpriseUser].model_validate(raw) for raw in users[:SAMPLE]]
    theirs = ScimFilter[User[EnterpriseUser]](FILTER)
    started = time.perf_counter()
    sum(map(theirs.match, people))
    models = (time.perf_counter() - started) * count / SAMPLE
    yield Figure("the slowest of them, decoded", slowest, "s", 0.02, models, "scim2-models")


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


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
    """Return the seconds that reading the sample as models and asking them the same takes."""
    documents = [user(number) for number in range(SAMPLE)]
    matches = ScimFilter[User[EnterpriseUser]](FILTER).match
    started = time.perf_counter()
    sum(map(matches, map(User[EnterpriseUser].model_validate, documents)))
    return time.perf_counter() - started
