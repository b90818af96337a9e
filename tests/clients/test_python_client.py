"""The Python client reads everything from a real server, resumes where it was, and says in its types what it gets."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx2
import pytest
from aichina_client import AsyncClient, Client, Damaged, Gone, Problem, Unreachable, protocol
from django.test import Client as Browser

from scripts import client_types
from syndication.keys import issue
from syndication.packages import work
from tests.editorial_steps import (
    publish_actor,
    publish_category,
    publish_entry,
    publish_front,
    publish_page,
    publish_series,
)
from tests.syndication.receiving import Receiver, receiving


@pytest.fixture
def tracker(site: str) -> str:
    category = publish_category("rules")
    zhipu = publish_actor("zhipu")
    for number in range(3):
        publish_entry(
            f"entry-{number}", categories=[str(category.id)], actors=[{"id": str(zhipu.id), "role": "acted"}]
        )
    publish_series("robots")
    publish_page("about")
    publish_entry("gone").withdraw("It rested on a forged document.")
    return site


def test_it_reads_everything_and_every_change(tracker: str) -> None:
    with Client(tracker) as client:
        assert [entry["slug"] for entry in client.entries(ordering="title", limit=2, category="rules")] == [
            entry["slug"] for entry in client.entries(ordering="title")
        ]
        assert client.entry("entry-1", fields=None)["actors"][0]["slug"] == "zhipu"
        assert [actor["slug"] for actor in client.actors()] == ["zhipu"]
        assert client.actor("zhipu")["kind"] == "company"
        assert client.series("robots")["observations"][1]["value"] == "295000"
        assert [one["slug"] for one in client.all_series()] == ["robots"]
        assert client.page("about")["title"] == "About"
        assert [page["slug"] for page in client.pages()] == ["about"]
        assert client.category("rules")["id"] == next(client.categories())["id"]
        with pytest.raises(Gone, match="withdrawn") as gone:
            client.entry("gone")
        assert gone.value.notice == "It rested on a forged document."
        with pytest.raises(Problem) as refused:
            list(client.entries(kin="update"))
        assert (refused.value.status, set(refused.value.errors)) == (400, {"kin"})
        changes = client.changes()
        assert next(changes)["cursor"] == changes.cursor  # that of the change in hand
        changes = client.changes()
        whole = list(changes)
        assert len(whole) == 9
        assert list(client.changes(after=whole[3]["cursor"])) == whole[4:]
        assert list(client.changes(after=changes.cursor)) == []
        # A filter that finds nothing moves the cursor as well.
        none = client.changes(type="front")
        assert list(none) == []
        assert none.cursor == changes.cursor


def test_it_does_so_without_waiting_too(tracker: str) -> None:
    async def read() -> tuple[list[str], int]:
        async with AsyncClient(tracker) as client:
            entries = [entry["slug"] async for entry in client.entries(ordering="title")]
            changes = client.changes()
            number = len([change async for change in changes])
            assert (await client.actor("zhipu"))["slug"] == "zhipu"
            with pytest.raises(Gone):
                await client.entry("gone")
            assert [change async for change in client.changes(after=changes.cursor)] == []
            return entries, number

    entries, number = asyncio.run(read())
    assert (sorted(entries), number) == (["entry-0", "entry-1", "entry-2"], 9)


def test_it_reads_the_story_of_a_document_and_each_edition(site: str) -> None:
    publish_front()
    publish_entry("one", title="First").correct("A slip.", title="Second")

    async def read() -> tuple[list[int], str]:
        async with AsyncClient(site) as client:
            story = [edition["edition"] async for edition in client.editions("entries", "one", limit=1)]
            return story, (await client.entry("one", edition=1, fields="title"))["title"]

    with Client(site) as client:
        last, first = client.editions("entries", "one")
        assert (last["note"], first["edition"]) == ("A slip.", 1)
        assert last["differences"][0]["after"] == client.entry("one", edition=2)["title"] == "Second"
        assert client.entry("one", as_of=datetime.fromisoformat(first["moment"]))["title"] == "First"
        assert client.front(edition=1)["title"] == client.front()["title"] == "Front page"
        with pytest.raises(Problem, match="404"):
            client.entry("one", edition=3)
    assert asyncio.run(read()) == ([2, 1], "First")


def test_it_asks_for_a_package_and_keeps_it_if_it_is_what_it_should_be(site: str, tmp_path: Path) -> None:
    publish_entry("one")
    path = tmp_path / "all.zip"

    async def fetch() -> int:
        async with AsyncClient(site) as client:
            assert (await client.ask_for_package())["state"] == "ready"
            [package] = [package async for package in client.packages()]
            await client.download(await client.package(package["position"]), path)
            return package["position"]

    with Client(site) as client:
        asked = client.ask_for_package()
        assert (asked["state"], list(client.packages())) == ("waiting", [])
        with pytest.raises(ValueError, match="waiting"):
            client.download(asked, path)
        work.make_waiting()
        ready = client.package(asked["position"])
        assert list(client.packages()) == [ready]
        client.download(ready, path)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == ready["sha256"]
        assert "datapackage.json" in zipfile.ZipFile(path).namelist()
        path.unlink()
        assert asyncio.run(fetch()) == client.ask_for_package(as_of=str(asked["position"]))["position"]
        assert path.stat().st_size == ready["bytes"]
        with pytest.raises(Problem) as refused:
            client.ask_for_package(as_of="2999-01-01")
        assert refused.value.errors == {"as_of": "This day is in the future."}


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A subscriber that the site may reach."""
    with receiving() as receiver:
        monkeypatch.setenv("OUTBOUND_ALLOWED", receiver.host)
        yield receiver


