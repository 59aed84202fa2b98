"""Cutting and marking painted lines."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip


def cut(strip: Strip, start: int, room: int, style: Style) -> Strip:
    """Return the part of a line that is on the screen, with … where it goes on."""
    goes_on = strip.cell_length > start + room
    part = strip.crop(start, start + room - goes_on)
    before = [Segment("…", style)] if start and strip.cell_length > start else []
    after = [Segment("…", style)] if goes_on else []
    return Strip([*before, *(part.crop(1) if before else part), *after])


def restyled(segments: list[Segment], spans: list[tuple[int, int]], style: Style) -> list[Segment]:
    """Return the segments, cut at the ends of the spans (in characters), with `style` over what is inside."""
    result: list[Segment] = []
    start = 0
    for segment in segments:
        text, own, _ = segment
        end, place = start + len(text), start
        for low, high in [*spans, (end, end)]:
            low_, high_ = min(max(low, place), end), min(max(high, place), end)
            if low_ > place:
                result.append(Segment(text[place - start : low_ - start], own))
            if high_ > low_:
                result.append(Segment(text[low_ - start : high_ - start], (own or Style.null()) + style))
            place = max(place, high_)
        start = end
    return result
