"""Two who do the same at the same instant: one of them does it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from editorial.dispatch import load
from editorial.models import User
from imports import drafting, fetching, intake, leases, triage
from imports.models import Candidate, Decision, Fetch, Item, Source, State
from tests.editorial_steps import draft_entry, make_people
from tests.imports.serving import Site, Told, rss, serving
from tests.imports.steps import fetch, source
from timeline.models import EntryDocument

ROUNDS = 6


@pytest.fixture
def web(committed_db: str, settings: Any) -> Iterator[Site]:
    with serving() as site:
        settings.OUTBOUND_ALLOWED = [site.host]
        yield site


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each returns or raises, begun at the same instant with a connection of its own."""
    ready = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            ready.wait(20)
            return call()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def test_a_source_that_two_workers_want_is_fetched_once(web: Site) -> None:
    for number in range(ROUNDS):
        told = [Told(f"Number {number}", guid=str(number))]
        feed = source(web.put(f"/{number}", rss(told), delay=0.2))
        fetches = at_once(*[lambda key=feed.pk: fetching.fetch(key)] * 3)
        assert sorted(done is not None for done in fetches) == [False, False, True]
        assert [asked.path for asked in web.asked].count(f"/{number}") == 1
        assert Fetch.objects.filter(source=feed).count() == 1


def test_what_two_sources_tell_at_the_same_instant_is_one_candidate_each(web: Site) -> None:
    for number in range(ROUNDS):
        feeds = []
        for paper in ("a", "b"):
            told = [
                Told(f"Item {number} {n}", guid=f"{paper}{n}", link=f"https://paper.example/{number}/{n}")
                for n in range(50)
            ]
            feeds.append(source(web.put(f"/{paper}{number}", rss(told))))
        done = at_once(*(lambda key=feed.pk: fetching.fetch(key) for feed in feeds))
        assert [(fetched.outcome, fetched.new) for fetched in done] == [("new", 50)] * 2
    assert Candidate.objects.count() == 50 * ROUNDS
    assert Item.objects.count() == 100 * ROUNDS


@pytest.fixture
def candidates(web: Site) -> list[Candidate]:
    told = [Told(f"Number {n}", f"Of {n}.", str(n), f"https://paper.example/{n}") for n in range(ROUNDS)]
    fetch(source(web.put("/feed", rss(told))))
    return list(Candidate.objects.order_by("pk"))


def accepting(candidate: Candidate, by: User) -> Callable[[], Any]:
    content = drafting.content(candidate)
    return lambda: triage.accept(Candidate.objects.get(pk=candidate.pk), content, version=1, by=by)


def conflicts(results: list[Any]) -> list[bool]:
    """Which of them heard that another was first; whoever did not hear that was it."""
    assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, triage.Conflict)]
    return [isinstance(result, triage.Conflict) for result in results]


def test_of_two_who_accept_one_does_and_the_other_hears_of_it(candidates: list[Candidate]) -> None:
    people = make_people()
    for candidate in candidates:
        results = at_once(*(accepting(candidate, people[name]) for name in ("Author", "Reviewer")))
        assert sorted(conflicts(results)) == [False, True]
    assert EntryDocument.objects.count() == len(candidates)
    assert Decision.objects.filter(what="accepted").count() == len(candidates)


def test_of_one_who_accepts_and_one_who_dismisses_one_does(candidates: list[Candidate]) -> None:
    people = make_people()
    for candidate in candidates:
        dismissing = lambda seen=candidate: triage.dismiss(seen, "No", version=1, by=people["Reviewer"])  # noqa: E731
        results = at_once(accepting(candidate, people["Author"]), dismissing)
        assert sorted(conflicts(results)) == [False, True]
        candidate.refresh_from_db()
        drafted = EntryDocument.objects.filter(pk=triage.draft_id(candidate)).exists()
        assert candidate.state == (State.ACCEPTED if drafted else State.DISMISSED)


def test_of_two_who_attach_one_does(candidates: list[Candidate]) -> None:
    people = make_people()
    for number, candidate in enumerate(candidates):
        entry = draft_entry(f"entry-{number}")
        before = len(load(EntryDocument, entry.id).content["sources"])
        attaching = [
            lambda by=by, one=candidate, to=entry.id: triage.attach(one, to, version=1, by=by)
            for by in (people["Author"], people["Reviewer"])
        ]
        assert sorted(conflicts(at_once(*attaching))) == [False, True]
        assert len(load(EntryDocument, entry.id).content["sources"]) == before + 1


def test_who_follows_the_log_while_one_accepts_decides_nothing_twice(candidates: list[Candidate]) -> None:
    people = make_people()
    for candidate in candidates:

        def following(seen: Candidate = candidate) -> None:
            while not Candidate.objects.filter(pk=seen.pk, state=State.ACCEPTED).exists():
                triage.settle_all()

        results = at_once(accepting(candidate, people["Author"]), following)
        assert conflicts(results) == [False, False]
    assert Decision.objects.filter(what="accepted").count() == len(candidates)


def test_an_editor_does_not_wait_while_items_are_stored(web: Site) -> None:
    told = [Told(f"Number {n}", f"Of {n}.", str(n)) for n in range(3)]
    feed = source(web.put("/feed", rss(told)))
    fetch(feed)
    person = make_people()["Author"]
    candidate = Candidate.objects.first()
    assert candidate is not None
    storing, done = threading.Event(), threading.Event()

    def store() -> None:
        Source.objects.update(fetch_wanted="2026-01-01T00:00Z")
        lease = leases.take(feed.pk)
        assert lease
        with transaction.atomic():
            intake.begin(lease)
            storing.set()
            assert done.wait(20), "the editor waits"

    def decide() -> None:
        assert storing.wait(20)
        triage.accept(candidate, drafting.content(candidate), version=1, by=person)
        done.set()

    assert at_once(store, decide) == [None, None]
