"""A subscriber gets every event at least once and in order, whatever fails on the way."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection

from ledger import subscriptions
from ledger.log import Recorded
from ledger.models import ParkedEvent, Subscription
from tests.conftest import BASE_DIR, addresses
from tests.ledger.steps import write

# Each is killed at the event of its number, and another comes; the last, 0, at none.
KILLED = """
import django, os, signal, sys
django.setup()
from ledger import subscriptions
def deliver(event):
    os.write(1, f"{event.position}\\n".encode())
    if event.position == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
for fatal in (1, 2, 3, 4, 5, 0):
    if os.fork() == 0:
        subscriptions.advance("test", deliver)
        os._exit(0)
    assert os.wait()[1] == (signal.SIGKILL if fatal else 0)
"""


@pytest.mark.django_db
def test_events_come_in_order_and_once_while_nothing_fails() -> None:
    start = write(count=5)[0].position
    seen: list[int] = []
    Subscription.objects.create(name="test", position=start - 1)
    assert subscriptions.advance("test", lambda event: seen.append(event.position)) == 5
    assert subscriptions.advance("test", lambda event: seen.append(event.position)) == 0
    assert seen == list(range(start, start + 5))
    assert subscriptions.lag()["test"] == 0


@pytest.mark.django_db
def test_a_poisoned_event_is_parked_and_shown_and_others_pass() -> None:
    start = write(count=3)[0].position
    Subscription.objects.create(name="test", position=start - 1)
    seen: list[int] = []

    def deliver(event: Recorded) -> None:
        if event.position == start + 1 and not seen.count(-1):
            raise ValueError("poison\x00")
        seen.append(event.position)

    for _ in range(subscriptions.ATTEMPTS):
        subscriptions.advance("test", deliver)
        Subscription.objects.update(retry_at=None)
    subscriptions.advance("test", deliver)
    assert seen == [start, start + 2]
    assert subscriptions.parked() == 1
    assert ParkedEvent.objects.get().error == "ValueError: poison"
    seen.append(-1)
    assert subscriptions.retry_parked("test", deliver) == 1
    assert subscriptions.parked() == 0


@pytest.mark.django_db
def test_a_failed_event_waits_longer_each_time() -> None:
    start = write()[0].position
    Subscription.objects.create(name="test", position=start - 1)
    calls: list[int] = []

    def fail(event: Recorded) -> None:
        calls.append(event.position)
        raise ValueError

    subscriptions.advance("test", fail)
    subscriptions.advance("test", fail)
    assert calls == [start], "it was tried again at once"


def test_a_subscriber_killed_at_any_event_loses_none(committed_db: str) -> None:
    write(count=5)
    env = {**os.environ, **addresses(committed_db), "DJANGO_SETTINGS_MODULE": "aichina.settings"}
    done = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=BASE_DIR, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    seen = [int(line) for line in done.stdout.split()]
    assert list(dict.fromkeys(seen)) == [1, 2, 3, 4, 5]
    assert seen == sorted(seen)


@pytest.mark.django_db
def test_a_subscriber_s_fault_in_the_database_is_noted_and_parked_too() -> None:
    start = write(count=2)[0].position
    Subscription.objects.create(name="test", position=start - 1)
    seen: list[int] = []

    def deliver(event: Recorded) -> None:
        if event.position == start:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        seen.append(event.position)

    assert subscriptions.advance("test", deliver, attempts=1) == 0
    assert ParkedEvent.objects.get().position == start
    assert "division by zero" in ParkedEvent.objects.get().error
    assert subscriptions.advance("test", deliver, attempts=1) == 1
    assert seen == [start + 1]
