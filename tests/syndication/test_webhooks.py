"""Changes reach subscribers: each, in order, signed, at least once; and what a subscriber does harms nobody."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.db.models import F, Q
from django.db.models.functions import Now
from django.test import Client
from jsonschema import Draft202012Validator

from editorial.models import Change
from ledger import clock
from syndication.models import State, Webhook
from syndication.webhooks import delivering, leases, schedule, subscribing
from syndication.webhooks.posting import REMADE
from tests.editorial_steps import publish_actor, publish_category, publish_entry
from tests.outbound.conftest import Names, Serve
from tests.syndication.receiving import Receiver, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with receiving() as found:
        settings.OUTBOUND_ALLOWED = [found.host]
        yield found


def subscribed(address: str, **values: Any) -> tuple[Webhook, str]:
    given = {"name": "A library", "address": address, **values}
    return subscribing.subscribe(given, cursor=0)


def run(webhook: Webhook) -> Webhook:
    """One turn, whenever it is due."""
    Webhook.objects.filter(pk=webhook.pk).update(next_at=Now())
    delivering.deliver(webhook.pk)
    webhook.refresh_from_db()
    return webhook


def answer(status: str, *headers: str, body: bytes = b"") -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""])
    return head.encode() + body


def shown() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Client().get("/api/v1/changes/?limit=100").json()["results"]
    return found


def test_each_change_is_sent_in_order_as_the_api_shows_it_and_signed(
    receiver: Receiver, settings: Any
) -> None:
    settings.SITE_URL = "http://testserver"
    publish_category("rules"), publish_entry("one", title="声明").correct(title="宣言").rename("two")
    webhook, secret = subscribed(receiver.url)
    run(webhook)
    assert [received.change for received in receiver.got] == shown()
    for received in receiver.got:
        assert received.signed_with(secret)
        assert received.message["timestamp"] == received.change["moment"]
        assert received.headers["content-type"] == "application/json"
        assert received.headers["user-agent"].startswith("AIChinaTracker/")
        assert set(received.message) == {"type", "timestamp", "data"}
    assert len({received.name for received in receiver.got}) == 4
    assert (webhook.last_status, webhook.failures, webhook.lease) == (204, 0, None)
    # Nothing more is sent, until there is something.
    run(webhook)
    assert len(receiver.got) == 4
    publish_actor("zhipu")
    run(webhook)
    assert receiver.slugs[4:] == ["zhipu"]


def test_what_was_not_asked_for_is_passed_over(receiver: Receiver) -> None:
    rules, chips = publish_category("rules"), publish_category("chips")
    publish_entry("filed", categories=[str(rules.id)]), publish_entry("other", categories=[str(chips.id)])
    publish_actor("zhipu")
    of_actors, _ = subscribed(receiver.url + "/actors", type="actor")
    of_rules, _ = subscribed(receiver.url + "/rules", category=rules.id)
    run(of_actors), run(of_rules)
    got = [(received.path, received.change["document"]["slug"]) for received in receiver.got]
    assert got == [("/hook/actors", "zhipu"), ("/hook/rules", "filed")]
    last = Change.objects.latest("position").position
    assert of_actors.cursor == of_rules.cursor == last


def test_while_it_is_rotated_both_secrets_sign(receiver: Receiver) -> None:
    publish_entry("one")
    webhook, first = subscribed(receiver.url)
    second = subscribing.rotate(webhook.pk)
    run(webhook)
    (received,) = receiver.got
    assert received.signed_with(first)
    assert received.signed_with(second)
    assert first != second
    Webhook.objects.update(former_until=Now() - timedelta(seconds=1))
    publish_entry("two")
    run(webhook)
    assert not receiver.got[1].signed_with(first)
    assert receiver.got[1].signed_with(second)
    third = subscribing.rotate(webhook.pk)
    publish_entry("three")
    run(webhook)
    assert [receiver.got[2].signed_with(secret) for secret in (first, second, third)] == [False, True, True]


def test_secrets_stand_in_no_row_and_outlive_a_change_of_the_key(receiver: Receiver, settings: Any) -> None:
    publish_entry("one")
    webhook, secret = subscribed(receiver.url)
    assert secret.removeprefix("whsec_") not in str(Webhook.objects.values())
    before = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key " * 5, [before]
    run(webhook)
    assert receiver.got[0].signed_with(secret)
    settings.SECRET_KEY_FALLBACKS = []
    publish_entry("two")
    run(webhook)
    assert (webhook.state, webhook.why, len(receiver.got)) == (State.PARKED, REMADE, 1)
    anew = subscribing.rotate(webhook.pk)
    assert subscribing.resume(Webhook.objects.all()) == 1
    run(webhook)
    assert receiver.got[1].signed_with(anew)


def test_the_next_is_sent_once_this_one_is_taken(receiver: Receiver) -> None:
    publish_entry("one"), publish_entry("two")
    failing = iter([500, 503, 204, 204])
    receiver.answer = lambda _: next(failing)
    webhook, secret = subscribed(receiver.url)
    for failures in (1, 2):
        run(webhook)
        assert (webhook.cursor, webhook.failures, webhook.state) == (0, failures, State.ACTIVE)
        assert webhook.next_at > clock.now()
    # Before its time nothing is sent.
    assert not delivering.deliver(webhook.pk)
    assert len(receiver.got) == 2
    run(webhook)
    assert receiver.slugs == ["one", "one", "one", "two"]
    assert len({received.name for received in receiver.got[:3]}) == 1
    assert all(received.signed_with(secret) for received in receiver.got)
    assert (webhook.failures, webhook.failing_since) == (0, None)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def hang(connection: socket.socket) -> None:
    connection.settimeout(10)
    connection.recv(1)


@pytest.mark.parametrize(
    ("reply", "status", "said"),
    [
        (answer("500 No"), 500, "answered 500"),
        (answer("429 Later"), 429, "answered 429"),
        (answer("404 Not Found"), 404, "answered 404"),
        (answer("307 Moved", "Location: http://127.0.0.1:1/elsewhere"), 307, "redirects are not followed"),
        (answer("304 Not Modified"), 304, "redirects are not followed"),
        (b"nonsense\r\n\r\n", None, "no valid HTTP"),
        (reset, None, "."),
        (hang, None, "within 0.2 seconds"),
    ],
)
def test_whatever_is_no_2xx_is_a_failure(
    reply: Any, status: int | None, said: str, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = delivering.QUICK.__class__(redirects=0, whole=0.2, enough=1024)
    monkeypatch.setattr(delivering, "QUICK", quick)
    publish_entry("one")
    server = serve(reply)
    webhook, _ = subscribed(server.url())
    run(webhook)
    assert (webhook.cursor, webhook.failures, webhook.state) == (0, 1, State.ACTIVE)
    assert webhook.last_status == status
    assert said in webhook.last_sentence
    assert len(server.requests) == 1


def test_a_redirect_gets_nothing_of_what_was_sent(serve: Serve) -> None:
    elsewhere = serve(answer("200 OK"))
    server = serve(
        *(answer(f"{status} Moved", f"Location: {elsewhere.url()}") for status in (301, 302, 303, 307, 308))
    )
    publish_entry("one")
    webhook, _ = subscribed(server.url())
    for _ in range(5):
        run(webhook)
    assert (len(server.requests), elsewhere.requests, webhook.failures) == (5, [], 5)


def test_410_ends_it_until_a_person_says_otherwise(receiver: Receiver) -> None:
    publish_entry("one")
    receiver.answer = lambda _: 410
    webhook, _ = subscribed(receiver.url)
    run(webhook)
    assert (webhook.state, webhook.cursor) == (State.ENDED, 0)
    assert "410" in webhook.why
    run(webhook)
    assert (len(receiver.got), leases.claim_due()) == (1, [])


def test_of_an_answer_one_kilobyte_is_kept(serve: Serve) -> None:
    publish_entry("one")
    text = "é\x00".encode() * 5_000_000
    server = serve(answer("200 OK", body=text), answer("200 OK", "Content-Encoding: gzip", body=b"no gzip"))
    webhook, _ = subscribed(server.url())
    run(webhook)
    # What it took, it has taken, however much it says of that.
    assert (webhook.last_status, webhook.failures, len(server.requests)) == (200, 0, 1)
    assert 600 < len(webhook.last_answer.encode()) <= 1_024
    assert set(webhook.last_answer) == {"é"}
    publish_entry("two")
    run(webhook)
    assert (webhook.last_status, webhook.last_answer) == (200, "no gzip")


def test_after_three_days_of_failures_it_is_parked_and_shown(receiver: Receiver) -> None:
    publish_entry("one")
    receiver.answer = lambda _: 500
    webhook, _ = subscribed(receiver.url)
    run(webhook)
    almost = timedelta(days=3) - timedelta(minutes=1)
    Webhook.objects.update(failing_since=F("failing_since") - almost, failures=12)
    run(webhook)
    assert webhook.state == State.ACTIVE
    Webhook.objects.update(failing_since=F("failing_since") - timedelta(minutes=1))
    run(webhook)
    assert webhook.state == State.PARKED
    assert webhook.why == "It failed 14 times in three days. The last time: The server answered 500."
    assert leases.claim_due() == []
    ready = Client().get("/readyz").json()["checks"]["webhooks"]
    assert ready == {"ok": True, "parked": 1}
    # Nothing is lost: it goes on where it was.
    publish_entry("two")
    receiver.answer = lambda _: 204
    assert subscribing.resume(Webhook.objects.all()) == 1
    run(webhook)
    assert receiver.slugs[-2:] == ["one", "two"]


def test_it_waits_longer_each_time() -> None:
    waits = [schedule.wait_after(n, asked=0, jitter=0).total_seconds() for n in range(1, 10)]
    assert waits == [5, 60, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 36_000]
    assert sum(waits[:7]) < schedule.PARKED_AFTER.total_seconds()
    assert schedule.wait_after(1, asked=0, jitter=1).total_seconds() == 6


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("3600", 3_600),
        ("20", 20),
        ("1", 5),
        ("99999999", 12 * 3_600),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 7_200),
        ("soon", 7_200),
    ],
)
def test_who_says_when_to_come_again_is_asked_then_and_not_as_usual(
    serve: Serve, said: str, seconds: int
) -> None:
    """A subscriber that failed often, so that its usual wait is two hours."""
    publish_entry("one")
    webhook, _ = subscribed(serve(answer("429 Later", f"Retry-After: {said}")).url())
    Webhook.objects.update(failures=4)
    before = clock.now()
    run(webhook)
    waits = (webhook.next_at - before).total_seconds()
    assert seconds - 1 <= waits <= seconds * (1 + schedule.JITTER) + 2


def test_it_is_replayed_from_any_cursor_and_skips_to_now(receiver: Receiver) -> None:
    for slug in ("one", "two", "three"):
        publish_entry(slug)
    webhook, _ = subscribed(receiver.url)
    run(webhook)
    second = shown()[1]["cursor"]
    for where, told in (("beginning", ["one", "two", "three"]), (second, ["three"]), ("now", [])):
        receiver.got.clear()
        subscribing.replay(Webhook.objects.all(), subscribing.position_of(where))
        run(webhook)
        assert receiver.slugs == told


def test_a_person_is_not_overruled_by_what_is_under_way(receiver: Receiver) -> None:
    for slug in ("one", "two"):
        publish_entry(slug)
    last = Change.objects.latest("position").position
    webhook, _ = subscribed(receiver.url)
    lease = leases.take(webhook.pk)
    assert lease
    sent = lease.renew()
    subscribing.replay(Webhook.objects.all(), last)
    assert delivering._settle(lease, sent, sent.cursor + 1, delivering.Tried(204, "Taken."))
    webhook.refresh_from_db()
    assert (webhook.cursor, webhook.last_status) == (last, 204)
    subscribing.replay(Webhook.objects.all(), 0)
    subscribing.pause(Webhook.objects.all(), "Somebody paused it.")
    with pytest.raises(leases.Lost):
        lease.renew()
    lease.end()
    run(webhook)
    assert (receiver.got, webhook.state) == ([], State.PAUSED)
    subscribing.resume(Webhook.objects.all())
    run(webhook)
    assert receiver.slugs == ["one", "two"]


def test_one_worker_at_a_time_sends_to_a_subscriber(receiver: Receiver) -> None:
    publish_entry("one")
    webhook, _ = subscribed(receiver.url)
    mine = leases.take(webhook.pk)
    assert mine
    assert leases.take(webhook.pk) is None
    assert leases.claim_due() == []
    # A worker that died is not waited for longer than its lease.
    Webhook.objects.update(leased_until=Now() - timedelta(seconds=1))
    assert leases.claim_due() == [webhook.pk]
    assert leases.claim_due() == []
    others = leases.take(webhook.pk)
    assert others
    for late in (mine.renew, mine.hold):
        with pytest.raises(leases.Lost):
            late()
    mine.end()
    assert others.renew().lease == others.token


def test_those_in_trouble_never_take_all_threads() -> None:
    publish_entry("one")
    for number in range(30):
        webhook, _ = subscribed(f"https://hook{number}.example/")
        if number < 20:
            trouble = {"failures": 1} if number % 2 else {"last_ms": leases.SLOW + 1}
            Webhook.objects.filter(pk=webhook.pk).update(**trouble)
    claimed = Webhook.objects.filter(pk__in=leases.claim_due())
    assert claimed.exclude(leases.TROUBLED).count() == 10
    assert claimed.filter(leases.TROUBLED).count() == leases.TROUBLED_AT_ONCE
    assert leases.claim_due() == []
    for key in claimed.filter(leases.TROUBLED)[:3]:
        leases.take(key.pk)
    assert leases.claim_due() == []


FORBIDDEN = [
    "https://127.0.0.1/", "https://10.0.0.8/", "https://[::1]/", "https://169.254.169.254/latest/",
    "https://[::ffff:127.0.0.1]/", "https://localhost/", "https://tracker.internal/", "https://2130706433/",
    "http://example.org/", "http://127.0.0.1:8000/", "https://user:pw@example.org/", "ftp://example.org/",
    "https://example.org\\@127.0.0.1/", "javascript:alert(1)", "https://exa mple.org/", "https:///path",
    "https://example.org:0/", "https://0x7f.1/", "//example.org/",
]  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_an_address_that_became_forbidden_is_not_asked(address: str) -> None:
    publish_entry("one")
    webhook, _ = subscribed(address)
    run(webhook)
    assert (webhook.failures, webhook.last_status) == (1, None)
    assert webhook.last_sentence.endswith(".")


def test_a_name_that_leads_home_is_not_connected_to(names: Names, untouched: socket.socket) -> None:
    port = untouched.getsockname()[1]
    publish_entry("one")
    asked = names(hooks_example=[["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1"]])
    webhook, _ = subscribed(f"https://hooks.example:{port}/")
    for failures in (1, 2, 3):
        run(webhook)
        assert webhook.failures == failures
        assert "an address of this machine" in webhook.last_sentence
    assert asked == ["hooks.example"] * 3


def test_a_fault_of_our_own_is_said_and_parked_like_any_other(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_entry("one")
    webhook, _ = subscribed(receiver.url)
    monkeypatch.setattr(delivering, "shown", lambda *_: [{}["moment"]])
    run(webhook)
    assert webhook.failures == 1
    assert webhook.last_sentence == "The tracker itself failed on this (KeyError); its log says more."


def test_a_test_is_sent_at_once_and_changes_nothing(receiver: Receiver) -> None:
    publish_entry("one")
    webhook, secret = subscribed(receiver.url)
    tried = subscribing.ping(webhook)
    (received,) = receiver.got
    assert (tried.status, tried.sentence) == (204, "The server answered 204.")
    assert received.signed_with(secret)
    assert received.message["type"] == "ping"
    assert received.message["data"] == {"webhook": str(webhook.pk), "name": "A library"}
    webhook.refresh_from_db()
    assert (webhook.cursor, webhook.last_at) == (0, None)


def test_a_large_backlog_is_sent_in_turns(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        publish_entry(f"e{number}")
    webhook, _ = subscribed(receiver.url)
    monkeypatch.setattr(delivering, "BATCH", 2)
    turns = [delivering.deliver(webhook.pk) for _ in range(4)]
    assert turns == [True, True, False, False]
    assert receiver.slugs == [f"e{number}" for number in range(5)]


def test_the_description_says_what_a_subscriber_is_sent(receiver: Receiver) -> None:
    publish_entry("one")
    webhook, _ = subscribed(receiver.url)
    run(webhook)
    subscribing.ping(webhook)
    described = Client().get("/api/v1/openapi.json").json()
    assert [received.message["type"] for received in receiver.got] == [*described["webhooks"]]
    for received in receiver.got:
        sent = described["webhooks"][received.message["type"]]["post"]
        content = sent["requestBody"]["content"]["application/json"]
        judge = Draft202012Validator({**content["schema"], "components": described["components"]})
        for message in (received.message, content["example"]):
            judge.validate(message)
            assert not judge.is_valid({**message, "type": "other"})
        assert {parameter["name"] for parameter in sent["parameters"]} <= received.headers.keys()


def test_a_turn_ends_in_time_and_whoever_is_slow_waits_with_their_like(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        publish_entry(f"e{number}")
    webhook, _ = subscribed(receiver.url)
    monkeypatch.setattr(delivering, "BATCH_SECONDS", 0)
    # It comes again at once, but behind all others.
    assert delivering.deliver(webhook.pk)
    assert receiver.slugs == ["e0"]
    monkeypatch.setattr(delivering, "TROUBLED", Q(last_ms__gte=0))
    assert not delivering.deliver(webhook.pk)
    assert receiver.slugs == ["e0", "e1"]


def test_a_webhook_that_is_deleted_meanwhile_is_left(receiver: Receiver) -> None:
    publish_entry("one")
    webhook, _ = subscribed(receiver.url)
    lease = leases.take(webhook.pk)
    assert lease
    webhook.delete()
    with pytest.raises(leases.Lost):
        lease.renew()
    assert not delivering.deliver(uuid4())


def test_addresses_in_what_is_sent_lead_to_the_tracker(receiver: Receiver) -> None:
    entry = publish_entry("one")
    run(subscribed(receiver.url)[0])
    url = receiver.got[0].change["document"]["url"]
    assert url == f"{configured.SITE_URL}/api/v1/entries/{entry.id}/"
