"""Accounts of several tenants as persons: each with those that are surely theirs, and those that may be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scimtui.scim.literal import fold
from scimtui.scim.same_person import SURE, Against, Shared, Traits, against, shared_by

MOST_ALIKE = 50
"""So many accounts that have one text in common, such as an address of a whole company, are compared at most."""


@dataclass(frozen=True, slots=True)
class Owned:
    """An account and the tenant that it is in."""

    tenant: str
    raw: Mapping[str, Any]
    traits: Traits


@dataclass(frozen=True, slots=True)
class Theirs:
    """An account of a person."""

    account: Owned
    shared: tuple[Shared, ...]
    """With one of the others; () for the first one."""
    is_sure: bool
    against: tuple[Against, ...] = ()
    """What speaks against it."""


def persons(accounts: Iterable[Owned]) -> list[list[Theirs]]:
    """Return the accounts as persons, in the order of their first accounts.

    Two accounts of two tenants are one person's where each is the only one of its tenant that has most in common with
    the other, and nothing speaks against it. One that only may be somebody's stands with them, last, and is not sure.
    """
    known = list(accounts)
    alike = _alike(known)
    sure: dict[int, list[int]] = defaultdict(list)
    for place, first in enumerate(_firsts(known, alike)):
        sure[first].append(place)
    first_of = {place: first for first, places in sure.items() for place in places}
    likely: dict[int, list[int]] = defaultdict(list)
    for place in [first for first, places in sure.items() if len(places) == 1]:
        firsts = [first for other in sorted(alike[place]) if (first := first_of[other]) in sure]
        host = next((one for one in firsts if one < place or len(sure[one]) > 1), None)
        if host is not None and place not in likely:
            likely[host].append(place)
            del sure[place]
    return [list(_told(known, places, likely[first])) for first, places in sure.items()]


def _told(known: Sequence[Owned], sure: Sequence[int], likely: Sequence[int]) -> Iterator[Theirs]:
    accounts = [known[place] for place in (*sure, *likely)]
    for number, account in enumerate(accounts):
        others = (*accounts[:number], *accounts[number + 1 :]) if number else ()
        like = next((one for one in others if shared_by(one.traits, account.traits)), None)
        shared = shared_by(like.traits, account.traits) if like is not None else ()
        doubts = against(like.traits, account.traits) if like is not None else ()
        yield Theirs(account, shared, is_sure=number < len(sure), against=doubts)


def _alike(known: Sequence[Owned]) -> list[set[int]]:
    """Return for each account the others that have something in common with it which may be enough."""
    by_text: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(known):
        told = one.traits
        for text in {fold(told.rule), told.user_name, fold(told.external_id), *told.emails} - {""}:
            by_text[text].append(place)
    alike: list[set[int]] = [set() for _ in known]
    for places in by_text.values():
        for place in places[:MOST_ALIKE]:
            alike[place].update(places[:MOST_ALIKE])
    return [
        {
            one
            for one in others
            if one != place and not SURE.isdisjoint(shared_by(known[place].traits, known[one].traits))
        }
        for place, others in enumerate(alike)
    ]


def _firsts(known: Sequence[Owned], alike: Sequence[set[int]]) -> list[int]:
    """Return for each account the first account that is surely of the same person."""
    best = [_best(known, place, others) for place, others in enumerate(alike)]
    firsts, members = list(range(len(known))), {place: [place] for place in range(len(known))}
    for place, chosen in enumerate(best):
        for other in sorted(one for one in chosen if place in best[one]):
            mine, theirs = sorted((firsts[place], firsts[other]))
            both = [known[one].tenant for one in (*members[mine], *(members[theirs] if theirs != mine else ()))]
            if mine != theirs and len(set(both)) == len(both):  # no second account of a tenant by way of another one
                for one in members[theirs]:
                    firsts[one] = mine
                members[mine] += members.pop(theirs)
    return firsts


def _best(known: Sequence[Owned], place: int, others: Iterable[int]) -> set[int]:
    """Return, for each other tenant, the one account there that has most in common with this one, if it is one."""
    ranked: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    mine = known[place]
    for other in others:
        theirs = known[other]
        if theirs.tenant != mine.tenant and not against(mine.traits, theirs.traits):
            rank = list(Shared).index(shared_by(mine.traits, theirs.traits)[0])
            ranked[theirs.tenant][rank].append(other)
    most = (by_rank[min(by_rank)] for by_rank in ranked.values())
    return {places[0] for places in most if len(places) == 1}
