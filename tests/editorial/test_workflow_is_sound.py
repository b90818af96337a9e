"""Random commands by random people, on the pure workflow: what must never happen, never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from editorial import commands as c
from editorial import events as e
from editorial.permissions import RULES
from editorial.workflow import (
    Context,
    Happened,
    Person,
    Refusal,
    Refused,
    Role,
    Stage,
    Standing,
    State,
    barred,
    decide,
    evolve,
    from_data,
    replay,
    to_data,
)
from editorial.workflow.state import Approval, Slot

START = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = [Person(f"{role.name}-{n}", role) for role in Role for n in (1, 2)]
MACHINE = Person("machine", Role.AUTHOR, machine=True)
TEXTS = ["", "one", "two", "three"]
DOCUMENT = "dddddddd-0000-4000-8000-000000000001"
# Documents of the type beside the one that is tested, by id: what a merge may name.
OTHERS = {
    f"dddddddd-0000-4000-8000-0000000000{n}0": State(stage=stage, standing=standing)
    for n, (stage, standing) in enumerate(
        [*((Stage.SETTLED, standing) for standing in Standing), (Stage.ABSENT, Standing.UNPUBLISHED)], start=1
    )
}

people = st.sampled_from([*PEOPLE, MACHINE])
versions = st.integers(0, 30)
notes = st.sampled_from(["", "a note"])
changes = st.sampled_from(["major", "minor", "correction", "nonsense"])
slugs = st.sampled_from(["", "first", "second", "NOT A SLUG"])
contents = st.fixed_dictionaries({"title": st.sampled_from(TEXTS)}, optional={"body": st.sampled_from(TEXTS)})

OTHER_COMMANDS = st.one_of(
    st.builds(c.Draft, contents, slugs),
    st.builds(c.Revise, contents, versions, st.none() | slugs),
    st.builds(c.Restore, versions),
    st.sampled_from([c.Submit(), c.TakeBack(), c.Unschedule(), c.PublishDue(), c.Discard()]),
    st.builds(c.RequestChanges, notes),
    st.builds(c.Approve, versions),
    st.builds(c.Schedule, versions, st.just(START + timedelta(days=400)), changes, notes),
    st.builds(c.Publish, versions, changes, notes),
    st.builds(c.PublishInEmergency, versions, notes, changes, notes),
    st.builds(c.ReviewAfterwards, notes),
    st.builds(c.Withdraw, notes, st.booleans()),
    st.builds(c.Reinstate, notes),
    st.builds(c.Rename, slugs),
    st.builds(c.Merge, st.sampled_from(["", "nonsense", DOCUMENT, *OTHERS]), notes),
    st.builds(c.Unmerge, notes),
    st.builds(c.Comment, notes, st.none() | versions),
    st.builds(c.Resolve, versions),
    st.builds(c.Assign, st.none() | st.sampled_from([p.id for p in PEOPLE])),
)


class Workflow(RuleBasedStateMachine):
    """One document, its stream, and a second account of who wrote and who approved, kept by hand."""

    @initialize(four_eyes=st.booleans())
    def begin(self, four_eyes: bool) -> None:
        self.four_eyes = four_eyes
        self.history: list[Happened] = []
        self.state = State()

    def issue(self, command: c.Command, by: Person) -> tuple[e.Event, ...]:
        now = START + timedelta(hours=len(self.history))
        earlier = None
        if isinstance(command, c.Restore) and 0 < command.version <= len(self.history):
            earlier = replay(self.history[: command.version]).content
        problems = () if self.state.content.get("title") else (Refusal("A title is missing.", "title"),)
        into = getattr(command, "into", "")
        winner = self.state if into == DOCUMENT else OTHERS.get(into)
        context = Context(
            by, RULES[type(command)], now, self.four_eyes, DOCUMENT, "entry", problems=problems, earlier=earlier,
            winner=winner,
        )  # fmt: skip
        before = self.state
        try:
            events = decide(self.state, command, context)
        except Refused:
            return ()
        for event in events:
            version = len(self.history) + 1
            happened = Happened(event, version * 3, version, by.id, now)
            self.history.append(happened)
            self.state = evolve(self.state, happened)
        self.check(before, events, command, by)
        return events

    def check(self, before: State, events: tuple[e.Event, ...], command: c.Command, by: Person) -> None:
        table = RULES[type(command)]
        assert table.role is None or by.role >= table.role
        assert all(type(event) in table.events for event in events)
        assert before.stage in table.stages
        talk = (e.Commented, e.CommentResolved, e.Assigned, e.ReviewedAfterwards, e.Unmerged)
        assert before.standing is not Standing.MERGED or all(isinstance(event, talk) for event in events)
        for event in events:
            if isinstance(event, e.Published):
                self.check_published(before, event, by)
            if isinstance(event, e.Merged):
                assert OTHERS[event.into].standing is before.standing is Standing.LIVE
                assert event.note

    def check_published(self, before: State, event: e.Published, by: Person) -> None:
        written = self.written_since_last_edition()
        assert before.content["title"]
        if event.policy == "emergency":
            assert by.role is Role.CHIEF_EDITOR
            assert event.reason
            return
        assert self.approvals(), "published without an approval"
        approval = self.approvals()[-1]
        last_writing = max(h.version for h in self.history if h.event.CONTENT)
        assert approval.version > last_writing, "published something later than what was approved"
        assert approval.event.content_version == before.content_version
        if self.four_eyes:
            assert approval.actor not in written, "approved by a writer"

    def published_at(self) -> list[int]:
        return [h.version for h in self.history if isinstance(h.event, e.Published)]

    def written_since_last_edition(self) -> set[str]:
        earlier = self.published_at()[:-1]
        since = earlier[-1] if earlier else 0
        return {h.actor for h in self.history if h.version > since and h.event.CONTENT}

    def approvals(self) -> list[Happened]:
        return [h for h in self.history if isinstance(h.event, e.Approved)]

    def sensible(self) -> list[tuple[c.Command, Person]]:
        """What somebody could do now, filled in well: random commands alone hardly ever publish."""
        seen, number = self.state.content_version, len(self.history)
        soon = START + timedelta(hours=number + 3)
        commands: list[c.Command] = [
            c.Revise({"title": TEXTS[1 + number % 3]}, seen),
            *[c.Submit(), c.Approve(seen)] * 3, c.Schedule(seen, soon, "major", "a note"),
            *[c.Publish(seen, change, "a note") for change in ("major", "minor")] * 2,
            *[c.Publish(seen, "correction", "a note")] * 2, c.PublishInEmergency(seen, "a reason", "major", "a note"),
            c.ReviewAfterwards("seen"), c.Withdraw("a notice"), c.Reinstate("a note"), c.Rename(f"slug-{number}"),
            *[c.Merge(into, "a note") for into in OTHERS], c.Unmerge("a note"),
            c.Restore(max(1, number - 2), seen), c.Discard(), c.Unschedule(), c.TakeBack(), c.RequestChanges("a note"),
        ]  # fmt: skip
        if self.state.stage is Stage.ABSENT:
            commands = [c.Draft({"title": "one"})]
        return [(command, by) for command in commands for by in PEOPLE if not self.barred(command, by)]

    def barred(self, command: c.Command, by: Person) -> bool:
        context = Context(by, RULES[type(command)], START, self.four_eyes, "d0c")
        return bool(barred(self.state, context))

    @rule(data=st.data())
    def somebody_goes_on(self, data: st.DataObject) -> None:
        for _ in range(3):
            if choices := self.sensible():
                command, by = data.draw(st.sampled_from(choices))
                self.issue(command, by)

    @rule()
    def publish_due(self) -> None:
        before = self.state
        events = self.issue(c.PublishDue(), Person("scheduler", Role.NOBODY, machine=True))
        if events:
            assert before.slot is not None
            assert datetime.fromisoformat(before.slot.at) <= START + timedelta(hours=len(self.history))

    @rule(by=people)
    def review_afterwards(self, by: Person) -> None:
        flags = self.state.flags
        for event in self.issue(c.ReviewAfterwards("seen"), by):
            flag = next(f for f in flags if f.edition == event.edition)  # type: ignore[attr-defined]
            assert not self.four_eyes or by.id not in {flag.by, *flag.writers}

    @rule(command=OTHER_COMMANDS, by=people)
    def anything(self, command: c.Command, by: Person) -> None:
        self.issue(command, by)

    @invariant()
    def the_stored_state_is_what_the_stream_says(self) -> None:
        if hasattr(self, "state"):
            assert replay(self.history) == self.state
            assert from_data(to_data(self.state)) == self.state

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "state"):
            assert self.state.version == len(self.history)

    @invariant()
    def a_merged_document_says_into_which(self) -> None:
        if hasattr(self, "state"):
            assert (self.state.standing is Standing.MERGED) == (self.state.merged_into in OTHERS)

    @invariant()
    def a_live_document_has_an_edition(self) -> None:
        if hasattr(self, "state"):
            assert (self.state.standing is Standing.UNPUBLISHED) == (self.state.editions == 0)
            if self.state.stage is Stage.SETTLED:
                assert self.state.content == self.state.published


TestWorkflow = Workflow.TestCase


def test_a_later_scheduled_slot_is_never_published_early() -> None:
    at = (START + timedelta(days=1)).isoformat()
    state = State(
        type="entry", version=3, content_version=1, content={"title": "x"}, stage=Stage.SCHEDULED,
        approval=Approval("r", 1), slot=Slot("p", 1, at, "major", ""),
    )  # fmt: skip
    scheduler = Person("s", Role.NOBODY, machine=True)
    context = Context(scheduler, RULES[c.PublishDue], START, True, "d0c", "entry")
    with pytest.raises(Refused, match="scheduled for"):
        decide(state, c.PublishDue(), context)
    decide(state, c.PublishDue(), replace(context, now=START + timedelta(days=1)))
