"""The colours and marks of a chart. `tracker.css` has the same colours as variables of the same names."""

from __future__ import annotations

from typing import NamedTuple


class Colour(NamedTuple):
    light: str
    dark: str


# Contrast with the paper: text (ink, soft) at least 4.5, series at least 4.5 too, since text stands on them as well.
PALETTE = {
    "paper": Colour("#fdfcfa", "#161514"),
    "ink": Colour("#1c1b1a", "#ece8e2"),
    "soft": Colour("#5f5a54", "#b0a89e"),
    "line": Colour("#ddd7cf", "#3a3632"),
    "1": Colour("#a3231f", "#f08a80"),
    "2": Colour("#1d6fa8", "#8cc4f2"),
    "3": Colour("#8f6a00", "#f0d27a"),
    "4": Colour("#3b2a78", "#9079ea"),
    "5": Colour("#04594c", "#3fae96"),
    "6": Colour("#b0468c", "#f5b5dc"),
}
PAPER, INK, SOFT, LINE = (PALETTE[name].light for name in ("paper", "ink", "soft", "line"))
SERIES = [PALETTE[name].light for name in ("1", "2", "3", "4", "5", "6")]
# Seven shapes to six colours: a shape and a colour meet again after 42 series only.
SHAPES = ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right"]
FAINT = 0.18  # the fill of a provisional bar


def colour(place: int) -> str:
    return SERIES[place % len(SERIES)]


def shape(place: int) -> str:
    return SHAPES[place % len(SHAPES)]
