"""What editors decide of a candidate happens once, also when they decide at the same time, or the tracker dies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models.functions import Now
from django.test import Client

from editorial import commands as c
from editorial.dispatch import dispatch, load
from editorial.models import User
from editorial.permissions import person
from editorial.workflow import Refused
from imports import drafting, triage
from imports.models import Candidate, Decision, Keyword, State
from ledger import log
from tests.editorial_steps import Doc, make_people, publish_category, publish_entry
from tests.imports.serving import Site, Told, rss
from tests.imports.steps import fetch, source
from timeline.models import EntryDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, User]:
    return make_people()


@pytest.fixture
def candidate(web: Site) -> Candidate:
    told = [Told("A draft on labels", "The ministry asks for comments.", "1", "https://paper.example/1")]
    fetch(source(web.put("/feed", rss(told)), publisher="The Paper"))
    return Candidate.objects.get()


def accept(candidate: Candidate, by: User, **more: Any) -> UUID:
    return triage.accept(candidate, drafting.content(candidate), version=candidate.version, by=by, **more)


def test_an_accepted_candidate_is_a_draft_with_source_language_and_date(
    candidate: Candidate, people: dict[str, User]
) -> None:
    key = accept(candidate, people["Author"])
    content = load(EntryDocument, key).content
    assert content["title"] == "A draft on labels"
    assert content["date"] == "2026-03-03"
    assert content["sources"] == [
        {
            "publisher": "The Paper", "title": "A draft on labels", "language": "en", "date": "2026-03-03",
            "url": "https://paper.example/1",
        }
    ]  # fmt: skip
    [event] = log.stream(key)
    assert event.metadata["origin"]["candidate"] == str(candidate.key)
    candidate.refresh_from_db()
    assert (candidate.state, candidate.document, candidate.state_by) == (
        State.ACCEPTED,
        key,
        people["Author"],
    )


def test_the_second_of_two_editors_hears_who_was_first(candidate: Candidate, people: dict[str, User]) -> None:
    accept(candidate, people["Author"])
    with pytest.raises(triage.Conflict, match="It was accepted by author on"):
        accept(candidate, people["Reviewer"])
    with pytest.raises(triage.Conflict, match="accepted by author"):
        triage.dismiss(candidate, "No", version=candidate.version, by=people["Reviewer"])
    assert EntryDocument.objects.count() == 1


def test_what_changed_after_it_was_opened_is_not_decided_blindly(
    candidate: Candidate, people: dict[str, User]
) -> None:
    triage.assign(candidate, people["Reviewer"], version=candidate.version, by=people["Author"])
    with pytest.raises(triage.Conflict, match="changed after you opened it"):
        triage.dismiss(candidate, "", version=candidate.version, by=people["Reviewer"])


def test_a_refused_draft_leaves_the_candidate_where_it_was(
    candidate: Candidate, people: dict[str, User]
) -> None:
    with pytest.raises(Refused):
        triage.accept(candidate, {"title": "x" * 500}, version=candidate.version, by=people["Author"])
    accept(candidate, people["Author"])


def test_a_crash_between_command_and_inbox_is_mended_from_the_log(
    candidate: Candidate, people: dict[str, User]
) -> None:
    triage.accept_as(candidate, drafting.content(candidate), person(people["Author"]))
    assert Candidate.objects.get().state == State.NEW
    triage.settle_all()
    mended = Candidate.objects.get()
    assert (mended.state, mended.state_by) == (State.ACCEPTED, people["Author"])
    triage.settle_all()
    assert Decision.objects.filter(what="accepted").count() == 1


def test_what_was_dismissed_after_such_a_crash_is_a_draft_all_the_same(
    candidate: Candidate, people: dict[str, User]
) -> None:
    triage.accept_as(candidate, drafting.content(candidate), person(people["Author"]))
    # The log is followed by somebody else at this moment, so that the dismissal comes first.
    Candidate.objects.update(state=State.DISMISSED)
    triage.settle_all()
    settled = Candidate.objects.get()
    assert (settled.state, settled.document) == (State.ACCEPTED, triage.draft_id(candidate))


def test_who_accepts_after_such_a_crash_hears_of_it_and_it_is_mended(
    candidate: Candidate, people: dict[str, User]
) -> None:
    triage.accept_as(candidate, drafting.content(candidate), person(people["Author"]))
    with pytest.raises(triage.Conflict, match="accepted by author"):
        accept(candidate, people["Reviewer"])
    assert Candidate.objects.get().state == State.ACCEPTED
    assert EntryDocument.objects.count() == 1


def test_attaching_adds_a_further_source_once(candidate: Candidate, people: dict[str, User]) -> None:
    entry = publish_entry()
    before = len(load(EntryDocument, entry.id).content["sources"])
    triage.attach(candidate, entry.id, version=candidate.version, by=people["Author"])
    candidate.refresh_from_db()
    assert (candidate.state, candidate.document) == (State.ATTACHED, entry.id)
    # As if the web had died before it could write that down.
    Candidate.objects.update(state=State.NEW)
    candidate.refresh_from_db()
    with pytest.raises(triage.Conflict, match="attached by author"):
        triage.attach(candidate, entry.id, version=candidate.version, by=people["Reviewer"])
    sources = load(EntryDocument, entry.id).content["sources"]
    assert len(sources) == before + 1
    assert sources[-1]["url"] == "https://paper.example/1"


def test_an_attachment_that_only_the_log_knows_is_settled(
    candidate: Candidate, people: dict[str, User]
) -> None:
    entry = publish_entry()
    command = c.Revise({"sources": [drafting.citation(candidate)]}, entry.seen)
    dispatch(
        command,
        type="entry",
        document=entry.id,
        by=person(people["Author"]),
        metadata=triage.origin(candidate),
    )
    triage.settle_all()
    candidate.refresh_from_db()
    assert (candidate.state, candidate.document) == (State.ATTACHED, entry.id)


def test_nobody_decides_what_somebody_is_deciding(candidate: Candidate, people: dict[str, User]) -> None:
    Candidate.objects.update(claimed_until=Now() + timedelta(seconds=20))
    with pytest.raises(triage.Conflict, match="just now"):
        accept(candidate, people["Author"])
    Candidate.objects.update(claimed_until=Now() - timedelta(seconds=1))
    accept(candidate, people["Author"])


def test_what_is_snoozed_comes_back_at_its_time(candidate: Candidate, people: dict[str, User]) -> None:
    triage.snooze(
        candidate, datetime.now(UTC) + timedelta(days=1), version=candidate.version, by=people["Author"]
    )
    assert triage.wake() == 0
    Candidate.objects.update(snoozed_until=Now())
    assert triage.wake() == 1
    assert Candidate.objects.get().state == State.NEW


@pytest.mark.parametrize(
    "until",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
        datetime.now(UTC) + timedelta(days=800),
    ],
)
def test_nothing_is_snoozed_into_the_past_or_for_ever(
    candidate: Candidate, people: dict[str, User], until: datetime
) -> None:
    with pytest.raises(Refused, match="for two years at most"):
        triage.snooze(candidate, until, version=candidate.version, by=people["Author"])
    assert Candidate.objects.get().state == State.NEW


def test_a_reason_is_kept_without_what_no_text_needs(candidate: Candidate, people: dict[str, User]) -> None:
    reason = "Not\x00 about\x1b \ud800AI" + "!" * triage.MAX_REASON
    triage.dismiss(candidate, reason, version=candidate.version, by=people["Author"])
    kept = Candidate.objects.get().reason
    assert kept.startswith("Not about AI!")
    assert len(kept) == triage.MAX_REASON


def test_what_brings_no_figures_revises_no_series(candidate: Candidate, people: dict[str, User]) -> None:
    with pytest.raises(triage.Conflict, match="no figures"):
        triage.revise_series(candidate, version=candidate.version, by=people["Author"])
    assert Candidate.objects.get().state == State.NEW


def test_everything_decided_is_kept_with_who_and_why(candidate: Candidate, people: dict[str, User]) -> None:
    triage.assign(candidate, people["Reviewer"], version=candidate.version, by=people["Author"])
    candidate.refresh_from_db()
    triage.dismiss(candidate, "Not about AI", version=candidate.version, by=people["Reviewer"])
    candidate.refresh_from_db()
    triage.reopen(candidate, version=candidate.version, by=people["Publisher"])
    story = [(line.what, line.by and line.by.username, line.why) for line in Decision.objects.all()]
    assert story[1:] == [
        ("assigned", "author", "To reviewer."),
        ("dismissed", "reviewer", "Not about AI"),
        ("reopened", "publisher", ""),
    ]


def test_a_merge_into_what_left_the_inbox_is_a_conflict(web: Site, people: dict[str, User]) -> None:
    fetch(source(web.put("/feed", rss([Told("One", guid="1"), Told("Two", "Else.", guid="2")]))))
    one, two = Candidate.objects.order_by("pk")
    triage.dismiss(one, "", version=one.version, by=people["Author"])
    with pytest.raises(triage.Conflict, match="no longer in the inbox"):
        triage.merge(two, one.pk, version=two.version, by=people["Author"])


def test_a_trusted_source_drafts_by_itself_as_a_machine_up_to_its_cap(web: Site) -> None:
    Keyword.objects.create(word="model", points=2)
    told = [
        Told("A model that reads old maps", "Historians in Xi'an had it trained.", "1"),
        Told("Speech model for two dialects", "Wu and Min are heard well by it.", "2"),
        Told("Weather model goes to sea", "Ships send what they measure; a port answers.", "3"),
        Told("Model of a power grid", "Engineers look for faults before winter.", "4"),
    ]
    told.append(Told("Of football", "Nothing else.", "football"))
    feed = source(web.put("/feed", rss(told)), trust="draft", daily_cap=2)
    fetch(feed)
    drafts = list(EntryDocument.objects.all())
    assert len(drafts) == 2
    assert all(load(EntryDocument, draft.pk).machine for draft in drafts)
    assert {draft.stage for draft in drafts} == {"draft"}
    fetch(feed, at_any_time=True)
    assert EntryDocument.objects.count() == 2
    assert "Of football" in Candidate.objects.filter(state=State.NEW).values_list("title", flat=True)


def test_what_a_machine_drafted_nobody_can_publish_without_an_editor(
    web: Site, people: dict[str, User]
) -> None:
    Keyword.objects.create(word="model", points=2)
    fetch(source(web.put("/feed", rss([Told("The model", "One.", "1")])), trust="draft"))
    draft = Doc(id=EntryDocument.objects.get().pk)
    with pytest.raises(Refused):
        draft.do(c.Approve(draft.seen), person(people["Reviewer"]))


def test_after_a_crash_nobody_decides_otherwise_than_the_log_says(
    candidate: Candidate, people: dict[str, User]
) -> None:
    first, second = publish_entry(), publish_entry("another")
    command = c.Revise({"sources": [drafting.citation(candidate)]}, first.seen)
    dispatch(
        command,
        type="entry",
        document=first.id,
        by=person(people["Author"]),
        metadata=triage.origin(candidate),
    )
    with pytest.raises(triage.Conflict, match="attached by author"):
        triage.attach(candidate, second.id, version=candidate.version, by=people["Reviewer"])
    with pytest.raises(triage.Conflict, match="attached by author"):
        triage.dismiss(candidate, "", version=candidate.version, by=people["Reviewer"])
    assert len(load(EntryDocument, second.id).content["sources"]) == 1


def test_a_draft_names_every_source_that_told_it(web: Site, people: dict[str, User]) -> None:
    for name in ("a", "b"):
        told = [Told(f"Told by {name}", f"In the words of {name}.", name, f"https://{name}.example/1")]
        fetch(source(web.put(f"/{name}", rss(told)), publisher=f"Paper {name.upper()}"))
    winner, loser = Candidate.objects.order_by("pk")
    triage.merge(loser, winner.pk, version=loser.version, by=people["Author"])
    winner.refresh_from_db()
    sources = load(EntryDocument, accept(winner, people["Author"])).content["sources"]
    assert [(item["publisher"], item["url"]) for item in sources] == [
        ("Paper A", "https://a.example/1"),
        ("Paper B", "https://b.example/1"),
    ]


def test_nothing_is_merged_into_what_somebody_is_deciding(web: Site, people: dict[str, User]) -> None:
    fetch(source(web.put("/feed", rss([Told("One", guid="1"), Told("Two", "Else.", guid="2")]))))
    one, two = Candidate.objects.order_by("pk")
    Candidate.objects.filter(pk=one.pk).update(claimed_until=Now() + timedelta(seconds=20))
    with pytest.raises(triage.Conflict, match="the other one just now"):
        triage.merge(two, one.pk, version=two.version, by=people["Author"])


def test_figures_go_with_nothing_else(candidate: Candidate, people: dict[str, User]) -> None:
    entry = publish_entry()
    Candidate.objects.update(observations=[{"period": "2024", "value": "1"}])
    candidate.refresh_from_db()
    with pytest.raises(triage.Conflict, match="Figures"):
        triage.attach(candidate, entry.id, version=candidate.version, by=people["Author"])


def test_from_a_feed_through_review_to_the_page(web: Site, people: dict[str, User]) -> None:
    category = publish_category("rules")
    told = [
        Told(
            "Labels become a duty", "The ministry wants a label on each text.", "1", "https://paper.example/9"
        )
    ]
    fetch(source(web.put("/feed", rss(told)), publisher="The Paper", categories=[category.id]))
    entry = Doc(id=accept(Candidate.objects.get(), people["Author"]))
    entry.do(c.Submit(), person(people["Author"]))
    entry.do(c.Approve(entry.seen), person(people["Reviewer"]))
    entry.do(c.Publish(entry.seen), person(people["Publisher"]))
    page = Client().get(f"/timeline/{entry.state.slug}/").content.decode()
    assert "Labels become a duty" in page
    assert "The Paper" in page
    assert "https://paper.example/9" in page
