"""Two tenants that have drifted apart, from a seed, and what differs between them as it was done to them.

`truth` holds (kind, key, path) for every difference and nothing else: kind is "only left", "only right", "ambiguous" or
"differs", the key is as the left side spells it where there is one, and a path is given where an attribute differs.
Beside the differences the right side is full of what is none: other ids, orders, letter cases, zones, defaults.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from generated.drift_changes import CHANGES, ENTERPRISE, NOISE, TOLD, USER, Change, Raw, forgotten_labels, person

from scimtui.scim.compare import Comparison

Truth = frozenset[tuple[str, str, str]]


@dataclass(frozen=True)
class Drift:
    """Two populations as JSON, and how they differ."""

    left: dict[str, list[Raw]]
    """By resource type: User and Group."""
    right: dict[str, list[Raw]]
    truth: dict[str, Truth]


def verdict(found: Comparison) -> Truth:
    """Return a comparison in the form of the truth."""
    return frozenset(
        [
            *(("only left", one.key, "") for one in found.only_left),
            *(("only right", one.key, "") for one in found.only_right),
            *(("ambiguous", one.key, "") for one in found.ambiguous),
            *(("differs", one.key, change.path) for one in found.different for change in one.changes),
        ]
    )


# ---------------------------------------------------------------- two tenants


def drifted(
    seed: int,
    people: int = 60,
    groups: int = 12,
    changes: Sequence[Change] = CHANGES,
    noise: Sequence[Callable[[Raw], None]] = NOISE,
    *,
    odd: bool = True,
) -> Drift:
    """Make two tenants of so many people and groups, of whom a part differs.

    `odd`: with a key that two have, somebody without one, and people who forget labels; a strict server takes none of them.
    """
    chance = random.Random(seed)
    left, right = _populations(chance, people)
    both = sorted(left.keys() & right.keys())
    truth = {("only left", left[n]["userName"], "") for n in left.keys() - right.keys()}
    doubled = chance.choice(both) if odd else -1
    truth |= {
        ("differs", left[number]["userName"], path)
        for number in both
        if number != doubled and chance.random() < 0.5
        for path in _changed(right[number], chance.choice(changes))
    }
    ids = _ids(chance, [*left, *right], groups)
    managers = _managers(chance, left, right)
    truth |= {
        ("differs", left[number]["userName"], f"{ENTERPRISE}:manager")
        for number in both
        if number != doubled and managers[0][number] != managers[1][number]
    }
    populations = [_named(side, ids[place], managers[place]) for place, side in enumerate((left, right))]
    for raw in populations[1]:
        _make_noise(raw, [one for one in noise if chance.random() < 0.4], odd=odd)
    truth |= {("only right", right[n]["userName"], "") for n in right.keys() - left.keys()}
    if odd:
        truth |= {("ambiguous", left[doubled]["userName"], ""), ("only left", "Nobody's Account", "")}
        populations[1].append({**left[doubled], "id": "second", "title": "the other one"})
        populations[0].append({"id": "nameless", "displayName": "Nobody's Account", "schemas": [USER.schema.id]})
    made = _groups(groups, (set(left), set(right)), ids, chance)
    for population in populations:
        chance.shuffle(population)
    return Drift(
        {"User": populations[0], "Group": made[0]},
        {"User": populations[1], "Group": made[1]},
        {"User": frozenset(truth), "Group": made[2]},
    )


def _populations(chance: random.Random, people: int) -> tuple[dict[int, Raw], dict[int, Raw]]:
    """Make the same people twice, but for some that one side alone has."""
    left = {number: person(number) for number in range(people)}
    right = copy.deepcopy(left)
    for place, number in enumerate(chance.sample(range(people), people // 6)):
        (right if place % 2 else left).pop(number)
    return left, right


def _changed(raw: Raw, change: Change) -> Iterable[str]:
    return [TOLD.get(path, path) for path in change(raw)]


def _make_noise(raw: Raw, noise: Sequence[Callable[[Raw], None]], *, odd: bool) -> None:
    for one in noise:
        one(raw)
    if odd and not noise:
        forgotten_labels(raw)


@dataclass(frozen=True)
class _Ids:
    people: dict[int, str]
    groups: dict[int, str]


def _ids(chance: random.Random, numbers: Iterable[int], groups: int) -> tuple[_Ids, _Ids]:
    """Give ids: of a side's own, or counted from 1 by each side in an order of its own, people and groups apart."""
    known = sorted(set(numbers))
    if chance.random() < 0.5:
        return tuple(  # type: ignore[return-value]
            _Ids({n: f"{side}{n}" for n in known}, {n: f"{side}g{n}" for n in range(groups)}) for side in "lr"
        )

    def counted() -> _Ids:
        order = [str(place) for place in range(1, len(known) + 1)]
        chance.shuffle(order)
        return _Ids(dict(zip(known, order, strict=True)), {n: order[n] for n in range(groups)})

    return counted(), counted()


def _managers(
    chance: random.Random, left: dict[int, Raw], right: dict[int, Raw]
) -> tuple[dict[int, int | None], dict[int, int | None]]:
    """Return who manages whom on both sides; most have the same one on both."""
    mine, theirs = ({number: chance.choice([None, *list(side)[:5]]) for number in side} for side in (left, right))
    for number in sorted(left.keys() & right.keys()):
        if chance.random() < 0.8 and mine[number] in right:
            theirs[number] = mine[number]
    return mine, theirs


def _named(side: dict[int, Raw], ids: _Ids, managers: dict[int, int | None]) -> list[Raw]:
    for number, raw in side.items():
        raw["id"] = ids.people[number]
        boss = managers[number]
        if boss is not None:
            raw.setdefault(ENTERPRISE, {})["manager"] = {"value": ids.people[boss], "$ref": f"../Users/{boss}"}
    return list(side.values())


def _groups(
    count: int, sides: tuple[set[int], set[int]], ids: tuple[_Ids, _Ids], chance: random.Random
) -> tuple[list[Raw], list[Raw], Truth]:
    """Make groups whose members differ here and there; each holds another group as well."""
    truth: set[tuple[str, str, str]] = set()
    made: tuple[list[Raw], list[Raw]] = ([], [])
    for number in range(count):
        wanted = set(chance.sample(sorted(sides[0] & sides[1]), 6)) if number % 4 else set()
        held = [set(wanted), set(wanted)]
        match number % 3:
            case 0:
                held[1] = set()
            case 1:
                held[chance.randrange(2)] |= {chance.choice(sorted(sides[0] & sides[1] - wanted))}
        kinds = [{(False, one) for one in side} for side in held]
        if number and number % 5:
            kinds = [{*kind, (True, number - 1)} for kind in kinds]
        name = f"Group {number}"
        if kinds[0] != kinds[1]:
            truth.add(("differs", name, "members"))
        for place, told in enumerate((name, name.upper())):
            members = [_member(ids[place], *one, is_bare=place == 1) for one in sorted(kinds[place])]
            chance.shuffle(members)
            shown = {"members": members} if members else {}
            made[place].append({"id": ids[place].groups[number], "displayName": told, **shown})
    return *made, frozenset(truth)


def _member(ids: _Ids, is_group: bool, number: int, *, is_bare: bool) -> Raw:  # noqa: FBT001, as it is kept
    identity = (ids.groups if is_group else ids.people)[number]
    kind = {"type": "Group"} if is_group else {} if is_bare else {"type": "User", "display": f"person {number}"}
    return {"value": identity, **kind}
