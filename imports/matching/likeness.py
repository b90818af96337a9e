"""How likely two texts tell of one event, and what speaks for it in words that an editor understands. Pure.

What they share is weighed by rarity, as a part of what the shorter one says and, a little, of what the longer says.
Dates tell most of what words cannot: the same rule is drafted, adopted and in effect in nearly the same words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import edtf
from imports.matching.terms import MAX_TEXT, Terms, terms_of

# From this score on one thing is held for a likely duplicate of another. `python -m benchmarks` prints what it finds.
LIKELY = 23.0

_OF_TEXT = 0.5
_OF_LONGER = 0.25
# Two languages can share little, so that little looks like much.
_ACROSS = 0.85
_OTHER_NUMBERS = 0.6
_SAME_TIME, _FAR = 1.5, 0.2
_NEAR_DAYS, _FAR_DAYS = 3, 63
_LISTED = 8
_DIGIT = re.compile(r"\d")
_TIME = re.compile(r"(?<=^\d{4}-\d\d-\d\d)[T ].*")
# Of qwen3 that which may stand alone elsewhere.
_NAME = re.compile("^[a-z]{3,}")

# How much a term weighs; an actor's term is its id behind an @.
Weight = Callable[[str], float]


@dataclass(frozen=True)
class Told:
    """A text as it is compared. ``day``: EDTF, or what begins with a day; ``actors``: ids."""

    title: str
    text: str = ""
    day: str = ""
    actors: frozenset[str] = frozenset()

    @cached_property
    def head(self) -> Terms:
        return terms_of(self.title)

    @cached_property
    def body(self) -> Terms:
        return terms_of(self.text[:MAX_TEXT])

    @cached_property
    def chinese(self) -> bool:
        return bool(self.head.pairs)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Versions, models and years in the title."""
        return frozenset(_NAME.sub("", term) for term in self.head.words if _DIGIT.search(term))

    @cached_property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day that it may be of."""
        try:
            found = edtf.parse(_TIME.sub("", self.day))
        except edtf.InvalidDate:
            return None
        return found.earliest, found.latest

    def weighed(self, in_chinese: bool) -> dict[str, float]:
        """Its terms, and what a term counts where it stands: those that both sides can have."""
        found: dict[str, float] = {}
        for part, weight in ((self.body, _OF_TEXT), (self.head, 1.0)):
            found |= dict.fromkeys([*part.words, *(part.pairs if in_chinese else part.english)], weight)
        return found | dict.fromkeys((f"@{key}" for key in self.actors), 1.0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``score``: 0 to 100. ``shared``: words, what weighs most first. ``remarks``: what else raised or lowered it."""

    score: float
    shared: tuple[str, ...]
    remarks: tuple[str, ...]


def compare(one: Told, other: Told, weight: Weight) -> Comparison:
    """Symmetric, but for the words, which are those of ``one``."""
    in_chinese = one.chinese and other.chinese
    mine, theirs = one.weighed(in_chinese), other.weighed(in_chinese)
    shared = {term: weight(term) for term in mine if term in theirs}
    less, more = sorted((_covered(mine, shared, weight), _covered(theirs, shared, weight)))
    score = 100 * (more * (1 - _OF_LONGER) + less * _OF_LONGER)
    if one.chinese != other.chinese:
        score *= _ACROSS
    remarks = []
    for factor, remark in _circumstances(one, other):
        score *= factor
        remarks.append(remark)
    return Comparison(min(score, 100.0), tuple(_in_words(one, shared)), tuple(remarks))


def rarity(count: int, documents: int) -> float:
    """The weight of a term that stands in ``count`` of so many documents."""
    return math.log(1 + documents / (1 + count))


def _covered(weighed: Mapping[str, float], shared: Mapping[str, float], weight: Weight) -> float:
    total = sum(counts * weight(term) for term, counts in weighed.items())
    return sum(weighed[term] * weighs for term, weighs in shared.items()) / total if total else 0.0


def _circumstances(one: Told, other: Told) -> Iterator[tuple[float, str]]:
    if one.numbers and other.numbers and not one.numbers & other.numbers:
        mine, theirs = (", ".join(sorted(told.numbers)) for told in (one, other))
        yield _OTHER_NUMBERS, f"other numbers: {mine} and {theirs}"
    if one.days and other.days:
        gap = max((one.days[0] - other.days[1]).days, (other.days[0] - one.days[1]).days, 0)
        exact = all((last - first).days <= _NEAR_DAYS for first, last in (one.days, other.days))
        if gap > _NEAR_DAYS:
            far = min((gap - _NEAR_DAYS) / (_FAR_DAYS - _NEAR_DAYS), 1)
            yield 1 - far * (1 - _FAR), f"{gap} days apart"
        elif exact:
            yield _SAME_TIME, "at the same time"


def _in_words(one: Told, shared: Mapping[str, float]) -> list[str]:
    """The shared words as ``one`` has them, what weighs most first; pairs that follow each other are one word."""
    shown: dict[str, float] = {}
    for part in (one.head, one.body):
        found = {**part.english, **part.words}
        for term, weighs in shared.items():
            if term in found:
                shown.setdefault(found[term], weighs)
        for run in _runs([pair for pair in part.pairs if pair in shared]):
            shown.setdefault(run, max(shared[run[n : n + 2]] for n in range(len(run) - 1)))
    return sorted(shown, key=lambda word: -shown[word])[:_LISTED]


def _runs(pairs: Sequence[str]) -> list[str]:
    runs: list[str] = []
    for pair in pairs:
        if runs and runs[-1][-1] == pair[0]:
            runs[-1] += pair[1]
        else:
            runs.append(pair)
    return runs
