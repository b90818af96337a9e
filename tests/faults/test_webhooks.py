"""Webhooks sent by workers that are killed: a subscriber has what the server has; and nobody waits for another."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from editorial.models import Change
from syndication.models import Webhook
from syndication.webhooks import subscribing
from tests.editorial_steps import Doc, publish_category, publish_entry
from tests.faults.programs import Programs, Server
from tests.faults.test_consumers import Writers, published
from tests.syndication.receiving import Received, Receiver, receiving
from tests.waiting import wait

STANDING = {"withdrawn": "withdrawn", "merged": "merged"}


class Subscriber:
    """Keeps a copy by changes alone; what comes again it knows by its id, and what is out of order is a fault."""

    def __init__(self) -> None:
        self.copy: dict[str, tuple[object, ...]] = {}
        self.seen: list[int] = []
        self.name, self.repeated = "", 0
        self.faults: list[str] = []
        self.lock = threading.Lock()

    def take(self, received: Received) -> int:
        with self.lock:
            change = received.change
            if received.name == self.name:
                self.repeated += 1
            elif self.seen and change["position"] <= self.seen[-1]:
                self.faults.append(f"{change['position']} came after {self.seen[-1]}.")
            else:
                self.name = received.name
                self.seen.append(change["position"])
                self.keep(change)
        return 204

    def keep(self, change: dict[str, Any]) -> None:
        document = change["document"]
        standing = STANDING.get(change["kind"], "public")
        self.copy[document["id"]] = (
            document["id"], change["type"], document["slug"], document["title"], change["edition"], standing,
        )  # fmt: skip


class Unhurried(Writers):
    """No more than a subscriber takes one after the other, on a machine that is busy."""

    def _one(self, chance: random.Random, name: str, winner: Doc) -> None:
        super()._one(chance, name, winner)
        self.stopping.wait(4)


def subscribed(receiver: Receiver, name: str = "A library") -> Webhook:
    return subscribing.subscribe({"name": name, "address": receiver.url}, cursor=0)[0]


def deliver_and_be_killed(programs: Programs, kills: int) -> None:
    chance = random.Random(kills)
    subscriber = Subscriber()
    publish_category("rules")
    with receiving(subscriber.take) as receiver:
        programs.environment |= {"OUTBOUND_ALLOWED": receiver.host, "WEBHOOK_LEASE_SECONDS": "1.5"}
        subscribed(receiver)
        for name in ("beat", "worker"):
            programs.start(name)
        with Unhurried():
            for _ in range(kills):
                postman = programs.start("postman")
                before = len(receiver.got)
                wait(lambda: len(receiver.got) > before, "nothing is sent", 60)  # noqa: B023
                time.sleep(chance.uniform(0, 0.3))
                programs.kill(postman)
        programs.start("postman")
        changes = list(Change.objects.order_by("position").values_list("position", flat=True))
        wait(lambda: subscriber.seen == changes, "the subscriber has all", 120)
        assert set(subscriber.copy.values()) == published()
        assert subscriber.faults == []
        assert subscriber.repeated <= kills


def test_a_worker_killed_while_it_sends_loses_nothing(programs: Programs) -> None:
    deliver_and_be_killed(programs, 2)


@pytest.mark.torture
def test_a_worker_killed_a_hundred_times_loses_nothing(programs: Programs) -> None:
    deliver_and_be_killed(programs, 100)


@pytest.mark.torture
def test_a_broker_that_goes_while_something_is_sent_stops_nothing(programs: Programs, broker: Server) -> None:
    sending, back = threading.Event(), threading.Event()

    def answer(received: Received) -> int:
        sending.set()
        back.wait(60)
        return 204

    with receiving(answer) as receiver:
        programs.environment["OUTBOUND_ALLOWED"] = receiver.host
        publish_entry("before")
        subscribed(receiver)
        for name in ("beat", "worker", "postman"):
            programs.start(name)
        assert sending.wait(60)
        broker.kill()
        publish_entry("meanwhile")
        broker.start()
        back.set()
        publish_entry("after")
        wait(
            lambda: {*receiver.slugs} == {"before", "meanwhile", "after"},
            "what was meanwhile is not sent",
            60,
        )


@contextmanager
def silent() -> Iterator[tuple[str, list[socket.socket]]]:
    """Takes connections, and says nothing for ever."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:

        def hold() -> None:
            with suppress(OSError):
                while True:
                    held.append(listener.accept()[0])

        threading.Thread(target=hold, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", held
        listener.shutdown(socket.SHUT_RDWR)
    for connection in held:
        connection.close()


def test_the_slow_and_the_dead_delay_nobody(programs: Programs) -> None:
    """More of them than there are threads, and all due at once."""
    publish_entry("first")
    with silent() as (dead, held), receiving() as receiver:
        programs.environment["OUTBOUND_ALLOWED"] = f"{dead},{receiver.host}"
        for number in range(24):
            subscribing.subscribe({"name": f"Dead {number}", "address": f"http://{dead}/"}, cursor=0)
        Webhook.objects.update(failures=1)
        for name in ("beat", "worker", "postman"):
            programs.start(name)
        wait(lambda: len(held) >= 8, "nothing is sent to the dead", 60)
        alive = subscribed(receiver)
        publish_entry("second")
        wait(lambda: receiver.slugs == ["first", "second"], "who is alive waits for the dead", 10)
        publish_entry("third")
        wait(lambda: receiver.slugs == ["first", "second", "third"], "who is alive waits for the dead", 10)
        # The dead are still waited for: not one was let go meanwhile to make room.
        assert len(held) == 8
        alive.refresh_from_db()
        assert alive.failures == 0
