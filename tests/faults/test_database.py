"""A database that is away, or whose disk is full, costs a wait: nothing that was typed or saved is lost."""

from __future__ import annotations

import html
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.aichina.tracker import Tracker, trackers
from tests.faults.visitor import Visitor
from tests.waiting import wait

ADD = "/admin/timeline/entrydocument/add/"
PUBLIC = ("/", "/timeline/agent-guidelines/", "/api/v1/entries/", "/api/v1/entries/agent-guidelines/")
DISK = 250_000_000


def editor(tracker: Tracker) -> Visitor:
    """Mei, the author, signed in."""
    lines = (tracker.folder / "logins.txt").read_text().splitlines()
    [password] = [line.split()[1] for line in lines if line.startswith("mei ")]
    visitor = Visitor(f"http://127.0.0.1:{tracker.port}")
    visitor.log_in("mei", password)
    return visitor


def draft(visitor: Visitor, title: str, body: str = "") -> tuple[int, str]:
    """Fill in the form that is open and send it. Status and text of the answer."""
    _, page = visitor.ask(ADD)
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    form = {name: html.unescape(value) for name, value in inputs}
    form |= {f"{name}-{kind}_FORMS": "0" for name in ("sources", "actors") for kind in ("TOTAL", "INITIAL")}
    form |= {"kind": "update", "date_kind": "happened"}
    return visitor.send(ADD, **{**form, "title": title, "body": body})


def postmaster(tracker: Tracker) -> psutil.Process:
    found = [process for process in tracker.processes() if process.name() == "postgres"]
    return min(found, key=psutil.Process.create_time)


@contextmanager
def without_database(tracker: Tracker) -> Iterator[None]:
    """Its server is gone, and nobody starts it again for now."""
    assert tracker.process is not None
    tracker.process.send_signal(signal.SIGSTOP)
    try:
        server = postmaster(tracker)
        # Not by psutil, which takes a clock that was put right for another process.
        os.kill(server.pid, signal.SIGQUIT)
        wait(lambda: server.status() == psutil.STATUS_ZOMBIE, "PostgreSQL does not end")
        yield
    finally:
        tracker.process.send_signal(signal.SIGCONT)


def test_without_a_database_every_address_says_so_and_a_form_keeps_its_text() -> None:
    with trackers("one") as [tracker]:
        tracker.start()
        visitor = editor(tracker)
        assert draft(visitor, "Saved before")[0] == 200
        _, page = visitor.ask(ADD)
        with without_database(tracker):
            for path in (*PUBLIC, "/admin/", "/admin/login/", "/admin/timeline/entrydocument/"):
                assert visitor.get(path) == 503, path
                assert visitor.headers["Retry-After"], path
                assert "Content-Security-Policy" in visitor.headers, path
            status, page = visitor.send(ADD, title="Typed for hours", body="A <b>night’s</b> work")
            assert status == 503
            assert "Typed for hours" in page
            assert "A &lt;b&gt;night’s&lt;/b&gt; work" in page
            assert visitor.get("/healthz") == 200
            assert visitor.get("/readyz") == 503
        wait(lambda: tracker.answers("/readyz"), "it was not ready again", 60)
        assert draft(visitor, "Saved afterwards")[0] == 200
        assert titles(tracker) == {"Saved before", "Saved afterwards"}
        tracker.holds()


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of its own for this folder."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_stops_writing_with_a_sentence_and_loses_nothing() -> None:
    with trackers("one") as [tracker], small_disk(tracker.folder):
        tracker.start()
        visitor = editor(tracker)
        filler = tracker.folder / "filler"
        fill(filler)
        saved, answer = set(), (200, "")
        for number in range(500):
            title = f"Number {number}"
            answer = draft(visitor, title, body=os.urandom(40_000).hex())
            if answer[0] != 200:
                break
            saved.add(title)
        assert answer[0] == 503, answer
        assert visitor.headers["Retry-After"]
        assert title in answer[1]
        for path in PUBLIC:
            assert visitor.get(path) == 200, path
        filler.unlink()
        wait(lambda: tracker.answers("/readyz"), "it was not ready again", 60)
        assert draft(visitor, "There is room again")[0] == 200
        assert saved | {"There is room again"} <= titles(tracker)
        tracker.holds()
        assert tracker.interrupt() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.torture
def test_a_first_start_on_a_full_disk_is_refused_with_a_sentence() -> None:
    with trackers("one") as [tracker], small_disk(tracker.folder):
        filler = tracker.folder / "filler"
        fill(filler)
        sentence = tracker.refused(60)
        assert "disk" in sentence.lower() or "space" in sentence.lower()
        os.truncate(filler, DISK - 30_000_000)
        sentence = tracker.refused(60)
        assert "disk" in sentence.lower() or "space" in sentence.lower()
        filler.unlink()
        tracker.start()
        tracker.holds()
        assert tracker.interrupt() == 0


def fill(filler: Path) -> None:
    """To the last byte."""
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(1_000_000)):
            pass
    with suppress(OSError), filler.open("ab", buffering=0) as file:
        while file.write(bytes(512)):
            pass


def titles(tracker: Tracker) -> set[str]:
    """Of all entries that were drafted in the admin."""
    with psycopg.connect(
        host="127.0.0.1",
        port=tracker.ports["postgres"],
        user="app",
        password=tracker.secrets["app"],
        dbname="aichina",
    ) as connection:
        rows = connection.execute("SELECT title FROM timeline_entrydocument WHERE standing = 'unpublished'")
        return {row[0] for row in rows}
