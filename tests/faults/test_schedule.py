"""What is scheduled is published as approved, once, at its time by the database's clock; or late, and truly dated."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, timedelta

import pytest

from editorial import commands as c
from editorial.events import Published
from editorial.permissions import SCHEDULER
from editorial.tasks import publish_due
from editorial.workflow import Refused, Stage
from tests.conftest import BASE_DIR, addresses
from tests.editorial_steps import AUTHOR, CHIEF, PUBLISHER, REVIEWER, Doc
from tests.faults.programs import Programs
from tests.faults.steps import clock, published, scheduled, the_log_holds
from tests.waiting import wait
from timeline.models import Entry

RACER = """
import django, sys
django.setup()
from django.db import connection
from editorial.tasks import publish_due
connection.ensure_connection()
print("ready", flush=True)
sys.stdin.readline()
print(publish_due(), flush=True)
"""


def refusal(doc: Doc, command: c.Command, by: object) -> str:
    with pytest.raises(Refused) as refused:
        doc.do(command, by)  # type: ignore[arg-type]
    return str(refused.value)


def test_it_is_published_once_at_its_time_and_as_it_was_approved(programs: Programs) -> None:
    doc, at = scheduled()
    programs.start("worker")
    programs.start("beat")
    wait(lambda: published(doc), "it was not published")
    once, position = published(doc), doc.state.version
    assert isinstance(once[0].event, Published)
    assert once[0].event.content_version == doc.state.content_version
    assert once[0].actor == SCHEDULER.id
    assert at <= once[0].at < at + timedelta(seconds=20)
    assert Entry.objects.get(document=doc.id).title == "As it was approved"
    another, _ = scheduled(timedelta(milliseconds=500))
    wait(lambda: published(another), "the next was not published")
    assert (published(doc), doc.state.version) == (once, position)
    the_log_holds()


def test_with_no_worker_at_its_time_it_comes_late_and_says_so(programs: Programs) -> None:
    doc, at = scheduled(timedelta(milliseconds=500))
    wait(lambda: clock() > at + timedelta(seconds=1), "the time did not pass")
    assert not published(doc)
    assert doc.state.stage is Stage.SCHEDULED
    before = clock()
    programs.start("beat")
    programs.start("worker")
    wait(lambda: published(doc), "it was not published afterwards")
    [event] = published(doc)
    edition = Entry.objects.get(document=doc.id)
    assert at < before < event.at <= clock()
    assert edition.moment == edition.first_published_at == event.at


def test_of_many_that_try_at_once_one_publishes_each(committed_db: str) -> None:
    docs = [scheduled(timedelta(milliseconds=500), f"Number {n}")[0] for n in range(6)]
    last = clock() + timedelta(milliseconds=500)
    environment = {**os.environ, **addresses(committed_db), "DJANGO_SETTINGS_MODULE": "aichina.settings"}
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER],
            cwd=BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    assert all(racer.stdout and racer.stdout.readline() == "ready\n" for racer in racers)
    wait(lambda: clock() > last, "the time did not pass")
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    counts = [int(racer.communicate(timeout=60)[0]) for racer in racers]
    assert sum(counts) == len(docs)
    assert all(len(published(doc)) == 1 for doc in docs)
    the_log_holds()


def test_it_is_closed_to_changes_until_it_is_unscheduled(committed_db: str) -> None:
    doc, _ = scheduled(timedelta(milliseconds=300))
    changes = [
        (c.Revise({"title": "Other"}, doc.seen), AUTHOR),
        (c.Restore(1, doc.seen), AUTHOR),
        (c.TakeBack(), AUTHOR),
        (c.Approve(doc.seen), REVIEWER),
        (c.RequestChanges("Shorter."), REVIEWER),
        (c.Discard(), CHIEF),
    ]
    for command, by in changes:
        assert "closed to changes until it is unscheduled" in refusal(doc, command, by)
    doc.do(c.Unschedule(), PUBLISHER)
    at = clock() + timedelta(milliseconds=300)
    wait(lambda: clock() > at, "the time did not pass")
    assert publish_due() == 0
    doc.revise(title="Other")
    assert not published(doc)


def test_nobody_publishes_it_before_its_time(committed_db: str) -> None:
    doc, at = scheduled(timedelta(minutes=5))
    assert publish_due() == 0
    assert f"It is scheduled for {at.astimezone(UTC).isoformat()}." in refusal(doc, c.PublishDue(), SCHEDULER)
    assert "Only the scheduler can" in refusal(doc, c.PublishDue(), CHIEF)
    past = c.Schedule(doc.seen, clock() - timedelta(seconds=1))
    doc.do(c.Unschedule(), PUBLISHER)
    assert "This moment has passed" in refusal(doc, past, PUBLISHER)


@pytest.mark.skipif(shutil.which("faketime") is None, reason="needs faketime, to set one process's clock")
@pytest.mark.parametrize("minutes", [2, -2], ids=["fast", "slow"])
def test_a_worker_whose_clock_is_wrong_keeps_to_the_database_s(programs: Programs, minutes: int) -> None:
    programs.start("worker", "faketime", "-f", f"{minutes:+d}m", FAKETIME_DONT_FAKE_MONOTONIC="1")
    programs.start("beat")
    sooner, _ = scheduled(timedelta(milliseconds=500))
    wait(lambda: published(sooner), "the worker does nothing")
    doc, at = scheduled()
    wait(lambda: published(doc), "it was not published")
    [event] = published(doc)
    assert at <= event.at < at + timedelta(seconds=20)
