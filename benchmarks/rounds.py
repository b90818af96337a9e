"""Timing: contenders run in turn, round by round, so that a noisy neighbour meets all of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contender:
    """``run`` does ``units`` of work; ``prepare`` comes before each run and is not timed."""

    name: str
    run: Callable[[], object]
    units: int = 1
    prepare: Callable[[], object] = lambda: None


@dataclass(frozen=True, slots=True)
class Sample:
    """``times``: seconds for each unit, one value a round."""

    name: str
    times: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        """The smallest value that 95 % of the values do not exceed."""
        return sorted(self.times)[-(len(self.times) // 20) - 1]


def interleave(contenders: Sequence[Contender], rounds: int) -> list[Sample]:
    """Times of each contender, A B C A B C …, after a run of each that does not count."""
    times: list[list[float]] = [[] for _ in contenders]
    for number in range(-1, rounds):
        for contender, found in zip(contenders, times, strict=True):
            elapsed = _timed(contender)
            if number >= 0:
                found.append(elapsed / contender.units)
    return [Sample(contender.name, found) for contender, found in zip(contenders, times, strict=True)]


def median_time(run: Callable[[], object], count: int) -> float:
    """The median of ``count`` runs at a stretch, in seconds."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _timed(contender: Contender) -> float:
    contender.prepare()
    gc.collect()
    start = time.perf_counter()
    contender.run()
    return time.perf_counter() - start
