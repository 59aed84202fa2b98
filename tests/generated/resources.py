"""Users and groups as hypothesis draws them: from few values, so that two of them have much in common."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings, strategies as st

from scimtui.scim.elements import names_resources
from scimtui.scim.places import Place, Shape, places, writable_elements, writable_part
from scimtui.scim.schema import ENTERPRISE_USER, GROUP, USER, core_resource_type

USER_TYPE = core_resource_type("User")
GROUP_TYPE = core_resource_type("Group")
THOROUGH = settings(max_examples=5000 if os.environ.get("SCIMTUI_SWEEP") else 25, deadline=None)

texts = st.sampled_from(["Babs", "babs", "Jensen", 'a "quoted" \\ one', "Å, line\nbreak", "x] eq y", ""])


@st.composite
def lists(draw, values, *, labels=("display",)):
    elements = draw(
        st.lists(
            st.fixed_dictionaries(
                {"value": values},
                optional={"type": st.sampled_from(["work", "home", "Work"])} | dict.fromkeys(labels, texts),
            ),
            max_size=4,
        )
    )
    preferred = draw(st.integers(0, 6))
    return [{**element, "primary": True} if index == preferred else element for index, element in enumerate(elements)]


addresses = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["work", "home"])},
        optional={"locality": texts, "country": st.sampled_from(["NO", "SE"])},
    ),
    max_size=3,
)
names = st.fixed_dictionaries({}, optional={"givenName": texts, "familyName": texts, "formatted": texts})
managers = st.fixed_dictionaries({"value": st.sampled_from(["1", "2"])}, optional={"$ref": st.just("../Users/1")})
enterprises = st.fixed_dictionaries(
    {}, optional={"department": texts, "employeeNumber": st.sampled_from(["7", 7]), "manager": managers}
)
mails = st.sampled_from(["a@example.org", "A@example.org", "b@example.org", 'c"@example.org'])
users = st.fixed_dictionaries(
    {
        "schemas": st.just([USER, ENTERPRISE_USER]),
        "id": st.just("42"),
        "userName": st.sampled_from(["bjensen", "BJensen"]),
    },
    optional={
        "externalId": texts,
        "displayName": texts,
        "active": st.sampled_from([True, False, "True", None]),
        "name": names,
        "emails": lists(mails),
        "phoneNumbers": lists(st.sampled_from(["tel:1", "tel:2"]), labels=()),
        "roles": st.lists(st.fixed_dictionaries({"value": st.sampled_from(["admin", "viewer", "owner"])}), max_size=3),
        "addresses": addresses,
        ENTERPRISE_USER: enterprises,
        "favourite": st.sampled_from([1, True, "1", [1, 2], {"colour": "red"}]),
    },
)
members = st.lists(
    st.fixed_dictionaries(
        {"value": st.sampled_from([f"id-{number}" for number in range(6)] + ['"odd"'])},
        optional={"type": st.just("User"), "display": texts},
    ),
    max_size=5,
    unique_by=lambda member: member["value"],
)
groups = st.fixed_dictionaries(
    {"schemas": st.just([GROUP]), "id": st.just("7"), "displayName": st.sampled_from(["Admins", "admins", "Staff"])},
    optional={"externalId": texts, "members": members},
)


def writable(raw, resource_type) -> dict[str, Any]:
    """What a client can write of a resource, with lists as sets, so that two can be compared by `==`."""
    return {
        place.path: form
        for place in places(resource_type, raw)
        if place.is_writable and (form := _form(place)) not in ({}, frozenset())
    }


def _form(place: Place) -> Any:
    (value,), attribute = place.values, place.attribute
    if attribute is None or place.shape in {Shape.PLAIN, Shape.LIST}:
        return repr(value)
    if place.shape is Shape.OBJECT:
        return writable_part(value, attribute)
    elements = writable_elements(value, attribute)
    if names_resources(attribute):
        return frozenset(element["value"] for element in elements)
    return frozenset(repr(sorted(element.items())) for element in elements)
