"""The resource that a form wants: the provider's own JSON with the changes applied and nothing else touched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scimtui.scim.coerce import as_list
from scimtui.scim.resource import is_empty, lookup
from scimtui.tui.form.form_state import Form, Place, attribute_at, element_numbers, holder_of, sent_of

Overrides = dict[str | None, Any]


def wanted(form: Form) -> dict[str, Any]:
    """Return the raw resource with what is wanted different. Untouched values are shared with `form.raw`: change none.

    Unknown attributes, the spelling of keys and the shapes of values stay as the provider sent them; a removed value is absent.
    """
    result = dict(form.raw)
    for top in dict.fromkeys(where.top for where in (*form.values, *form.added, *form.removed)):
        _apply(form, top, result)
    _name_schemas(form, result)
    return result


def errors(form: Form) -> list[str]:
    """Return why the resource can't be sent, one line for each reason, [] when it can.

    What an existing resource lacked before is the provider's business and stops nobody.
    """
    after = wanted(form)
    found: list[str] = []
    for urn, attribute in form.resource_type.placed_attributes():
        if not attribute.is_writable or (urn is not None and not _counts(form, urn, after)):
            continue
        before_value = lookup(holder_of(sent_of(form), urn), attribute.name)
        value = lookup(holder_of(after, urn), attribute.name)
        if attribute.required and _is_missing(value) and (form.is_new or not _is_missing(before_value)):
            found.append(f"{attribute.name} is required")
        known = {id(element) for element in as_list(before_value)}  # `wanted` shares what nobody touched
        for element in as_list(value):
            if isinstance(element, Mapping) and id(element) not in known:
                lacking = [sub.name for sub in attribute.sub_attributes if sub.required and sub.is_writable]
                found += [
                    f"{attribute.name}: {sub} is required" for sub in lacking if _is_missing(lookup(element, sub))
                ]
    return list(dict.fromkeys(found))


def _is_missing(value: Any) -> bool:
    return is_empty(value) or value == ""


def _counts(form: Form, urn: str, after: Mapping[str, Any]) -> bool:
    """Whether an extension must be whole: the type demands it, or something in it has a value."""
    demanded = {name.casefold() for name in form.resource_type.required_extensions}
    return urn.casefold() in demanded or bool(holder_of(after, urn))


def _apply(form: Form, top: Place, result: dict[str, Any]) -> None:
    holder = result
    if top.urn is not None:
        key = _key(result, top.urn)
        holder = result[key] = dict(holder_of(result, top.urn))
    key = _key(holder, top.attribute)
    old = holder.get(key)
    new = _list(form, top, old) if attribute_at(form, top).multi_valued else _single(form, top, old)
    if is_empty(new):
        holder.pop(key, None)
    else:
        holder[key] = new
    if top.urn is not None and not holder:
        result.pop(_key(result, top.urn))


def _single(form: Form, top: Place, old: Any) -> Any:
    return _changed(old, {where.sub: value for where, value in form.values.items() if where.top == top})


def _list(form: Form, top: Place, old: Any) -> Any:
    before, after = as_list(old), []
    overrides: dict[int | None, Overrides] = {}
    for where, value in form.values.items():
        if where.top == top:
            overrides.setdefault(where.element, {})[where.sub] = value
    for number in element_numbers(form, top):
        if Place(top.urn, top.attribute, number) in form.removed:
            continue
        is_old = number < len(before)
        if is_old and number not in overrides:
            after.append(before[number])
            continue
        element = _changed(before[number] if is_old else None, overrides.get(number, {}))
        if not is_empty(element):
            after.append(element)
    is_bare = old is not None and not isinstance(old, list)
    return after[0] if is_bare and len(after) == 1 else after


def _changed(old: Any, overrides: Overrides) -> Any:
    """Return a value with some of its sub-attributes changed, or another value (sub None)."""
    if None in overrides:
        return overrides[None]
    is_bare = old is not None and not isinstance(old, Mapping)
    if is_bare and all(sub is not None and sub.casefold() == "value" for sub in overrides):
        return next(iter(overrides.values()), old)
    result = {"value": old} if is_bare else dict(old or {})
    for sub, value in overrides.items():
        key = _key(result, sub or "")
        if is_empty(value):
            result.pop(key, None)
        else:
            result[key] = value
    return result


def _key(holder: Mapping[str, Any], name: str) -> str:
    """Return the key as it is spelled there already, else as the schema spells it."""
    folded = name.casefold()
    return name if name in holder else next((key for key in holder if key.casefold() == folded), name)


def _name_schemas(form: Form, result: dict[str, Any]) -> None:
    """Name each extension that has values in `schemas`: a create and a PUT must (RFC 7643 section 3)."""
    key = _key(result, "schemas")
    named = as_list(result.get(key))
    folded = {name.casefold() for name in named if isinstance(name, str)}
    changed = {where.urn for where in form.values if where.urn is not None}
    missing = [urn for urn in changed if urn.casefold() not in folded and holder_of(result, urn)]
    if missing:
        result[key] = [*named, *sorted(missing)]
