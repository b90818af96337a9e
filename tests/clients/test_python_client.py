"""The Python client reads everything from a real server, resumes where it was, and says in its types what it gets."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aichina_client import AsyncClient, Client, Gone, Problem, Unreachable
from django.test import Client as Browser

from scripts import client_types
from tests.editorial_steps import publish_actor, publish_category, publish_entry, publish_page, publish_series


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


@pytest.fixture
def tired() -> Iterator[tuple[str, list[str]]]:
    """A server that is overloaded twice, and then answers; then one that speaks something else."""
    asked: list[str] = []

    class Tired(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers.get("Authorization", ""))
            overloaded = len(asked) < 3
            content = b'{"title": "Service Unavailable"}' if overloaded else b'{"slug": "one"}'
            if self.path.endswith("/html/"):
                content = b"<p>"
            self.send_response(503 if overloaded else 200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Tired) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_what_is_overloaded_is_asked_again_with_its_key(tired: tuple[str, list[str]]) -> None:
    address, asked = tired
    with Client(address, key="aic_key") as client:
        assert client.entry("one")["slug"] == "one"
        assert asked == ["Bearer aic_key"] * 3
        with pytest.raises(Unreachable, match="no JSON"):
            client.entry("html")


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