def test_holders_of_a_key_have_webhooks(library: Receiver, site: str) -> None:
    _, key = issue("A desk", "desk@example.org", uuid4())
    publish_entry("one")
    with Client(site, key=key) as client:
        made = client.create_webhook(name="A library", address=library.url, type="entry", after="beginning")
        assert made["secret"].startswith("whsec_")
        assert [one["id"] for one in client.webhooks()] == [client.webhook(made["id"])["id"]]
        changed = client.change_webhook(made["id"], state="paused", type=None)
        assert (changed["state"], changed["type"], changed["lag"]) == ("paused", None, 1)
        assert client.replay_webhook(made["id"], "now")["lag"] == 0
        secret = client.rotate_webhook(made["id"])["secret"]
        assert client.test_webhook(made["id"])["status"] == 204
        assert library.got[0].signed_with(made["secret"])
        assert library.got[0].signed_with(secret)
        asyncio.run(does_the_same_without_waiting(site, key, made["id"]))
        assert list(client.webhooks()) == []
        with pytest.raises(Problem, match="404"):
            client.delete_webhook(made["id"])
    with Client(site) as client, pytest.raises(Problem, match="401"):
        list(client.webhooks())


async def does_the_same_without_waiting(site: str, key: str, webhook: str) -> None:
    async with AsyncClient(site, key=key) as client:
        assert (await client.change_webhook(webhook, state="active"))["state"] == "active"
        assert (await client.replay_webhook(webhook, after="beginning"))["lag"] == 1
        assert (await client.test_webhook(webhook))["status"] == 204
        other = await client.create_webhook(name="Another", address="https://library.example/hook")
        assert (await client.rotate_webhook(other["id"]))["secret"] != other["secret"]
        assert {one["id"] async for one in client.webhooks()} == {webhook, other["id"]}
        await client.delete_webhook(other["id"])
        await client.delete_webhook(webhook)


@contextmanager
def serving(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server of our own, by its address: it does what a tracker does on a bad day."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def do_POST(self) -> None:
            answer(self)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def tired() -> Iterator[tuple[str, list[str]]]:
    """A server that is overloaded twice, and then answers; then one that speaks something else."""
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.headers.get("Authorization", ""))
        overloaded = len(asked) < 3
        content = b'{"title": "Service Unavailable"}' if overloaded else b'{"slug": "one"}'
        if request.path.endswith("/html/"):
            content = b"<p>"
        request.send_response(503 if overloaded else 200)
        request.send_header("Content-Length", str(len(content)))
        request.send_header("Retry-After", "0")
        request.end_headers()
        request.wfile.write(content)

    with serving(answer) as address:
        yield address, asked


def test_what_is_overloaded_is_asked_again_with_its_key(tired: tuple[str, list[str]]) -> None:
    address, asked = tired
    with Client(address, key="aic_key") as client:
        assert client.entry("one")["slug"] == "one"
        assert asked == ["Bearer aic_key"] * 3
        with pytest.raises(Unreachable, match="no JSON"):
            client.entry("html")


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ("7", 7, 7),
        ("3600", 60, 60),
        (formatdate(time.time() + 9 * 3600, usegmt=True), 60, 60),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
        ("soon", 2, 2),
        ("", 2, 2),
    ],
    ids=["seconds", "an hour", "a date", "the past", "nonsense", "nothing"],
)
def test_it_comes_again_when_it_is_told_to(said: str, least: float, most: float) -> None:
    told = protocol.asked_for(httpx2.Response(429, headers={"Retry-After": said}), otherwise=2)
    assert least <= told <= most


def test_a_refusal_in_a_shape_that_is_not_the_trackers_is_a_problem_all_the_same() -> None:
    for errors in (None, "q", ["q"], {"q": "x"}):
        assert Problem(400, {"title": "Bad Request", "errors": errors}).errors == {}


def test_what_would_be_done_twice_is_not_asked_again(tired: tuple[str, list[str]]) -> None:
    address, asked = tired
    with Client(address) as client, pytest.raises(Problem, match="503"):
        client.rotate_webhook("one")
    assert len(asked) == 1


