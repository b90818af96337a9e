"""What a run found, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.rounds import Sample


@dataclass(frozen=True, slots=True)
class Finding:
    """Ours beside one peer. ``goal``: the least that peer / ours should be; None: no goal, the numbers alone."""

    what: str
    ours: Sample
    peer: Sample | None = None
    goal: float | None = None

    @property
    def ratio(self) -> float | None:
        """The peer's median as a multiple of ours: above 1, ours is faster."""
        return self.peer.median / self.ours.median if self.peer else None


@dataclass(frozen=True, slots=True)
class Section:
    """One benchmark: its findings, what is found beside times, and in a sentence or two what bounds it."""

    title: str
    findings: Sequence[Finding]
    bound: Sequence[str] = ()
    says: Sequence[str] = ()


HEAD = ("what", "ours (p95)", "beside", "theirs (p95)", "theirs/ours", "goal")


def lines(sections: Iterable[Section]) -> list[str]:
    """The table, a block for each section, with its bounds below it."""
    sections = list(sections)
    rows = [HEAD, *(_row(finding) for section in sections for finding in section.findings)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    text = [_line(HEAD, widths), "  ".join("-" * width for width in widths)]
    for section in sections:
        text += ["", section.title, *(_line(_row(finding), widths) for finding in section.findings)]
        text += [f"  {sentence}" for sentence in section.says]
        text += [f"  bound: {sentence}" for sentence in section.bound]
    return text


def _row(finding: Finding) -> tuple[str, ...]:
    ratio = f"{finding.ratio:.2f}×" if finding.ratio is not None else ""
    peer = finding.peer
    return (
        finding.what,
        _times(finding.ours),
        peer.name if peer else "",
        _times(peer) if peer else "",
        ratio,
        _goal(finding),
    )


def _goal(finding: Finding) -> str:
    if finding.goal is None or finding.ratio is None:
        return ""
    return f"≥ {finding.goal}× {'met' if finding.ratio >= finding.goal else 'NOT MET'}"


def _line(cells: Iterable[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _times(sample: Sample) -> str:
    return f"{duration(sample.median)} ({duration(sample.p95)})"


def duration(seconds: float) -> str:
    """Three digits, in the unit that suits."""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.2g} µs"
