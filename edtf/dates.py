"""A date as precisely as it is known: one span of the calendar, or an interval between two."""

import datetime
from dataclasses import dataclass
from typing import Self

from edtf.span import APPROXIMATE, UNCERTAIN, InvalidDate, Precision, Span
from edtf.words import in_words


@dataclass(frozen=True, slots=True)
class Date:
    """``str()`` is the one EDTF text of it: what is stored, sent as JSON and put into events.

    Raises InvalidDate for an interval that ends before it starts.
    """

    start: Span
    end: Span | None = None

    def __post_init__(self) -> None:
        if self.earliest > self.latest:
            raise InvalidDate(
                f"“{self}” ends before it starts; write the earlier date first, "
                f"such as {self.end}/{self.start}."
            )

    def __str__(self) -> str:
        return str(self.start) if self.end is None else f"{self.start}/{self.end}"

    @property
    def earliest(self) -> datetime.date:
        """The first day that it may mean. “Approximate” and “uncertain” are shown, and move no bound."""
        return self.start.earliest

    @property
    def latest(self) -> datetime.date:
        """The last day that it may mean, itself included."""
        return (self.end or self.start).latest

    @property
    def precision(self) -> Precision:
        return self.start.precision if self.end is None else Precision.INTERVAL

    @property
    def approximate(self) -> bool:
        """Whether it, or an end of it, is written with ``~``."""
        return any(qualifier == APPROXIMATE for _, qualifier in self._doubts)

    @property
    def uncertain(self) -> bool:
        """Whether it, or an end of it, is written with ``?``."""
        return any(qualifier == UNCERTAIN for _, qualifier in self._doubts)

    @property
    def sort_key(self) -> tuple[datetime.date, datetime.date, str]:
        """By first day; of those that begin together the more precise first; total, as the text differs."""
        return self.earliest, self.latest, str(self)

    @property
    def shown(self) -> str:
        """As people write it in English: “10–11 March 2024”, “c. January 2026”."""
        return in_words(self.start, self.end)

    @property
    def html_datetime(self) -> str | None:
        """For ``<time datetime>``: a day, a month or a year, in HTML's spelling, which is EDTF's.

        None for what HTML cannot say: seasons, quarters, intervals, and dates that are not sure.
        """
        exact = self.precision in (Precision.DAY, Precision.MONTH, Precision.YEAR)
        return str(self) if exact and not self._doubts else None

    def overlaps(self, first: datetime.date, last: datetime.date) -> bool:
        """Whether it may mean a day from ``first`` to ``last``, both included; never if they are reversed."""
        return max(self.earliest, first) <= min(self.latest, last)

    def refines(self, other: Self) -> bool:
        """Whether this says more precisely what ``other`` said, so that a change to it corrects nothing.

        It does if its days lie within the other's and are fewer, or are the same days with a doubt
        (``~``, ``?``) dropped and none added. A strict partial order: no date refines itself, nor one that
        refines it.
        """
        if (self.earliest, self.latest) == (other.earliest, other.latest):
            return self._doubts < other._doubts
        return other.earliest <= self.earliest and self.latest <= other.latest

    @property
    def _doubts(self) -> frozenset[tuple[str, str]]:
        ends = (("start", self.start), ("end", self.end or self.start))
        return frozenset((name, span.qualifier) for name, span in ends if span.qualifier)
