"""Made-up people and groups, the same on every run, with realistic drift between tenants.

Tenant 0 is the one that the others drifted away from. In every other tenant about one person in twenty differs:
missing (and somebody else there instead), another title, department, state, e-mail, spelling of the user name or
membership. Ids, dates and versions are the tenant's own, as they are with real providers.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from scimtui.demo.names import CULTURES, SURPRISING, Culture, latin, written

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

DOMAIN = "acme.example"
TEAM_SIZE = 7
"""How many people report to one manager."""

DEPARTMENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Engineering": ("Products", ("Engineer", "Senior Engineer", "Site Reliability Engineer", "Test Engineer")),
    "Research & Development": ("Products", ("Scientist", "Laboratory Technician", "Patent Analyst")),
    "Sales": ("Market", ("Account Executive", "Sales Engineer", "Key Account Manager")),
    "Marketing": ("Market", ("Editor", "Brand Designer", "Event Coordinator")),
    "Customer Support": ("Market", ("Support Agent", "Escalation Engineer", "Trainer")),
    "Finance": ("Services", ("Accountant", "Controller", "Payroll Clerk")),
    "People & Culture": ("Services", ("Recruiter", "HR Partner", "Office Coordinator")),
    "Legal": ("Services", ("Counsel", "Contract Manager", "Privacy Officer")),
    "Information Technology": ("Services", ("System Administrator", "Service Desk Agent", "Security Analyst")),
    "Logistics": ("Operations", ("Dispatcher", "Warehouse Planner", "Forklift Operator")),
}
"""Department → division and titles."""

ROLES = ("Approver", "Auditor", "Buyer", "First Aider", "Key Holder")

PROJECT_GROUPS: dict[str, float] = {
    "VPN users": 0.6,
    "Git writers": 0.25,
    "Wiki editors": 0.2,
    "On call": 0.06,
    "Payroll (read)": 0.04,
    "Customer data": 0.08,
    "Badge: server room": 0.03,
    "Administrators": 0.02,
    "[blink]Party[/blink] committee": 0.02,
    "Projekt Küstennebel": 0.05,
    "夏祭り実行委員会": 0.03,
    "Project Kite (archived)": 0.0,
}
"""Group → share of all people in it. The last one has been empty for years, as in every company."""


class Drift(StrEnum):
    """How a person of tenant 0 is different in another tenant."""

    TITLE = "title"
    MISSING = "missing"
    ACTIVE = "active"
    DEPARTMENT = "department"
    EMAIL = "email"
    RECASED = "recased"
    MEMBERSHIP = "membership"


@dataclass(frozen=True, slots=True)
class Directory:
    """All that one tenant holds, as its provider would send it but for `meta.location`."""

    users: tuple[dict[str, Any], ...]
    groups: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class _Person:
    """A user of one tenant, and what its groups are made from."""

    user: dict[str, Any]
    department: str
    projects: tuple[str, ...]


def directory(tenant: int, users: int) -> Directory:
    """Return what the tenant with this number holds: `users` people and some twenty groups."""
    people = [_person(tenant, slot, users) for slot in range(users)]
    return Directory(tuple(person.user for person in people), tuple(_groups(tenant, people)))


def drift(tenant: int, slot: int) -> Drift | None:
    """Return how the person at `slot` (from 0) differs from tenant 0; None for the nineteen in twenty that don't."""
    if tenant == 0 or slot % 20 != (5 + 6 * tenant) % 20:
        return None
    kinds = tuple(Drift)
    return kinds[slot // 20 % len(kinds)]


def _number(tenant: int, slot: int, users: int) -> int:
    """Return which person stands at a slot: the one of tenant 0, or a stranger where that one is missing."""
    return tenant * users + slot if drift(tenant, slot) is Drift.MISSING else slot


def _id(tenant: int, kind: str, key: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"scimtui-demo:{tenant}:{kind}:{key}"))


