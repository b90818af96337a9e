"""`make run`: one command that starts, survives what a machine does to it, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import random
import re
import shlex
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tests.aichina.tracker import Tracker, trackers
from tests.conftest import BASE_DIR
from tests.waiting import wait

SECONDS_AGAIN = 30
OTHER_USER = 1  # “daemon”, whom every Unix has; PostgreSQL never runs as this one

# Another user of the machine. It imports first, since the interpreter may lie where others cannot read.
INTRUDER = """
import json, os, pathlib, sys
import encodings.idna, psycopg, redis
from redis.backoff import NoBackoff
from redis.retry import Retry
given = json.loads(sys.stdin.read())
psycopg.connect; redis.Redis().close()
os.setgroups([]); os.setgid(given["uid"]); os.setuid(given["uid"])
inside, seen = [], []
hosts = ["127.0.0.1", "/tmp", "/run/postgresql", "/var/run/postgresql", given["folder"], given["folder"] + "/postgres"]
for host in hosts:
    for user in ("postgres", "owner", "app", "daemon"):
        for password in (None, "", "postgres", user):
            try:
                psycopg.connect(host=host, port=given["ports"]["postgres"], user=user, password=password,
                                dbname="aichina", connect_timeout=5).close()
                inside.append([host, user])
            except psycopg.Error:
                pass
for name in ("broker", "cache"):
    for password in (None, "", name, "default"):
        try:
            redis.Redis(host="127.0.0.1", port=given["ports"][name], password=password, socket_timeout=5,
                        retry=Retry(NoBackoff(), 0)).info()
            inside.append([name, password])
        except redis.RedisError:
            pass
places = [*pathlib.Path(given["folder"]).rglob("*"), *pathlib.Path("/proc").glob("[0-9]*/cmdline"),
          *pathlib.Path("/proc").glob("[0-9]*/environ")]
for place in places:
    try:
        text = place.read_bytes()
    except OSError:
        continue
    seen += [str(place) for secret in given["secrets"] if secret.encode() in text]
print(json.dumps({"inside": inside, "seen": seen}))
"""


def test_a_run_keeps_its_data_and_its_secrets() -> None:
    """In a folder whose path is longer than a Unix socket's may be, and that a link leads to."""
    with trackers("link") as [tracker]:
        real = tracker.folder.parent / ("a long name " * 10) / "var"
        real.mkdir(parents=True)
        assert len(os.fsencode(real)) > 107
        tracker.folder.symlink_to(real)
        tracker.start()
        assert tracker.answers()
        assert logins_are_private(tracker)
        assert "runs already in" in tracker.refused()
        a_taken_port_is_named(tracker)
        nobody_else_gets_in(tracker)
        its_programs_know_the_demo_sources(tracker)
        the_examples_of_the_guide_show_something(tracker)
        what_ends_is_started_again(tracker)
        before = tracker.contents()
        assert before[0] > 50
        assert tracker.interrupt() == 0
        assert tracker.processes() == []
        (real / "postgres" / "postmaster.pid").write_text("123")
        assert tracker.start() < SECONDS_AGAIN
        assert tracker.contents() == before
        assert tracker.interrupt() == 0
        assert tracker.processes() == []


@pytest.mark.torture
def test_a_run_that_was_killed_is_whole_when_it_comes_back() -> None:
    with trackers("one", "two") as [one, two]:
        is_killed_while_its_database_is_made(one)
        one.start()
        before = one.contents()
        one.kill_everything()
        with Stranger() as stranger:
            (one.folder / "postgres" / "postmaster.pid").write_text(
                f"{stranger.pid}\n{one.folder}/postgres\n1700000000\n{one.ports['postgres']}\n\n127.0.0.1\n"
            )
            two.begin()
            assert one.start() < 2 * SECONDS_AGAIN
            assert stranger.is_running()
        assert one.contents() == before
        one.holds()
        wait(two._announced, "the tracker beside it did not come up", 120)
        assert set(one.ports.values()).isdisjoint(two.ports.values())
        assert set(one.secrets.values()).isdisjoint(two.secrets.values())
        beside = {process.pid for process in two.processes()}
        assert one.interrupt() == 0
        assert one.processes() == []
        assert beside <= {process.pid for process in two.processes()}
        assert two.answers()
        the_supervisor_alone_is_killed(two)
        assert two.start() < SECONDS_AGAIN
        assert two.interrupt() == 0
        assert two.processes() == []


@pytest.mark.torture
def test_fifty_kills_at_any_moment_lose_nothing() -> None:
    with trackers("one") as [tracker]:
        tracker.start()
        documents, events, _ = tracker.contents()
        for _ in range(50):
            tracker.kill_everything()
            tracker.begin()
            time.sleep(random.uniform(0, 12))
            tracker.kill_everything()
            tracker.start()
            assert tracker.contents()[:2] == (documents, events)
            tracker.holds()
        assert tracker.interrupt() == 0


