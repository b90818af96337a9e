"""Eight processes append at once while others read: nothing is lost, doubled, out of order or passed over."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from ledger import log, verify
from tests.conftest import BASE_DIR, addresses

WRITER = """
import django, json, random, sys, time
django.setup()
from uuid import UUID
from ledger.store import VersionConflict
from tests.ledger.steps import write
seed, seconds = int(sys.argv[1]), float(sys.argv[2])
shared, own = UUID(int=1), UUID(int=100 + seed)
versions, acknowledged = {shared: 0, own: 0}, []
end = time.monotonic() + seconds
draw = random.Random(seed)
while time.monotonic() < end:
    stream = draw.choice([shared, own])
    try:
        for event in write(stream, versions[stream], draw.randint(1, 3)):
            acknowledged.append([event.position, str(stream), event.version])
            versions[stream] = event.version
    except VersionConflict as conflict:
        versions[stream] = conflict.actual
print(json.dumps(acknowledged))
"""
READER = """
import django, json, sys, time
django.setup()
from ledger import log
seen, end = [], time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    seen += [event.position for event in log.read(after=seen[-1] if seen else 0)]
print(json.dumps(seen))
"""


def run(database: str, seconds: float) -> tuple[list[list[list[object]]], list[list[int]]]:
    env = {**os.environ, **addresses(database), "DJANGO_SETTINGS_MODULE": "aichina.settings"}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(n), str(seconds)],
            cwd=BASE_DIR,
            env=env,
            stdout=subprocess.PIPE,
        )
        for program, count in ((WRITER, 8), (READER, 2))
        for n in range(count)
    ]
    answers = [json.loads(process.communicate(timeout=seconds + 120)[0]) for process in started]
    return answers[:8], answers[8:]


def check(database: str, seconds: float) -> None:
    written, read = run(database, seconds)
    events = list(log.read())
    assert len(events) > 100
    assert [event.position for event in events] == list(range(1, len(events) + 1))
    moments = [event.recorded_at for event in events]
    assert moments == sorted(moments)
    stored = [[event.position, str(event.stream), event.version] for event in events]
    assert sorted(row for rows in written for row in rows) == stored  # type: ignore[type-var]
    for seen in read:
        assert seen == list(range(1, len(seen) + 1)), "a reader passed a position"
    assert verify.verify() == []
    sys.stdout.write(f"\n{len(events)} events by 8 writers in {seconds:.0f} s\n")


def test_eight_writers_and_two_readers_for_five_seconds(committed_db: str) -> None:
    check(committed_db, 5)


@pytest.mark.torture
def test_eight_writers_and_two_readers_for_a_minute(committed_db: str) -> None:
    check(committed_db, 60)
