"""Webhooks sent by workers that are killed: a subscriber has what the server has; and nobody waits for another."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from editorial.models import Change
from syndication.models import Webhook
from syndication.webhooks import subscribing
from tests.editorial_steps import Doc, publish_category, publish_entry
from tests.faults.consumer import Copy
from tests.faults.programs import Programs
from tests.faults.test_consumers import Writers, copied, published, seen
from tests.syndication.receiving import Received, Receiver, receiving
from tests.waiting import wait


class Subscriber:
    """Keeps a copy; what comes a second time it knows by its id, and anything out of order is a fault."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.last = ("", 0)
        self.repeated = 0
        self.faults: list[str] = []
        self.lock = threading.Lock()

    def take(self, received: Received) -> int:
        with self.lock:
            if received.name == self.last[0]:
                self.repeated += 1
                return 204
            if received.change["position"] <= self.last[1]:
                self.faults.append(f"{received.change['position']} after {self.last[1]}")
            copy = Copy(str(self.file))
            copy.keep(received.change)
            copy.rows.close()
            self.last = (received.name, received.change["position"])
        return 204


class Unhurried(Writers):
    """No more than a subscriber takes one after the other, on a machine that is busy."""

    def _one(self, chance: random.Random, name: str, winner: Doc) -> None:
        super()._one(chance, name, winner)
        self.stopping.wait(4)


def subscribed(receiver: Receiver, name: str = "A library") -> Webhook:
    return subscribing.subscribe({"name": name, "address": receiver.url}, cursor=0)[0]


def deliver_and_be_killed(programs: Programs, file: Path, kills: int) -> None:
    chance = random.Random(kills)
    subscriber = Subscriber(file)
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
        wait(lambda: file.exists() and seen(file) == changes, "the subscriber has all", 120)
        assert copied(file) == published()
        assert subscriber.faults == []
        assert subscriber.repeated <= kills


def test_a_worker_killed_while_it_sends_loses_nothing(programs: Programs, tmp_path: Path) -> None:
    deliver_and_be_killed(programs, tmp_path / "copy.sqlite", 2)


@pytest.mark.torture
def test_a_worker_killed_a_hundred_times_loses_nothing(programs: Programs, tmp_path: Path) -> None:
    deliver_and_be_killed(programs, tmp_path / "copy.sqlite", 100)


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
