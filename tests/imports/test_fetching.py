"""A source is fetched politely, never twice at once, never silently dead."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import pytest
from django.db.models.functions import Now
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from imports import fetching, leases, schedule
from imports.models import Candidate, Fetch, Item, Keyword, Outcome, Source
from imports.tasks import due
from outbound.retrying import retry_after
from tests.imports.serving import Site, Told, rss, serving
from tests.imports.steps import fetch, inbox, source
from timeline.models import EntryDocument
from timeline.models.edition import Entry

pytestmark = pytest.mark.django_db


def test_what_is_new_stands_in_the_inbox_newest_first(web: Site) -> None:
    feed = source(web.put("/feed", rss([Told("Second", guid="2"), Told("First", guid="1")])))
    done = fetch(feed)
    assert (done.outcome, done.found, done.new, done.done) == (Outcome.NEW, 2, 2, 2)
    assert inbox() == ["Second", "First"]
    assert (feed.health, feed.failures, feed.lease) == ("active", 0, None)
    assert feed.due_at > datetime.now(UTC)


def test_a_second_fetch_costs_a_304_and_imports_nothing(web: Site) -> None:
    feed = source(web.put("/feed", rss([Told("First", guid="1")])))
    fetch(feed)
    done = fetch(feed)
    assert [asked.status for asked in web.asked] == [200, 304]
    assert (done.outcome, done.status, done.new) == (Outcome.UNCHANGED, 304, 0)
    assert Item.objects.count() == 1


def test_a_body_that_is_the_same_is_not_read_again_by_a_server_without_validators(web: Site) -> None:
    feed = source(web.put("/feed", rss([Told("First", guid="1")]), validated=False))
    fetch(feed)
    assert fetch(feed).outcome == Outcome.UNCHANGED


def test_last_modified_is_given_back_as_it_came(web: Site) -> None:
    moment = "Tue, 03 Mar 2026 08:00:00 GMT"
    feed = source(web.put("/feed", rss([]), validated=False, headers={"Last-Modified": moment}))
    fetch(feed)
    fetch(feed)
    assert web.asked[1].headers["if-modified-since"] == moment


def test_we_say_who_we_are(web: Site) -> None:
    fetch(source(web.put("/feed", rss([]))))
    assert web.asked[0].headers["user-agent"].startswith("AIChinaTracker/")


def test_fetch_now_ignores_caches_and_shows_each_step(web: Site) -> None:
    feed = source(web.put("/feed", rss([Told("First", guid="1")])))
    fetch(feed)
    told: list[str] = []
    done = fetch(feed, at_any_time=True, tell=told.append)
    assert [asked.status for asked in web.asked] == [200, 200]
    assert done.outcome == Outcome.NOTHING
    assert [step["text"] for step in done.steps] == told
    assert any("Read 1 item" in text for text in told)


def test_who_waits_is_served_before_the_source_is_due_and_named(web: Site, django_user_model: Any) -> None:
    person = django_user_model.objects.create_user("mei")
    feed = source(web.put("/feed", rss([])), health="off", due_at=datetime(2100, 1, 1, tzinfo=UTC))
    assert fetching.fetch(feed.pk) is None
    assert fetching.want(feed.pk, person)
    done = fetching.fetch(feed.pk)
    assert done is not None
    assert done.asked_by == person
    assert fetching.fetch(feed.pk) is None


@pytest.mark.parametrize("status", [404, 500, 503])
def test_what_fails_is_tried_again_later_and_later_and_says_since_when_and_why(
    web: Site, status: int
) -> None:
    feed = source(web.put("/feed", status=status))
    waits = []
    for _ in range(4):
        fetch(feed)
        waits.append(feed.due_at - feed.fetched_at)
    assert waits == sorted(waits)
    assert waits[0] < waits[2]
    assert feed.health == "failing"
    assert str(status) in feed.health_why
    assert "4 times in a row" in feed.health_why
    web.put("/feed", rss([Told("Back", guid="1")]))
    fetch(feed)
    assert (feed.health, feed.health_why, feed.failures) == ("active", "", 0)


def test_what_is_gone_for_good_is_paused_until_somebody_switches_it_on(web: Site) -> None:
    feed = source(web.put("/feed", status=410))
    fetch(feed)
    assert feed.health == "paused"
    assert "410" in feed.health_why
    Source.objects.update(due_at=Now())
    assert leases.claim_due() == []


def test_retry_after_and_max_age_are_kept_to(web: Site) -> None:
    busy = source(web.put("/busy", status=503, headers={"Retry-After": "7200"}))
    fetch(busy)
    assert busy.due_at - busy.fetched_at >= timedelta(seconds=7200)
    slow = source(web.put("/slow", rss([]), headers={"Cache-Control": "public, max-age=5000"}))
    fetch(slow)
    assert slow.due_at - slow.fetched_at >= timedelta(seconds=5000)


def test_a_document_that_is_no_feed_says_so_and_the_source_goes_on(web: Site) -> None:
    feed = source(web.put("/feed", b"\x00\x01\x02 nothing that anybody could read"))
    done = fetch(feed)
    assert done.outcome == Outcome.FAILED
    assert done.sentence
    assert feed.health_why.startswith(done.sentence)


def test_a_server_that_does_not_answer_is_a_failure_in_words(settings: Any) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    settings.OUTBOUND_ALLOWED = [f"127.0.0.1:{port}"]
    done = fetch(source(f"http://127.0.0.1:{port}/feed"))
    assert done.outcome == Outcome.FAILED
    assert done.sentence.endswith(".")


def test_a_forbidden_address_is_never_asked(web: Site, settings: Any) -> None:
    settings.OUTBOUND_ALLOWED = []
    done = fetch(source(web.put("/feed", rss([]))))
    assert done.outcome == Outcome.FAILED
    assert web.asked == []


def test_a_source_that_moved_for_good_says_where_to(web: Site) -> None:
    web.put("/new", rss([Told("First", guid="1")]))
    feed = source(web.put("/old", status=301, headers={"Location": "/new"}))
    fetch(feed)
    assert feed.moved_to == web.address("/new")
    assert inbox() == ["First"]


def test_a_move_to_an_address_that_no_source_can_have_is_followed_and_not_proposed(web: Site) -> None:
    far = "/new?" + "x" * 3_000
    web.put(far, rss([Told("First", guid="1")]))
    feed = source(web.put("/old", status=301, headers={"Location": far}))
    assert fetch(feed).outcome == Outcome.NEW
    assert (feed.moved_to, feed.lease) == ("", None)


def test_one_fetch_at_a_time() -> None:
    feed = source("https://paper.example/feed")
    lease = leases.take(feed.pk)
    assert lease is not None
    assert leases.take(feed.pk) is None
    assert leases.take(feed.pk, at_any_time=True) is None


def test_a_lease_that_is_over_is_anybodys_and_who_held_it_writes_nothing_more() -> None:
    feed = source("https://paper.example/feed")
    dead = leases.take(feed.pk)
    assert dead is not None
    Source.objects.update(leased_until=Now() - timedelta(seconds=1))
    assert leases.claim_due() == [feed.pk]
    alive = leases.take(feed.pk)
    assert alive is not None
    assert Fetch.objects.get(lease=dead.token).outcome == Outcome.INTERRUPTED
    with pytest.raises(leases.Lost):
        dead.renew()
    with pytest.raises(leases.Lost):
        dead.hold()
    alive.renew()


def test_a_message_that_never_arrives_is_sent_again() -> None:
    feed = source("https://paper.example/feed")
    assert leases.claim_due() == [feed.pk]
    assert leases.claim_due() == []
    Source.objects.update(queued_until=Now() - timedelta(seconds=1))
    assert leases.claim_due() == [feed.pk]


def test_few_at_once_a_host() -> None:
    sources = [source(f"https://paper.example/{number}") for number in range(4)]
    taken = [leases.take(each.pk) for each in sources]
    assert [lease is not None for lease in taken] == [True, True, False, False]
    assert leases.take(source("https://other.example/").pk) is not None


def test_a_host_with_many_sources_that_are_due_keeps_no_other_waiting() -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    for number in range(30):
        source(f"https://crowd.example/{number}", due_at=long_ago)
    other = source("https://other.example/")
    assert other.pk in leases.claim_due(most=25)
    assert len(leases.claim_due()) == 10


def test_a_source_that_has_said_nothing_for_long_is_an_alarm(web: Site) -> None:
    days = [datetime(2025, 1, day, tzinfo=UTC) for day in range(1, 9)]
    told = [Told(f"Of day {day.day}", guid=str(day), date=format_datetime(day)) for day in days]
    feed = source(web.put("/feed", rss(told)))
    fetch(feed)
    assert feed.health == "active"
    fetch(feed)
    assert feed.health == "quiet"
    assert "it used to bring something every" in feed.health_why


def test_a_source_that_never_said_anything_is_an_alarm_too(web: Site) -> None:
    feed = source(web.put("/feed", rss([])))
    Source.objects.update(created_at=Now() - timedelta(days=40))
    fetch(feed)
    assert feed.health == "quiet"


def test_items_of_the_future_hide_no_news_of_today(web: Site) -> None:
    future = [Told(f"Of {n}", guid=f"f{n}", date=f"Tue, 03 Mar {2030 + n} 08:00:00 GMT") for n in range(35)]
    now = datetime.now(UTC)
    days = [Told(f"Day {n}", guid=f"d{n}", date=format_datetime(now - timedelta(days=n))) for n in range(5)]
    feed = source(web.put("/feed", rss([*future, *days])))
    fetch(feed)
    fetch(feed)
    assert feed.health == "active"


def test_max_age_holds_no_longer_than_the_longest_interval_and_not_for_errors(web: Site) -> None:
    year = {"Cache-Control": "max-age=31536000"}
    good = source(web.put("/good", rss([]), headers=year), longest=3_600)
    bad = source(web.put("/bad", status=500, headers=year), longest=3_600)
    for each in (good, bad):
        fetch(each)
        assert each.due_at - each.fetched_at <= timedelta(hours=1, minutes=10)


def test_what_is_switched_off_stays_so_whatever_a_fetch_brings(web: Site) -> None:
    feed = source(web.put("/feed", status=410), health="off", health_why="Switched off by Ann.")
    fetch(feed, at_any_time=True)
    assert (feed.health, feed.health_why) == ("off", "Switched off by Ann.")


def test_behind_a_redirect_to_another_origin_a_second_fetch_costs_a_304_too(web: Site, settings: Any) -> None:
    with serving("127.0.0.2") as other:
        settings.OUTBOUND_ALLOWED = [web.host, other.host]
        there = other.put("/feed", rss([Told("First", guid="1")]))
        feed = source(web.put("/feed", status=301, headers={"Location": there}))
        fetch(feed)
        fetch(feed)
        assert [asked.status for asked in other.asked] == [200, 304]


def test_old_fetches_are_forgotten_but_the_last(web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "KEPT_FETCHES", 2)
    feed = source(web.put("/feed", rss([])))
    for _ in range(4):
        last = fetch(feed)
    assert fetching.forget_old_fetches() == 2
    assert Fetch.objects.first() == last


def test_who_lost_the_lease_while_the_server_dawdled_stores_nothing(web: Site) -> None:
    feed = source(web.put("/feed", rss([Told("First", guid="1")])))

    def meanwhile(text: str) -> None:
        Source.objects.filter(pk=feed.pk).update(lease=UUID(int=1))

    assert fetching.fetch(feed.pk, tell=meanwhile) is None
    assert not Candidate.objects.exists()


@given(
    interval=st.integers(60, 86_400), news=st.booleans(), wanted=st.floats(0, 1e9), jitter=st.floats(-1, 1),
    failures=st.integers(1, 10_000),
)  # fmt: skip
def test_the_next_fetch_is_never_sooner_than_asked_nor_ever_given_up(
    interval: int, news: bool, wanted: float, jitter: float, failures: int
) -> None:
    pace = schedule.after_success(
        interval, shortest=900, longest=86_400, something_new=news, wanted=wanted, jitter=jitter
    )
    assert 900 <= pace.interval <= 86_400
    assert (
        max(900, min(wanted, schedule.LONGEST_ASKED))
        <= pace.wait
        <= max(86_400 * 1.1, schedule.LONGEST_ASKED)
    )
    later = schedule.after_failure(interval, failures=failures, shortest=900, wanted=wanted, jitter=jitter)
    assert min(wanted, schedule.LONGEST_ASKED) <= later.wait <= max(86_400 * 1.1, schedule.LONGEST_ASKED)


def test_news_makes_it_sooner_and_silence_later() -> None:
    faster = schedule.after_success(
        3_600, shortest=60, longest=86_400, something_new=True, wanted=0, jitter=0
    )
    slower = schedule.after_success(
        3_600, shortest=60, longest=86_400, something_new=False, wanted=0, jitter=0
    )
    assert faster.interval < 3_600 < slower.interval


def test_dates_in_retry_after_are_understood_and_nonsense_is_nothing() -> None:
    now = datetime(2026, 3, 3, tzinfo=UTC)
    at = format_datetime(now + timedelta(hours=1), usegmt=True)
    assert retry_after({"retry-after": at}, now) == 3_600
    for nonsense in ("soon", "-5", "9" * 40, "Tue, 99 Foo 2026"):
        assert retry_after({"retry-after": nonsense}, now) == 0
    assert schedule.max_age({"cache-control": 'private, max-age="60"'}) == 60


def test_due_sources_get_a_message_each(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr("imports.tasks.fetch.apply_async", lambda arguments, **_: sent.extend(arguments))
    feed = source("https://paper.example/feed")
    source("https://paper.example/off", health="off")
    assert due() == 1
    assert [UUID(key) for key in sent] == [feed.pk]


def test_what_a_source_drafts_by_itself_is_not_published(web: Site) -> None:
    Keyword.objects.create(word="labels", points=2)
    fetch(source(web.put("/feed", rss([Told("Of labels", guid="1")])), trust="draft"))
    assert EntryDocument.objects.count() == 1
    assert not Entry.objects.exists()
    assert "Of labels" not in Client().get("/timeline/").content.decode()
