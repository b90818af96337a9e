"""What the three kinds of charts share: the plot's place and size, and its axis of values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metrics.charts.marks import TEXT, Layer, rules, scaled, text
from metrics.charts.palette import SOFT
from metrics.charts.words import number, width

WIDTH, EDGE, HEIGHT = 600, 12, 290


@dataclass(frozen=True, slots=True)
class Plot:
    """Layers, and the space around them. ``below``: for the labels of its axis; ``rest``: the legend's word for it."""

    layers: list[Layer]
    left: int
    right: int
    height: int
    below: int
    multiple: int = 0
    rest: str = ""

    @property
    def width(self) -> int:
        return WIDTH - self.left - self.right


@dataclass(frozen=True, slots=True)
class Values:
    """The axis of values: round numbers a step apart, the lowest at the plot's bottom."""

    ticks: list[Decimal]
    multiple: int

    @property
    def labels(self) -> list[str]:
        return [number(tick, self.multiple) for tick in self.ticks]

    @property
    def left(self) -> int:
        """The space that the labels take, from the drawing's edge to the plot."""
        return EDGE + 10 + math.ceil(max(width(label, TEXT) for label in self.labels))

    @property
    def encoding(self) -> dict[str, Any]:
        return scaled("y", float(self.ticks[0]), float(self.ticks[-1]))

    def y(self, value: Decimal) -> float:
        """The value's pixel."""
        first, last = self.ticks[0], self.ticks[-1]
        return round(HEIGHT * float((last - value) / (last - first)), 2)

    def layers(self, wide: float) -> list[Layer]:
        """Grid lines, the one of zero darker, and their numbers."""
        rows = [{"x": 0, "x2": wide, "y": self.y(tick), "y2": self.y(tick)} for tick in self.ticks]
        zero = [row for row, tick in zip(rows, self.ticks, strict=True) if not tick]
        words = [
            {"x": -10, "y": row["y"] + 6, "text": label} for row, label in zip(rows, self.labels, strict=True)
        ]
        return [rules(rows), rules(zero, SOFT), text(words, "right", SOFT)]
