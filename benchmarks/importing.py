"""Importing: real feeds read in a child process and stored, beside feedparser alone, which stores nothing.

The feeds are those of the corpus, where it is; else those that the demo sources serve. Each round takes all of them in
once more, as sources and items that were never seen.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import feedparser

from benchmarks.report import Finding, Section
from benchmarks.rounds import Contender, Sample, interleave
from benchmarks.servers import fresh
from imports import intake, leases
from imports.models import Source
from imports.reading import read

ROOT = Path(__file__).resolve().parent.parent
CORPUS = Path(os.environ.get("AICHINA_CORPUS") or ROOT.parent / "shared" / "corpus")
XML = (".xml", ".rss", ".atom", ".rdf")


def feeds() -> dict[str, bytes]:
    """By its name the bytes of each feed that feedparser reads as well."""
    found = [path for path in sorted((CORPUS / "feeds").glob("*")) if path.suffix in XML]
    return {path.name: path.read_bytes() for path in found} or _demo()


def _demo() -> dict[str, bytes]:
    from datetime import UTC, datetime, timedelta

    from aichina.local.demo.publications import publications
    from aichina.local.demo.server import answer

    now = datetime(2026, 1, 2, tzinfo=UTC)
    started = now - timedelta(days=1)
    paths = [each.path for each in publications() if each.path.endswith(".xml")]
    answers = {path: answer(path, "http://127.0.0.1", started, now) for path in paths}
    return {path: found.body for path, found in answers.items() if found is not None}


@dataclass
class Desk:
    """Takes every feed in, round after round; ``read`` holds what the last reading gave."""

    contents: dict[str, bytes] = field(default_factory=feeds)
    copies: Iterator[int] = field(default_factory=itertools.count)
    sources: dict[str, Source] = field(default_factory=dict)
    read: dict[str, dict[str, Any]] = field(default_factory=dict)

    def subscribe(self) -> None:
        copy = next(self.copies)
        self.sources = {
            name: Source.objects.create(
                name=name, address=f"https://{number}.example/{copy}", health="active"
            )
            for number, name in enumerate(self.contents)
        }
        self.read = {}

    def read_all(self) -> None:
        for name, content in self.contents.items():
            source = self.sources[name]
            self.read[name] = read(source, content, address=source.address, content_type="")

    def subscribe_and_read(self) -> None:
        self.subscribe()
        self.read_all()
        for source in self.sources.values():
            for item in self.read[source.name]["items"]:
                # Another item than that of the last round, and of no other source.
                item["guid"] = f"{source.pk} {item['guid']}"
                item["address"] = f"{source.address}/{item['address'].partition('://')[2]}"

    def store_all(self) -> None:
        for name, source in self.sources.items():
            lease = leases.take(source.pk, at_any_time=True)
            assert lease is not None
            intake.take_in(lease, self.read[name])
            Source.objects.filter(pk=source.pk).update(lease=None, leased_until=None)

    def feedparser_alone(self) -> None:
        for content in self.contents.values():
            feedparser.parse(content)

    @property
    def items(self) -> int:
        self.subscribe()
        self.read_all()
        return sum(len(found["items"]) for found in self.read.values())


def importing(rounds: int) -> Section:
    """``rounds``: how often all feeds are taken in."""
    with fresh():
        desk = Desk()
        many = desk.items
        alone, reading, storing, again = interleave(
            [
                Contender("feedparser alone", desk.feedparser_alone, units=many),
                Contender("", desk.read_all, units=many, prepare=desk.subscribe),
                Contender("", desk.store_all, units=many, prepare=desk.subscribe_and_read),
                Contender("", desk.store_all, units=many),
            ],
            rounds,
        )
    whole = Sample("", [one + other for one, other in zip(reading.times, storing.times, strict=True)])
    size = sum(map(len, desk.contents.values()))
    return Section(
        f"import {len(desk.contents)} feeds of {many:,} items, {size / 1e6:.1f} MB, × {rounds} (time of an item)",
        [
            Finding("read in a child and stored", whole, alone),
            Finding("of that, read in a child", reading, alone),
            Finding("of that, stored as new", storing),
            Finding("told again, nothing new", again),
        ],
        [
            "the child: a fork of a loaded parent for each document, feedparser, and markup to plain text.",
            "storing: identity, the search for actors and keywords, terms, and three rows for each item.",
        ],
    )
