"""Where a value's label has room beside its point."""

from __future__ import annotations

Spot = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom
HEIGHT, AWAY = 16, 8


def free_place(
    at: Spot, wide: float, taken: list[Box], segments: list[tuple[Spot, Spot]], within: Box
) -> Box | None:
    """The first of the places around a point, from above it on, that nothing crosses; None where there is none."""
    x, y = at
    above, below = y - AWAY - HEIGHT, y + AWAY
    aside = (x - wide / 2, x - wide - 2, x + 2, x - wide * 0.8, x - wide * 0.2)
    places = [(left, top, left + wide, top + HEIGHT) for top in (above, below) for left in aside]
    return next((box for box in places if _is_free(box, taken, segments, within)), None)


def _is_free(box: Box, taken: list[Box], segments: list[tuple[Spot, Spot]], within: Box) -> bool:
    left, top, right, bottom = box
    if left < within[0] or top < within[1] or right > within[2] or bottom > within[3]:
        return False
    if any(left < other[2] and other[0] < right and top < other[3] and other[1] < bottom for other in taken):
        return False
    return not any(_crosses(segment, box) for segment in segments)


def _crosses(segment: tuple[Spot, Spot], box: Box) -> bool:
    """Whether a part of the segment lies within the box: it is cut off at each of its four edges in turn."""
    (x, y), (x2, y2) = segment
    first, last = 0.0, 1.0
    for way, room in ((x - x2, x - box[0]), (x2 - x, box[2] - x), (y - y2, y - box[1]), (y2 - y, box[3] - y)):
        if way == 0:
            if room < 0:
                return False
        elif way < 0:
            first = max(first, room / way)
        else:
            last = min(last, room / way)
    return first <= last
