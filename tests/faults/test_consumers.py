"""Who follows the changes and is killed anywhere has, in the end, what the server has."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections

from editorial.models import Change, document_models
from editorial.redirects import Redirects
from tests.conftest import BASE_DIR
from tests.editorial_steps import Doc, publish_actor, publish_category, publish_entry
from tests.waiting import wait

WRITERS = 8


class Writers:
    """Eight people who publish, correct, withdraw, reinstate, rename and merge, until they are told to stop."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.faults: list[BaseException] = []
        self.threads = [threading.Thread(target=self._write, args=[number]) for number in range(WRITERS)]

    def _write(self, number: int) -> None:
        chance = random.Random(number)
        try:
            winner = publish_actor(f"winner-{number}", title=f"Winner {number}")
            turn = 0
            while not self.stopping.is_set():
                turn += 1
                self._one(chance, f"{number}-{turn}", winner)
        except BaseException as fault:
            self.faults.append(fault)
            raise
        finally:
            connections.close_all()

    def _one(self, chance: random.Random, name: str, winner: Doc) -> None:
        entry = publish_entry(f"entry-{name}", title=f"Entry {name}")
        entry.correct(title=f"Entry {name}, corrected")
        if chance.random() < 0.5:
            entry.withdraw(hide_past=chance.random() < 0.5)
            if chance.random() < 0.5:
                entry.reinstate()
        elif chance.random() < 0.5:
            entry.rename(f"renamed-{name}")
        if chance.random() < 0.3:
            loser = publish_actor(f"loser-{name}", title=f"Loser {name}").merge(winner)
            if chance.random() < 0.5:
                loser.unmerge()

    def __enter__(self) -> Writers:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)
        assert not self.faults


@contextmanager
def consumer(site: str, file: Path, way: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.faults.consumer", f"{site}/api/v1/changes/", str(file), way]
    process = subprocess.Popen(command, cwd=BASE_DIR, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


def seen(file: Path) -> list[int]:
    with sqlite3.connect(file, timeout=20) as rows:
        found = [position for (position,) in rows.execute("SELECT position FROM seen ORDER BY position")]
    rows.close()
    return found


def copied(file: Path) -> set[tuple[object, ...]]:
    with sqlite3.connect(file, timeout=20) as rows:
        found = set(rows.execute("SELECT id, type, slug, title, edition, standing FROM copy"))
    rows.close()
    return found


def published() -> set[tuple[object, ...]]:
    """The same of the server: what is public, withdrawn or merged at the last position."""
    last = Change.objects.latest("position").position
    redirects = Redirects.at(last)
    found = set()
    for type_name, model in document_models().items():
        for row in model.EDITION.objects.as_of(last):
            standing = "withdrawn" if row.withdrawn else "public"
            found.add((str(row.document), type_name, row.slug, row.title, row.number, standing))
        for row in redirects.lost(model.EDITION):
            found.add((str(row.document), type_name, row.slug, row.title, row.number, "merged"))
    return found


def follow_and_be_killed(site: str, file: Path, way: str, kills: int) -> None:
    chance = random.Random(kills)
    publish_category("rules")
    with Writers():
        for _ in range(kills):
            with consumer(site, file, way):
                time.sleep(chance.uniform(0.1, 0.6))
    changes = list(Change.objects.order_by("position").values_list("position", flat=True))
    assert len(changes) > kills * 3
    with consumer(site, file, way):
        wait(lambda: seen(file) == changes, "the consumer has all", 60)
    assert copied(file) == published()


@pytest.mark.parametrize("way", ["poll", "stream"])
def test_a_consumer_killed_ten_times_has_what_the_server_has(site: str, tmp_path: Path, way: str) -> None:
    follow_and_be_killed(site, tmp_path / "copy.sqlite", way, 10)


@pytest.mark.torture
@pytest.mark.parametrize("way", ["poll", "stream"])
def test_a_consumer_killed_a_hundred_times_has_it_too(site: str, tmp_path: Path, way: str) -> None:
    follow_and_be_killed(site, tmp_path / "copy.sqlite", way, 100)
