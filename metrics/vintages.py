"""What two vintages of a series differ in, observation by observation. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from metrics.figures import difference
from metrics.observations import Observation, in_order


@dataclass(frozen=True, slots=True)
class Revision:
    """What became of a period: ``before`` is None where it was added, ``after`` where it was removed."""

    before: Observation | None
    after: Observation | None

    @property
    def kind(self) -> str:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def shown(self) -> Observation:
        """The observation that names the period: what stands now, or stood last."""
        shown = self.after or self.before
        assert shown is not None
        return shown

    @property
    def difference(self) -> Decimal | None:
        """By how much the value moved; None where one of the two is missing, or they are equal."""
        if self.before is None or self.after is None:
            return None
        before, after = self.before.number, self.after.number
        return (
            difference(before, after)
            if before is not None and after is not None and after != before
            else None
        )

    @property
    def fields(self) -> list[str]:
        """Which fields changed."""
        if self.before is None or self.after is None:
            return []
        before, after = self.before.data(), self.after.data()
        names = dict.fromkeys([*before, *after])
        return [name.replace("_", " ") for name in names if before.get(name) != after.get(name)]


def compare(before: Iterable[Observation], after: Iterable[Observation]) -> list[Revision]:
    """Every period that differs, in the order of time. A doubt that was added to a period (~) changes it."""
    old, new = ({_period(item): item for item in items} for items in (before, after))
    shown = {**old, **new}
    periods = [_period(item) for item in in_order(shown.values())]
    pairs = (Revision(old.get(period), new.get(period)) for period in periods)
    return [pair for pair in pairs if pair.before != pair.after]


def _period(item: Observation) -> tuple[str, str]:
    return str(item.when.earliest), str(item.when.latest)
