"""Which attributes a comparison looks at, and which of them name other resources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from scimtui.scim.absence import joined
from scimtui.scim.path import parse_path

if TYPE_CHECKING:
    from scimtui.scim.schema import Attribute, ResourceType

NEVER_COMPARED = frozenset({"id", "meta", "schemas"})
"""Each provider gives its own."""


def never_differ(left_type: ResourceType, right_type: ResourceType, ignore: Iterable[str] = ()) -> frozenset[str]:
    """Return the top-level attributes, casefolded, that need no look: what each provider assigns itself, and `ignore`."""
    known = (*left_type.attributes, *right_type.attributes)
    own = {attribute.name.casefold() for attribute in known if not attribute.is_writable}
    return frozenset(NEVER_COMPARED | own | {path.casefold() for path in ignore})


def reference_names(left_type: ResourceType, right_type: ResourceType) -> frozenset[str]:
    """Return the paths, casefolded, of attributes that name one other resource, as manager does."""
    placed = joined(left_type, right_type).placed_attributes()
    named = ((urn, attribute.name) for urn, attribute in placed if is_reference(attribute))
    return frozenset((name if urn is None else f"{urn}:{name}").casefold() for urn, name in named)


def is_reference(attribute: Attribute) -> bool:
    """Whether an attribute names one other resource."""
    target = attribute.sub("$ref")
    return not attribute.multi_valued and target is not None and attribute.sub("value") is not None


def wanted_paths(resource_type: ResourceType, ignore: Sequence[str], only: Sequence[str]) -> Callable[[str], bool]:
    """Return whether a difference at a path is wanted."""
    left_out = [_canonical(path, resource_type) for path in ignore]
    wanted = [_canonical(path, resource_type) for path in only]

    def is_relevant(path: str) -> bool:
        folded = path.casefold()
        if any(_is_below(folded, start) for start in left_out):
            return False
        return not wanted or any(_is_below(folded, start) or _is_below(start, folded) for start in wanted)

    return is_relevant


def _canonical(text: str, resource_type: ResourceType) -> str:
    return str(parse_path(text, resource_type)).casefold()


def _is_below(path: str, start: str) -> bool:
    """Whether a path is `start` or a part of it; a filter in the path does not hide what it belongs to."""
    plain = path if "[" in start else without_filter(path)
    return any(form == start or form.startswith((f"{start}.", f"{start}[", f"{start}:")) for form in (path, plain))


def without_filter(path: str) -> str:
    """Return a path without the filter that chooses elements in it."""
    return path.partition("[")[0] + path.rpartition("]")[2] if "[" in path else path