@pytest.mark.torture
def test_ten_kills_during_the_first_start_leave_nothing_half_made() -> None:
    for _ in range(10):
        with trackers("one") as [tracker]:
            tracker.begin()
            time.sleep(random.uniform(0, 15))
            tracker.kill_everything()
            tracker.start()
            assert tracker.contents()[0] > 50
            tracker.holds()


def logins_are_private(tracker: Tracker) -> bool:
    for name in ("logins.txt", "environment.json"):
        assert stat.S_IMODE((tracker.folder / name).stat().st_mode) == 0o600
    return len((tracker.folder / "logins.txt").read_text().splitlines()) == 5


def the_examples_of_the_guide_show_something(tracker: Tracker) -> None:
    """As they stand there, but for the port; without those that listen, or need a key that somebody issued."""
    guide = (BASE_DIR / "docs" / "api.md").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{tracker.port}")
    found = set(re.findall(r"^ *(curl .*[^\\])$|`(curl [^`]*)`", guide, re.MULTILINE))
    commands = ["".join(command) for command in found]
    assert len(commands) > 10
    for command in commands:
        if " -N " in command:
            continue
        argv = [*shlex.split(command), "--silent", "--show-error", "--write-out", "\n%{http_code}"]
        body, _, status = subprocess.run(argv, check=True, capture_output=True, text=True).stdout.rpartition(
            "\n"
        )
        assert status in ("200", "202"), command
        assert '"results":[]' not in body, command
        assert "<entry>" in body or "atom.xml" not in command, command
        assert body.count("\n") > 1 or ".csv" not in command, command


def a_taken_port_is_named(tracker: Tracker) -> None:
    """Also one that a stranger holds; in neither case is anything started."""
    other = Tracker(tracker.folder.parent / "other", tracker.port)
    assert f"Port {tracker.port} is taken by another program" in other.refused()
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        other.port = listener.getsockname()[1]
        assert f"Port {other.port} is taken by another program" in other.refused()
    assert other.processes() == []
    assert tracker.answers()


def nobody_else_gets_in(tracker: Tracker) -> None:
    if os.geteuid():
        return  # only root can become another user
    passwords = [line.split()[1] for line in (tracker.folder / "logins.txt").read_text().splitlines()]
    given = {
        "uid": OTHER_USER,
        "folder": str(tracker.folder.resolve()),
        "ports": tracker.ports,
        "secrets": [*tracker.secrets.values(), *passwords],
    }
    done = subprocess.run(
        [sys.executable, "-c", INTRUDER],
        cwd=BASE_DIR, input=json.dumps(given), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"inside": [], "seen": []}


def its_programs_know_the_demo_sources(tracker: Tracker) -> None:
    """And may fetch from them; also after these were killed they are where they were."""
    place = f"127.0.0.1:{tracker.ports['sources']}"
    programs = [p for p in tracker.processes() if {"gunicorn", "celery"} & set(p.cmdline())]
    assert {p.environ()["DEMO_SOURCES"] for p in programs} == {f"http://{place}"}
    assert {p.environ()["OUTBOUND_ALLOWED"] for p in programs} == {place}
    for process in tracker.processes():
        if "aichina.local.demo" in process.cmdline():
            process.kill()
    wait(lambda: "sources ended" in tracker.output, "the end of the demo sources was not seen", 10)
    wait(lambda: sources_answer(place), "the demo sources were not started again", 30)


def sources_answer(place: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{place}/", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def what_ends_is_started_again(tracker: Tracker) -> None:
    for program in ("valkey-server", "postgres"):
        oldest = min((p for p in tracker.processes() if p.name() == program), key=psutil.Process.create_time)
        oldest.kill()
    wait(lambda: "broker ended" in tracker.output, "the end of the broker was not seen", 10)
    wait(lambda: "postgres ended" in tracker.output, "the end of PostgreSQL was not seen", 10)
    wait(lambda: tracker.answers("/readyz"), "it was not ready again", 60)


def is_killed_while_its_database_is_made(tracker: Tracker) -> None:
    tracker.begin()
    wait(lambda: any(tracker.folder.rglob("PG_VERSION")), "no database was begun", 30)
    tracker.kill_everything()


def the_supervisor_alone_is_killed(tracker: Tracker) -> None:
    """And the web's own parent with it, so that its children still hold the port for a moment."""
    assert tracker.process is not None
    web = [p for p in tracker.processes() if "gunicorn.conf.py" in " ".join(p.cmdline())]
    parent = min(web, key=psutil.Process.create_time)
    for process in (tracker.process, parent):
        process.kill()
    tracker.process.wait(20)


class Stranger:
    """A live process that has nothing to do with us, and now has the pid that a file remembers."""

    def __enter__(self) -> psutil.Process:
        self.popen = subprocess.Popen(["sleep", "600"], cwd=Path("/"))
        return psutil.Process(self.popen.pid)

    def __exit__(self, *_: object) -> None:
        self.popen.kill()
        self.popen.wait()
