"""Which account is of whom: people of a source and accounts of a tenant, by key and then by an address of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimtui.scim.literal import fold

if TYPE_CHECKING:
    from scimtui.ops.source_people import Expected

Row = Sequence[str]
"""As `ops.presence` keeps them."""


@dataclass(frozen=True, slots=True)
class AccountPairs:
    """Which account is of whom, by places in both lists."""

    entry_of: dict[int, int]
    """By account; of several people with one key the one that counts."""
    accounts: Mapping[str, Sequence[int]]
    """By folded key."""
    entries: Mapping[str, Sequence[int]]
    by_address: Mapping[str, Sequence[int]]
    """Entries by an address of theirs."""
    at_address: Mapping[str, Sequence[int]]
    """Active accounts by an address of theirs."""


def pair_accounts(people: Sequence[Expected], rows: Sequence[Row]) -> AccountPairs:
    """Pair by key in any letter case, then by an address that one of the people and one of the accounts has."""
    entries, accounts = _places(fold(one.folded) for one in people), _places(fold(row[1]) for row in rows)
    by_address = _addresses(one.addresses for one in people)
    all_at = _addresses(addresses_of(row) for row in rows)
    entry_of: dict[int, int] = {}
    for key, there in accounts.items():
        if key in entries:
            entry_of.update((place, counting(people, entries[key])) for place in there)
    paired = set(entry_of.values())
    for place, row in enumerate(rows):
        if place not in entry_of:
            whose = {
                by_address[one][0] for one in addresses_of(row) if len(by_address.get(one, ())) == len(all_at[one]) == 1
            }
            if len(whose) == 1 and (entry := whose.pop()) not in paired:
                entry_of[place] = entry
                paired.add(entry)
    at_address = _addresses(addresses_of(row) if row[3] == "1" else () for row in rows)
    return AccountPairs(entry_of, accounts, entries, by_address, at_address)


def counting(people: Sequence[Expected], places: Sequence[int]) -> int:
    """Return the one that says whether somebody is there: who came back is there, whatever an older line says."""
    return min(places, key=lambda place: (True, None, False).index(people[place].active))


def _places(keys: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        if key:
            found[key].append(place)
    return dict(found)


def _addresses(addresses: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, several in enumerate(addresses):
        for one in several:
            found[one].append(place)
    return dict(found)


def addresses_of(row: Row) -> list[str]:
    """Return the addresses of an account, folded."""
    return [one for one in row[5].split("\n") if one]
