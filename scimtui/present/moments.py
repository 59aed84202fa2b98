"""Moments as people read them: how long ago, and exactly when in their own zone."""

from __future__ import annotations

from datetime import datetime


def moment_words(when: datetime, now: datetime) -> str:
    """Return `3 days ago · 2026-11-21 14:02 UTC`; the zone is that of the machine. Both are aware."""
    return f"{ago(when, now)} · {exactly(when)}"


def ago(when: datetime, now: datetime) -> str:
    """Return `just now`, `5 minutes ago`, `3 days ago`, `in 2 months`: one number and one unit, rounded down."""
    seconds = (now - when).total_seconds()
    words = _duration(abs(seconds))
    if not words:
        return "just now"
    return f"{words} ago" if seconds > 0 else f"in {words}"


def at_time(when: datetime | None) -> str:
    """Return ` at 14:02:31`, with the space before it and in the zone of the machine; "" for no moment."""
    return f" at {when.astimezone():%H:%M:%S}" if when else ""


def exactly(when: datetime) -> str:
    """Return `2026-11-21 14:02 UTC`, in the zone of the machine."""
    try:
        local = when.astimezone()
    except (OverflowError, ValueError, OSError):  # the year 1, or 9999: no zone reaches there
        local = when
    zone = local.tzname() or ""
    # Windows spells zones out: "W. Europe Standard Time".
    return f"{local:%Y-%m-%d %H:%M} {zone if zone.isascii() and 0 < len(zone) <= 6 else f'{local:%z}'}"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return ""
    days = int(seconds // 86_400)
    for size, unit, most in ((60, "minute", 60), (3_600, "hour", 48), (86_400, "day", 60)):
        number = int(seconds // size)
        if number < most:
            return f"{number} {unit}{'' if number == 1 else 's'}"
    number, unit = (days // 30, "month") if days < 730 else (days // 365, "year")
    return f"{number} {unit}s"
