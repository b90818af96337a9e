"""Who follows the changes and is killed anywhere has, in the end, what the server has."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from editorial.api.cursor import cursor_at
from editorial.models import Change, document_models
from editorial.redirects import Redirects
from tests.conftest import BASE_DIR
from tests.editorial_steps import Doc, publish_actor, publish_category, publish_entry
from tests.faults.consumer import Copy
from tests.faults.programs import Program
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
            while not self.stopping.wait(chance.uniform(0, 0.5)):
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
    with faults_of(file).open("ab") as faults:
        process = subprocess.Popen(command, cwd=BASE_DIR, stderr=faults)
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


def faults_of(file: Path) -> Path:
    """What consumers said who ended by themselves: of gaps, of order, of what came twice."""
    return file.with_suffix(".faults")


def kept(file: Path, sql: str) -> list[tuple[Any, ...]]:
    """What the consumer has in its file."""
    with closing(sqlite3.connect(file, timeout=20)) as rows:
        return rows.execute(sql).fetchall()


def seen(file: Path) -> list[int]:
    return [position for (position,) in kept(file, "SELECT position FROM seen ORDER BY position")]


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
    Copy(str(file)).rows.close()
    with Writers():
        for _ in range(kills):
            further = len(seen(file)) + chance.randint(1, 10)
            with consumer(site, file, way):
                wait(lambda further=further: len(seen(file)) >= further, "the consumer goes on", 60)
                time.sleep(chance.uniform(0, 0.05))
    changes = list(Change.objects.order_by("position").values_list("position", flat=True))
    with consumer(site, file, way):
        wait(lambda: seen(file) == changes, "the consumer has all", 60)
    assert faults_of(file).read_text() == ""
    assert kept(file, "SELECT cursor FROM place") == [(cursor_at(changes[-1]),)]
    assert set(kept(file, "SELECT id, type, slug, title, edition, standing FROM copy")) == published()


@pytest.mark.parametrize("way", ["poll", "stream"])
def test_a_consumer_killed_ten_times_has_what_the_server_has(
    web: tuple[str, Program], tmp_path: Path, way: str
) -> None:
    follow_and_be_killed(web[0], tmp_path / "copy.sqlite", way, 10)


@pytest.mark.torture
@pytest.mark.parametrize("way", ["poll", "stream"])
def test_a_consumer_killed_a_hundred_times_has_it_too(
    web: tuple[str, Program], tmp_path: Path, way: str
) -> None:
    follow_and_be_killed(web[0], tmp_path / "copy.sqlite", way, 100)
