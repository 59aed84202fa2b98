"""What of a leaver's account is cleared and set, and groups whose members come and go by a rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from scimtui.errors import PatchError, PathError
from scimtui.scim.patch import apply_operations
from scimtui.scim.path import attribute_at, parse_path, values_at
from scimtui.scim.resource import is_empty, lookup

if TYPE_CHECKING:
    from scimtui.scim.path import Path
    from scimtui.scim.schema import ResourceType

_ANY = {"date": r"\d{4}-\d\d-\d\d", "reason": r".*"}
"""What may have stood for a placeholder when a text was set on another day."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an account is to become."""

    after: dict[str, Any]
    paths: tuple[str, ...]
    """Those that change, in their order."""
    problems: tuple[str, ...]
    """Why others can't be changed, in words. Hostile text."""


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a text with what stands in braces put in; blanks that nothing to put in leaves behind are taken away."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), template).strip()


def is_filled(template: str, text: Any) -> bool:
    """Whether a text came from a template, on whatever day: what was set once is not set anew every day.

    Of a template without a word of its own nobody can tell.
    """
    parts = re.split(r"\{(\w+)\}", template.strip())
    if not isinstance(text, str) or not any(part.strip() for part in parts[::2]):
        return False
    pattern = "".join(_ANY.get(part, ".*") if place % 2 else re.escape(part) for place, part in enumerate(parts))
    # One that ends with nothing lost the blank before it.
    return any(re.fullmatch(pattern, one, re.DOTALL) for one in (text.strip(), f"{text.strip()} "))


def cleared(raw: Mapping[str, Any], paths: Sequence[str], resource_type: ResourceType) -> Wanted:
    """Return an account without any value at these paths."""
    operations, problems = [], []
    for text in paths:
        path, problem = _known(text, raw, resource_type)
        if path is None:
            problems.append(problem)
        elif values_at(raw, path, resource_type):
            operations.append({"op": "remove", "path": text})
    return _carried_out(raw, operations, problems, resource_type)


def with_values(
    raw: Mapping[str, Any], wanted: Mapping[str, Any], placeholders: Mapping[str, str], resource_type: ResourceType
) -> Wanted:
    """Return an account with these values, texts filled; what was set from the same text before stays."""
    operations, problems = [], []
    for text, value in wanted.items():
        path, problem = _known(text, raw, resource_type)
        if path is None:
            problems.append(problem)
            continue
        put = filled(value, placeholders) if isinstance(value, str) else value
        now = values_at(raw, path, resource_type)
        is_so = len(now) == 1 and (now[0] == put or (isinstance(value, str) and is_filled(value, now[0])))
        if not is_so:
            operations.append({"op": "replace", "path": text, "value": put})
    return _carried_out(raw, operations, problems, resource_type)


def with_manager(raw: Mapping[str, Any], manager: str, resource_type: ResourceType) -> Wanted:
    """Return a person with another manager, whose name and address the provider sets itself."""
    text = _manager_path(resource_type)
    operations: list[dict[str, Any]] = [
        {"op": "remove", "path": text},
        {"op": "add", "path": text, "value": {"value": manager}},
    ]
    return _carried_out(raw, operations, [], resource_type)


def manager_of(raw: Mapping[str, Any], resource_type: ResourceType) -> str:
    """Return the id of somebody's manager, "" where they have none."""
    path = parse_path("manager", resource_type)
    found = values_at(raw, path, resource_type)
    value = lookup(found[0], "value") if found and isinstance(found[0], Mapping) else found[0] if found else None
    return str(value) if isinstance(value, str | int) else ""


def reports_path(resource_type: ResourceType) -> str | None:
    """Return the path by which a provider is asked for the reports of somebody; None where people have no manager."""
    return None if _attribute("manager", resource_type) is None else f"{_manager_path(resource_type)}.value"


def rule_of(group: Mapping[str, Any]) -> str:
    """Return the attribute that says that the members of a group come and go by a rule, "" where nothing says so."""
    for raw in (group, *(value for key, value in group.items() if ":" in key and isinstance(value, Mapping))):
        kind, rule = lookup(raw, "membershipType"), lookup(raw, "membershipRule")  # Oracle, and Entra's word
        if isinstance(kind, str) and kind.casefold() == "dynamic":
            return "membershipType"
        if not is_empty(rule) and rule != "":
            return "membershipRule"
    return ""


# ---------------------------------------------------------------- reading the wishes


def _carried_out(
    raw: Mapping[str, Any], operations: Sequence[Mapping[str, Any]], problems: Sequence[str], kind: ResourceType
) -> Wanted:
    """Return what the operations make of an account; one that can't be done leaves the others alone."""
    after, paths, told = dict(raw), [], list(problems)
    for operation in operations:
        try:
            after = apply_operations(after, [operation], kind)
        except PatchError as error:
            told.append(f"{operation['path']} stays: {error.message}")
        else:
            paths.append(str(operation["path"]))
    return Wanted(after, tuple(dict.fromkeys(paths)), tuple(told))


def _known(text: str, raw: Mapping[str, Any], resource_type: ResourceType) -> tuple[Path | None, str]:
    """Return a path, or why there is no such attribute."""
    try:
        path = parse_path(text, resource_type)
    except PathError as error:
        return None, f"{text} is no path: {error.message}"
    if attribute_at(path, resource_type) is not None or values_at(raw, path, resource_type):
        return path, ""
    near = get_close_matches(text, list(_names(resource_type)), n=1)
    return None, f"a {resource_type.name} has no attribute {text} here{f'; did you mean {near[0]}?' if near else ''}"


def _names(resource_type: ResourceType) -> Iterator[str]:
    yield from (attribute.name for _, attribute in resource_type.placed_attributes())


def _attribute(text: str, resource_type: ResourceType) -> Any:
    return attribute_at(parse_path(text, resource_type), resource_type)


def _manager_path(resource_type: ResourceType) -> str:
    urn = parse_path("manager", resource_type).urn
    return f"{urn}:manager" if urn else "manager"
