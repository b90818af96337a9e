"""What feed readers get from a server of ours: newsboat’s own words, and what is left after an erasure."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.editorial_steps import publish_entry, publish_series
from tests.syndication.feeding import MEDIA, check, get, titles

CHINESE = "国务院印发《新一代人工智能发展规划》"


def test_what_was_erased_is_said_and_not_shown(committed_db: str) -> None:
    entry = publish_entry("one", summary="secret words", body="secret").correct(
        "More secret.", title="Secret"
    )
    call_command("erase", "entry", str(entry.id), "--everything", "--ground", "Court order 7")
    for path in ("", "corrections/"):
        check(path)
        for form in MEDIA:
            assert "secret" not in get(f"{path}{form}").content.decode().lower()
    assert titles("") == ["Erased"]
    assert "Parts of this were erased" in get("feed.json").json()["items"][0]["content_html"]


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="needs newsboat, a feed reader")
def test_newsboat_reads_the_feeds(site: str, tmp_path: Path) -> None:
    publish_series("robots")
    publish_entry("plan", title=CHINESE)
    publish_entry("gone").withdraw()
    feeds = [
        f"{site}/feeds/{path}"
        for path in ("atom.xml", "rss.xml", "milestones/rss.xml", "corrections/atom.xml")
    ]
    (tmp_path / "urls").write_text("\n".join(feeds) + "\n")
    (tmp_path / "config").write_text("reload-threads 1\n")

    def newsboat(*command: str) -> str:
        files = {"-u": "urls", "-c": "cache", "-C": "config"}
        options = [part for flag, name in files.items() for part in (flag, str(tmp_path / name))]
        environment = {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "TERM": "dumb", "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            ["newsboat", *options, "-x", *command],
            env=environment, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        return done.stdout

    # It counts a document once, in however many feeds it stands.
    assert newsboat("reload", "print-unread").startswith("4 unread")
    with closing(sqlite3.connect(tmp_path / "cache")) as cache:
        rows = cache.execute("SELECT title, url FROM rss_item").fetchall()
    gone = ("Withdrawn: China signs a declaration", f"{site}/timeline/gone/")
    assert sorted(rows) == sorted(
        [
            (CHINESE, f"{site}/timeline/plan/"),
            ("Industrial robots installed in China", f"{site}/series/robots/"),
            gone,
            gone,  # of the document, and of the change
        ]
    )