def _person(tenant: int, slot: int, users: int) -> _Person:
    number = _number(tenant, slot, users)
    chance = Random(f"person {number}")  # noqa: S311 (made-up people need the same dice every time, not good ones)
    department = chance.choice(tuple(DEPARTMENTS))
    user = _core(number, chance)
    user["id"] = _id(tenant, "User", number)
    user["title"] = _title(slot, department, chance)
    user[ENTERPRISE] = _enterprise(number, department, chance)
    if slot:
        user[ENTERPRISE]["manager"] = _manager(tenant, slot // TEAM_SIZE, users)
    user["meta"] = _meta(tenant, "User", number)
    projects = tuple(name for name, share in PROJECT_GROUPS.items() if chance.random() < share)
    return _drifted(_Person(user, department, projects), drift(tenant, slot))


def _core(number: int, chance: Random) -> dict[str, Any]:
    """Return the attributes of the core schema that every tenant agrees on."""
    culture, given, family, login = _name(number)
    active = chance.random() > 0.07
    user: dict[str, Any] = {
        "schemas": [USER, ENTERPRISE],
        "externalId": f"E{100_000 + number}",
        "userName": f"{login}@{DOMAIN}",
        "name": _name_parts(culture, given, family),
        "displayName": SURPRISING.get(number) or _formatted(culture, given, family),
        "userType": chance.choices(("Employee", "Contractor", "Intern"), (88, 9, 3))[0],
        "preferredLanguage": culture.locale,
        "locale": culture.locale,
        "timezone": culture.timezone,
        "active": active,
        "emails": [{"value": f"{login}@{DOMAIN}", "type": "work", "primary": True}],
        "phoneNumbers": [{"value": f"+99 555 {number // 10_000:03} {number % 10_000:04}", "type": "work"}],
        "addresses": [{"type": "work", "locality": culture.city, "country": culture.country, "primary": True}],
    }
    if chance.random() < 0.3:
        user["emails"].append({"value": f"{login}@home.example", "type": "home"})
    if chance.random() < 0.5:
        user["phoneNumbers"].append({"value": f"+99 777 {chance.randrange(10**7):07}", "type": "mobile"})
    if chance.random() < 0.15:
        user["nickName"] = written(given).split(" ")[0][:4]
    if chance.random() < 0.2:
        user["roles"] = _roles(chance)
    return user


def _name(number: int) -> tuple[Culture, str, str, str]:
    """Return culture, given name, family name and login. Every pair of names comes once, then again with a number."""
    culture = CULTURES[number % len(CULTURES)]
    turn = number // len(CULTURES)
    rows, columns = len(culture.given), len(culture.family)
    given = culture.given[turn % rows]
    family = culture.family[(turn // rows + turn) % columns]
    again = turn // (rows * columns)
    login = f"{latin(given)}.{latin(family)}{again + 1 if again else ''}"
    return culture, given, family, login


def _formatted(culture: Culture, given: str, family: str) -> str:
    if culture.locale[:2] in {"zh", "ja", "ko"}:
        return written(family) + written(given)
    return f"{written(given)} {written(family)}"


def _name_parts(culture: Culture, given: str, family: str) -> dict[str, Any]:
    return {
        "formatted": _formatted(culture, given, family),
        "familyName": written(family),
        "givenName": written(given),
    }


def _roles(chance: Random) -> list[dict[str, Any]]:
    """Return one or two roles, the first of them primary."""
    names = chance.sample(ROLES, chance.choice((1, 1, 2)))
    roles: list[dict[str, Any]] = [{"value": name.lower().replace(" ", "-"), "display": name} for name in names]
    roles[0]["primary"] = True
    return roles


def _title(slot: int, department: str, chance: Random) -> str:
    if slot == 0:
        return "Chief Executive Officer"
    if slot <= TEAM_SIZE:
        return f"Director, {department}"
    if slot <= TEAM_SIZE * (TEAM_SIZE + 1):
        return f"Team Lead, {department}"
    return chance.choice(DEPARTMENTS[department][1])


def _enterprise(number: int, department: str, chance: Random) -> dict[str, Any]:
    return {
        "employeeNumber": str(100_000 + number),
        "costCenter": f"CC-{chance.randrange(10, 60)}",
        "organization": "Acme",
        "division": DEPARTMENTS[department][0],
        "department": department,
    }


def _manager(tenant: int, slot: int, users: int) -> dict[str, Any]:
    number = _number(tenant, slot, users)
    culture, given, family, _ = _name(number)
    identifier = _id(tenant, "User", number)
    return {
        "value": identifier,
        "$ref": f"Users/{identifier}",
        "displayName": _formatted(culture, given, family),
    }


def _meta(tenant: int, kind: str, key: object) -> dict[str, Any]:
    """Return dates between 2019 and 2025; the version is added by the server."""
    chance = Random(f"meta {tenant} {kind} {key}")  # noqa: S311
    created = datetime(2019, 1, 7, 8, tzinfo=UTC) + timedelta(minutes=chance.randrange(60 * 24 * 365 * 5))
    modified = created + timedelta(minutes=chance.randrange(60 * 24 * 365 * 2))
    return {"resourceType": kind, "created": _date(created), "lastModified": _date(modified)}


def _date(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _drifted(person: _Person, kind: Drift | None) -> _Person:
    """Return the person as another tenant has them."""
    user, department, projects = person.user, person.department, person.projects
    match kind:
        case Drift.TITLE:
            user["title"] = f"Acting {user['title']}"
        case Drift.ACTIVE:
            user["active"] = not user["active"]
        case Drift.DEPARTMENT:
            names = tuple(DEPARTMENTS)
            department = names[(names.index(department) + 1) % len(names)]
            user[ENTERPRISE] |= {"department": department, "division": DEPARTMENTS[department][0]}
        case Drift.EMAIL:
            login = user["userName"].partition("@")[0]
            user["emails"][0]["value"] = f"{login}@staff.{DOMAIN}"
        case Drift.RECASED:
            user["userName"] = user["userName"].title()
        case Drift.MEMBERSHIP:
            odd = {"VPN users", "Customer data"}
            projects = tuple(name for name in PROJECT_GROUPS if (name in projects) != (name in odd))
        case Drift.MISSING | None:
            pass
    return _Person(user, department, projects)


def _groups(tenant: int, people: list[_Person]) -> Iterable[dict[str, Any]]:
    """Yield a group for each department, one that holds these groups, one of the contractors and the projects."""
    departments = [
        _group(tenant, name, [_member(p.user) for p in people if p.department == name]) for name in DEPARTMENTS
    ]
    yield from departments
    nested = [
        {"value": group["id"], "$ref": f"Groups/{group['id']}", "display": group["displayName"], "type": "Group"}
        for group in departments
    ]
    yield _group(tenant, "All departments", nested)
    yield _group(tenant, "Contractors", [_member(p.user) for p in people if p.user["userType"] == "Contractor"])
    for name in PROJECT_GROUPS:
        yield _group(tenant, name, [_member(p.user) for p in people if name in p.projects])


def _member(user: dict[str, Any]) -> dict[str, Any]:
    return {"value": user["id"], "$ref": f"Users/{user['id']}", "display": user["displayName"], "type": "User"}


def _group(tenant: int, name: str, members: list[dict[str, Any]]) -> dict[str, Any]:
    group: dict[str, Any] = {
        "schemas": [GROUP],
        "id": _id(tenant, "Group", name),
        "displayName": name,
        "meta": _meta(tenant, "Group", name),
    }
    if members:
        group["members"] = members
    return group
