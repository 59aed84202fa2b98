"""One story on any provider: list, find, open, edit, turn off, members in and out, create, delete, and list again.

What must always hold is asserted on the way: everybody is there exactly once or incomplete is said, what is called done
is done, what is said not to be is not, and no request is sent that may not be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fakes.in_memory_provider import ENTERPRISE, TOKEN, USER, FakeProvider
from fakes.sessions import sync_all

from scimtui.errors import ScimtuiError
from scimtui.ops.apply import Outcome, apply
from scimtui.ops.browse import fetch
from scimtui.ops.discover import discover
from scimtui.ops.guard import Consent
from scimtui.ops.live import find
from scimtui.ops.session import Session
from scimtui.scim.change import Change, plan_active, plan_create, plan_delete, plan_edit, plan_members
from scimtui.scim.coerce import as_list, element_value, is_active
from scimtui.scim.resource import Resource, lookup, resource_id
from scimtui.scim.schema import ResourceType

PEOPLE, STAFF = 130, 120
LATE = 'late"comer'
NEW = {
    "schemas": [USER, ENTERPRISE],
    "userName": "New.Comer",
    "externalId": "new-1",
    "name": {"givenName": "New", "familyName": "Comer"},
    "active": True,
    "emails": [{"value": "new.comer@example.com", "type": "work", "primary": True}],
    ENTERPRISE: {"department": "Arrivals"},
}

ALL_WELL = {
    "discovery": "done",
    "people": "130 complete",
    "groups": "1 complete",
    "one": "found",
    "edit": "applied",
    "move": "applied",
    "off": "applied",
    "add": "applied",
    "remove": "applied",
    "create": "applied",
    "create again": "refused",
    "late": "found",
    "delete": "applied",
    "delete again": "already",
    "people again": "131 complete",
}
"""How each step of the story ends where nothing is in its way."""


def populated(provider: FakeProvider) -> FakeProvider:
    """Return the provider with the people and the group of the story."""
    provider.add_users(PEOPLE)
    provider.add_group("Staff", [provider.user(f"user{number:05d}")["id"] for number in range(1, STAFF + 1)])
    return provider


@dataclass
class Story:
    """The story on one provider through one session."""

    session: Session
    provider: FakeProvider
    is_unseen: bool = False
    """Nothing tells that somebody was deleted while the list was read."""
    ids: dict[str, str] = field(default_factory=dict)

    async def play(self) -> dict[str, str]:
        """Play all steps, and tell how each ended; the first one alone where nothing there speaks SCIM."""
        self.ids = {str(raw["userName"]): str(raw["id"]) for raw in self.provider.users()}
        try:
            await discover(self.session)
        except ScimtuiError as error:
            return {"discovery": _said(error)}
        told = {"discovery": "done", "people": await self.lists("User"), "groups": await self.lists("Group")}
        for kind in self.session.provider.resource_types:
            if kind.name not in {"User", "Group"}:
                await self.lists(kind.name)
        told["one"] = await self.finds("user00077", self.ids["user00077"])
        for name in ("edit", "move", "off", "add", "remove", "create", "create again"):
            told[name] = await getattr(self, name.replace(" ", "_"))()
        told["late"] = await self.finds(LATE, str(self.provider.add_user(LATE)["id"]))
        told |= await self.deletions()
        told["people again"] = await self.lists_again()
        self.nothing_forbidden()
        return told

    # ------------------------------------------------------------ reading

    async def lists(self, type_name: str) -> str:
        try:
            self.kind(type_name)
            report = await sync_all(self.session, type_name)
        except ScimtuiError as error:
            return _said(error)
        cached = self.cached(type_name)
        assert len(cached) == len(set(cached)) == report.fetched
        if not report.complete:
            return f"{report.fetched} incomplete: {report.why}"
        there = self.provider.resources[f"{type_name}s"].values()
        wanted = {str(raw["id"]) for raw in there if raw.get("userName") != "newcomer"}
        if self.provider.habits.shrinks and self.is_unseen:
            return f"{report.fetched} complete"
        assert wanted <= set(cached), f"{len(wanted - set(cached))} are missing from a list called complete"
        assert len(set(cached)) <= len(there)
        return f"{report.fetched} complete"

    async def lists_again(self) -> str:
        """Bring the copy up to date, after somebody else has changed a person too."""
        other, habits = self.ids["user00101"], self.provider.habits
        stored = self.provider._store("Users", other, {**self.provider.resources["Users"][other], "title": "Elsewhere"})
        try:
            report = await sync_all(self.session, "User")
        except ScimtuiError as error:
            return _said(error)
        cached = self.cached("User")
        if not report.complete:
            return f"{len(cached)} incomplete: {report.why}"
        there = {str(raw["id"]) for raw in self.provider.users() if raw["userName"] != "newcomer"}
        assert there <= set(cached), f"{len(there - set(cached))} are missing from a copy called complete"
        assert len(cached) == len(set(cached)) <= len(there) + 1
        copy = self.session.cache.resources("User").get(other)
        if "title" not in habits.list_omits:
            assert lookup(copy, "title") == stored["title"], "a change of somebody else was passed by"
        return f"{len(cached)} complete"

    def cached(self, type_name: str) -> list[str]:
        return [resource_id(raw) for raw in self.session.cache.resources(type_name).documents()]

    async def finds(self, key: str, identity: str) -> str:
        try:
            found = await find(self.session, self.kind("User"), key)
        except ScimtuiError as error:
            return _said(error)
        if found is not None:
            assert found.id == identity
            return "found"
        state = self.session.cache.resources("User").state
        is_new = key == LATE
        assert is_new or state is None or not state.complete, "somebody who is there was not found in a complete copy"
        return "not found"

    def kind(self, type_name: str) -> ResourceType:
        kind = self.session.provider.resource_type(type_name)
        if kind is None:
            raise NoSuchType(f"there is no type {type_name}")
        return kind

    # ------------------------------------------------------------ people

    def user(self, name: str) -> dict[str, Any]:
        """Return what the provider has of a person who was there at the beginning; {} where they are gone."""
        return self.provider.resources["Users"].get(self.ids[name], {})

    async def edit(self) -> str:
        def plan(before: Resource, kind: ResourceType) -> Change:
            return plan_edit("acme", before.raw, {**before.raw, "title": "Chief Officer"}, kind, *self.spoken)

        return await self.writes("User", plan, lambda: self.user("user00077").get("title") == "Chief Officer")

    async def move(self) -> str:
        """Change the value of an element, and an attribute of an extension."""

        def plan(before: Resource, kind: ResourceType) -> Change:
            return plan_edit("acme", before.raw, _moved(before.raw), kind, *self.spoken)

        def holds() -> bool:
            stored = self.user("user00077")
            mails = [element_value(mail) for mail in as_list(stored.get("emails"))]
            return "moved@example.com" in mails and stored.get(ENTERPRISE, {}).get("department") == "Moves"

        return await self.writes("User", plan, holds)

    async def off(self) -> str:
        def plan(before: Resource, kind: ResourceType) -> Change:
            return plan_active("acme", before.raw, False, kind, *self.spoken)

        return await self.writes("User", plan, lambda: is_active(self.user("user00077")) is False)

    async def create(self) -> str:
        return await self.creates(NEW)

    async def create_again(self) -> str:
        return await self.creates({**NEW, "externalId": "new-2"})

    async def creates(self, wanted: dict[str, Any]) -> str:
        def plan(_before: Resource, kind: ResourceType) -> Change:
            return plan_create("acme", wanted, kind, *self.spoken)

        def holds() -> bool:
            return any(raw.get("externalId") == wanted["externalId"] for raw in self.provider.users())

        return await self.writes("User", plan, holds, before=Resource("User", {}))

    async def deletions(self) -> dict[str, str]:
        """Delete somebody, and then once more by somebody who still sees them."""
        identity = self.ids["user00090"]
        try:
            before = await fetch(self.session, self.kind("User"), identity)
        except ScimtuiError as error:
            return {"delete": _said(error), "delete again": _said(error)}

        def plan(before: Resource, kind: ResourceType) -> Change:
            return plan_delete("acme", before.raw, kind, *self.spoken)

        def is_gone() -> bool:
            stored = self.provider.resources["Users"].get(identity)
            return stored is None or (self.provider.habits.hides_inactive and stored["active"] is False)

        return {name: await self.writes("User", plan, is_gone, before=before) for name in ("delete", "delete again")}

    # ------------------------------------------------------------ members

    def members(self) -> set[str]:
        (group,) = self.provider.resources["Groups"].values()
        return {str(member["value"]) for member in group["members"]}

    async def add(self) -> str:
        coming = {self.ids[name] for name in ("user00121", "user00122", "user00123")}

        def plan(before: Resource, kind: ResourceType) -> Change:
            people = [{"value": one, "type": "User"} for one in sorted(coming)]
            return plan_members("acme", before.raw, people, (), kind, *self.spoken)

        return await self.changes_members(plan, lambda: coming <= self.members(), set())

    async def remove(self) -> str:
        """Take two members out: one of the first, and one of the last."""
        names = ("user00051", "user00119")
        going = {self.ids[name] for name in names}

        def plan(before: Resource, kind: ResourceType) -> Change:
            shown = {str(element_value(member)) for member in as_list(lookup(before.raw, "members"))}
            wanted = [name if name in shown else self.ids[name] for name in names]
            return plan_members("acme", before.raw, (), wanted, kind, *self.spoken)

        return await self.changes_members(plan, lambda: not going & self.members(), going)

    async def changes_members(
        self, plan: Callable[[Resource, ResourceType], Change], holds: Callable[[], bool], going: set[str]
    ) -> str:
        """Change the group; nobody else may lose it, and where the provider throws others out, that is said."""
        others = self.members() - going
        told = await self.writes("Group", plan, holds)
        if others <= self.members():
            return told
        habits = self.provider.habits
        assert habits.add_replaces or habits.members_lost_above is not None, "somebody else lost a membership"
        assert told != "applied", "others lost a membership without a word"
        return told

    # ------------------------------------------------------------ writing

    @property
    def spoken(self) -> tuple[Any, Any]:
        """What plans are made with."""
        return self.session.provider, self.session.dialect

    async def writes(
        self,
        type_name: str,
        plan: Callable[[Resource, ResourceType], Change],
        holds: Callable[[], bool],
        *,
        before: Resource | None = None,
    ) -> str:
        """Carry out one change and compare what we say of it with what the provider has."""
        held, sent = holds(), len(self.provider.writes())
        (group,) = self.provider.resources["Groups"].values()
        identity = str(group["id"]) if type_name == "Group" else self.ids["user00077"]
        try:
            before = before or await fetch(self.session, self.kind(type_name), identity)
            receipt = await apply(plan(before, self.kind(type_name)), self.session, Consent())
        except ScimtuiError as error:
            return _said(error)
        finally:
            self.nothing_sent_twice(sent)
        if receipt.outcome in {Outcome.APPLIED, Outcome.ALREADY}:
            assert holds(), f"{receipt.outcome} was said, and it is not so"
        if receipt.outcome in {Outcome.IGNORED, Outcome.REFUSED} and not held:
            assert not holds(), f"{receipt.outcome} was said, and it is so"
        return receipt.outcome.value

    def nothing_sent_twice(self, since: int) -> None:
        """Hold that no write whose answer was lost was sent again blindly."""
        if "PATCH" in self.provider.habits.breaks_on:
            sent = [(seen.method, seen.path, str(seen.body)) for seen in self.provider.writes()[since:]]
            assert len(sent) == len(set(sent))

    def nothing_forbidden(self) -> None:
        """Hold that no group was replaced as a whole, and nothing came before it might."""
        assert not [seen for seen in self.provider.seen if seen.method == "PUT" and "/groups/" in seen.path.lower()]
        assert self.provider.too_early == []
        assert all(TOKEN not in seen.path for seen in self.provider.seen)


class NoSuchType(ScimtuiError):
    """The provider has no such resource type."""


def _said(error: ScimtuiError) -> str:
    assert error.message
    return f"error: {error.message}"


def _moved(raw: Any) -> dict[str, Any]:
    """Return a person with another e-mail, in the form in which it is shown, and another department."""
    spelled = {
        name: next((key for key in raw if key.casefold() == name.casefold()), name) for name in ("emails", ENTERPRISE)
    }
    mails = raw.get(spelled["emails"]) or [{"type": "work"}]
    new = [_with_value(mail) if number == 0 else mail for number, mail in enumerate(as_list(mails))]
    extension = {**(raw.get(spelled[ENTERPRISE]) or {}), "department": "Moves"}
    return {**raw, spelled["emails"]: new if isinstance(mails, list) else new[0], spelled[ENTERPRISE]: extension}


def _with_value(mail: Any) -> Any:
    return {**mail, "value": "moved@example.com"} if isinstance(mail, dict) else "moved@example.com"
