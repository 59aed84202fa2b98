"""Somebody with every kind of attribute, what may change in them, and what may be written otherwise and say the same."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from scimtui.scim.schema import ENTERPRISE_USER as ENTERPRISE, ResourceType, core_resource_type, read_schema

Raw = dict[str, Any]

STAFF = "urn:example:params:scim:schemas:extension:staff:2.0:User"
STAFF_SCHEMA = {
    "id": STAFF,
    "name": "Staff",
    "description": "An attribute of every type",
    "attributes": [
        {"name": "since", "type": "dateTime"},
        {"name": "level", "type": "integer"},
        {"name": "share", "type": "decimal"},
        {"name": "remote", "type": "boolean"},
        {"name": "badge", "type": "binary", "caseExact": True},
        {"name": "page", "type": "reference", "referenceTypes": ["external"], "caseExact": True},
        {"name": "code", "type": "string", "caseExact": True},
        {"name": "tags", "type": "string", "multiValued": True},
        {
            "name": "desk",
            "type": "complex",
            "subAttributes": [{"name": "floor", "type": "integer"}, {"name": "room", "type": "string"}],
        },
    ],
}
GROUP = core_resource_type("Group")
USER: ResourceType = replace(
    core_resource_type("User"), extensions=(*core_resource_type("User").extensions, read_schema(STAFF_SCHEMA))
)


def person(number: int) -> Raw:
    """Return somebody who has every kind of attribute, without id and manager."""
    name = f"person{number}@acme.example"
    return {
        "schemas": [USER.schema.id, ENTERPRISE, STAFF],
        "userName": name,
        "externalId": f"E-{number}",
        "name": {"givenName": f"Zoë{number}", "familyName": f"Müller{number}", "middleName": "Q"},
        "title": f"Title {number % 5}",
        "nickName": f"Nick{number}",
        "locale": "en-US",
        "preferredLanguage": "de-CH",
        "timezone": "Europe/Zurich",
        "profileUrl": f"https://people.example/{number}",
        "active": True,
        "emails": [
            {"value": name, "type": "work", "primary": True},
            {"value": f"home{number}@mail.example", "type": "home"},
        ],
        "phoneNumbers": [{"value": f"tel:+1-201-555-{number:04}", "type": "work"}],
        "addresses": [{"type": "work", "locality": "Basel", "postalCode": f"{4000 + number}"}],
        "roles": [{"value": "reader"}, {"value": f"role{number}"}],
        "x509Certificates": [{"value": base64.b64encode(f"??>>{number}".encode()).decode()}],
        ENTERPRISE: {"employeeNumber": f"{7000 + number}", "department": "IT", "costCenter": "C1"},
        STAFF: {
            "since": "2024-05-06T07:08:09Z",
            "level": number,
            "share": 0.5,
            "remote": False,
            "badge": "aGk/Pz8+",
            "page": f"https://people.example/Page{number}",
            "code": f"Code{number}",
            "tags": ["alpha", f"Tag{number}"],
            "desk": {"floor": number % 9, "room": "A1"},
        },
    }


# ---------------------------------------------------------------- what differs

Change = Callable[[Raw], tuple[str, ...]]


def _set(path: str, value: Any) -> Change:
    """Put a value where the path leads; None takes it away."""

    def change(raw: Raw) -> tuple[str, ...]:
        urn, _, rest = path.rpartition(":")
        home = raw.setdefault(urn, {}) if urn else raw
        *parents, last = rest.split(".")
        for name in parents:
            home = home.setdefault(name, {})
        if value is None:
            home.pop(last, None)
        else:
            home[last] = value
        return (path,)

    return change


def _in_element(name: str, index: int, sub: str, value: Any, told: str) -> Change:
    def change(raw: Raw) -> tuple[str, ...]:
        raw[name][index][sub] = value
        return (told,)

    return change


def _other_primary(raw: Raw) -> tuple[str, ...]:
    work, home = raw["emails"]
    del work["primary"]
    home["primary"] = True
    return ('emails[type eq "work"].primary', 'emails[type eq "home"].primary')


def _one_more(name: str, element: Any, told: str) -> Change:
    def change(raw: Raw) -> tuple[str, ...]:
        raw[name].append(element)
        return (told,)

    return change


def _one_less(name: str, index: int, told: str) -> Change:
    def change(raw: Raw) -> tuple[str, ...]:
        del raw[name][index]
        return (told,)

    return change


def _without(urn: str) -> Change:
    def change(raw: Raw) -> tuple[str, ...]:
        gone = raw.pop(urn)
        return tuple(
            f"{urn}:{name}.{sub}" if sub else f"{urn}:{name}"
            for name, value in gone.items()
            if name != "manager"
            for sub in (value if isinstance(value, dict) else [""])
        )

    return change


CHANGES: tuple[Change, ...] = (
    _set("title", "Director"),
    _set("title", None),
    _set("displayName", "Somebody Else"),
    _set("externalId", "e-0"),
    _set("active", False),
    _set("name.givenName", "Zoe"),
    _set("name.middleName", None),
    _set("name.honorificPrefix", "Dr."),
    _set("name.formatted", "The Great Zoltan"),
    _set("timezone", "Europe/Oslo"),
    _set("locale", "en-GB"),
    _set("profileUrl", "https://people.example/other"),
    _set("userType", "Contractor"),
    _set("shoeSize", 41),
    _in_element("emails", 0, "value", "new@acme.example", 'emails[type eq "work"].value'),
    _in_element("emails", 1, "type", "other", 'emails[type eq "home"].type'),
    _other_primary,
    _one_more("emails", {"value": "third@acme.example", "type": "other"}, 'emails[type eq "other"]'),
    _one_less("emails", 1, 'emails[type eq "home"]'),
    _in_element("phoneNumbers", 0, "value", "tel:+1-201-555-9999", 'phoneNumbers[type eq "work"].value'),
    _set("phoneNumbers", []),
    _in_element("addresses", 0, "locality", "Bern", 'addresses[type eq "work"].locality'),
    _one_less("roles", 0, 'roles[value eq "reader"]'),
    _one_more("roles", {"value": "owner"}, 'roles[value eq "owner"]'),
    _set(f"{ENTERPRISE}:department", "HR"),
    _set(f"{ENTERPRISE}:costCenter", None),
    _set(f"{ENTERPRISE}:division", "North"),
    _set(f"{ENTERPRISE}:employeeNumber", "007"),
    _without(STAFF),
    _set(f"{STAFF}:since", "2024-05-06T07:08:10Z"),
    _set(f"{STAFF}:level", -1),
    _set(f"{STAFF}:share", 0.25),
    _set(f"{STAFF}:remote", True),
    _set(f"{STAFF}:badge", "b3RoZXI="),
    _set(f"{STAFF}:page", "https://people.example/PAGE"),
    _set(f"{STAFF}:code", "other"),
    _set(f"{STAFF}:tags", ["alpha", "beta"]),
    _set(f"{STAFF}:desk.floor", 99),
    _set(f"{STAFF}:desk.room", None),
)
TOLD = {"phoneNumbers": 'phoneNumbers[type eq "work"]'}
"""What an empty list says of the one element that there was."""


# ---------------------------------------------------------------- what is none


def recased(raw: Raw) -> None:
    raw["userName"] = raw["userName"].upper()
    for mail in raw["emails"]:
        mail["value"] = mail["value"].upper()
    raw["locale"] = raw["locale"].replace("-", "_").lower()


def reordered(raw: Raw) -> None:
    for name in ("emails", "roles"):
        raw[name].reverse()
    if STAFF in raw:
        raw[STAFF]["tags"] = [tag.upper() for tag in reversed(raw[STAFF]["tags"])]


def other_form(raw: Raw) -> None:
    """The same letters, put together otherwise."""
    raw["name"] = {name: unicodedata.normalize("NFD", text) for name, text in raw["name"].items()}


def _as_text(raw: Raw) -> None:
    raw["active"] = str(raw["active"])
    if STAFF in raw:
        raw[STAFF] |= {name: str(raw[STAFF][name]) for name in ("level", "share", "remote")}
    if ENTERPRISE in raw and raw[ENTERPRISE]["employeeNumber"].startswith("7"):
        raw[ENTERPRISE]["employeeNumber"] = int(raw[ENTERPRISE]["employeeNumber"])


def _other_spelling(raw: Raw) -> None:
    if STAFF in raw:
        raw[STAFF]["badge"] = raw[STAFF]["badge"].replace("/", "_").replace("+", "-").rstrip("=")
        raw[STAFF]["since"] = raw[STAFF]["since"].replace("T07:", "T09:").replace("Z", ".000+02:00")
    for phone in raw["phoneNumbers"]:
        phone["value"] = phone["value"].removeprefix("tel:").replace("-", " ")


def _other_keys(raw: Raw) -> None:
    for name in ("title", "emails", STAFF, ENTERPRISE):
        if name in raw:
            raw[name.upper()] = raw.pop(name)
    for sub in list(raw["name"]):
        raw[f"name.{sub}"] = raw["name"].pop(sub)


def _empty(raw: Raw) -> None:
    raw |= {
        "entitlements": [],
        "ims": None,
        "photos": [{}],
        "password": None,
        "displayName": raw.get("displayName", ""),
    }
    raw.setdefault(STAFF, {})


def defaults(raw: Raw) -> None:
    """What a server puts in by itself."""
    given, family = (raw["name"][part] for part in ("givenName", "familyName"))
    raw["name"].setdefault("formatted", f"{given} {family}")
    raw.setdefault("displayName", f"{family}, {given}")
    for phone in raw["phoneNumbers"]:
        phone |= {"primary": True, "display": phone["value"]}
    for mail in raw["emails"]:
        mail.setdefault("primary", False)
    raw |= {"meta": {"version": 'W/"9"', "location": "https://right.example/7"}, "groups": [{"value": "x"}]}


def forgotten_labels(raw: Raw) -> None:
    if raw.get("active") is True:
        del raw["active"]
    for phone in raw["phoneNumbers"]:
        del phone["type"]


NOISE: tuple[Callable[[Raw], None], ...] = (
    recased,
    reordered,
    other_form,
    defaults,
    _as_text,
    _other_spelling,
    _empty,
    _other_keys,
)
