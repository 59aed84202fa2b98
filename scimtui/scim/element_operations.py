"""Turns one list of objects into another by addressing its elements (RFC 7644 section 3.5.2, value filters)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scimtui.errors import PatchError
from scimtui.scim.dialect import Dialect, MemberRemoval
from scimtui.scim.elements import bare, equals, is_primary, pair, same, selector
from scimtui.scim.places import Place, sub_names
from scimtui.scim.resource import is_empty
from scimtui.scim.schema import Attribute, Mutability

_SENT_OF_MEMBERS = ("value", "type", "$ref")
"""What says who joins; all else about a member is the provider's own label."""


@dataclass(frozen=True, slots=True)
class Write:
    """One operation before it is put in a dialect."""

    op: str
    path: str
    value: Any = None
    keys: tuple[str, ...] = ()
    """Where the value stands in an object without path; () where a path must say it."""
    is_alone: bool = False
    """Members: never in one operation with anything else."""


def member_writes(
    place: Place,
    attribute: Attribute,
    before: Sequence[dict[str, Any]],
    after: Sequence[dict[str, Any]],
    dialect: Dialect,
) -> Iterator[Write]:
    """Yield what lets members leave one by one, and one `add` for all that join.

    Raises:
        PatchError: noTarget, a member without `value` is to leave.
    """
    pairs = pair(before, after, attribute)
    for index in pairs.only_left:
        value = before[index].get("value")
        if is_empty(value):
            raise PatchError(f"{place.path} has an element without value, which cannot leave", scim_type="noTarget")
        if dialect.member_removal is MemberRemoval.VALUE_ARRAY:
            yield Write("remove", place.path, [{"value": value}], is_alone=True)
        else:
            yield Write("remove", f"{place.path}[{equals('value', value)}]", is_alone=True)
    joining = [after[index] for index in pairs.only_right]
    if joining:
        sent = [{name: one[name] for name in _SENT_OF_MEMBERS if name in one} for one in joining]
        yield Write("add", place.path, sent, place.keys(), is_alone=True)


def element_writes(
    place: Place,
    attribute: Attribute,
    before: Sequence[dict[str, Any]],
    after: Sequence[dict[str, Any]],
) -> list[Write] | None:
    """Return what lets elements leave, change and come; None where the whole list has to be replaced.

    That is so where nothing of it stays, or where no filter tells an element from the others at its turn.
    """
    pairs = pair(before, after, attribute)
    fixed = [(left, right) for left, right in pairs.both if _changes_fixed(before[left], after[right], attribute)]
    staying = [both for both in pairs.both if both not in fixed]
    coming = [after[index] for index in sorted([*pairs.only_right, *(right for _, right in fixed)])]
    now = dict(enumerate(before))
    writes: list[Write] = []
    for index in sorted([*pairs.only_left, *(left for left, _ in fixed)]):
        element = now.pop(index)
        chosen = selector(element, now.values())
        if chosen is None:
            return None
        writes.append(Write("remove", f"{place.path}[{chosen}]"))
    is_succeeded = any(is_primary(after[right]) and not is_primary(before[left]) for left, right in staying) or any(
        map(is_primary, coming)
    )
    for left, right in staying:
        changes = _changes(place.path, left, after[right], now, attribute, is_succeeded=is_succeeded)
        if changes is None:
            return None
        writes += changes
    if coming:
        writes.append(Write("add", place.path, coming, place.keys()))
    return writes if staying else None


def _changes_fixed(before: Mapping[str, Any], after: Mapping[str, Any], attribute: Attribute) -> bool:
    """Whether a sub-attribute changes that may not: the element has to leave, and another one comes."""
    return any(
        sub.mutability is Mutability.IMMUTABLE
        and not is_empty(before.get(sub.name))
        and not same(before.get(sub.name), after.get(sub.name))
        for sub in attribute.sub_attributes
    )


def _changes(
    path: str,
    index: int,
    wanted: Mapping[str, Any],
    now: dict[int, dict[str, Any]],
    attribute: Attribute,
    *,
    is_succeeded: bool,
) -> list[Write] | None:
    """Return the operations on one element, and note in `now` what each makes of the list.

    `is_succeeded`: another element becomes primary, which ends that of this one without a word.
    """
    writes: list[Write] = []
    for name in sub_names(attribute, now[index], wanted):
        old, new = now[index].get(name), wanted.get(name)
        is_about_primary = name.casefold() == "primary"
        if same(old, new) or (is_about_primary and is_empty(new) and is_succeeded):
            continue
        chosen = selector(now[index], (other for at, other in now.items() if at != index))
        if chosen is None:
            return None
        target = f"{path}[{chosen}].{name}"
        if is_about_primary:
            writes.append(Write("replace", target, False if is_empty(new) else new))
        else:
            writes.append(change_of(target, old, new))
        if is_about_primary and is_primary(wanted):
            now.update({at: bare({**other, name: False}) for at, other in now.items() if at != index})
        now[index] = {key: value for key, value in {**now[index], name: new}.items() if not is_empty(value)}
    return writes


def change_of(path: str, before: Any, after: Any, keys: tuple[str, ...] = ()) -> Write:
    """Return what sets or removes one value: `add` where there was none, since that is free of a target."""
    if is_empty(after):
        return Write("remove", path)
    return Write("add" if is_empty(before) else "replace", path, after, keys)
