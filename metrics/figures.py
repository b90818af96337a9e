"""Figures in words: thousands separators, what is provisional, and by how much the last one moved. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

from metrics.observations import Observation, Status

MINUS = "\N{MINUS SIGN}"
PERCENT = frozenset({"percent", "per cent", "%"})
# Digits enough for whatever two observations differ by, and for a hundred times their ratio.
EXACT = Context(prec=120)


def thousands(number: Decimal | None) -> str:
    """12,800; \N{MINUS SIGN}0.50; a dash where none is known. Every digit is kept."""
    if number is None:
        return "–"
    return f"{number or abs(number):,f}".replace("-", MINUS)


def difference(before: Decimal, after: Decimal) -> Decimal:
    """Exact, whatever the digits."""
    return EXACT.subtract(after, before)


def plain_unit(unit: str) -> str:
    """What units are compared by: % is percent."""
    word = unit.strip().casefold()
    return "percent" if word in PERCENT else word


def signed(number: Decimal) -> str:
    """+12,800 or \N{MINUS SIGN}9; ±0 where nothing moved."""
    if not number:
        return f"±{thousands(number)}"
    return thousands(number) if number < 0 else f"+{thousands(number)}"


def not_over(observation: Observation, published: date) -> bool:
    """Whether a figure that is said to be final is of a period that was not over when the vintage was published."""
    return observation.status == Status.FINAL and observation.when.latest >= published


def in_words(observation: Observation) -> str:
    """The value, and its status where it is not final."""
    said = "" if observation.status == Status.FINAL else f" ({Status(observation.status).label.lower()})"
    return f"{thousands(observation.number)}{said}"


def looks_provisional(observation: Observation, published: date) -> bool:
    """Whether it may still move: it says so, or its period was not over when the vintage was published."""
    return observation.status != Status.FINAL or not_over(observation, published)


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
        moved = difference(before, now)
        if plain_unit(unit) in PERCENT:
            return f"{signed(moved)} points {since}"
        if before <= 0:
            return f"{signed(moved)} {since}"
        with localcontext(EXACT):
            share = (moved * 100 / before).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
        return f"{signed(share)} percent {since}"


def headline(observations: Sequence[Observation]) -> Headline | None:
    """Of these observations, oldest first; None where there is no figure."""
    known = [item for item in observations if item.value and item.status != Status.FORECAST]
    return Headline(known[-1], known[-2] if len(known) > 1 else None) if known else None
