"""A subscriber with a copy of its own: python -m tests.faults.consumer ADDRESS FILE poll|stream. Knows the API alone.

Each change and the cursor behind it are kept in one transaction, so that it may be killed anywhere.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS place (only INTEGER PRIMARY KEY CHECK (only = 1), cursor TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS seen (position INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS copy (id TEXT PRIMARY KEY, type TEXT, slug TEXT, title TEXT, edition INTEGER, standing TEXT);
"""


class Copy:
    """What the subscriber knows, and where it stands."""

    def __init__(self, file: str) -> None:
        self.rows = sqlite3.connect(file, isolation_level=None)
        self.rows.executescript(TABLES)

    @property
    def cursor(self) -> str:
        row = self.rows.execute("SELECT cursor FROM place").fetchone()
        return row[0] if row else ""

    def keep(self, change: dict[str, Any]) -> None:
        """The change, what is at the document's address by now, and the cursor: all or nothing."""
        (last,) = self.rows.execute("SELECT coalesce(max(position), 0) FROM seen").fetchone()
        if change["position"] <= last:
            raise ValueError(f"{change['position']} came after {last}.")
        document = change["document"]
        row = (document["id"], change["type"], *at(document["url"], change))
        self.rows.execute("BEGIN")
        self.rows.execute("INSERT INTO seen VALUES (?)", [change["position"]])
        self.rows.execute("INSERT OR REPLACE INTO copy VALUES (?, ?, ?, ?, ?, ?)", row)
        self.stand(change["cursor"])
        self.rows.execute("COMMIT")

    def stand(self, cursor: str) -> None:
        """All up to here is known."""
        self.rows.execute("INSERT OR REPLACE INTO place VALUES (1, ?)", [cursor])


def at(url: str, change: dict[str, Any]) -> tuple[str, str, int, str]:
    """Slug, title, edition, and whether it is public, withdrawn or merged."""
    document = change["document"]
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            found = json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            if refusal.code != 410:
                raise
            gone = json.load(refusal)
        return gone["slug"], gone["document_title"], change["edition"], "withdrawn"
    if found["id"] != document["id"]:
        return document["slug"], document["title"], change["edition"], "merged"
    return found["slug"], found["title"], found["edition"], "public"


def poll(address: str, copy: Copy) -> None:
    """By asking, and waiting where there is nothing."""
    while True:
        query = {"limit": "7", "wait": "5", **({"after": copy.cursor} if copy.cursor else {})}
        with urllib.request.urlopen(f"{address}?{urllib.parse.urlencode(query)}", timeout=30) as answer:
            page = json.load(answer)
        for change in page["results"]:
            copy.keep(change)
        copy.stand(page["cursor"])


def stream(address: str, copy: Copy) -> None:
    """By listening."""
    headers = {"Accept": "text/event-stream", **({"Last-Event-ID": copy.cursor} if copy.cursor else {})}
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
        name = ""
        for line in answer:
            field, _, text = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = text
            elif field == "data" and name == "change":
                copy.keep(json.loads(text))
            elif field == "data" and name == "cursor":
                copy.stand(text)


def main(address: str, file: str, way: str) -> None:
    copy = Copy(file)
    while True:
        try:
            {"poll": poll, "stream": stream}[way](address, copy)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
