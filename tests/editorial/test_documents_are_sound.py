"""Random commands by random people on the real database: log, tables and every past state agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from editorial import commands as c
from editorial import rebuild
from editorial.dispatch import history, load
from editorial.models import Change
from editorial.redirects import Redirects
from editorial.workflow import Refused, Stage, Standing, replay
from ledger import log, verify
from tests.editorial_steps import AUTHOR, CHIEF, PUBLISHER, REVIEWER, Doc, entry_content
from timeline.models import Entry, EntryDocument

PEOPLE = (AUTHOR, REVIEWER, PUBLISHER, CHIEF)


@dataclass(frozen=True)
class Seen:
    """What a reader saw of a document at a public position."""

    slug: str
    title: str
    summary: str
    number: int


class Documents(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.docs = [Doc(), Doc()]
        # The database outlives an example; its slugs must not meet those of others.
        self.slug = f"s{uuid4().hex}"
        self.remembered: dict[int, dict[Any, Seen]] = {}
        self.redirected: dict[int, Redirects] = {}
        self.hidden: set[Any] = set()
        self.count = 0

    def attempt(self, doc: Doc, command: c.Command, by: Any) -> bool:
        before = log.head()
        try:
            outcome = doc.do(command, by)
        except Refused:
            assert log.head() == before, "a refused command left an event"
            return False
        head = log.head()
        assert (head.position if head else 0) == (before.position if before else 0) + len(outcome.events)
        self.remember(doc, command)
        return True

    def remember(self, doc: Doc, command: c.Command) -> None:
        if isinstance(command, c.Withdraw) and command.hide_past:
            self.hidden.add(doc.id)
        last = Change.objects.order_by("-position").first()
        if last is not None and last.position not in self.remembered:
            self.remembered[last.position] = self.live(last.position)
            self.redirected[last.position] = Redirects.at(last.position)

    def live(self, position: int) -> dict[Any, Seen]:
        rows = Entry.objects.live(position)
        return {row.document: Seen(row.slug, row.title, row.summary, row.number) for row in rows}

    @rule(n=st.integers(0, 1), by=st.sampled_from(PEOPLE), data=st.data())
    def anybody_does_anything(self, n: int, by: Any, data: st.DataObject) -> None:
        doc = self.docs[n]
        state = doc.state
        self.count += 1
        seen, text = state.content_version, f"text {self.count}"
        commands = [
            c.Revise({"summary": text}, seen), c.Submit(), c.Approve(seen), c.Publish(seen, "major", "a note"),
            c.Publish(seen, "correction", "it was wrong"), c.Publish(seen, "minor", "a note"),
            c.PublishInEmergency(seen, "now", "major", "note"), c.ReviewAfterwards("fine"),
            c.Withdraw("a notice", data.draw(st.booleans())), c.Reinstate("back"),
            c.Rename(f"{self.slug}-{self.count}"), c.Restore(max(1, seen - 1), seen),
            c.Rename(data.draw(st.sampled_from([f"{self.slug}-shared", *state.former_slugs]))),
            c.Merge(str(data.draw(st.sampled_from(self.docs)).id), "They are one."), c.Unmerge("They are two."),
            c.Discard(), c.Comment(text), c.RequestChanges("more"), c.TakeBack(), c.Assign(by.id),
        ]  # fmt: skip
        if state.stage in (Stage.ABSENT, Stage.DISCARDED):
            self.docs[n] = doc = Doc() if state.stage is Stage.DISCARDED else doc
            commands = [c.Draft(entry_content(title=text, summary=text), f"{self.slug}-{self.count}")]
        self.attempt(doc, data.draw(st.sampled_from(commands)), by)

    @rule(n=st.integers(0, 1), other=st.integers(0, 1))
    def what_is_one_is_merged_and_what_is_not_is_unmerged(self, n: int, other: int) -> None:
        doc = self.docs[n]
        if doc.state.standing is Standing.MERGED:
            assert self.attempt(doc, c.Unmerge("They are two."), PUBLISHER)
        else:
            self.attempt(doc, c.Merge(str(self.docs[other].id), "They are one."), PUBLISHER)

    @rule(n=st.integers(0, 1))
    def the_house_publishes(self, n: int) -> None:
        doc = self.docs[n]
        if doc.state.stage is Stage.DRAFT:
            self.attempt(doc, c.Submit(), AUTHOR)
        if doc.state.stage is Stage.IN_REVIEW:
            self.attempt(doc, c.Approve(doc.seen), next(p for p in (REVIEWER, PUBLISHER, CHIEF)))
        if doc.state.stage is Stage.APPROVED:
            self.attempt(doc, c.Publish(doc.seen, "major", "a note"), PUBLISHER)

    @invariant()
    def evolve_over_the_stream_equals_the_stored_state(self) -> None:
        for doc in getattr(self, "docs", []):
            assert replay(history(doc.id)) == load(EntryDocument, doc.id)

    @invariant()
    def every_past_state_is_what_it_was(self) -> None:
        for position, remembered in getattr(self, "remembered", {}).items():
            now = self.live(position)
            assert {k: v for k, v in now.items() if k not in self.hidden} == {
                k: v for k, v in remembered.items() if k not in self.hidden
            }
            assert set(now) == set(remembered)
            assert all(not now[k].summary for k in set(now) & self.hidden if self.was_hidden(k, position))

    @invariant()
    def what_was_merged_stands_under_another_and_no_circle_closes(self) -> None:
        for position, remembered in getattr(self, "redirected", {}).items():
            now = Redirects.at(position)
            assert now == remembered
            assert not now.winners.keys() & {*now.winners.values()}
            assert not now.winners.keys() & self.live(position).keys()
            assert {row.document for row in now.lost(Entry)} == now.winners.keys()

    def was_hidden(self, document: Any, position: int) -> bool:
        return Entry.objects.as_of(position).get(document=document).hidden

    def teardown(self) -> None:
        if hasattr(self, "docs"):
            assert verify.verify() == []


@pytest.mark.hypothesis
@pytest.mark.django_db
def test_log_tables_and_past_agree_after_any_commands() -> None:
    assert django_settings.EDITORIAL_FOUR_EYES
    examples = min(settings().max_examples // 5, 300)  # each is thirty commands on the database
    run_state_machine_as_test(
        Documents, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )


def test_a_rebuild_after_any_commands_changes_nothing(committed_db: str) -> None:
    run_state_machine_as_test(
        Documents, settings=settings(max_examples=3, stateful_step_count=40, deadline=None)
    )
    for found in (*rebuild.check(), *rebuild.rebuild()):
        assert (found.missing, found.extra) == (0, 0), found
