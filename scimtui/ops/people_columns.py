"""What the columns of somebody else's list of people hold: an export of an identity provider or of an HR system.

A title says it where it is one that many systems use; words and dates tell who is there and who has left. What is not
understood is never guessed: such a person is known, and nothing else is said of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from scimtui.errors import UsageError
from scimtui.ops.table_file import TableFile, title_key


class Column(StrEnum):
    """What a column can hold."""

    USER_NAME = "userName"
    EMAIL = "email"
    EMPLOYEE = "employee"
    STATUS = "status"
    OFF = "off"
    """True of those who are switched off, such as "disabled"."""
    END = "end"
    """The last day of somebody."""
    NAME = "name"


TITLES: Mapping[Column, tuple[str, ...]] = {
    Column.USER_NAME: ("username", "userprincipalname", "upn", "login", "loginname", "samaccountname", "accountname",
                       "user", "userid", "account"),
    Column.EMAIL: ("email", "workemail", "primaryworkemail", "primaryemail", "businessemail", "companyemail", "mail",
                   "emailaddress", "mailaddress", "emails", "emailsvalue", "emailswork", "emailprimarywork"),
    Column.EMPLOYEE: ("externalid", "employeeid", "employeenumber", "workerid", "personnelnumber", "staffid",
                      "personid", "personnumber", "badge"),
    Column.STATUS: ("status", "active", "employmentstatus", "employeestatus", "workerstatus", "accountstatus",
                    "userstatus", "accountenabled", "enabled", "isactive", "state"),
    Column.OFF: ("disabled", "suspended", "terminated", "inactive", "isdisabled", "issuspended", "isterminated",
                 "accountdisabled", "deleted"),
    Column.END: ("terminationdate", "enddate", "leavedate", "leavingdate", "lastday", "lastdayofwork", "exitdate",
                 "separationdate", "dateofleaving", "employmentenddate", "contractenddate"),
    Column.NAME: ("displayname", "fullname", "name", "employeename", "workername"),
}  # fmt: skip
"""Titles as `title_key` has them, the likeliest first."""

_ON = frozenset(
    {
        "active", "true", "yes", "y", "1", "enabled", "employed", "current", "hired", "onleave", "leave",
        "leaveofabsence", "parentalleave", "provisioned", "passwordexpired", "recovery",
    }
)  # fmt: skip
_OFF = frozenset(
    {
        "inactive", "false", "no", "n", "0", "terminated", "leaver", "left", "disabled", "deprovisioned", "suspended",
        "former", "resigned", "retired", "deleted", "offboarded", "ended", "exited", "separated", "dismissed",
        "deactivated",
    }
)  # fmt: skip
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: .*)?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")
_NEVER = frozenset({"", "-", "–", "none", "null", "n/a", "na", "never"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person said of the file."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """A word of `Column` to the title of its column; "" for a column that is not to be used."""
    words: Mapping[str, bool] = field(default_factory=dict)
    """A status word to whether it means active."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the columns of a table are."""

    of: Mapping[Column, int]
    titles: Mapping[Column, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody is there."""

    active: bool | None
    """None: what stands there is not understood."""
    words: str
    """What stands there. Hostile text."""


def places_of(table: TableFile, wish: Wish) -> Places:
    """Return which column holds what: as it was said, else by titles that many systems use.

    Raises:
        UsageError: the file has no titles, or not the one that was said.
    """
    if not table.header:
        raise UsageError(f"{table.source} has no line of titles", "put one above it, such as userName,status")
    titles = [title_key(title) for title in table.header]
    found: dict[Column, int] = {}
    for kind, known in TITLES.items():
        said = wish.columns.get(kind.value)
        wanted = known if said is None else (title_key(said),) if said else ()
        place = next((titles.index(one) for one in wanted if one in titles), None)
        if said and place is None:
            raise UsageError(f"{table.source} has no column {said}", f"it has {', '.join(filter(None, table.header))}")
        if place is not None and place not in found.values():
            found[kind] = place
    return Places(found, {kind: table.header[place] for kind, place in found.items()})


def check_wish(columns: Mapping[str, str]) -> None:
    """Check the names of columns that were said.

    Raises:
        UsageError: one is not known.
    """
    for name in columns:
        if name not in {kind.value for kind in Column}:
            kinds = ", ".join(kind.value for kind in Column)
            raise UsageError(f"{name} is nothing that a column can be", f"use one of {kinds}, as in status=State")


def truth_of(text: str, words: Mapping[str, bool]) -> bool | None:
    """Return whether a status word means active; None where it is not known."""
    key = title_key(text)
    said = next((active for word, active in words.items() if title_key(word) == key), None)
    return said if said is not None else True if key in _ON else False if key in _OFF else None


class StandingReader:
    """Reads who is there from the rows of a table, and counts what it read so that it can be told back."""

    def __init__(self, table: TableFile, places: Places, wish: Wish, today: date) -> None:
        self._places, self._words, self._today = places, wish.words, today
        self.counted: dict[Column, Counter[tuple[str, bool | None]]] = {}
        """By column, then by word and what it was taken for; of dates "past", "to come" and "none"."""
        end = places.of.get(Column.END)
        dates = [cells[end] for _, cells in table.rows] if end is not None else []
        self._date_of = date_reader(dates)

    def read(self, cells: Sequence[str]) -> Standing:
        """Return whether the person of a row is there: what says that they left weighs more than what says they did not."""
        told = [self._by_status(cells), self._by_off(cells), self._by_end(cells)]
        known = [one for one in told if one is not None]
        left = next((one for one in known if one.active is False), None)
        unclear = next((one for one in known if one.active is None), None)
        return left or unclear or (known[0] if known else Standing(active=True, words=""))

    def _by_status(self, cells: Sequence[str]) -> Standing | None:
        if (place := self._places.of.get(Column.STATUS)) is None:
            return None
        return self._count(Column.STATUS, cells[place], truth_of(cells[place], self._words))

    def _by_off(self, cells: Sequence[str]) -> Standing | None:
        if (place := self._places.of.get(Column.OFF)) is None:
            return None
        text = cells[place]
        is_off = False if title_key(text) in _NEVER else truth_of(text, {})
        title = self._places.titles[Column.OFF]
        found = self._count(Column.OFF, text, None if is_off is None else not is_off)
        return Standing(found.active, f"{title} {text}".strip())

    def _by_end(self, cells: Sequence[str]) -> Standing | None:
        if (place := self._places.of.get(Column.END)) is None:
            return None
        text = cells[place]
        if text.casefold() in _NEVER:
            self._count(Column.END, "none", active=True)
            return None
        day = self._date_of(text)
        if day is None:
            return self._count(Column.END, text, None)
        is_past = day < self._today
        self._count(Column.END, "past" if is_past else "to come", not is_past)
        return Standing(active=not is_past, words=f"{self._places.titles[Column.END]} {day.isoformat()}")

    def _count(self, column: Column, text: str, active: bool | None) -> Standing:  # noqa: FBT001, what it was taken for
        self.counted.setdefault(column, Counter())[text, active] += 1
        return Standing(active, text)


def date_reader(samples: Sequence[str]) -> Callable[[str], date | None]:
    """Return what reads the dates of one column; None for what is no date, or could be two.

    01/02/2026 is one day in Europe and another in America: it is read where another date of the column tells which.
    """
    parts = [(int(found[1]), int(found[2])) for text in samples if (found := _SLASHED.fullmatch(text))]
    is_day_first, is_month_first = any(a > 12 for a, _ in parts), any(b > 12 for _, b in parts)

    def read(text: str) -> date | None:
        if found := _ISO.fullmatch(text):
            return _day(int(found[1]), int(found[2]), int(found[3]))
        if found := _DOTTED.fullmatch(text):
            return _day(int(found[3]), int(found[2]), int(found[1]))
        found = _SLASHED.fullmatch(text)
        if found is None or is_day_first is is_month_first:
            return None
        first, second = int(found[1]), int(found[2])
        return _day(int(found[3]), *((second, first) if is_day_first else (first, second)))

    return read


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
