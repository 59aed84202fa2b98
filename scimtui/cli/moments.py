"""Moments as people type them: 2026-11-20, 2026-11-20T14:00, friday, yesterday, 3d, "2 days ago"."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from scimtui.errors import UsageError

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AGO = re.compile(r"(\d{1,5})\s*(m|h|d|w|minute|hour|day|week)s?(\s+ago)?")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAY, _MINUTE, _SECOND = len("2026-11-01"), len("2026-11-01T08:00"), len("2026-11-01T08:00:00")
_WHOLE = {_MINUTE: timedelta(minutes=1), _SECOND: timedelta(seconds=1)}


def moment_of(text: str, now: datetime, *, is_end: bool = False) -> datetime:
    """Return what a text means, in the zone of the machine; a day, a minute or a second counts whole as an end.

    A weekday is the last one before today.

    Raises:
        UsageError: it means nothing.
    """
    words = " ".join(text.casefold().split())
    if ago := _AGO.fullmatch(words):
        return now - timedelta(**{_UNITS[ago[2][0]]: int(ago[1])})
    try:
        day = _day(words, now.astimezone().date())
        if day is not None:
            return datetime.combine(day + timedelta(days=1 if is_end else 0), time()).astimezone()
        plain = text.strip().removesuffix("Z").removesuffix("z")
        whole = _WHOLE.get(len(plain), timedelta()) if is_end else timedelta()
        return datetime.fromisoformat(text.strip()).astimezone() + whole
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{text}: this is no moment", "write 2026-11-20, 2026-11-20T14:00, friday, yesterday, or 3d for 3 days ago"
        ) from error


def _day(words: str, today: date) -> date | None:
    if words in ("today", "yesterday"):
        return today - timedelta(days=1 if words == "yesterday" else 0)
    if len(words) >= 3 and any(name.startswith(words) for name in _DAYS):
        wanted = next(place for place, name in enumerate(_DAYS) if name.startswith(words))
        return today - timedelta(days=(today.weekday() - wanted - 1) % 7 + 1)
    return date.fromisoformat(words) if len(words) == _DAY else None
