"""Webhooks are managed by holders of keys over the API, each its own, and by publishers in the admin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from editorial.api.cursor import cursor_at
from editorial.models import Change
from ledger import clock
from syndication.keys import issue, revoke
from syndication.models import Key, State, Webhook
from syndication.webhooks import delivering, subscribing
from tests.editorial_steps import make_people, publish_actor, publish_category, publish_entry
from tests.syndication.receiving import Receiver, receiving
from tests.syndication.test_webhooks import FORBIDDEN

pytestmark = pytest.mark.django_db
WEBHOOKS, ADMIN = "/api/v1/webhooks/", "/admin/syndication/webhook/"
LIBRARY = {"name": "A library", "address": "https://library.example/hook"}


class Holder:
    """A program with a key."""

    def __init__(self, name: str = "A desk") -> None:
        self.key, self.text = issue(name, "desk@example.org", uuid4())
        self.client = Client(headers={"Authorization": f"Bearer {self.text}"})

    def ask(self, method: str, path: str = "", sent: Any = None, expected: int = 200) -> Any:
        body = b"" if sent is None else json.dumps(sent).encode()
        answer = self.client.generic(method, WEBHOOKS + path, body, "application/json")
        assert answer.status_code == expected, answer.content
        assert answer["Cache-Control"] == "no-store"
        return answer.json() if answer.content else None

    def wrong(self, sent: Any, method: str = "POST", path: str = "") -> dict[str, str]:
        errors = self.ask(method, path, sent, 400)["errors"]
        return {error["parameter"]: error["detail"] for error in errors}


@pytest.fixture
def holder() -> Holder:
    return Holder()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with receiving() as found:
        settings.OUTBOUND_ALLOWED = [found.host]
        yield found


@pytest.fixture
def publisher() -> Client:
    make_people()
    client = Client()
    client.login(username="publisher", password="publisher")
    return client


def test_whoever_makes_one_is_told_where_it_is_also_without_the_last_slash(holder: Holder) -> None:
    body = json.dumps(LIBRARY)
    sent_on = holder.client.post("/api/v1/webhooks", body, content_type="application/json")
    assert (sent_on.status_code, sent_on["Location"], sent_on.content) == (308, WEBHOOKS, b"")
    assert sent_on["Cache-Control"] == "no-store"
    made = holder.client.post("/api/v1/webhooks", body, content_type="application/json", follow=True)
    assert made.status_code == 201
    assert holder.client.get(made["Location"]).json()["id"] == made.json()["id"]


def test_a_holder_makes_one_and_is_sent_what_follows(holder: Holder, receiver: Receiver) -> None:
    publish_entry("before")
    made = holder.ask(
        "POST", sent={"name": "A library", "address": receiver.url, "type": "entry"}, expected=201
    )
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret := made.pop("secret"))
    assert made == holder.ask("GET", f"{made['id']}/") == holder.ask("GET")["results"][0]
    assert (made["state"], made["lag"], made["last"], made["type"]) == ("active", 0, None, "entry")
    publish_entry("after"), publish_actor("zhipu")
    assert holder.ask("GET", f"{made['id']}/")["lag"] == 2
    delivering.deliver(Webhook.objects.get().pk)
    assert receiver.slugs == ["after"]
    assert receiver.got[0].signed_with(secret)
    shown = holder.ask("GET", f"{made['id']}/")
    assert (
        shown["last"].items() >= {"status": 204, "sentence": "The server answered 204.", "answer": ""}.items()
    )
    assert (shown["lag"], shown["cursor"]) == (0, cursor_at(Change.objects.latest("position").position))


def test_a_holder_changes_pauses_rotates_replays_tests_and_deletes(
    holder: Holder, receiver: Receiver
) -> None:
    rules = publish_category("rules")
    publish_entry("one", categories=[str(rules.id)])
    made = holder.ask("POST", sent={**LIBRARY, "after": "beginning", "category": "rules"}, expected=201)
    one = f"{made['id']}/"
    assert (made["category"], made["cursor"]) == (str(rules.id), cursor_at(0))
    changed = holder.ask("PATCH", one, {"name": "Another", "address": receiver.url, "category": None})
    assert (changed["name"], changed["address"], changed["category"]) == ("Another", receiver.url, None)
    assert holder.ask("PATCH", one, {"state": "paused"})["state"] == "paused"
    delivering.deliver(Webhook.objects.get().pk)
    assert receiver.got == []
    assert holder.ask("PATCH", one, {"state": "active"})["state"] == "active"
    delivering.deliver(Webhook.objects.get().pk)
    assert receiver.slugs == ["rules", "one"]
    rotated = holder.ask("POST", f"{one}rotate/")
    tried = holder.ask("POST", f"{one}test/")
    assert (tried["status"], tried["sentence"]) == (204, "The server answered 204.")
    assert receiver.got[-1].signed_with(rotated["secret"])
    assert receiver.got[-1].signed_with(made["secret"])
    assert holder.ask("POST", f"{one}replay/", {"after": receiver.got[0].change["cursor"]})["lag"] == 1
    delivering.deliver(Webhook.objects.get().pk)
    assert receiver.got[-1].change["document"]["slug"] == "one"
    assert holder.ask("DELETE", one, expected=204) is None
    holder.ask("GET", one, expected=404)


def test_another_address_begins_without_the_failures_of_the_one_before(
    holder: Holder, receiver: Receiver, publisher: Client
) -> None:
    publish_entry("one")
    wrong = receiver.url.replace("/hook", "/typo")
    receiver.answer = lambda received: 404 if received.path == "/typo" else 204
    made = holder.ask(
        "POST", sent={"name": "A library", "address": wrong, "after": "beginning"}, expected=201
    )
    one = f"{made['id']}/"
    form = f"/admin/syndication/webhook/{made['id']}/change/"
    for correct in (
        lambda: holder.ask("PATCH", one, {"address": receiver.url}),
        lambda: publisher.post(form, {"name": "A library", "address": receiver.url}),
    ):
        delivering.deliver(made["id"])
        long_ago = clock.now() - timedelta(days=4)
        Webhook.objects.update(failing_since=long_ago, next_at=clock.now() + timedelta(hours=10))
        holder.ask("PATCH", one, {"name": "The library"})
        assert holder.ask("GET", one)["failures"] == 1
        correct()
        assert holder.ask("GET", one)["failures"] == 0
        # What fails there for the first time is tried again, and what is due is sent at once.
        receiver.answer = lambda _: 503
        delivering.deliver(made["id"])
        assert holder.ask("GET", one)["state"] == "active"
        receiver.answer = lambda received: 404 if received.path == "/typo" else 204
        holder.ask("PATCH", one, {"address": wrong})


def test_without_a_key_nobody_comes_in_whoever_is_signed_in(publisher: Client) -> None:
    webhook, _ = subscribing.subscribe(LIBRARY, cursor=0)
    for client in (Client(), publisher):
        for path in ("", f"{webhook.pk}/"):
            answer = client.get(WEBHOOKS + path)
            assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="tracker"')
            assert answer["Content-Type"] == "application/problem+json"
        assert client.post(WEBHOOKS, LIBRARY, "application/json").status_code == 401
    assert Webhook.objects.count() == 1


def test_a_key_sees_its_own_alone(holder: Holder) -> None:
    other = Holder("Another desk")
    others = other.ask("POST", sent=LIBRARY, expected=201)
    ours, _ = subscribing.subscribe(LIBRARY, cursor=0)
    assert holder.ask("GET")["results"] == []
    for key in (others["id"], ours.pk, uuid4()):
        for method, deed in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "rotate/"), ("POST", "replay/"),
                             ("POST", "test/")):  # fmt: skip
            holder.ask(method, f"{key}/{deed}", {"after": "now"} if deed == "replay/" else {}, 404)
    assert Webhook.objects.count() == 2


def test_a_key_has_ten_at_most(holder: Holder) -> None:
    for _ in range(10):
        holder.ask("POST", sent=LIBRARY, expected=201)
    assert "10 webhooks" in holder.ask("POST", sent=LIBRARY, expected=409)["detail"]
    Holder("Another desk").ask("POST", sent=LIBRARY, expected=201)
    holder.ask("DELETE", f"{holder.ask('GET')['results'][0]['id']}/", expected=204)
    holder.ask("POST", sent=LIBRARY, expected=201)


def test_where_a_key_is_revoked_nothing_more_is_sent(holder: Holder, receiver: Receiver) -> None:
    holder.ask("POST", sent={"name": "A library", "address": receiver.url}, expected=201)
    publish_entry("one")
    revoke(holder.key, "It was printed in a paper.")
    webhook = Webhook.objects.get()
    assert (webhook.state, webhook.why) == (State.ENDED, "Its key was revoked.")
    assert subscribing.resume(Webhook.objects.all()) == 0
    delivering.deliver(webhook.pk)
    assert receiver.got == []
    holder.ask("GET", expected=401)
    with pytest.raises(subscribing.TooMany):
        subscribing.subscribe(LIBRARY, cursor=0, key=Key.objects.get())


def test_a_problem_names_each_field_that_is_wrong(holder: Holder) -> None:
    assert set(holder.wrong({})) == {"name", "address"}
    assert holder.wrong({**LIBRARY, "adress": 1}) == {
        "adress": "There is no such field. Do you mean “address”?"
    }
    assert holder.wrong({**LIBRARY, "state": "paused"})["state"].startswith("There is no such field.")
    assert set(holder.wrong({**LIBRARY, "name": "a\x00b", "type": "entries", "category": "none", "after": "x"})) == {
        "name", "type", "category", "after"
    }  # fmt: skip
    # What is no text is not taken for one.
    numbers = dict.fromkeys(("name", "address", "type", "category", "after"), 0)
    assert holder.wrong({**LIBRARY, **numbers}).keys() == numbers.keys()
    publish_category("rules")
    assert "category" in holder.wrong({**LIBRARY, "type": "actor", "category": "rules"})
    made = holder.ask("POST", sent={**LIBRARY, "type": "entry", "category": "rules"}, expected=201)
    one = f"{made['id']}/"
    assert "category" in holder.wrong({"type": "actor"}, "PATCH", one)
    assert "state" in holder.wrong({"state": "parked"}, "PATCH", one)
    assert "name" in holder.wrong({"name": "\ud800"}, "PATCH", one)
    for after in ("", None, 5, ["now"], cursor_at(10**9), "now" * 20):
        assert "after" in holder.wrong({"after": after}, path=f"{one}replay/")
    assert holder.wrong({}, "GET", "?x=1") == {"x": "There is no such parameter."}


@pytest.mark.parametrize(
    "address", [*FORBIDDEN, "", 5, None, [], "https://example.org/" + "a" * 2_000, "https://\ud800.example/"]
)
def test_an_address_that_may_not_be_asked_is_refused_in_a_sentence(holder: Holder, address: Any) -> None:
    said = holder.wrong({**LIBRARY, "address": address})["address"]
    assert said.endswith(".")
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"x"', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 19_000, "application/json", 400),
        (b"1" * 19_000, "application/json", 400),
        (b'{"\\ud800\\u0000": 1}', "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b'{"name": "' + b"a" * 20_000 + b'"}', "application/json", 413),
        (b"name=x&address=https%3A%2F%2Fa.example%2F", "application/x-www-form-urlencoded", 415),
        (b"<a/>", "text/xml", 415),
        (b"{}", "application/json; charset=utf-16", 415),
    ],
)
def test_whatever_is_sent_is_answered_with_a_problem(
    holder: Holder, body: bytes, kind: str, status: int
) -> None:
    answer = holder.client.generic("POST", WEBHOOKS, body, kind)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    json.loads(answer.content.decode())


def test_tests_are_limited(holder: Holder, receiver: Receiver) -> None:
    made = holder.ask("POST", sent={"name": "A library", "address": receiver.url}, expected=201)
    for _ in range(10):
        holder.ask("POST", f"{made['id']}/test/")
    answer = holder.client.post(f"{WEBHOOKS}{made['id']}/test/")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert len(receiver.got) == 10


def test_publishers_make_one_and_see_its_secret_once(publisher: Client, receiver: Receiver) -> None:
    rules = publish_category("rules")
    typed = {"name": "A library", "address": receiver.url, "type": "entry", "category": str(rules.id)}
    answer = publisher.post(f"{ADMIN}add/", typed)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    (secret,) = set(re.findall(r"whsec_[A-Za-z0-9+/]{43}=", answer.content.decode()))
    webhook = Webhook.objects.get()
    assert (webhook.key, webhook.type, webhook.category) == (None, "entry", rules.id)
    publish_entry("one", categories=[str(rules.id)])
    delivering.deliver(webhook.pk)
    assert receiver.got[0].signed_with(secret)
    one = f"{ADMIN}{webhook.pk}/"
    rotated = publisher.post(f"{one}do/rotate/").content.decode()
    (anew,) = set(re.findall(r"whsec_[A-Za-z0-9+/]{43}=", rotated))
    for address in (ADMIN, f"{one}change/", f"{one}history/"):
        text = publisher.get(address).content.decode()
        assert "whsec_" not in text
    assert secret[6:] not in str(LogEntry.objects.values()) + str(Webhook.objects.values())
    assert anew != secret


def test_publishers_do_with_it_what_has_to_be_done(publisher: Client, receiver: Receiver) -> None:
    publish_entry("one"), publish_entry("two")
    webhook, _ = subscribing.subscribe({"name": "A library", "address": receiver.url}, cursor=0)
    one = f"{ADMIN}{webhook.pk}/"

    def do(name: str, **typed: str) -> str:
        return publisher.post(f"{one}do/{name}/", typed, follow=True).content.decode()

    assert "is sent from now on" in do("replay", after="now")
    webhook.refresh_from_db()
    assert webhook.cursor == Change.objects.latest("position").position
    assert "Write a cursor" in do("replay", after="yesterday")
    assert "The server answered 204." in do("test")
    assert "Paused" in do("pause")
    assert "not in a state for that" in do("pause")
    listed = publisher.get(ADMIN).content.decode()
    assert "Paused since" in listed
    assert "publishers paused it." in listed
    chosen = {"action": "resume_them", "_selected_action": str(webhook.pk)}
    assert "Resumed" in publisher.post(ADMIN, chosen, follow=True).content.decode()
    # A form saves what was typed into it alone: a delivery may have gone on meanwhile.
    Webhook.objects.update(cursor=1, failures=3)
    publisher.post(f"{one}change/", {"name": "Renamed", "address": receiver.url})
    webhook.refresh_from_db()
    assert (webhook.name, webhook.cursor, webhook.failures) == ("Renamed", 1, 3)
    assert "failed 3 times in a row" in publisher.get(ADMIN).content.decode()
    assert "was deleted" in do("delete")
    assert not Webhook.objects.exists()
    assert publisher.post(f"{one}do/pause/").status_code == 404


@pytest.mark.parametrize("address", ["https://10.0.0.8/", "http://example.org/", "javascript:alert(1)"])
def test_publishers_are_told_what_is_wrong_with_an_address(publisher: Client, address: str) -> None:
    answer = publisher.post(f"{ADMIN}add/", {"name": "A library", "address": address})
    assert 'class="errorlist"' in answer.content.decode()
    assert not Webhook.objects.exists()


def test_what_a_subscriber_answers_is_inert_text(publisher: Client, receiver: Receiver) -> None:
    webhook, _ = subscribing.subscribe({"name": "<i>x</i>", "address": receiver.url}, cursor=0)
    Webhook.objects.update(last_answer="<script>alert(1)</script>", last_at="2026-03-03T00:00Z", last_ms=1)
    for address in (ADMIN, f"{ADMIN}{webhook.pk}/change/"):
        text = publisher.get(address).content.decode()
        assert "<script>alert" not in text
        assert "<i>x" not in text


def test_who_is_no_publisher_does_nothing() -> None:
    make_people()
    webhook, _ = subscribing.subscribe(LIBRARY, cursor=0)
    client = Client()
    client.login(username="reviewer", password="reviewer")
    assert client.get(ADMIN).status_code == 403
    for name in ("pause", "rotate", "delete", "test"):
        assert client.post(f"{ADMIN}{webhook.pk}/do/{name}/").status_code == 403
    assert client.post(f"{ADMIN}add/", LIBRARY).status_code == 403
    assert Webhook.objects.count() == 1
