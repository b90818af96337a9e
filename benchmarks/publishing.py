"""Publishing: the time that an editor waits for the click, without a peer to hold it against."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.documents import AUTHOR, PUBLISHER, REVIEWER, contents, document_id
from benchmarks.report import Finding, Section
from benchmarks.revision import statements
from benchmarks.rounds import Contender, interleave
from benchmarks.servers import fresh
from editorial import commands as c
from editorial.dispatch import dispatch
from editorial.workflow import Person, State


@dataclass(slots=True)
class Entry:
    number: int
    state: State = field(default_factory=State)

    def do(self, command: c.Command, by: Person) -> None:
        self.state = dispatch(command, type="entry", document=document_id(self.number), by=by).state

    def approve(self) -> None:
        self.do(c.Submit(), AUTHOR)
        self.do(c.Approve(self.state.content_version), REVIEWER)

    def publish(self) -> None:
        self.do(c.Publish(self.state.content_version), PUBLISHER)

    def correct(self) -> None:
        self.do(c.Publish(self.state.content_version, "correction", "The figure was wrong."), PUBLISHER)


class Desk:
    """Entries one after another, each brought to where the click is due."""

    def __init__(self) -> None:
        self.numbers: Iterator[int] = itertools.count()
        self.contents = contents()
        self.entry = Entry(-1)

    def prepare_first(self) -> None:
        self.entry = Entry(next(self.numbers))
        self.entry.do(c.Draft(next(self.contents), f"entry-{self.entry.number}"), AUTHOR)
        self.entry.approve()

    def prepare_correction(self) -> None:
        self.entry.do(c.Revise({"summary": "Corrected."}, self.entry.state.content_version), AUTHOR)
        self.entry.approve()


def publishing(rounds: int) -> Section:
    """``rounds``: how many entries are published, and then corrected."""
    with fresh():
        desk = Desk()
        first, correction = interleave(
            [
                Contender("", lambda: desk.entry.publish(), prepare=desk.prepare_first),
                Contender("", lambda: desk.entry.correct(), prepare=desk.prepare_correction),
            ],
            rounds,
        )
        desk.prepare_first()
        count = statements(desk.entry.publish)
    return Section(
        "publish an approved entry (time of a publication)",
        [Finding("first edition", first), Finding("correction", correction)],
        [f"round trips: {count} statements, one append, BEGIN and COMMIT, and one flush to disk."],
    )
