"""Figures in words: thousands separators, what is provisional, and by how much the last one moved. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from metrics.observations import Observation, Status

MINUS = "\N{MINUS SIGN}"
PERCENT = "percent"


def thousands(number: Decimal | None) -> str:
    """12,800; \N{MINUS SIGN}0.50; a dash where none is known. Every digit is kept."""
    return "–" if number is None else f"{number:,f}".replace("-", MINUS)


def signed(number: Decimal) -> str:
    """+12,800 or \N{MINUS SIGN}9."""
    return thousands(number) if number < 0 else f"+{thousands(number)}"


def in_words(observation: Observation) -> str:
    """The value, and its status where it is not final."""
    said = "" if observation.status == Status.FINAL else f" ({Status(observation.status).label.lower()})"
    return f"{thousands(observation.number)}{said}"


def looks_provisional(observation: Observation, published: date) -> bool:
    """Whether it may still move: it says so, or its period was not over when the vintage was published."""
    return observation.status != Status.FINAL or observation.when.latest >= published


@dataclass(frozen=True, slots=True)
class Headline:
    """The last figure of a series that is no forecast, and the one before it."""

    observation: Observation
    before: Observation | None

    @property
    def value(self) -> str:
        return thousands(self.observation.number)

    def change(self, unit: str, frequency: str) -> str:
        """By how much it moved: in percent, or in points where the unit is percent.

        Empty where the periods are not of one kind, so that none compares.
        """
        if frequency == "irregular":
            return ""
        now, before = self.observation.number, self.before.number if self.before else None
        if now is None or before is None or self.before is None:
            return "no earlier figure"
        since = f"on {self.before.when.shown}"
        if unit == PERCENT:
            return f"{signed(now - before)} points {since}"
        if before <= 0:
            return f"{signed(now - before)} {since}"
        share = ((now - before) * 100 / before).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
        return f"{signed(share)} percent {since}"


def headline(observations: Sequence[Observation]) -> Headline | None:
    """Of these observations, oldest first; None where there is no figure."""
    known = [item for item in observations if item.value and item.status != Status.FORECAST]
    return Headline(known[-1], known[-2] if len(known) > 1 else None) if known else None
