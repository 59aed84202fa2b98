"""A SCIM provider in memory with a switch for every bad habit, for httpx.MockTransport and on a real loopback socket.

Written against the RFCs and not against scimtui: its PATCH and its filters are its own.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
from fakes.fake_rules import apply_operation, matches, members_in
from fakes.habits import Habits
from fakes.loopback import served
from fakes.odd_forms import error_body, shown, unread

from scimtui.scim.core_schemas import CORE_SCHEMAS

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
TOKEN = "fake-token"
THROTTLED = 0.05
"""Seconds of Retry-After."""

__all__ = ["ENTERPRISE", "GROUP", "TOKEN", "USER", "FakeProvider", "Habits", "Seen"]


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class FakeProvider:
    """Users and groups at /scim/v2."""

    habits: Habits = field(default_factory=Habits)
    resources: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {"Users": {}, "Groups": {}})
    seen: list[Seen] = field(default_factory=list)
    before_write: Any = None
    """Called with no argument before a write is carried out: another admin, faster than us."""
    too_early: list[str] = field(default_factory=list)
    """Requests that came before the Retry-After of one of their kind had passed."""
    held_until: dict[bool, float] = field(default_factory=dict)
    on_list: Any = None
    """Called with no argument before a page of a list is answered."""
    base: str = "/scim/v2"
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _versions: int = 0
    _has_moved: bool = False

    # ------------------------------------------------------------ content

    def add_users(self, count: int, start: int = 1) -> None:
        for number in range(start, start + count):
            self.add_user(f"user{number:05d}", name={"givenName": f"Ann{number}", "familyName": "Lee"})

    def add_user(self, user_name: str, **values: Any) -> dict[str, Any]:
        mails = [{"value": f"{user_name}@example.com", "type": "work", "primary": True}]
        raw = {"schemas": [USER], "userName": user_name, "active": True, "emails": mails, **values}
        return self._store("Users", self._new_id(user_name), raw)

    def add_group(self, name: str, members: list[str] | None = None) -> dict[str, Any]:
        raw = {"schemas": [GROUP], "displayName": name, "members": [{"value": one} for one in members or []]}
        return self._store("Groups", self._new_id(name), raw)

    def users(self) -> list[dict[str, Any]]:
        return list(self.resources["Users"].values())

    def user(self, user_name: str) -> dict[str, Any]:
        return next(raw for raw in self.users() if raw["userName"] == user_name)

    def writes(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.method != "GET"]

    def _new_id(self, name: str) -> str:
        count = sum(len(held) for held in self.resources.values())
        awkward = f'{name} /?#%&+"é{count}'
        return {"uuid": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)), "integer": str(count + 1), "awkward": awkward}[
            self.habits.ids
        ]

    def _store(self, endpoint: str, identifier: str, raw: dict[str, Any]) -> dict[str, Any]:
        self._versions += 1
        location = f"http://fake{self.base}/{endpoint}/{identifier}"
        meta = {"resourceType": endpoint[:-1], "location": location}
        if self.habits.dates:
            meta["lastModified"] = self.now().isoformat().replace("+00:00", "Z")
        if self.habits.etag:
            meta["version"] = f'W/"{self._versions}"'
        shown: Any = int(identifier) if self.habits.ids == "integer" else identifier
        stored = {**raw, "id": shown, "meta": meta}
        self.resources[endpoint][identifier] = stored
        return stored

    # ------------------------------------------------------------ doors

    def transport(self) -> httpx.MockTransport:
        def handler(request: httpx.Request) -> httpx.Response:
            target = request.url.raw_path.decode()
            status, headers, body = self.answer(request.method, target, dict(request.headers), request.content)
            if request.method in self.habits.breaks_on:
                raise httpx.ReadError("connection lost", request=request)
            return httpx.Response(status, headers=headers, content=body)

        return httpx.MockTransport(handler)

    def serve(self) -> AbstractContextManager[str]:
        """Serve on loopback; yields the base URL."""
        return served(self.answer, self.base, lambda method: method in self.habits.breaks_on)

    # ------------------------------------------------------------ answers

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        told = {name.lower(): value for name, value in headers.items()}
        document = json.loads(body) if body else None
        self.seen.append(Seen(method, target, query, told, document))
        habits = self.habits
        if habits.html_everywhere:
            return 200, {"content-type": "text/html"}, b"<!doctype html><title>Sign in</title>"
        if not parts.path.startswith(self.base + "/"):
            return 404, {"content-type": "text/html"}, b"<h1>Not found</h1>"
        if habits.busy_for > 0:
            habits.busy_for -= 1
            return self._error(429, None, "slow down", {"retry-after": habits.retry_after})
        steps = [unquote(step) for step in parts.path[len(self.base) + 1 :].split("/")]
        public = habits.discovery_without_token and steps[0] not in self.resources
        if public == ("authorization" in told) or (not public and told.get("authorization") != f"Bearer {TOKEN}"):
            return self._error(401, None, "who are you")
        if habits.throttles and len(self.seen) % 5 == 0:
            return self._throttled(method)
        if self.held_until.get(method == "GET", 0.0) > time.monotonic():
            self.too_early.append(target)
        if habits.wants_plain_json and body and told.get("content-type") != "application/json":
            return self._error(415, None, "only application/json")
        return self._route(method, steps, query, told, document)

    def _throttled(self, method: str) -> tuple[int, dict[str, str], bytes]:
        self.held_until[method == "GET"] = time.monotonic() + THROTTLED
        return self._error(429, None, "slow down", {"retry-after": str(THROTTLED)})

    def _route(
        self, method: str, steps: list[str], query: dict[str, str], told: dict[str, str], document: Any
    ) -> tuple[int, dict[str, str], bytes]:
        if len(steps) == 1 and steps[0] not in self.resources:
            return self._discovery(steps[0])
        endpoint = steps[0]
        if endpoint not in self.resources or len(steps) > 2:
            return self._error(404, None, "no such endpoint")
        if len(steps) == 1:
            if method == "POST":
                return self._create(endpoint, document)
            return self._list(endpoint, query)
        return self._one(method, endpoint, steps[1], told, document)

    def _discovery(self, name: str) -> tuple[int, dict[str, str], bytes]:
        habits = self.habits
        if habits.plural_config and name == "ServiceProviderConfigs":
            name = "ServiceProviderConfig"
        elif habits.plural_config and name == "ServiceProviderConfig":
            return self._error(404, None, "no")
        if name not in habits.discovery:
            return self._error(404, None, "no such endpoint")
        if name == "ServiceProviderConfig":
            config = {
                "patch": {"supported": habits.patch_supported},
                "etag": {"supported": habits.etag},
                "filter": {"supported": not habits.filter_refused, "maxResults": habits.max_page},
                "bulk": {"supported": False},
                "sort": {"supported": False},
                "changePassword": {"supported": True},
            }
            if habits.cursor or habits.cursor_only:
                config["pagination"] = {"cursor": True, "index": not habits.cursor_only}
            return self._json(200, config)
        if name == "ResourceTypes":
            user = {"name": "User", "endpoint": "/Users", "schema": USER}
            user["schemaExtensions"] = [{"schema": ENTERPRISE, "required": False}]
            return self._documents([user, {"name": "Group", "endpoint": "/Groups", "schema": GROUP}])
        return self._documents([{"id": urn, **self._schema(urn)} for urn in (USER, GROUP, ENTERPRISE)])

    def _schema(self, urn: str) -> dict[str, Any]:
        attributes = [
            {**one, "returned": "request"} if one["name"] in self.habits.on_request else one
            for one in CORE_SCHEMAS[urn]["attributes"]
            if one["name"] not in self.habits.unknown_attributes
        ]
        return {**CORE_SCHEMAS[urn], "attributes": attributes}

    def _documents(self, documents: list[Any]) -> tuple[int, dict[str, str], bytes]:
        if self.habits.bare_lists:
            return self._json(200, documents)
        return self._json(200, {"schemas": [LIST], "totalResults": len(documents), "Resources": documents})

    # ------------------------------------------------------------ lists

    def _matching(self, items: list[Any], text: str | None) -> list[Any]:
        if text is None or self.habits.filter_ignored:
            return items
        if "lastModified" in text and self.habits.date_filter != "honoured":
            return items if self.habits.date_filter == "ignored" else []
        return [raw for raw in items if matches(text, raw)]

    def _move(self, endpoint: str, query: dict[str, str]) -> None:
        """Let somebody come or go while the second page is asked for, once."""
        if endpoint != "Users" or query.get("startIndex", "1") == "1" or "filter" in query or self._has_moved:
            return
        if self.habits.grows:
            self._has_moved = True
            self.add_user("newcomer")
        if self.habits.shrinks:
            self._has_moved = True
            del self.resources["Users"][next(iter(self.resources["Users"]))]

    def _list(self, endpoint: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        habits = self.habits
        if self.on_list is not None:
            self.on_list()
        if habits.redirects:
            return 302, {"location": f"{habits.elsewhere}/{endpoint}"}, b""
        self._move(endpoint, query)
        lists = [seen for seen in self.seen if seen.method == "GET" and "/Users" in seen.path]
        if habits.fails_on_request is not None and len(lists) >= habits.fails_on_request:
            return self._error(500, None, "out of order")
        items: list[Any] = list(self.resources[endpoint].values())
        by_date = "lastModified" in query.get("filter", "")
        if "filter" in query and (habits.filter_refused or (by_date and habits.date_filter == "refused")):
            return self._error(400, "invalidFilter", "no filters here")
        items = self._matching(items, query.get("filter"))
        without = "members" in query.get("excludedAttributes", "")
        if (without and habits.excluded == "refused") or (
            not without and endpoint == "Groups" and habits.members_break_lists
        ):
            return self._error(400 if without else 500, None, "no")
        if not habits.members_listed or (without and habits.excluded == "honoured"):
            items = [{name: value for name, value in raw.items() if name != "members"} for raw in items]
        items += ["not an object"] * habits.entries_not_objects
        items += [{"userName": "nameless"}] * habits.entries_without_id
        count_text = query.get("count")
        if count_text is not None and habits.count_breaks:
            return self._error(500, None, "count?")
        count = habits.default_page if count_text is None else max(0, int(count_text))
        if habits.count_refused_above is not None and count > habits.count_refused_above:
            return self._error(400, "invalidValue", f"count above {habits.count_refused_above}")
        count = min(count, habits.max_page)
        if habits.cursor_only or (habits.cursor and "cursor" in query):
            return self._cursor_page(items, query.get("cursor", ""), count)
        return self._index_page(items, int(query.get("startIndex", "1")), count)

    def _cursor_page(self, items: list[Any], cursor: str, count: int) -> tuple[int, dict[str, str], bytes]:
        start = int(cursor.split("=")[1]) if cursor else 0
        habits = self.habits
        if habits.cursor_expires_at is not None and start >= habits.cursor_expires_at:
            habits.cursor_expires_at = None
            return self._error(400, "expiredCursor", "too late")
        page = [shown(raw, habits) for raw in items[start : start + count]]
        answer: dict[str, Any] = {"schemas": [LIST], "Resources": page, "itemsPerPage": len(page)}
        if start + count < len(items):
            answer["nextCursor"] = f"c+/={start if habits.cursor_repeats and start else start + count}"
        return self._json(200, answer)

    def _index_page(self, items: list[Any], asked: int, count: int) -> tuple[int, dict[str, str], bytes]:
        habits = self.habits
        start = max(1, asked)
        if habits.divides_start_index:
            count = habits.default_page
            start = (max(start // count, 1) - 1) * count + 1
        if habits.stuck_first_page or (habits.first_page_past_end and start > len(items)):
            start = 1
        first = start - 1
        if habits.duplicate_on_next_page and start > 1:
            first -= 1
        page = items if habits.does_not_page else items[first : first + count]
        total = len(items) + habits.total_too_high
        total = len(page) if habits.total_is_page_count else min(total, count) if habits.total_is_page_limit else total
        answer: dict[str, Any] = {"schemas": [LIST], "totalResults": total, "itemsPerPage": count, "startIndex": start}
        if habits.first_page_past_end:
            answer["startIndex"] = asked
        if habits.start_index_zero:
            answer["startIndex"] = 0
        if habits.no_total or habits.does_not_page:
            del answer["totalResults"]
        if habits.no_start_index or habits.does_not_page:
            del answer["startIndex"], answer["itemsPerPage"]
        if habits.total_as_text and "totalResults" in answer:
            answer["totalResults"] = str(answer["totalResults"])
        answer["resources" if habits.lower_case_keys else "Resources"] = [shown(raw, habits) for raw in page]
        return self._json(200, answer)

    # ------------------------------------------------------------ one resource

    def _create(self, endpoint: str, document: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        key = "userName" if endpoint == "Users" else "displayName"
        if any(raw.get(key) == document.get(key) for raw in self.resources[endpoint].values()):
            return self._error(409, "uniqueness", f"{key} is taken")
        raw = {name: value for name, value in document.items() if name != "password"}
        stored = self._store(endpoint, self._new_id(str(document.get(key))), raw)
        place = f"{self.habits.elsewhere}/{stored['id']}" if self.habits.elsewhere else stored["meta"]["location"]
        headers = {"location": place}
        if self.habits.post_without_body:
            return 201, headers, b""
        told = {name: value for name, value in stored.items() if name != "id" or not self.habits.post_without_id}
        return self._json(201, shown(told, self.habits), headers)

    def _one(
        self, method: str, endpoint: str, identifier: str, told: dict[str, str], document: Any
    ) -> tuple[int, dict[str, str], bytes]:
        held = self.resources[endpoint]
        if method != "GET" and self.before_write is not None:
            self.before_write()
        raw = held.get(identifier)
        if raw is None or (self.habits.hides_inactive and raw.get("active") is False):
            return self._error(404, None, "no such resource")
        if method == "GET" and raw.get("displayName") in self.habits.unreadable:
            return self._error(500, None, "too large")
        if method == "GET":
            return self._json(200, shown(raw, self.habits))
        if "if-match" in told and told["if-match"] != raw["meta"].get("version"):
            return self._error(412, None, "changed meanwhile")
        if method == "DELETE":
            return self._delete(endpoint, identifier)
        if method == "PUT":
            self._store(endpoint, identifier, document)
            return self._json(200, shown(held[identifier], self.habits))
        return self._patch(endpoint, identifier, document)

    def _delete(self, endpoint: str, identifier: str) -> tuple[int, dict[str, str], bytes]:
        held = self.resources[endpoint]
        if self.habits.delete_deactivates:
            self._store(endpoint, identifier, {**held[identifier], "active": False})
        elif not self.habits.delete_ignored:
            del held[identifier]
        return 204, {}, b""

    def _patch(self, endpoint: str, identifier: str, document: Any) -> tuple[int, dict[str, str], bytes]:
        habits, held = self.habits, self.resources[endpoint]
        if not habits.patch_supported:
            return self._error(501, None, "no PATCH")
        if habits.patch_refused:
            return self._error(400, habits.patch_refused, "I do not like it")
        if any(unread(operation, habits) for operation in document["Operations"]):
            return self._error(400, "invalidSyntax", "I do not read that")
        if habits.members_limit is not None and members_in(document) > habits.members_limit:
            return self._error(400, "invalidValue", "something is wrong with a value")
        if habits.patch_pending:
            return 202, {"set-txn": "1"}, b""
        if not habits.patch_ignored:
            changed = json.loads(json.dumps(held[identifier]))
            for operation in document["Operations"]:
                apply_operation(changed, operation, add_replaces=habits.add_replaces)
            if habits.patch_lower_cases and isinstance(changed.get("title"), str):
                changed["title"] = changed["title"].lower()
            changed.pop("password", None)
            self._store(endpoint, identifier, changed)
        if habits.patch_answers == 204:
            return 204, {}, b""
        return self._json(habits.patch_answers, shown(held[identifier], habits))

    # ------------------------------------------------------------ bytes

    def _json(
        self, status: int, value: Any, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        mark = b"\xef\xbb\xbf" if self.habits.byte_order_mark else b""
        return status, {"content-type": self.habits.content_type, **(headers or {})}, mark + json.dumps(value).encode()

    def _error(
        self, status: int, scim_type: str | None, detail: str, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        body = error_body(self.habits, status, scim_type, detail)
        return status, {"content-type": self.habits.content_type, **(headers or {})}, body
