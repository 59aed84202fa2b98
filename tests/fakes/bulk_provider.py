"""A provider that takes many writes in one request (RFC 7644 section 3.7), with a switch for what goes wrong there."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fakes.fake_rules import Refusal
from fakes.in_memory_provider import Answer, FakeProvider, Seen
from fakes.odd_forms import error_body

RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"


@dataclass
class BulkProvider(FakeProvider):
    """Counts who was written, however it was asked for."""

    max_operations: int = 1000
    max_payload: int = 1_000_000
    bulk_habit: str = ""
    """"ignores" says 200 and does nothing; "stops" leaves out the last one, "is silent" does it without a word; "names
    nobody" answers backwards and without names; "says nothing" has no status; "is odd" has no operations."""
    whole: int | None = None
    """Status that it refuses a whole request with."""
    does_first: bool = False
    """Whether it has written the first by then."""
    too_many: int | None = None
    """More than these are answered with 413."""
    refuses: Callable[[str], Refusal | None] = lambda _id: None
    bulks: list[list[str]] = field(default_factory=list)
    """The ids in each bulk request that came, whatever was made of it."""
    before_bulk: Callable[[], None] = lambda: None
    written: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__post_init__()
        limits = {"maxOperations": self.max_operations, "maxPayloadSize": self.max_payload}
        self.habits.announced = {"bulk": {"supported": True, **limits}, **self.habits.announced}

    def _route(self, seen: Seen, steps: list[str]) -> Answer:
        return self._bulk(seen.body["Operations"]) if steps == ["Bulk"] else super()._route(seen, steps)

    def _one(self, seen: Seen, endpoint: str, identifier: str) -> Answer:
        if seen.method == "GET":
            return super()._one(seen, endpoint, identifier)
        if (refusal := self.refuses(identifier)) is not None:
            raise refusal
        answer = super()._one(seen, endpoint, identifier)
        self.written[identifier] += 1
        return answer

    def _bulk(self, operations: list[dict[str, Any]]) -> Answer:
        self.bulks.append([one["path"].rpartition("/")[2] for one in operations])
        self.before_bulk()
        if self.too_many is not None and len(operations) > self.too_many:
            raise Refusal(413, None, "too many")
        if self.whole is not None:
            if self.does_first:
                self._done(operations[0])
            raise Refusal(self.whole, None, "not like that")
        if self.bulk_habit == "is odd":
            return self.json(200, {"fine": True})
        told = [self._done(one) for one in (operations[:-1] if self.bulk_habit == "stops" else operations)]
        if self.bulk_habit == "is silent":
            told.pop()
        if self.bulk_habit == "names nobody":
            told = [{"method": one["method"], "status": one["status"]} for one in reversed(told)]
        return self.json(200, {"schemas": [RESPONSE], "Operations": told})

    def _done(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Carry out one part and return what is said of it."""
        path = f"{self.base}{operation['path']}"
        _, endpoint, identifier = operation["path"].split("/")
        version = {"if-match": operation["version"]} if "version" in operation else {}
        entry = {"method": operation["method"], "bulkId": operation["bulkId"], "location": path}
        if self.bulk_habit in {"ignores", "says nothing"}:
            return entry if self.bulk_habit == "says nothing" else {**entry, "status": "200"}
        try:
            status, _, _ = self._one(
                Seen(operation["method"], path, {}, version, operation["data"]), endpoint, identifier
            )
        except Refusal as refusal:
            body = json.loads(error_body(self.habits, refusal.status, refusal.scim_type, refusal.detail))
            return {**entry, "status": str(refusal.status), "response": body}
        return {**entry, "status": str(status)}
