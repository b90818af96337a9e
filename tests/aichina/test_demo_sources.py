"""The demo sources: publications on loopback that answer as real ones do, and change as time goes."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import lxml.html
import pytest
import trafilatura
import yaml
from lxml import etree

from aichina.local.demo.forms import DESK
from aichina.local.demo.publications import AT_ONCE, items
from aichina.local.demo.server import Sources
from aichina.local.environment import free_port
from metrics.tables import read_file
from tests.conftest import BASE_DIR
from tests.waiting import wait

DEMO = BASE_DIR / "aichina" / "local" / "demo"
SOURCES: list[dict[str, Any]] = yaml.safe_load((DEMO / "sources.yaml").read_text(encoding="utf-8"))
ITEMS: list[dict[str, Any]] = yaml.safe_load((DEMO / "items.yaml").read_text(encoding="utf-8"))
FEEDS = [row["path"] for row in SOURCES if row["form"] == "feed" and not row["path"].endswith(".json")]


@contextmanager
def serving(minutes_ago: float = 0) -> Iterator[Sources]:
    """The server on a free port, as if it had first run so long ago."""
    started = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=minutes_ago)
    with Sources(0, started) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def asked(port: int, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def parse(response: http.client.HTTPResponse, body: bytes) -> Any:
    return feedparser.parse(body, response_headers={k.lower(): v for k, v in response.headers.items()})


def titles(port: int, path: str) -> list[str]:
    """Of a feed, in its order, as its first readers see it."""
    response, body = asked(port, path)
    if path.endswith(".json"):
        return [item["title"] for item in json.loads(body)["items"]]
    parsed = parse(response, body)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return [entry.title for entry in parsed.entries]


def expected(source: str, numbers: range) -> list[str]:
    return [ITEMS[n]["title"] for n in reversed(numbers) if ITEMS[n]["source"] == source]


@pytest.mark.parametrize("path", [row["path"] for row in SOURCES])
def test_a_source_answers_and_has_nothing_new_the_second_time(path: str) -> None:
    with serving() as server:
        response, body = asked(server.server_port, path)
        assert (response.status, bool(body)) == (200, True)
        for name, value in (
            ("If_None_Match", response.headers["ETag"]),
            ("If_Modified_Since", response.headers["Last-Modified"]),
        ):
            again, nothing = asked(server.server_port, path, **{name: value})
            assert (again.status, nothing) == (304, b"")
            assert again.headers["ETag"] == response.headers["ETag"]
        assert asked(server.server_port, path, If_None_Match='"another"')[0].status == 200


@pytest.mark.parametrize(
    "source", [row for row in SOURCES if row["form"] == "feed"], ids=lambda row: row["key"]
)
def test_a_feed_has_the_first_items_whole(source: dict[str, Any]) -> None:
    with serving() as server:
        assert titles(server.server_port, source["path"]) == expected(source["key"], range(AT_ONCE))


def test_the_chinese_feed_comes_in_gb2312() -> None:
    with serving() as server:
        response, body = asked(server.server_port, "/rules/rss.xml")
    assert b"encoding='gb2312'" in body
    assert "智能".encode("gb2312") in body
    assert "&#" not in body.decode("gb2312")
    parsed = parse(response, body)
    assert [parsed.feed.title] == [row["name"] for row in SOURCES if row["key"] == "rules"]


@pytest.mark.parametrize("path", FEEDS)
def test_every_link_of_a_feed_leads_to_its_article(path: str) -> None:
    with serving(minutes_ago=60) as server:
        _, body = asked(server.server_port, path)
        entries = feedparser.parse(body).entries
        assert len({entry.id for entry in entries}) == len(entries) > 10
        for entry in entries:
            response, page = asked(server.server_port, urlsplit(entry.link).path)
            assert response.status == 200
            assert entry.title in lxml.html.document_fromstring(page.decode()).findtext(".//h1")


def test_the_list_gives_its_links_to_the_selector_alone() -> None:
    (source,) = [row for row in SOURCES if row["form"] == "list"]
    with serving() as server:
        _, body = asked(server.server_port, source["path"])
        page = lxml.html.document_fromstring(body.decode())
        links = page.cssselect(source["selector"])
        assert len(links) < len(page.cssselect("a"))
        assert [link.text for link in links] == expected(source["key"], range(AT_ONCE))
        for link in links:
            _, article = asked(server.server_port, link.get("href"))
            article_page = lxml.html.document_fromstring(article.decode())
            assert article_page.findtext(".//h1") == link.text
            assert article_page.cssselect("article time[datetime]")
            assert article_page.cssselect("meta[name=author][content]")


def test_every_article_gives_its_title_day_author_and_text_to_a_reader() -> None:
    with serving(minutes_ago=60) as server:
        for item in items(server.started, datetime.now(UTC)):
            _, body = asked(server.server_port, f"/articles/{item.key}")
            read = trafilatura.bare_extraction(body, with_metadata=True).as_dict()
            assert (read["title"], read["date"]) == (item.title, f"{item.published:%Y-%m-%d}")
            assert read["author"] in DESK.values()
            assert read["text"].removeprefix(item.title).strip() == item.text


def test_the_table_is_one_that_a_series_takes_and_grows() -> None:
    (source,) = [row for row in SOURCES if row["form"] == "table"]
    columns = tuple(source["columns"].values())
    with serving() as server, serving(minutes_ago=25) as later:
        first, grown = (
            read_file("table.csv", asked(one.server_port, source["path"])[1], columns, columns).rows
            for one in (server, later)
        )
    assert len(first) > 12
    assert grown[: len(first)] == first
    assert len(grown) == len(first) + 2


def test_items_come_out_as_time_goes() -> None:
    """Half a minute before an item is due it is nowhere; half a minute after, it is in its feed and has a page."""
    item = ITEMS[AT_ONCE]
    path = next(row["path"] for row in SOURCES if row["key"] == item["source"])
    with serving(minutes_ago=0.5) as before, serving(minutes_ago=1.5) as after:
        assert item["title"] not in titles(before.server_port, path)
        assert asked(before.server_port, f"/articles/{item['key']}")[0].status == 404
        assert titles(after.server_port, path)[0] == item["title"]
        assert asked(after.server_port, f"/articles/{item['key']}")[0].status == 200


def test_what_has_changed_is_sent_again() -> None:
    with serving(minutes_ago=30) as server:
        path = "/pearl/rss.xml"
        response, _ = asked(server.server_port, path)
        server.started -= timedelta(minutes=10)
        again, body = asked(server.server_port, path, If_None_Match=response.headers["ETag"])
        assert (again.status, bool(body)) == (200, True)
        assert again.headers["Last-Modified"] != response.headers["Last-Modified"]


def test_a_title_is_edited_later_under_the_same_identity() -> None:
    (item,) = [row for row in ITEMS if "retitled" in row]
    path = next(row["path"] for row in SOURCES if row["key"] == item["source"])
    edit = item["retitled"]["after_minutes"]
    found = []
    for minutes in (edit - 1, edit + 1):
        with serving(minutes_ago=minutes) as server:
            entries = feedparser.parse(asked(server.server_port, path)[1]).entries
            found += [entry for entry in entries if entry.id.endswith(f":{item['key']}")]
    assert [entry.title for entry in found] == [item["title"], item["retitled"]["title"]]


def test_one_feed_says_how_long_it_holds_and_the_front_leads_to_all_feeds() -> None:
    with serving() as server:
        limits = [asked(server.server_port, row["path"])[0].headers["Cache-Control"] for row in SOURCES]
        assert [limit for limit in limits if limit] == ["max-age=120"]
        page = lxml.html.document_fromstring(asked(server.server_port, "/")[1].decode())
    feeds = [link.get("href") for link in page.cssselect("link[rel=alternate]")]
    assert feeds == [row["path"] for row in SOURCES if row["form"] == "feed"]


def test_a_later_run_goes_on_where_the_first_began(tmp_path: Path) -> None:
    """The real process, twice; the second in a folder whose first start lies an hour back."""
    for expected_items in (AT_ONCE, len(ITEMS)):
        with process(tmp_path) as port:
            feeds = [row["path"] for row in SOURCES if row["form"] == "feed"]
            (list_source,) = [row for row in SOURCES if row["form"] == "list"]
            page = lxml.html.document_fromstring(asked(port, list_source["path"])[1].decode())
            links = len(page.cssselect(list_source["selector"]))
            assert sum(len(titles(port, path)) for path in feeds) + links == expected_items
        kept = tmp_path / "demo" / "started.json"
        started = json.loads(kept.read_text())["started"]
        kept.write_text(json.dumps({"started": started - 3600}))


@contextmanager
def process(folder: Path) -> Iterator[int]:
    port = free_port()
    child = subprocess.Popen(
        [sys.executable, "-m", "aichina.local.demo", str(port)],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "AICHINA_VAR": str(folder)},
    )
    try:
        wait(lambda: answers(port), "the demo sources did not answer")
        yield port
    finally:
        child.terminate()
        child.wait(10)


def answers(port: int) -> bool:
    try:
        return asked(port, "/")[0].status == 200
    except OSError:
        return False


def test_real_sources_are_offered_in_folders_each_with_what_a_subscription_needs() -> None:
    outlines = etree.parse(BASE_DIR / "content" / "sources.opml").findall("body/outline")
    assert [one.get("text") for one in outlines] == [
        "Government",
        "Companies",
        "Research",
        "Media",
        "Analysis",
    ]
    feeds = [feed for folder in outlines for feed in folder]
    assert all(feed.get("text") == feed.get("title") != "" for feed in feeds)
    assert {feed.get("language") for feed in feeds} == {"en", "zh-Hans"}
    for name in ("xmlUrl", "htmlUrl"):
        addresses = [feed.attrib[name] for feed in feeds]
        assert len(set(addresses)) == len(addresses) >= 20
        assert all(urlsplit(address).scheme in ("http", "https") for address in addresses)
