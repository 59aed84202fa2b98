"""A whole resource as JSON that a person edits, and the way back: what of it can be wanted, and what can't."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scimtui.errors import SyntaxFault
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.diff import is_hidden
from scimtui.scim.elements import same
from scimtui.scim.masks import MASK, masked_resource
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, Mutability, ResourceType

_UNSEEN = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
_STEP = re.compile(r'(?P<text>"(?:[^"\\]|\\.)*")\s*(?P<colon>:)?|[{}\[\]]')
_TWICE = "this name stands twice"
_REASONS = {
    "Expecting value": "a value is missing here",
    "Expecting property name enclosed in double quotes": 'a name in " " is missing here, or a comma is too many',
    "Illegal trailing comma before end of object": "this comma is too many",
    "Illegal trailing comma before end of array": "this comma is too many",
    "Expecting ':' delimiter": "a colon is missing before this",
    "Expecting ',' delimiter": "a comma is missing before this",
    "Unterminated string starting at": 'this text has no " at its end',
    "Invalid control character at": 'a text ends on the line it begins on; \\n stands for a new line, and " ends it',
    "Extra data": "there is more after the end of the resource",
}
"""What Python's reader says, in words that say what to do."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What an edited text wants."""

    wanted: dict[str, Any]
    refused: tuple[str, ...]
    """Paths that were changed and can't be: the provider sets them, they are fixed, or nobody may read them."""


@of_any_depth
def as_text(raw: Mapping[str, Any], resource_type: ResourceType) -> str:
    """Return JSON to edit. Characters that nobody sees are escaped; values that nobody may read are masked."""
    text = json.dumps(masked_resource(raw, resource_type), indent=2, ensure_ascii=False)
    return escaped(text) + "\n"


def escaped(text: str) -> str:
    """Return JSON in which each character that nobody sees is escaped, which means the same inside a string."""
    return _UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], text)


def read_text(text: str) -> dict[str, Any]:
    """Read an edited text.

    Raises:
        SyntaxFault: it is no JSON object; the message names the line.
    """
    try:
        found = json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_number, parse_int=_integer, parse_float=_decimal
        )
    except json.JSONDecodeError as error:
        raise _fault(text, error.pos, _REASONS.get(error.msg, error.msg)) from None
    except RecursionError:
        raise _fault(text, 0, "it is nested too deeply") from None
    except ValueError as error:
        name, reason = (str(part) for part in (*error.args, "a number is too long")[:2])
        position = next(repeated_names(text)) if reason == _TWICE else text.rfind(name)
        raise _fault(text, max(position, 0), reason) from None
    if not isinstance(found, dict):
        raise _fault(text, 0, "a resource stands in { }")
    if (half := _half_character(text)) is not None:
        raise _fault(text, half, "half a character stands here; type it anew")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name.casefold() for name, _ in pairs}) < len(pairs):
        raise ValueError("", _TWICE)
    return dict(pairs)


def repeated_names(text: str) -> Iterator[int]:
    """Yield where JSON names an attribute of an object again; `Active` is `active` (RFC 7643 section 2.1)."""
    named: list[set[str]] = []
    for token in _STEP.finditer(text):
        if token[0] in "{[":
            named.append(set())
        elif token[0] in "}]":
            del named[-1:]
        elif token["colon"] and named:
            name = json.loads(token["text"]).casefold()
            if name in named[-1]:
                yield token.start()
            named[-1].add(name)


def _half_character(text: str) -> int | None:
    """Return where half of a surrogate pair stands alone, as bytes that are no UTF-8 leave it too; nothing can send it."""
    if (raw := _SURROGATE.search(text)) is not None:
        return raw.start()
    return next((token.start() for token in _ESCAPE.finditer(text) if token["half"]), None)


def _integer(digits: str) -> int:
    number = int(digits)
    if not -(2**63) <= number < 2**64:
        raise ValueError(digits, "a number is too long")
    return number


def _decimal(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits, "a number is too long")
    return number


def _no_number(name: str) -> Any:
    raise ValueError(name, "this is no number of JSON")


def _fault(text: str, position: int, reason: str) -> SyntaxFault:
    line = text.count("\n", 0, position) + 1
    return SyntaxFault(f"line {line}: {reason}", text=text, position=position)


