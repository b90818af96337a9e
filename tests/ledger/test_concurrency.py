"""Eight processes append at once while others read: nothing is lost, doubled, out of order or passed over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledger import log, verify
from tests.conftest import BASE_DIR, addresses

# One process imports everything and becomes the ten, each with a file for what it saw.
PROGRAM = """
import django, json, os, random, sys, time
django.setup()
from uuid import UUID
from ledger import log
from ledger.store import VersionConflict
from tests.ledger.steps import write
def writer(seed, end):
    shared, own = UUID(int=1), UUID(int=100 + seed)
    versions, acknowledged = {shared: 0, own: 0}, []
    draw = random.Random(seed)
    while time.monotonic() < end:
        stream = draw.choice([shared, own])
        try:
            for event in write(stream, versions[stream], draw.randint(1, 3)):
                acknowledged.append([event.position, str(stream), event.version])
                versions[stream] = event.version
        except VersionConflict as conflict:
            versions[stream] = conflict.actual
    return acknowledged
def reader(seed, end):
    seen = []
    while time.monotonic() < end:
        seen += [event.position for event in log.read(after=seen[-1] if seen else 0)]
    return seen
end = time.monotonic() + float(sys.argv[1])
for number in range(10):
    if os.fork() == 0:
        status = 1
        try:
            seen = (writer if number < 8 else reader)(number, end)
            with open(os.path.join(sys.argv[2], str(number)), "w") as file:
                json.dump(seen, file)
            status = 0
        finally:
            os._exit(status)
for _ in range(10):
    assert os.wait()[1] == 0
"""


def run(database: str, seconds: float, folder: Path) -> tuple[list[list[list[object]]], list[list[int]]]:
    subprocess.run(
        [sys.executable, "-c", PROGRAM, str(seconds), folder],
        cwd=BASE_DIR,
        env={**os.environ, **addresses(database), "DJANGO_SETTINGS_MODULE": "aichina.settings"},
        check=True,
        timeout=seconds + 120,
    )
    answers = [json.loads((folder / str(number)).read_text()) for number in range(10)]
    return answers[:8], answers[8:]


def check(database: str, seconds: float, folder: Path) -> None:
    written, read = run(database, seconds, folder)
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


def test_eight_writers_and_two_readers_for_five_seconds(committed_db: str, tmp_path: Path) -> None:
    check(committed_db, 5, tmp_path)


@pytest.mark.torture
def test_eight_writers_and_two_readers_for_a_minute(committed_db: str, tmp_path: Path) -> None:
    check(committed_db, 60, tmp_path)
