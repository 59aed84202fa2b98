"""What one person is in another tenant: attributes by the same name, then the rules of the tenant, then its defaults."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scimtui.errors import PatchError, PathError, SyntaxFault
from scimtui.scim.coerce import as_list, element_value, normalised
from scimtui.scim.elements import is_primary, names_resources
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.patch import apply_operations
from scimtui.scim.patch_values import checked
from scimtui.scim.path import Path, attribute_at, parse_path, values_at
from scimtui.scim.places import Place, places
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, ResourceType, Type

_PART = re.compile(r"\{([^{}]*)\}")
_OWN = frozenset({"id", "meta", "schemas", "groups"})
"""What a provider gives each account of its own, whatever its schema says."""
_PASSWORD = "password"  # noqa: S105 - the name of the attribute
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L",
                          "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i"})  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def _plain(text: str) -> str:
    """Return letters without their accents, digits and . - _; nothing else may stand in every login."""
    bare = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return re.sub(r"[^A-Za-z0-9._-]", "", bare)


FORMS: Mapping[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "first": lambda text: text.strip()[:1],
    "umlauts": lambda text: unicodedata.normalize("NFC", text).translate(_UMLAUTS),
    "plain": _plain,
}
"""What can be made of a value in a text: `{name.familyName|plain|lower}`."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How a person is made in one tenant."""

    map: Mapping[str, str] = field(default_factory=dict)
    """An attribute path of this tenant to a path of the source, to a text with paths in { }, or to "": left out."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """An attribute path of this tenant to its value where nothing else gives one."""

    @property
    def of_those_there(self) -> Rules:
        """What holds for somebody who exists already: values that are only made up for a newcomer leave theirs alone."""
        return Rules({path: origin for path, origin in self.map.items() if not is_text(origin)})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An attribute that does not come along."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Link:
    """An attribute that names a resource of the source, such as the manager: who that is here must be looked up."""

    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class Mapped:
    """A person as they would be in the tenant."""

    resource: dict[str, Any]
    left_out: tuple[LeftOut, ...] = ()
    links: tuple[Link, ...] = ()


def is_text(origin: str) -> bool:
    """Whether a rule gives a text with paths in it, not a path."""
    return "{" in origin or "}" in origin


# ---------------------------------------------------------------- rules that cannot be meant


def check_rules(rules: Rules) -> None:
    """Return if every path and text can be read; whether a provider has such an attribute shows only there.

    Raises:
        ValueError: one cannot. The message starts with `map` or `defaults`; after "; " stands what to do.
    """
    for path, origin in rules.map.items():
        _check(f"map {path}", path, [origin] if origin else [])
    for path, value in rules.defaults.items():
        _check(f"defaults {path}", path, [value] if isinstance(value, str) and is_text(value) else [])


def _check(where: str, path: str, origins: Sequence[str]) -> None:
    try:
        parse_path(path)
    except PathError as error:
        raise ValueError(f"{where}: {error.message}; write the path of an attribute, such as name.givenName") from None
    for origin in origins:
        try:
            for part, _ in _parts(origin) if is_text(origin) else [(origin, ())]:
                parse_path(part)
        except SyntaxFault as error:
            raise ValueError(f"{where}: {error.message}; {error.hint or 'mend the value'}") from None


def unknown_paths(rules: Rules, resource_type: ResourceType) -> list[str]:
    """Return the paths that a rule is to give a value and that the type does not have."""
    paths = dict.fromkeys((*rules.map, *rules.defaults))
    return [path for path in paths if attribute_at(parse_path(path, resource_type), resource_type) is None]


def _parts(text: str) -> Iterator[tuple[str, tuple[Callable[[str], str], ...]]]:
    """Yield path and forms of each { } of a text.

    Raises:
        SyntaxFault: a bracket stands alone, or a form is not known.
    """
    if set(_PART.sub("", text)) & set("{}"):
        raise SyntaxFault("a { or } stands alone", text=text, position=0, hint="write {name.givenName}")
    for found in _PART.finditer(text):
        path, *forms = (part.strip() for part in found[1].split("|"))
        unknown = [form for form in forms if form not in FORMS]
        if unknown:
            raise SyntaxFault(
                f"there is no form {unknown[0]}", text=text, position=found.start(), hint=f"use {', '.join(FORMS)}"
            )
        yield path, tuple(FORMS[form] for form in forms)


# ---------------------------------------------------------------- one person


@of_any_depth
def mapped(source: Mapping[str, Any], source_type: ResourceType, rules: Rules, target_type: ResourceType) -> Mapped:
    """Return what is created for a person. What the provider sets itself, references and passwords never come along.

    Raises:
        PathError: a path of the rules is none.
        SyntaxFault: a text of the rules cannot be read.
        PatchError: a default is of another type than its attribute.
    """
    left_out: list[LeftOut] = []
    links: list[Link] = []
    ruled = {str(parse_path(path, target_type)).casefold() for path in rules.map}
    used = {_root(parse_path(origin, source_type)) for origin in rules.map.values() if origin and not is_text(origin)}
    wanted: dict[str, Any] = {"schemas": [target_type.schema.id]}
    for place in places(source_type, source):
        is_ruled = place.path.casefold() in ruled
        if is_ruled or _is_own(place, target_type):
            continue
        _take(wanted, place, target_type, left_out, links, is_used=place.path.casefold() in used)
    form = normalised(source, source_type)
    for path, origin in rules.map.items():
        value, missing = _from(origin, form, source_type)
        if value:
            wanted = placed(wanted, path, value, target_type)
        elif missing and path not in rules.defaults and (is_text(origin) or _is_required(path, target_type)):
            left_out.append(LeftOut(path, missing))
    for path, value in rules.defaults.items():
        if values_at(wanted, parse_path(path, target_type), target_type):
            continue
        given, missing = _from(value, form, source_type) if isinstance(value, str) and is_text(value) else ([value], "")
        if given:
            wanted = placed(wanted, path, given, target_type)
        else:
            left_out.append(LeftOut(path, missing))
    return Mapped(normalised(wanted, target_type), tuple(left_out), tuple(links))


def placed(
    resource: Mapping[str, Any], text: str, values: Sequence[Any], resource_type: ResourceType
) -> dict[str, Any]:
    """Return a resource with values put at a path; an element that its filter describes is made where there is none.

    Raises:
        PathError: `text` is no path.
        PatchError: a value is of another type, or cannot stand there.
    """
    path = parse_path(text, resource_type)
    attribute, leaf = resource_type.attribute(path.attribute, path.urn), attribute_at(path, resource_type)
    if leaf is not None and leaf.type is not Type.COMPLEX:
        values = [element_value(one) for one in values]  # of an e-mail or a role, what it stands for
    is_list = attribute is not None and attribute.multi_valued and path.value_filter is None
    value: Any = list(values) if is_list else values[0]
    if is_list and path.sub is not None:
        text, value = str(Path(path.urn, path.attribute)), [{path.sub: one} for one in values]
    op = "replace" if path.value_filter is None else "add"
    return apply_operations(resource, [{"op": op, "path": text, "value": value}], resource_type)


def _is_required(text: str, resource_type: ResourceType) -> bool:
    attribute = attribute_at(parse_path(text, resource_type), resource_type)
    return attribute is not None and attribute.required


def _root(path: Path) -> str:
    return str(Path(path.urn, path.attribute)).casefold()


def _is_own(place: Place, target_type: ResourceType) -> bool:
    """Whether a provider sets it itself, here or there."""
    there = target_type.attribute(place.name, place.urn)
    is_ours = place.urn is None and place.name.casefold() in _OWN
    return is_ours or not place.is_writable or (there is not None and not there.is_writable)


def _take(
    wanted: dict[str, Any],
    place: Place,
    target_type: ResourceType,
    left_out: list[LeftOut],
    links: list[Link],
    *,
    is_used: bool,
) -> None:
    """Take one attribute along as it is, as far as the target has it."""
    attribute, value = target_type.attribute(place.name, place.urn), place.values[0]
    if place.name.casefold() == _PASSWORD:
        left_out.append(LeftOut(place.path, "a password is never copied"))
    elif attribute is None:
        left_out.extend([] if is_used else [LeftOut(place.path, "there is no such attribute there")])
    elif is_link(attribute):
        links.append(Link(place.path, value))
    elif names_resources(attribute):
        left_out.append(LeftOut(place.path, "it names resources of the other tenant"))
    else:
        try:
            form = checked(_known_part(value, attribute, place.path, left_out), attribute)
        except PatchError:
            left_out.append(LeftOut(place.path, "it is of another type there"))
            return
        holder = wanted if place.urn is None else wanted.setdefault(place.urn, {})
        if not is_empty(form):
            holder[attribute.name] = form


def is_link(attribute: Attribute) -> bool:
    """Whether an attribute with one value names another resource, as manager does, whose $ref not every schema has."""
    is_one = not attribute.multi_valued and attribute.type is Type.COMPLEX
    return is_one and (attribute.sub("$ref") is not None or attribute.name.casefold() == "manager")


def _known_part(value: Any, attribute: Attribute, path: str, left_out: list[LeftOut]) -> Any:
    """Return a value without sub-attributes that the target does not have; each is named once."""
    if attribute.type is not Type.COMPLEX or not attribute.sub_attributes:
        return value
    unknown: dict[str, None] = {}

    def known(element: Any) -> Any:
        if not isinstance(element, Mapping):
            return element
        unknown.update(dict.fromkeys(name for name in element if attribute.sub(name) is None))
        return {name: inner for name, inner in element.items() if attribute.sub(name) is not None}

    form = [known(one) for one in value] if isinstance(value, list) else known(value)
    left_out.extend(LeftOut(f"{path}.{name}", "there is no such attribute there") for name in unknown)
    return form


# ---------------------------------------------------------------- where a value comes from


def _from(origin: str, source: Mapping[str, Any], source_type: ResourceType) -> tuple[list[Any], str]:
    """Return the values that a rule gives, or why it gives none; "" where none are wanted."""
    if not origin:
        return [], ""
    if not is_text(origin):
        found = _values(origin, source, source_type)
        return found, "" if found else _nothing(origin)
    filled: list[str] = []
    for path, forms in _parts(origin):
        given = text = next((_text(value) for value in _values(path, source, source_type)), "")
        for form in forms:
            text = form(text)
        if not text:
            return [], f"nothing of {path} can stand there" if given else _nothing(path)
        filled.append(text)
    values = iter(filled)
    return [_PART.sub(lambda _: next(values), origin)], ""


def _nothing(path: str) -> str:
    return f"the source has nothing at {path}"


def _values(text: str, source: Mapping[str, Any], source_type: ResourceType) -> list[Any]:
    """Return what a path names, the values of a primary element first."""
    path = parse_path(text, source_type)
    root = as_list(lookup(lookup(source, path.urn) if path.urn else source, path.attribute))
    if len(root) > 1 and path.value_filter is None:
        ordered = sorted(root, key=lambda element: not is_primary(element))
        source = {path.attribute: ordered} if path.urn is None else {path.urn: {path.attribute: ordered}}
    return values_at(source, path, source_type)


def _text(value: Any) -> str:
    inner = lookup(value, "value") if isinstance(value, Mapping) else value
    return str(inner).strip() if isinstance(inner, str | int | float) and not isinstance(inner, bool) else ""