def test_a_download_that_breaks_off_goes_on_and_another_file_is_not_kept(tmp_path: Path) -> None:
    file, asked = b"abcdefgh" * 40_000, []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append((request.headers.get("Range"), request.headers.get("If-Range")))
        begin = int(asked[-1][0][6:-1]) if asked[-1][0] else 0
        request.send_response(206 if begin else 200)
        request.send_header("Content-Length", str(len(file) - begin))
        request.end_headers()
        request.wfile.write(file[begin:] if len(asked) > 1 else file[:200_000])

    def package(address: str, sha256: str) -> Any:
        return {"state": "ready", "download": f"{address}/packages/aichina-7.zip", "sha256": sha256}

    async def fetch(address: str) -> None:
        async with AsyncClient(address) as client:
            await client.download(package(address, right), path)

    right, path = hashlib.sha256(file).hexdigest(), tmp_path / "all.zip"
    with serving(answer) as address, Client(address) as client:
        for download in (
            lambda: client.download(package(address, right), path),
            lambda: asyncio.run(fetch(address)),
        ):
            asked.clear(), path.unlink(missing_ok=True)
            download()
            assert path.read_bytes() == file
            assert asked == [(None, None), ("bytes=200000-", f'"{right}"')]
        path.write_text("of yesterday")
        with pytest.raises(Damaged, match=right):
            client.download(package(address, "0" * 64), path)
    assert ([*tmp_path.iterdir()], path.read_text()) == ([path], "of yesterday")


def changing(pause: float, refused: int = 0) -> tuple[Callable[[BaseHTTPRequestHandler], None], list[str]]:
    """A server with a first change, and a second, which comes late: to the first ``refused`` not at all."""
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(dict(parse_qsl(urlsplit(request.path).query)).get("after", ""))
        second = bool(asked[-1])
        if second:
            time.sleep(pause)
        failed = second and len(asked) <= refused + 1
        found = {"results": [{"cursor": f"c{len(asked)}"}], "cursor": f"c{len(asked)}", "has_more": True}
        content = json.dumps({"title": "Service Unavailable"} if failed else found).encode()
        with suppress(OSError):  # who asked may be gone
            request.send_response(503 if failed else 200)
            request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            request.wfile.write(content)

    return answer, asked


def test_who_follows_waits_longer_than_a_server_may_be_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "WAIT", 2)
    answer, asked = changing(pause=0.4)
    with serving(answer) as address, Client(address, timeout=0.2, attempts=1) as client:
        changes = client.changes(follow=True)
        assert [next(changes)["cursor"] for _ in range(2)] == ["c1", "c2"]
    assert asked == ["", "c1"]


def test_where_too_many_wait_who_follows_asks_without_waiting() -> None:
    asked: list[str] = []

    def crowded(request: BaseHTTPRequestHandler) -> None:
        asked.append(dict(parse_qsl(urlsplit(request.path).query)).get("wait", ""))
        found = {"results": [{"cursor": "c"}], "cursor": "c", "has_more": False}
        content = json.dumps({"title": "Service Unavailable"} if asked[-1] else found).encode()
        request.send_response(503 if asked[-1] else 200)
        request.send_header("Content-Length", str(len(content)))
        request.send_header("Retry-After", "0")
        request.end_headers()
        request.wfile.write(content)

    with serving(crowded) as address, Client(address) as client:
        changes = client.changes(follow=True)
        assert [next(changes)["cursor"] for _ in range(3)] == ["c"] * 3
    assert asked == ["", "30", "", "30", ""]


def test_who_was_refused_or_gave_up_waiting_goes_on_where_they_were() -> None:
    answer, asked = changing(pause=0, refused=1)
    with serving(answer) as address, Client(address, attempts=1) as client:
        changes = client.changes()
        assert next(changes)["cursor"] == changes.cursor == "c1"
        with pytest.raises(Problem, match="503"):
            next(changes)
        assert next(changes)["cursor"] == "c3"
    assert asked == ["", "c1", "c1"]

    async def follow(address: str) -> None:
        async with AsyncClient(address) as client:
            changes = client.changes(follow=True)
            assert (await anext(changes))["cursor"] == "c1"
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(changes), 0.1)
            assert (changes.cursor, (await anext(changes))["cursor"]) == ("c1", "c3")

    answer, asked = changing(pause=0.3)
    with serving(answer) as address:
        asyncio.run(follow(address))
    assert asked == ["", "c1", "c1"]


def test_what_is_not_there_is_said_after_the_last_attempt() -> None:
    with (
        Client("http://127.0.0.1:9", attempts=2) as client,
        pytest.raises(Unreachable, match="asked 2 times"),
    ):
        client.entry("one")


@pytest.mark.django_db
def test_its_types_are_those_of_the_description() -> None:
    described = Browser().get("/api/v1/openapi.json").json()
    assert client_types.written(described) == client_types.FILE.read_text(), "python -m scripts.client_types"
