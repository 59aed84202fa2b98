"""What a request must bring to be let in by the fake provider, and how it is told to wait."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote, unquote_plus

from fakes.fake_rules import Refusal
from fakes.habits import Habits

HELD = 0.05
"""Seconds that a request which came too fast is told to wait."""
SCIM_JSON, PLAIN_JSON = "application/scim+json", "application/json"


def read_query(text: str, habits: Habits) -> dict[str, str]:
    """Return the parameters of an address."""
    decode = unquote if habits.plus_is_plus else unquote_plus
    pairs = [pair.partition("=") for pair in text.split("&") if pair]
    return {decode(name): decode(value) for name, _, value in pairs}


def check_request(told: Mapping[str, str], query: Mapping[str, str], document: Any, habits: Habits) -> None:
    """Let a request in, or refuse it for what it says besides its wish. `told` are its headers."""
    if habits.wants_headers and not (told.get("user-agent") and told.get("accept")):
        raise Refusal(403, None, "say who you are and what you accept")
    if habits.wants_plain_accept and told.get("accept") != PLAIN_JSON:
        raise Refusal(406, None, "only application/json")
    if habits.strict_query and not set(query) <= {"startIndex", "count", "filter"}:
        raise Refusal(400, "invalidSyntax", "unexpected parameter")
    if document is None:
        return
    kind = told.get("content-type")
    if (habits.wants_plain_json and kind != PLAIN_JSON) or (habits.wants_scim_json and kind != SCIM_JSON):
        raise Refusal(415, None, "not that type")
    if habits.wants_schemas and not document.get("schemas"):
        raise Refusal(400, "invalidSyntax", "schemas is required")


def too_fast(habits: Habits) -> Refusal:
    """Return the refusal of a request that came too fast."""
    told = {
        "seconds": {"retry-after": str(HELD)},
        "date": {"retry-after": formatdate(usegmt=True)},  # whole seconds: this one has begun already
        "reset": {"x-ratelimit-reset": str(HELD)},
    }[habits.throttles]
    return Refusal(habits.throttle_status, None, "slow down", told)


def used_up(habits: Habits) -> dict[str, str]:
    """Return the headers that say that no request is left for now."""
    reset = HELD if habits.rate_reset == "delta" else time.time() + HELD
    return {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
