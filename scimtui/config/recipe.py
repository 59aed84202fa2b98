"""`[tenants.NAME.recipe]`: the steps of offboarding, and every mistake in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

import msgspec

PLACEHOLDERS = ("date", "reason")
"""What may stand in braces in a text that is set: `Left {date}`."""
MANAGER = "manager"
"""`hand_over_reports = "manager"`: to the manager of whoever leaves."""


@dataclass(frozen=True, slots=True)
class Deactivate:
    """Turn the account off."""


@dataclass(frozen=True, slots=True)
class RemoveFromGroups:
    """Take the person out of groups."""

    groups: tuple[str, ...] | None
    """By displayName, id or externalId; None: out of all they are in."""
    keep: tuple[str, ...] = ()
    """Groups they stay in, with all the others."""


@dataclass(frozen=True, slots=True)
class AddToGroup:
    """Put the person into a group, such as one that blocks them."""

    group: str


@dataclass(frozen=True, slots=True)
class Clear:
    """Leave attributes without a value."""

    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandOverReports:
    """Give those whom the person manages another manager."""

    to: str
    """A userName, or `MANAGER`."""


@dataclass(frozen=True, slots=True)
class SetValues:
    """Give attributes a value; a text may hold `PLACEHOLDERS` in braces."""

    values: tuple[tuple[str, str | bool | int | float], ...]


RecipeStep = Deactivate | RemoveFromGroups | AddToGroup | Clear | HandOverReports | SetValues

DEACTIVATE = "deactivate"
KEEP = "keep_groups"
_FORMS: dict[str, tuple[Any, str]] = {
    DEACTIVATE: (Literal["deactivate"], 'the word "deactivate" alone'),
    "remove_from_groups": (Literal["all"] | tuple[str, ...], '"all", or a list of groups'),
    KEEP: (tuple[str, ...], "a list of groups"),
    "add_to_group": (str, "the name of one group"),
    "clear": (tuple[str, ...], "a list of attributes"),
    "hand_over_reports": (str, '"manager", or a userName'),
    "set": (dict[str, str | bool | int | float], 'a table such as { title = "Left {date}" }'),
}
"""The kind of what stands behind each key, and the words for it."""
VERBS = tuple(key for key in _FORMS if key != KEEP)
"""What a step may be called in the config and after `--skip`."""


@dataclass(frozen=True, slots=True)
class RecipeMistake:
    """What is wrong with a recipe. No value is repeated, but for a key."""

    place: str
    """The key within the table."""
    what: str
    hint: str


def verb_of(step: RecipeStep) -> str:
    """Return what a step is called in the config."""
    match step:
        case Deactivate():
            return DEACTIVATE
        case RemoveFromGroups():
            return "remove_from_groups"
        case AddToGroup():
            return "add_to_group"
        case Clear():
            return "clear"
        case HandOverReports():
            return "hand_over_reports"
        case SetValues():
            return "set"


def recipe_steps(table: Mapping[str, Any]) -> tuple[RecipeStep, ...]:
    """Return the steps of a table that has no mistakes, in their order; without any, the account is turned off."""
    return tuple(_step(one) for one in table.get("steps", [DEACTIVATE]))


def _step(raw: Any) -> RecipeStep:
    if raw == DEACTIVATE:
        return Deactivate()
    match raw:
        case {"remove_from_groups": groups}:
            return RemoveFromGroups(None if groups == "all" else tuple(groups), tuple(raw.get(KEEP, ())))
        case {"add_to_group": group}:
            return AddToGroup(group)
        case {"clear": attributes}:
            return Clear(tuple(attributes))
        case {"hand_over_reports": to}:
            return HandOverReports(to)
    return SetValues(tuple(raw["set"].items()))


# ---------------------------------------------------------------- mistakes


def recipe_mistakes(table: Mapping[str, Any]) -> Iterator[RecipeMistake]:
    """Yield everything that is wrong with a recipe, in its order."""
    for key in table:
        if key != "steps":
            hint = "did you mean steps?" if get_close_matches(key, ["steps"]) else "a recipe has steps = [ … ]"
            yield RecipeMistake(key, "is no key of this table", hint)
    steps = table.get("steps", [DEACTIVATE])
    if not isinstance(steps, list) or not steps:
        hint = 'write steps = ["deactivate"], or leave the recipe away'
        yield RecipeMistake("steps", "must be a list of one or more steps", hint)
        return
    for number, raw in enumerate(steps, 1):
        for what, hint in _step_mistakes(raw):
            yield RecipeMistake("steps", f"step {number}: {what}", hint)
    if steps.count(DEACTIVATE) > 1:
        yield RecipeMistake("steps", "deactivate stands there twice", "leave one")


def _step_mistakes(raw: Any) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with one step, and what to do."""
    if isinstance(raw, str):
        if raw != DEACTIVATE:
            what = f"{raw} needs a value" if raw in VERBS else "there is no such step"
            yield what, f"write {{ {raw} = {_FORMS[raw][1]} }}" if raw in VERBS else _nearest(raw)
        return
    if not isinstance(raw, dict):
        yield "must be a word or a table", f"known steps: {', '.join(VERBS)}"
        return
    unknown = [key for key in raw if key not in _FORMS]
    yield from ((f"{key} is no step", _nearest(key)) for key in unknown)
    verbs = [key for key in raw if key in VERBS]
    if len(verbs) > 1:
        yield f"{' and '.join(verbs)} are two steps", "give each its own { … }"
    if not verbs and not unknown:
        yield "nothing is said to be done", f"known steps: {', '.join(VERBS)}"
    if KEEP in raw and raw.get("remove_from_groups", "all") != "all":
        yield f'{KEEP} goes with remove_from_groups = "all"', "leave the groups out that are to stay"
    for key in raw:
        if key in _FORMS:
            yield from _value_mistakes(key, raw[key])


def _value_mistakes(key: str, value: Any) -> Iterator[tuple[str, str]]:
    kind, words = _FORMS[key]
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        yield f"{key} must be {words}", "mend the value"
        return
    texts = [value] if isinstance(value, str) else list(value)
    if key == DEACTIVATE:
        yield "deactivate stands by itself", 'write "deactivate", without braces'
    elif not texts or not all(text.strip() for text in texts):
        yield f"{key} is empty", f"name {words}, or leave the step out"
    if key == "set":
        yield from _placeholder_mistakes(value)
    if key in {"set", "clear"}:
        for path in texts:
            if re.split(r"[.:]", path)[-1].casefold() == "password":
                yield "a password never stands in the config", "set one with P in the console"


def _placeholder_mistakes(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path, value in values.items():
        for name in re.findall(r"\{([^{}]*)\}", value) if isinstance(value, str) else ():
            if name not in PLACEHOLDERS:
                near = get_close_matches(name, PLACEHOLDERS, n=1)
                known = " and ".join(f"{{{one}}}" for one in PLACEHOLDERS)
                hint = f"did you mean {{{near[0]}}}?" if near else f"there are {known}"
                yield f"set.{path}: what stands in braces is not known", hint


def _nearest(word: str) -> str:
    near = get_close_matches(word, [*VERBS, KEEP], n=1)
    return f"did you mean {near[0]}?" if near else f"known steps: {', '.join(VERBS)}"
