"""Write scimtui/scim/core_schemas.py: the characteristics as scim2-models has them, with our own descriptions.

Run from the root of the project: python scripts/generate_core_schemas.py
"""

import sys
from pathlib import Path
from typing import Any

from scim2_models import EnterpriseUser, Group, User

TARGET = Path("scimtui/scim/core_schemas.py")
DEFAULTS = {
    "type": "string",
    "multiValued": False,
    "required": False,
    "caseExact": False,
    "mutability": "readWrite",
    "returned": "default",
    "uniqueness": "none",
}
"""RFC 7643 section 2.2: a characteristic with its default is left out."""

COMMON: list[dict[str, Any]] = [
    {
        "name": "id",
        "caseExact": True,
        "mutability": "readOnly",
        "returned": "always",
        "uniqueness": "server",
    },
    {"name": "externalId", "caseExact": True},
    {
        "name": "schemas",
        "type": "reference",
        "multiValued": True,
        "caseExact": True,
        "mutability": "readOnly",
        "returned": "always",
    },
    {
        "name": "meta",
        "type": "complex",
        "mutability": "readOnly",
        "subAttributes": [
            {"name": "resourceType", "caseExact": True, "mutability": "readOnly"},
            {"name": "created", "type": "dateTime", "mutability": "readOnly"},
            {"name": "lastModified", "type": "dateTime", "mutability": "readOnly"},
            {"name": "location", "type": "reference", "caseExact": True, "mutability": "readOnly"},
            {"name": "version", "caseExact": True, "mutability": "readOnly"},
        ],
    },
]
"""RFC 7643 section 3.1: in every resource, in no schema document."""

DESCRIPTIONS = {
    "id": "The provider's own key for this resource.",
    "externalId": "The key of this resource in the system that provisions it.",
    "schemas": "The schemas that this resource follows.",
    "meta": "What the provider notes about the resource.",
    "meta.resourceType": "Name of the resource type.",
    "meta.created": "When the provider made it.",
    "meta.lastModified": "When it last changed at the provider.",
    "meta.location": "Where the provider serves it.",
    "meta.version": "The ETag of this state.",
    "userName": "The name to sign in with; unique at this provider.",
    "name": "The parts of the person's name.",
    "name.formatted": "The whole name, ready to show.",
    "name.familyName": "Family name, or last name.",
    "name.givenName": "Given name, or first name.",
    "name.middleName": "Middle names.",
    "name.honorificPrefix": "Title before the name, such as Ms. or Dr.",
    "name.honorificSuffix": "Suffix after the name, such as III.",
    "displayName": "The name that people see.",
    "nickName": "What the person is called among colleagues.",
    "profileUrl": "A page about the person.",
    "title": "Job title.",
    "userType": "Kind of relation, such as Employee or Contractor.",
    "preferredLanguage": "Language for screens, such as en-US.",
    "locale": "Region for dates, numbers and money, such as en-US.",
    "timezone": "Time zone, such as Europe/Oslo.",
    "active": "Whether the account may be used; what that means is up to the provider.",
    "password": "A new password; it is never shown again.",
    "emails": "E-mail addresses.",
    "phoneNumbers": "Telephone numbers.",
    "ims": "Instant messaging addresses.",
    "photos": "Links to pictures of the person.",
    "addresses": "Postal addresses.",
    "addresses.formatted": "The whole address, ready to print.",
    "addresses.streetAddress": "Street, house number, floor.",
    "addresses.locality": "City or town.",
    "addresses.region": "State or region.",
    "addresses.postalCode": "Postal code.",
    "addresses.country": "Country as two letters (ISO 3166-1), such as NO.",
    "groups": "Groups of the person; changed on the group, not here.",
    "entitlements": "Things the person may use.",
    "roles": "Roles of the person at this provider.",
    "x509Certificates": "Certificates of the person (DER, base64).",
    "members": "People and groups in this group.",
    "employeeNumber": "Number or code of the person in the organisation.",
    "costCenter": "Cost center.",
    "organization": "Organisation.",
    "division": "Division.",
    "department": "Department.",
    "manager": "Whom the person reports to.",
    "manager.value": "The id of the manager.",
    "manager.$ref": "Link to the manager.",
    "manager.displayName": "Name of the manager.",
    "*.value": "The value itself.",
    "*.display": "A label for people.",
    "*.type": "What this value is for.",
    "*.primary": "Whether this is the preferred one; true for at most one.",
    "*.$ref": "Link to what this points to.",
}


def described(attribute: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the attribute without defaults, with our description, its sub-attributes likewise."""
    path = prefix + attribute["name"]
    result = {
        "name": attribute["name"],
        "description": DESCRIPTIONS.get(path) or DESCRIPTIONS[f"*.{attribute['name']}"],
    }
    for key in (*DEFAULTS, "canonicalValues", "referenceTypes"):
        if key in attribute and attribute[key] != DEFAULTS.get(key, []) and attribute[key] is not None:
            result[key] = attribute[key]
    if attribute.get("subAttributes"):
        result["subAttributes"] = [described(sub, f"{path}.") for sub in attribute["subAttributes"]]
    return result


def lines(attribute: dict[str, Any], indent: int) -> list[str]:
    """Return the attribute as Python source, each sub-attribute on a line of its own."""
    subs = attribute.get("subAttributes")
    head = ", ".join(f"{key!r}: {value!r}" for key, value in attribute.items() if key != "subAttributes")
    pad = " " * indent
    if not subs:
        return [f"{pad}{{{head}}},"]
    inner = [line for sub in subs for line in lines(sub, indent + 4)]
    return [f"{pad}{{{head}, 'subAttributes': [", *inner, f"{pad}]}},"]


def source() -> str:
    """Return the text of the module."""
    schemas = {"common": {"attributes": COMMON}}
    for model in (User, Group, EnterpriseUser):
        document = model.to_schema().model_dump()
        schemas[document["id"]] = {"name": document["name"], "attributes": document["attributes"]}
    text = [
        '"""Generated by scripts/generate_core_schemas.py; do not edit. What RFC 7643 sections 3.1, 4 and 8.7 define."""',
        "",
        "from typing import Any",
        "",
        "# fmt: off",
        "CORE_SCHEMAS: dict[str, dict[str, Any]] = {",
    ]
    for urn, schema in schemas.items():
        text.append(f"    {urn!r}: {{'name': {schema.get('name', 'common')!r}, 'attributes': [")
        text += [line for attribute in schema["attributes"] for line in lines(described(attribute), 8)]
        text.append("    ]},")
    text.append("}")
    return "\n".join(text) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(TARGET.read_text(encoding="utf-8") != source())
    TARGET.write_text(source(), encoding="utf-8")
