"""Answers that are kept cost one look at the database, and nothing that is gone comes back with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from editorial import kept
from editorial.api.views import PlainJSONRenderer
from editorial.models import Change
from editorial.models.projected import projecting
from editorial.reading import conditional, etag, last_public
from tests.editorial_steps import publish_actor, publish_category, publish_entry
from tests.keeping import forget

pytestmark = pytest.mark.django_db
ENTRIES, CHANGES = "/api/v1/entries/", "/api/v1/changes/"
SECRET = "What had to go"
PATHS = (ENTRIES, f"{ENTRIES}an-entry/", f"{ENTRIES}?q=story", CHANGES, "/timeline/", "/timeline/an-entry/")


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    forget()
    yield
    forget()


def asked(path: str, encoding: str = "", **headers: str) -> tuple[Any, int]:
    """The answer, and how many questions the database got."""
    with CaptureQueriesContext(connection) as queries:
        answer = Client().get(path, headers={"Accept-Encoding": encoding, **headers})
    return answer, len(queries)


@pytest.mark.parametrize("encoding", ["", "br", "gzip"])
@pytest.mark.parametrize("path", PATHS)
def test_a_second_request_costs_one_question_and_gets_the_same(path: str, encoding: str) -> None:
    publish_entry("an-entry", body="A story. " * 100)
    first, many = asked(path, encoding)
    second, one = asked(path, encoding)
    assert (first.status_code, second.status_code) == (200, 200)
    assert one == 1 < many
    assert second.content == first.content
    for name in ("ETag", "Vary", "Cache-Control", "Content-Type", "Content-Length", "Surrogate-Key"):
        assert second.headers[name] == first.headers[name], name
    assert second.headers.get("Link") == first.headers.get("Link")
    assert second.headers.get("Content-Encoding", "") == encoding
    unchanged, one = asked(path, encoding, **{"If-None-Match": first.headers["ETag"]})
    assert (unchanged.status_code, one) == (304, 1)


@pytest.mark.parametrize("path", PATHS)
def test_what_was_withdrawn_does_not_come_back(path: str) -> None:
    entry = publish_entry("an-entry", summary="It was.", body="A story. " * 100)
    entry.correct(note=SECRET, summary=SECRET)
    addresses = [path]
    if path != CHANGES:
        past = asked(ENTRIES)[0].json()["as_of"]["position"]
        addresses.append(f"{path}{'&' if '?' in path else '?'}as_of={past}")
    for _ in range(2):
        for address in addresses:
            assert SECRET in asked(address)[0].content.decode()
    entry.withdraw()
    for _ in range(2):
        for address in addresses:
            assert SECRET not in asked(address)[0].content.decode()


@pytest.mark.parametrize(
    ("happens", "kept_by"), [("withdrawn", "no-store"), ("corrected", "public, no-cache")]
)
def test_what_was_rendered_while_something_was_withdrawn_has_no_validator(happens: str, kept_by: str) -> None:
    """Half of it may be as it was, and half as it is. What is only published changes nothing of the state before."""
    entry, request = publish_entry("an-entry"), RequestFactory().get(ENTRIES)
    as_of = last_public()

    def render() -> HttpResponse:
        entry.withdraw() if happens == "withdrawn" else entry.correct(summary="Another.")
        return HttpResponse("half as it was")

    answer = conditional(request, etag(as_of, ENTRIES), render, as_of)
    assert answer.headers["Cache-Control"] == kept_by
    assert ("ETag" in answer, hasattr(request, "keep_as")) == ((kept_by != "no-store"),) * 2


def test_kept_answers_are_of_one_address_host_and_form() -> None:
    publish_entry("an-entry")
    assert asked(ENTRIES)[0].json()["results"][0]["url"].startswith("http://testserver/")
    other = asked(ENTRIES, Host="localhost")[0].json()
    assert other["results"][0]["url"].startswith("http://localhost/")
    assert asked(f"{ENTRIES}?kind=update")[0].json()["count"] == 0
    assert asked(ENTRIES)[0].json()["count"] == 1
    assert asked(ENTRIES, Accept="text/html")[0].status_code == 406
    assert asked(ENTRIES, Accept="text/html, */*;q=0.1")[0].status_code == 200


def test_neither_refusals_nor_what_is_waited_for_is_kept() -> None:
    publish_entry("an-entry")
    for path, status in (
        (f"{ENTRIES}?limit=0", 400),
        (f"{ENTRIES}none/", 404),
        (f"{CHANGES}?after=none", 400),
        (f"{CHANGES}?wait=1", 200),
    ):
        for _ in range(2):
            answer, queries = asked(path)
            assert answer.status_code == status
            assert "no-store" in answer.headers["Cache-Control"]
    assert queries > 1
    head = Client().head(f"{CHANGES}?wait=1").headers["ETag"]
    assert asked(f"{CHANGES}?wait=1", **{"If-None-Match": head})[0].status_code == 200


def test_a_database_that_was_restored_and_went_another_way_is_another_state() -> None:
    publish_entry("an-entry")
    before, last = asked(ENTRIES)[0], Change.objects.latest("position")
    with projecting("default"):
        Change.objects.filter(pk=last.pk).update(moment=last.moment + timedelta(seconds=1))
    assert asked(ENTRIES, **{"If-None-Match": before.headers["ETag"]})[0].status_code == 200


def test_what_is_very_long_is_not_kept() -> None:
    publish_entry("an-entry")
    with (
        patch("editorial.kept.LONGEST", 100),
        patch.object(
            PlainJSONRenderer, "render", autospec=True, side_effect=PlainJSONRenderer.render
        ) as render,
    ):
        asked(ENTRIES)
        asked(ENTRIES)
    assert render.call_count == 2


def test_a_network_of_delivery_learns_what_each_answer_shows() -> None:
    entry, actor = publish_entry("an-entry"), publish_actor("an-actor")
    category = publish_category("rules")
    for path, keys in (
        (ENTRIES, "tracker entry"),
        (f"{ENTRIES}an-entry/", f"tracker entry {entry.id}"),
        (f"{ENTRIES}an-entry/editions/", f"tracker entry {entry.id}"),
        (f"/api/v1/actors/{actor.id}/", f"tracker actor {actor.id}"),
        ("/api/v1/categories/rules/", f"tracker category {category.id}"),
        ("/timeline/an-entry/", f"tracker entry {entry.id}"),
        ("/timeline/", "tracker"),
        (CHANGES, "tracker"),
    ):
        answer = asked(path)[0]
        assert answer.headers["Surrogate-Key"] == keys
        assert answer.headers["Cache-Control"] == "public, no-cache"
        unchanged = asked(path, **{"If-None-Match": answer.headers["ETag"]})[0]
        assert "Surrogate-Key" not in unchanged.headers, "which would take away those of what is kept"
    edition = asked(f"{ENTRIES}an-entry/editions/1/")[0].headers
    assert (edition["Surrogate-Key"], edition["Cache-Control"]) == (
        f"tracker entry {entry.id}",
        "public, max-age=86400",
    )


def test_however_many_short_answers_are_asked_for_memory_stays_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept, "answers", kept.AtHand(10 * kept.AROUND))
    publish_entry("an-entry")
    for number in range(30):
        asked(f"{ENTRIES}?q=nothing{number}")
    assert len([n for n in range(30) if asked(f"{ENTRIES}?q=nothing{n}")[1] == 1]) < 10


def test_whoever_has_any_state_gets_a_304_whether_or_not_it_was_rendered_before() -> None:
    publish_entry("an-entry")
    for _ in range(2):
        assert asked(ENTRIES, **{"If-None-Match": "*"})[0].status_code == 304
        asked(ENTRIES)
    assert asked(f"{ENTRIES}none/", **{"If-None-Match": "*"})[0].status_code == 404
