"""A decision or a fetch killed at each of its messages to the database is mended: before or after, never between."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models.functions import Now

from editorial.dispatch import load
from editorial.models import User
from imports import drafting, fetching, triage
from imports.models import Candidate, Decision, Item, Keyword, Outcome, Source, State
from tests.editorial_steps import draft_entry, make_people
from tests.faults.steps import the_log_holds
from tests.faults.victims import Victims
from tests.imports.serving import Site, Told, rss, serving
from tests.imports.steps import source
from timeline.models import EntryDocument

CODE = """
from editorial.models import User
from imports import drafting, fetching, triage
from imports.models import Candidate
from outbound import client, sandbox
def accept(candidate, by):
    found = Candidate.objects.get(pk=candidate)
    triage.accept(found, drafting.content(found), version=1, by=User.objects.get(pk=by))
def attach(candidate, document, by):
    found = Candidate.objects.get(pk=candidate)
    triage.attach(found, UUID(document), version=1, by=User.objects.get(pk=by))
def fetch(source):
    assert fetching.fetch(UUID(source))
"""
MOST = 400


@dataclass
class Sweep:
    """Who decides, whose feeds are fetched, and who dies of it."""

    victims: Victims
    site: Site
    by: User

    def lives(self, message: int, after: bool, *call: Any) -> bool:
        return self.victims.lives(message, after, *call)


@pytest.fixture
def sweep(committed_db: str, settings: Any) -> Iterator[Sweep]:
    with serving() as site:
        settings.OUTBOUND_ALLOWED = [site.host]
        victims = Victims(committed_db, CODE, OUTBOUND_ALLOWED=site.host)
        try:
            yield Sweep(victims, site, make_people()["Author"])
        finally:
            victims.close()


def new_candidate(sweep: Sweep) -> Candidate:
    paper = Source.objects.first() or source(sweep.site.address("/feed"))
    name = uuid4().hex
    return Candidate.objects.create(
        source=paper, title=f"Of {name}", summary="What it says.", address=f"https://paper.example/{name}",
        publisher="A paper", language="en", published="2026-03-03",
    )  # fmt: skip


def of_accepting(sweep: Sweep, message: int, after: bool) -> bool:
    candidate = new_candidate(sweep)
    lived = sweep.lives(message, after, "accept", candidate.pk, str(sweep.by.pk))
    triage.settle_all()
    candidate.refresh_from_db()
    key = triage.draft_id(candidate)
    drafted = EntryDocument.objects.filter(pk=key).exists()
    assert drafted or not lived
    assert (candidate.state, candidate.document) == ((State.ACCEPTED, key) if drafted else (State.NEW, None))
    if not drafted:
        lapse()
        triage.accept(candidate, drafting.content(candidate), version=1, by=sweep.by)
    assert_decided_once(candidate)
    return lived


def of_attaching(sweep: Sweep, message: int, after: bool) -> bool:
    candidate, entry = new_candidate(sweep), draft_entry(f"e-{uuid4().hex[:8]}")
    lived = sweep.lives(message, after, "attach", candidate.pk, str(entry.id), str(sweep.by.pk))
    triage.settle_all()
    candidate.refresh_from_db()
    attached = times(entry.id, candidate)
    assert attached or not lived
    assert (candidate.state, candidate.document) == (
        (State.ATTACHED, entry.id) if attached else (State.NEW, None)
    )
    if not attached:
        lapse()
        triage.attach(candidate, entry.id, version=1, by=sweep.by)
    assert times(entry.id, candidate) == 1
    assert_decided_once(candidate)
    return lived


def of_fetching(sweep: Sweep, message: int, after: bool) -> bool:
    """A trusted source of three items, of which one is relevant; whoever comes after the dead makes it whole."""
    name = uuid4().hex
    # Unlike any other that a sweep tells: what was told before is not drafted.
    words = " ".join("".join(chr(ord("a") + byte % 26) for byte in os.urandom(9)) for _ in range(12))
    told = [
        Told(f"{word} {name}", f"Of {word}.", word, f"https://{name}.example/{word}") for word in ("a", "b")
    ]
    told.append(Told(f"{words[:39]} model", words[40:], "c", f"https://{name}.example/c"))
    feed = source(sweep.site.put(f"/{name}", rss(told)), trust="draft")
    lived = sweep.lives(message, after, "fetch", str(feed.pk))
    triage.settle_all()
    lapse()
    if not lived:
        # Either it had planned the next fetch already, or its lease is over and the next is now.
        done = fetching.fetch(feed.pk)
        feed.refresh_from_db()
        assert done or feed.fetches.filter(outcome=Outcome.NEW).exists()
        assert not feed.fetches.filter(outcome=Outcome.RUNNING).exists()
    feed.refresh_from_db()
    assert (feed.lease, feed.failures) == (None, 0)
    assert sorted(item.told["guid"] for item in Item.objects.filter(source=feed)) == ["a", "b", "c"]
    drafted = Candidate.objects.get(source=feed, state=State.ACCEPTED)
    assert drafted.title.endswith("model")
    assert EntryDocument.objects.filter(pk=triage.draft_id(drafted)).exists()
    assert Candidate.objects.filter(source=feed, state=State.NEW).count() == 2
    assert_decided_once(drafted)
    return lived


def lapse() -> None:
    """As time does for what the dead held."""
    past = Now() - timedelta(seconds=1)
    Candidate.objects.exclude(claimed_until=None).update(claimed_until=past)
    Source.objects.exclude(leased_until=None).update(leased_until=past)


def times(document: UUID, candidate: Candidate) -> int:
    """How often the candidate is a source of the entry."""
    sources = load(EntryDocument, document).content["sources"]
    return [cited["url"] for cited in sources].count(candidate.address)


def assert_decided_once(candidate: Candidate) -> None:
    done = Decision.objects.filter(candidate=candidate, what__in=("accepted", "attached"))
    assert done.count() == 1


VICTIMS = {"accept": of_accepting, "attach": of_attaching, "fetch": of_fetching}


def run(sweep: Sweep, name: str, *, first: int, step: int, after: bool) -> None:
    Keyword.objects.create(word="model", points=2)
    kills = 0
    for message in range(first, MOST, step):
        if VICTIMS[name](sweep, message, after):
            break
        kills += 1
    else:
        raise AssertionError("the sweep never reached the end of the work")
    print(f"\n{name}: {kills} kills over {first + kills * step} messages")  # noqa: T201 - how much was tried
    assert kills > 2, "hardly anybody was killed"
    the_log_holds()


STEPS = {"accept": 5, "attach": 5, "fetch": 17}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", VICTIMS)
def test_what_is_killed_at_some_message_is_mended(sweep: Sweep, name: str, after: bool) -> None:
    run(sweep, name, first=1 + after, step=STEPS[name], after=after)


@pytest.mark.torture
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", VICTIMS)
def test_what_is_killed_at_any_message_is_mended(sweep: Sweep, name: str, after: bool) -> None:
    run(sweep, name, first=1, step=1, after=after)
