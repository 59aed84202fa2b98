"""A SCIM provider in memory with a switch for every bad habit, for httpx.MockTransport and on a real loopback socket.

Written against the RFCs and not against scimtui: its PATCH and its filters are its own.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
from fakes import fake_writes
from fakes.fake_discovery import GROUP, USER, document
from fakes.fake_doors import HELD, check_request, read_query, too_fast, used_up
from fakes.fake_lists import in_lists, page_of
from fakes.fake_rules import Refusal, selected
from fakes.habits import Habits
from fakes.loopback import served
from fakes.odd_forms import ENTERPRISE, error_body, location_of, shown, spelled

TOKEN = "fake-token"

__all__ = ["ENTERPRISE", "GROUP", "TOKEN", "USER", "FakeProvider", "Habits", "Seen"]

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any

    @property
    def is_read(self) -> bool:
        return self.method == "GET" or self.path.endswith("/.search")


@dataclass
class FakeProvider:
    """Users and groups at /scim/v2."""

    habits: Habits = field(default_factory=Habits)
    resources: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {"Users": {}, "Groups": {}})
    seen: list[Seen] = field(default_factory=list)
    before_write: Any = None
    """Called with no argument before a write is carried out: another admin, faster than us."""
    too_early: list[str] = field(default_factory=list)
    """Requests that came before the provider allowed the next one of their kind."""
    held_until: dict[bool, float] = field(default_factory=dict)
    on_list: Any = None
    """Called with no argument before a page of a list is answered."""
    base: str = "/scim/v2"
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    deleted: set[str] = field(default_factory=set)
    """Ids of what was there once."""
    _versions: int = 0
    _has_moved: bool = False

    def __post_init__(self) -> None:
        if self.habits.more_types:
            self.resources["Entitlements"] = {"gold": {"id": "gold", "label": "Gold", "meta": {}}}

    # ------------------------------------------------------------ content

    def add_users(self, count: int, start: int = 1) -> None:
        for number in range(start, start + count):
            self.add_user(f"user{number:05d}", name={"givenName": f"Ann{number}", "familyName": "Lee"})

    def add_user(self, user_name: str, **values: Any) -> dict[str, Any]:
        mails = [{"value": f"{user_name}@example.com", "type": "work", "primary": True}]
        raw = {"schemas": [USER], "userName": user_name, "active": True, "emails": mails, **values}
        return self._store("Users", self.new_id(user_name), raw)

    def add_group(self, name: str, members: list[str] | None = None) -> dict[str, Any]:
        raw = {"schemas": [GROUP], "displayName": name, "members": [{"value": one} for one in members or []]}
        return self._store("Groups", self.new_id(name), raw)

    def users(self) -> list[dict[str, Any]]:
        return list(self.resources["Users"].values())

    def user(self, user_name: str) -> dict[str, Any]:
        return next(raw for raw in self.users() if raw["userName"] == user_name)

    def writes(self) -> list[Seen]:
        return [seen for seen in self.seen if not seen.is_read]

    def new_id(self, name: str) -> str:
        count = sum(len(held) for held in self.resources.values()) + len(self.deleted)
        is_taken = any(name in held for held in self.resources.values())
        return {
            "uuid": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name} {count}" if self.habits.duplicates is None else name)),
            "integer": str(count + 1),
            "awkward": f'{name} /?#%&+"é{count}',
            "cyrillic": f"Іван {name}",
            "name": f"{name} again" if is_taken else name,
        }[self.habits.ids]

    def _store(self, endpoint: str, identifier: str, raw: dict[str, Any]) -> dict[str, Any]:
        self._versions += 1
        habits, name = self.habits, str(raw.get("userName", raw.get("displayName")))
        meta = {"resourceType": endpoint[:-1]}
        location = location_of(self.base, endpoint, identifier, name, habits)
        if location:
            meta["location"] = location
        known = self.resources[endpoint].get(identifier, {}).get("meta", {})
        earlier = known.get("lastModified")
        if "created" in known:
            meta["created"] = known["created"]
        if habits.dates:
            now = self.now().isoformat().replace("+00:00", "Z")
            meta["lastModified"] = earlier if earlier and habits.dates_stay else now
        if habits.etag:
            meta["version"] = f'W/"{self._versions}"'
        shown_id: Any = int(identifier) if habits.ids == "integer" else identifier
        stored = {**raw, "id": shown_id, "meta": meta}
        self.resources[endpoint][identifier] = stored
        return stored

    # ------------------------------------------------------------ doors

    def transport(self) -> httpx.MockTransport:
        def handler(request: httpx.Request) -> httpx.Response:
            target = request.url.raw_path.decode()
            status, headers, body = self.answer(request.method, target, dict(request.headers), request.content)
            if self._breaks(request.method):
                raise httpx.ReadError("connection lost", request=request)
            return httpx.Response(status, headers=headers, content=body)

        return httpx.MockTransport(handler)

    def serve(self) -> AbstractContextManager[str]:
        """Serve on loopback; yields the base URL."""
        return served(self.answer, self.base, self._breaks)

    def _breaks(self, method: str) -> bool:
        is_tenth = self.habits.reads_break and method == "GET" and len(self.seen) % 10 == 0
        return is_tenth or method in self.habits.breaks_on

    # ------------------------------------------------------------ answers

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        parts, habits = urlsplit(target), self.habits
        told = {name.lower(): value for name, value in headers.items()}
        seen = Seen(method, target, read_query(parts.query, habits), told, json.loads(body) if body else None)
        self.seen.append(seen)
        time.sleep(habits.slow)
        try:
            status, headers, content = self._let_in(seen, parts.path)
        except Refusal as refusal:
            return self._refused(refusal)
        if habits.rate_reset and len(self.seen) % 5 == 0 and status < 300 and not self._breaks(method):
            self.held_until[seen.is_read] = time.monotonic() + HELD
            headers = {**headers, **used_up(habits)}
        return status, dict(headers), content

    def _let_in(self, seen: Seen, path: str) -> Answer:
        """Check what every request must bring, then answer it."""
        habits = self.habits
        if habits.html_everywhere:
            return 200, {"content-type": "text/html"}, b"<!doctype html><title>Sign in</title>"
        if not path.startswith(self.base + "/"):
            return 404, {"content-type": "text/html"}, b"<h1>Not found</h1>"
        if habits.busy_for > 0:
            habits.busy_for -= 1
            raise Refusal(429, None, "slow down", {"retry-after": habits.retry_after})
        if habits.slash_redirects and not path.endswith("/"):
            return 308, {"location": seen.path.replace(path, path + "/", 1)}, b""
        steps = [unquote(step) for step in path[len(self.base) + 1 :].split("/")]
        steps = steps[:-1] if habits.slash_redirects else steps
        self._check_token(seen, steps[0])
        if habits.throttles and len(self.seen) % 5 == 0:
            if habits.throttles != "date" and not self._breaks(seen.method):  # or nobody is told how long
                self.held_until[seen.is_read] = time.monotonic() + HELD
            raise too_fast(habits)
        if self.held_until.get(seen.is_read, 0.0) > time.monotonic():
            self.too_early.append(seen.path)
        check_request(seen.headers, seen.query, seen.body, habits)
        return self._route(seen, steps)

    def _check_token(self, seen: Seen, name: str) -> None:
        habits, given = self.habits, seen.headers.get("authorization")
        is_public = habits.discovery_without_token and self._endpoint(name) is None
        is_over = habits.token_ends_after is not None and len(self.seen) > habits.token_ends_after
        if is_over or (given is not None if is_public else given != f"Bearer {TOKEN}"):
            raise Refusal(401, None, "who are you")

    def _endpoint(self, name: str) -> str | None:
        """Return which resources an endpoint has, None where it is none."""
        if self.habits.endpoint_form == "lower":
            return {one.lower(): one for one in self.resources}.get(name)
        return name if name in self.resources else None

    def _route(self, seen: Seen, steps: list[str]) -> Answer:
        endpoint, habits = self._endpoint(steps[0]), self.habits
        if endpoint is None and (len(steps) == 1 or steps[0] == "Schemas"):
            found = document(steps, habits)
            return (200, {}, b"") if found is None else self.json(200, spelled(found, habits))
        if endpoint is None or (habits.no_groups and endpoint == "Groups") or len(steps) > 2:
            raise Refusal(404, None, "no such endpoint")
        if seen.method in habits.methods_missing and not seen.is_read:
            raise Refusal(405, None, f"no {seen.method}")
        if steps[1:] == [".search"]:
            return self._list(endpoint, {name: str(value) for name, value in seen.body.items()}, None)
        if len(steps) == 2:
            return self._one(seen, endpoint, steps[1])
        if seen.method == "POST":
            return fake_writes.create(self, endpoint, seen.body)
        if "filter" in seen.query and habits.filter_sensitive:
            raise Refusal(403, "sensitive", "not in an address")
        return self._list(endpoint, seen.query, seen.headers.get("if-none-match"))

    # ------------------------------------------------------------ lists

    def _move(self, endpoint: str, query: Mapping[str, str]) -> None:
        """Let somebody come or go while the second page is asked for, once."""
        if endpoint != "Users" or query.get("startIndex", "1") == "1" or "filter" in query or self._has_moved:
            return
        if self.habits.grows:
            self._has_moved = True
            self.add_user("newcomer")
        if self.habits.shrinks:
            self._has_moved = True
            del self.resources["Users"][next(iter(self.resources["Users"]))]

    def _list(self, endpoint: str, query: Mapping[str, str], known_tag: str | None) -> Answer:
        habits = self.habits
        if self.on_list is not None:
            self.on_list()
        if habits.redirects:
            return 302, {"location": f"{habits.elsewhere}/{endpoint}"}, b""
        self._move(endpoint, query)
        lists = [seen for seen in self.seen if seen.method == "GET" and "/Users" in seen.path]
        if habits.fails_on_request is not None and len(lists) >= habits.fails_on_request:
            raise Refusal(500, None, "out of order")
        found = selected(list(self.resources[endpoint].values()), query.get("filter"), habits)
        page = page_of(in_lists(found, endpoint, query, habits), query, habits)
        page["Resources"] = [shown(raw, habits, self.resources) for raw in page["Resources"]]
        if habits.filter_answers_alone and "filter" in query and page["Resources"]:
            return self.json(200, page["Resources"][0])
        status, headers, content = self.json(200, spelled(page, habits))
        if not habits.list_tags:
            return status, headers, content
        tag = f'"{hashlib.sha256(content).hexdigest()}"'
        is_same = known_tag is not None and (habits.list_tags == "eager" or known_tag == tag)
        return (
            self.empty(304) if is_same and habits.list_tags != "deaf" else (status, {**headers, "etag": tag}, content)
        )

    # ------------------------------------------------------------ one resource

    def _one(self, seen: Seen, endpoint: str, identifier: str) -> Answer:
        habits, held = self.habits, self.resources[endpoint]
        if seen.method != "GET" and self.before_write is not None:
            self.before_write()
        raw = held.get(identifier)
        if raw is None and seen.method == "DELETE" and identifier in self.deleted:
            return self.empty(204) if habits.deleted_twice == 204 else self._refused(Refusal(404, None, "it is gone"))
        if raw is None or (habits.hides_inactive and raw.get("active") is False):
            raise Refusal(404, None, "no such resource")
        if seen.method == "GET" and raw.get("displayName") in habits.unreadable:
            raise Refusal(500, None, "too large")
        if seen.method == "GET" and habits.one_in_list:
            return self.json(200, {"totalResults": 1, "Resources": [shown(raw, habits, self.resources)]})
        if seen.method == "GET":
            return self.resource(200, raw)
        self._check_version(seen.headers.get("if-match"), raw)
        if seen.method == "DELETE":
            return fake_writes.delete(self, endpoint, identifier)
        write = fake_writes.put if seen.method == "PUT" else fake_writes.patch
        return write(self, endpoint, identifier, seen.body)

    def _check_version(self, wanted: str | None, raw: Mapping[str, Any]) -> None:
        if wanted is None or self.habits.if_match == "ignored":
            return
        if self.habits.if_match == "refused":
            raise Refusal(400, "invalidSyntax", "If-Match is not taken")
        if self.habits.if_match == "never true" or wanted != raw["meta"].get("version"):
            raise Refusal(412, None, "changed meanwhile")

    # ------------------------------------------------------------ bytes

    def resource(self, status: int, raw: dict[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
        """Answer with a resource and, where it has one, its version."""
        version = raw["meta"].get("version")
        told = {"etag": version} if version and self.habits.etag_place != "meta" else {}
        return self.json(status, shown(raw, self.habits, self.resources), {**told, **(headers or {})})

    def empty(self, status: int, headers: Mapping[str, str] | None = None) -> Answer:
        return status, dict(headers or {}), b""

    def json(self, status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
        mark = b"\xef\xbb\xbf" if self.habits.byte_order_mark else b""
        return status, {**self._typed(), **(headers or {})}, mark + json.dumps(value).encode()

    def _typed(self) -> dict[str, str]:
        return {"content-type": self.habits.content_type} if self.habits.content_type else {}

    def _refused(self, refusal: Refusal) -> Answer:
        habits = self.habits
        status = {400: habits.bad_request, 404: habits.not_found}.get(refusal.status, refusal.status)
        body = error_body(habits, status, refusal.scim_type, refusal.detail)
        if refusal.is_html:
            body = b"<html><h1>Server Error</h1></html>"
        return status, {**self._typed(), **refusal.headers}, body
