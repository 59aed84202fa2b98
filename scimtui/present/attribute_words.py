"""What a schema says of an attribute, in words for the admin."""

from __future__ import annotations

from scimtui.present.cells import safe
from scimtui.scim.schema import Attribute, Mutability, Returned, Type, Uniqueness

MUTABILITY = {
    Mutability.READ_ONLY: "read-only",
    Mutability.IMMUTABLE: "immutable",
    Mutability.WRITE_ONLY: "write-only",
}
"""A readWrite attribute needs no word."""
NOT_SET = "not set"
NOT_RETURNED = "not returned"
ON_REQUEST = "only on request"
NEVER_SHOWN = "never shown"
MOST_CHOICES = 6


def traits(attribute: Attribute) -> str:
    """Return what limits it: `required`, `read-only`, both, or "" for an ordinary one."""
    words = ["required"] if attribute.required else []
    if attribute.mutability in MUTABILITY:
        words.append(MUTABILITY[attribute.mutability])
    return ", ".join(words)


def absence_words(attribute: Attribute, *, is_sent: bool, is_unshown: bool) -> str:
    """Return why there is no value. `is_sent`: the provider sent it empty; `is_unshown`: it is known to show it nowhere.

    Only a value that the provider would have shown counts as not set (RFC 7643 sections 2.5 and 7).
    """
    if attribute.returned is Returned.NEVER or attribute.mutability is Mutability.WRITE_ONLY:
        return NEVER_SHOWN
    if is_sent:
        return NOT_SET
    if is_unshown or attribute.returned is Returned.ALWAYS:
        return NOT_RETURNED
    return ON_REQUEST if attribute.returned is Returned.REQUEST else NOT_SET


def about(name: str, attribute: Attribute) -> str:
    """Return name, kind, what limits it, and the provider's description, as one safe line."""
    kind = str(attribute.type) + (" list" if attribute.multi_valued else "")
    words = [kind, traits(attribute), "unique" if attribute.uniqueness is not Uniqueness.NONE else ""]
    if attribute.type is not Type.COMPLEX and attribute.canonical_values:
        words.append(f"such as {', '.join(attribute.canonical_values[:MOST_CHOICES])}")
    told = " ".join(attribute.description.split())
    return safe(f"{name}: {', '.join(word for word in words if word)}{f'. {told}' if told else ''}")