@of_any_depth
def rewritten(
    before: Mapping[str, Any],
    edited: Mapping[str, Any],
    resource_type: ResourceType,
    *,
    is_new: bool = False,
    made_of: Mapping[str, Any] | None = None,
) -> Rewritten:
    """Return what an edited text wants of a resource. What can't be changed is as before, and named.

    `made_of` is what the text was made of, where that is no longer `before`: its secrets, a password typed elsewhere, stay.
    """
    judge = _Judge(is_new, [])
    told = _unmasked(edited, before if made_of is None else made_of)
    if made_of is not None:
        secrets = [attribute.name for attribute in resource_type.attributes if is_hidden(attribute)]
        before = {**before, **{name: value for name in secrets if (value := lookup(made_of, name)) is not None}}
    wanted = _inside(before, told, resource_type.attributes, "", judge)
    for schema in resource_type.extensions:
        old, new = lookup(before, schema.id), lookup(told, schema.id)
        if isinstance(old, Mapping | None) and isinstance(new, Mapping | None):
            _set(wanted, schema.id, _inside(old or {}, new or {}, schema.attributes, f"{schema.id}:", judge), new)
    if not is_new and _other_schemas(before, told):
        judge.refused.append("schemas")
    return Rewritten(wanted, tuple(dict.fromkeys(judge.refused)))


def _other_schemas(before: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Whether `schemas` names others than before, but for those that stand in the text now."""
    old, new = ({str(urn).casefold() for urn in as_list(lookup(raw, "schemas"))} for raw in (before, told))
    return bool((old - new) | {urn for urn in new - old if lookup(told, urn) is None})


@dataclass(frozen=True, slots=True)
class _Judge:
    is_new: bool
    refused: list[str]


def _inside(
    old: Mapping[str, Any], new: Mapping[str, Any], attributes: Iterable[Attribute], prefix: str, judge: _Judge
) -> dict[str, Any]:
    result = dict(new)
    for attribute in attributes:
        before, after = lookup(old, attribute.name), lookup(new, attribute.name)
        if before is after or before == after or attribute.name.casefold() == "schemas":
            continue
        _set(result, attribute.name, _allowed(before, after, attribute, f"{prefix}{attribute.name}", judge), after)
    return result


def _allowed(before: Any, after: Any, attribute: Attribute, path: str, judge: _Judge) -> Any:
    """Return what may be wanted in place of `before`."""
    is_fixed = attribute.mutability is Mutability.IMMUTABLE and not judge.is_new and not is_empty(before)
    if not attribute.is_writable or is_fixed or is_hidden(attribute):
        if not same(before, after) and not (is_hidden(attribute) and is_empty(after)):
            judge.refused.append(path)
        return before
    if isinstance(after, list) and attribute.multi_valued:
        return _elements(as_list(before), after, attribute, path, judge)
    if isinstance(after, Mapping) and isinstance(before, Mapping | None):
        return _inside(before or {}, after, attribute.sub_attributes, f"{path}.", judge)
    return after


def _elements(before: list[Any], after: list[Any], attribute: Attribute, path: str, judge: _Judge) -> list[Any]:
    """Return the elements with what the provider sets in them as before; an element is known by its value."""
    fixed = [sub for sub in attribute.sub_attributes if not sub.is_writable]
    by_value = {str(element_value(element)): element for element in before if isinstance(element, Mapping)}
    result = []
    for index, new in enumerate(after):
        there = before[index] if index < len(before) else None
        old = by_value.get(str(element_value(new)), there)
        is_same = new in (there, old) or not isinstance(new, Mapping)
        known = old if isinstance(old, Mapping) else {}
        result.append(new if is_same else _inside(known, new, fixed, f"{path}.", judge))
    return result


def _unmasked(edited: Any, before: Any) -> Any:
    """Return the text's values with those that were masked in it; a mask for what was never there is nothing."""
    if isinstance(edited, Mapping):
        pairs = {name: (value, lookup(before, name)) for name, value in edited.items()}
        return {
            name: old if value == MASK else _unmasked(value, old)
            for name, (value, old) in pairs.items()
            if value != MASK or old is not None
        }
    if isinstance(edited, list):
        olds = before if isinstance(before, list) else []
        return [_unmasked(one, _unmasked_one(one, olds, index, len(edited))) for index, one in enumerate(edited)]
    return edited


def _unmasked_one(one: Any, olds: list[Any], index: int, count: int) -> Any:
    """Return the element that a masked one was: that with everything else alike, or where none went, the one there."""
    if MASK not in str(one):
        return None
    there = olds[index] if count == len(olds) else None
    return next((old for old in olds if _is_alike(one, old)), there)


def _is_alike(edited: Any, old: Any) -> bool:
    if isinstance(edited, Mapping) and isinstance(old, Mapping):
        return all(_is_alike(value, lookup(old, name)) for name, value in edited.items())
    return bool(edited in (MASK, old))


def _set(holder: dict[str, Any], name: str, value: Any, there: Any) -> None:
    """Put a value where another one stands, under the key as it is spelled there; nothing is no key."""
    if value is there:
        return
    key = next((key for key in holder if key.casefold() == name.casefold()), name)
    if value is None or (there is None and is_empty(value)):
        holder.pop(key, None)
    else:
        holder[key] = value
