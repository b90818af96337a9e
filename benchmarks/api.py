"""The API as programs meet it, beside a plain DRF and Wagtail's API v2 over the same content, and nginx."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from django.core.management import call_command
from psycopg import sql

from benchmarks import tracker, web
from benchmarks.documents import document_id
from benchmarks.report import Finding, Section, duration
from benchmarks.rounds import Sample
from benchmarks.servers import fresh, owner_connection, parameters
from benchmarks.web import Load, Server

DRF, WAGTAIL = f"DRF {version('djangorestframework')}", f"Wagtail {version('wagtail')}"
WORD = "semiconductor"
UNLIMITED = {"API_LIMIT_ADDRESS": "999999999", "API_LIMIT_KEY": "999999999"}
# By what is asked for: the path of ours, of DRF, of Wagtail. An entry is named by its number.
OURS = {
    "list": "/api/v1/entries/",
    "detail": "/api/v1/entries/{id}/",
    "filtered": "/api/v1/entries/?kind=milestone&category={category}",
    "search": f"/api/v1/entries/?q={WORD}",
    "changes": "/api/v1/changes/",
}
PLAIN = {
    "list": "/entries/",
    "detail": "/entries/{id}/",
    "filtered": "/entries/?kind=milestone&categories={category}",
    "search": f"/entries/?search={WORD}",
}
_PAGES = "/api/v2/pages/?type=wagtailed.EntryPage&fields=*"
WAGTAILED = {
    "list": f"{_PAGES}&order=-earliest",
    "detail": "/api/v2/pages/{page}/",
    "filtered": f"{_PAGES}&order=-earliest&kind=milestone",
    "search": f"{_PAGES}&search={WORD}",
}
# How many times faster than DRF each is to be: what is known, and the first request after a publication.
KNOWN = {"list": 15, "detail": 8, "filtered": 15, "search": 15}
FIRST = {"list": 4, "filtered": 3, "search": 3}

# How many times as long it may take at many entries.
GROWTH = {
    "list, another page at a known position": 1.2,
    "list, the first request after a publication": 1.2,
    "timeline with its count, another page at a known position": 2.0,
    "timeline with its count, the first request after a publication": 2.0,
}


@dataclass(frozen=True, slots=True)
class Size:
    """``rounds`` of ``seconds`` each over so many ``entries``; ``grown``: few and many entries."""

    entries: int
    rounds: int
    seconds: int
    first: int
    grown: tuple[int, int]


QUICK = Size(200, rounds=1, seconds=1, first=3, grown=(100, 300))
WHOLE = Size(10_000, rounds=5, seconds=4, first=30, grown=(1_000, 100_000))


@dataclass(frozen=True, slots=True)
class Trackers:
    """The servers, by name, and what is asked of each."""

    folder: Path
    names: Mapping[str, str]
    ours: Server
    drf: Server
    wagtail: Server

    def path(self, paths: Mapping[str, str], what: str) -> str:
        return paths[what].format(**self.names)


def answering(size: Size) -> list[Section]:
    """What is known, what is new, and what growth costs."""
    with ExitStack() as stack:
        found = stack.enter_context(_trackers(size.entries))
        bodies = {what: web.ask(found.ours.root + found.path(OURS, what))[1] for what in ("list", "detail")}
        files = {f"{what}.json": body for what, body in bodies.items()}
        front = stack.enter_context(web.nginx(found.folder, found.ours, files))
        sections = [_known(found, front, size), _first(found, size)]
    return [*sections, _growth(size)]


@contextmanager
def _trackers(entries: int) -> Iterator[Trackers]:
    with ExitStack() as stack:
        stack.enter_context(fresh())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aichina-bench-")))
        tracker.fill(entries)
        content = folder / "content.json"
        tracker.write_for_peers(entries, content)
        ours = stack.enter_context(_ours())
        drf = stack.enter_context(_peer("plain", content, PLAIN["list"]))
        wagtail = stack.enter_context(_peer("wagtailed", content, _PAGES))
        number = entries // 2
        pages = f"{wagtail.root}/api/v2/pages/?slug=entry-{number}"
        names = {
            "id": str(document_id(number)),
            "category": _category(ours),
            "page": str(json.loads(web.ask(pages)[1])["items"][0]["id"]),
        }
        yield Trackers(folder, names, ours, drf, wagtail)


def _category(ours: Server) -> str:
    """One that milestones have."""
    shown = json.loads(web.ask(f"{ours.root}/api/v1/entries/?kind=milestone")[1])
    return str(shown["results"][0]["categories"][0]["id"])


@contextmanager
def _ours() -> Iterator[Server]:
    name = parameters("default")["dbname"]
    addresses = {
        variable: urlsplit(os.environ[variable])._replace(path=f"/{name}").geturl()
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }
    more = {"DJANGO_SETTINGS_MODULE": "aichina.settings", **addresses, **UNLIMITED}
    call_command("collectstatic", interactive=False, verbosity=0)
    with web.gunicorn("gunicorn.conf.py", more, "/healthz") as server:
        yield server


@contextmanager
def _peer(name: str, content: Path, path: str) -> Iterator[Server]:
    """In a database of its own."""
    database = f"benchmark_{name}_{uuid4().hex[:8]}"
    address = urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(path=f"/{database}").geturl()
    more = {"PEER_DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": f"benchmarks.peers.{name}.settings"}
    with owner_connection("postgres") as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    try:
        filling = [sys.executable, "-m", f"benchmarks.peers.{name}.fill", str(content)]
        subprocess.run(filling, env={**os.environ, **more}, check=True, stdout=sys.stderr)
        with web.gunicorn("benchmarks/peers/gunicorn.py", more, path) as server:
            yield server
    finally:
        with owner_connection("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(database)))


def _known(found: Trackers, front: Server, size: Size) -> Section:
    """The same request over and over, while nothing is published."""
    loads = {(what, ""): Load(what, "", found.ours, found.path(OURS, what)) for what in OURS}
    for name, server, paths in ((DRF, found.drf, PLAIN), (WAGTAIL, found.wagtail, WAGTAILED)):
        loads |= {(what, name): Load(what, name, server, found.path(paths, what)) for what in paths}
    compressed = {"Accept-Encoding": "br"}
    loads["list, br", ""] = Load("list, br", "", found.ours, OURS["list"], compressed)
    for what, name, server, path in (
        ("304", "", found.ours, OURS["list"]),
        ("304", DRF, found.drf, PLAIN["list"]),
        ("304", "nginx in front", front, OURS["list"]),
        ("304", "nginx, a file", front, "/files/list.json"),
    ):
        headers, _ = web.ask(server.root + path)
        loads[what, name] = Load(what, name, server, path, {"If-None-Match": headers["ETag"]})
    for what, path in (("list", "/files/list.json"), ("detail", "/files/detail.json")):
        loads[what, "nginx, a file"] = Load(what, "nginx, a file", front, path)
        loads[what, "nginx in front"] = Load(what, "nginx in front", front, found.path(OURS, what))
    web.measure([*loads.values()], size.rounds, size.seconds, found.folder)
    return Section(
        f"API, {size.entries:,} entries, at a known position, one connection (time of a request)",
        _findings(loads),
        says=[f"{what}: {name or 'ours'}: {load.shown()}" for (what, name), load in loads.items()]
        + [_even(load) for (what, name), load in loads.items() if not name],
    )


def _findings(loads: Mapping[tuple[str, str], Load]) -> list[Finding]:
    ours = {what: _sample(load) for (what, name), load in loads.items() if not name}
    found = [
        Finding(what, ours[what], _sample(loads[what, DRF]), goal)
        for what, goal in (*KNOWN.items(), ("304", 15))
    ]
    found += [Finding(what, ours[what], _sample(loads[what, WAGTAIL])) for what in KNOWN]
    found += [Finding(what, ours[what], None) for what in ("changes", "list, br")]
    found += [Finding(what, ours[what], _sample(loads[what, "nginx, a file"])) for what in ("list", "detail")]
    behind = ((what, goal) for what, goal in (("304", 0.75), ("list", 0.75), ("detail", None)))
    return found + [
        Finding(
            f"{what}, behind nginx",
            _sample(loads[what, "nginx in front"]),
            _sample(loads[what, "nginx, a file"]),
            goal,
        )
        for what, goal in behind
    ]


def _sample(load: Load) -> Sample:
    return Sample(load.name, load.times)


def _even(load: Load) -> str:
    ratio = statistics.median(load.p99s) / statistics.median(load.p50s)
    return f"{load.what}: p99 ≤ 3 × p50: {'met' if ratio <= 3 else 'NOT MET'} ({ratio:.1f}×)"


def _first(found: Trackers, size: Size) -> Section:
    """The first request after each publication: nothing that is kept is of any use."""
    ours, drf = Client(found.ours.root), Client(found.drf.root)
    findings = []
    for what, goal in FIRST.items():
        asked = [(ours, found.path(OURS, what)), (drf, found.path(PLAIN, what))]
        times: dict[Client, list[float]] = {ours: [], drf: []}
        for number in range(-4, size.first):
            tracker.publish(number % 50, f"Another summary, {what} {number}.")
            # In turns: whoever is asked first meets caches that publishing left cold.
            for client, path in asked if number % 2 else reversed(asked):
                times[client].append(client.time(path))
        mine, theirs = (times[client][4:] for client in (ours, drf))
        findings.append(Finding(what, Sample("", mine), Sample(DRF, theirs), goal))
    return Section("API, the first request after a publication (time of a request)", findings)


class Client:
    """One connection, kept."""

    def __init__(self, root: str) -> None:
        self.connection = http.client.HTTPConnection(root.removeprefix("http://"), timeout=60)

    def time(self, path: str) -> float:
        """Seconds until the whole answer was there."""
        began = time.perf_counter()
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} was not answered: {answer.status}")
        return time.perf_counter() - began


def _growth(size: Size) -> Section:
    """The same at few and at many entries; the timeline of people counts what it shows as well."""
    few, many = (_times(entries, size.first) for entries in size.grown)
    says = [
        f"{what}: {duration(few[what])} at {size.grown[0]:,}, {duration(many[what])} at {size.grown[1]:,} entries: "
        f"{many[what] / few[what]:.2f}× (at most {most}×: {'met' if many[what] <= most * few[what] else 'NOT MET'})"
        for what, most in GROWTH.items()
    ]
    return Section("API and timeline, what growth costs", [], says=says)


def _times(entries: int, rounds: int) -> dict[str, float]:
    """Medians, by what is asked for: pages that nobody asked for before, and first ones after a publication."""
    with fresh():
        tracker.fill(entries)
        with _ours() as server:
            client = Client(server.root)

            def new(path: str, number: int) -> float:
                tracker.publish(number % 50, f"Another summary, {path} {number}.")
                return client.time(path)

            def known(path: str, number: int) -> float:
                return client.time(path.format(number % 100 + 1))

            asked = (
                (known, "/api/v1/entries/?limit={}"),
                (new, "/api/v1/entries/"),
                (known, "/timeline/?page={}"),
                (new, "/timeline/"),
            )
            return {
                what: statistics.median([run(path, number) for number in range(rounds + 3)][3:])
                for what, (run, path) in zip(GROWTH, asked, strict=True)
            }
