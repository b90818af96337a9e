"""The same files from a web server, as an importer meets them: fetched, read in a child, stored; and told again."""

from __future__ import annotations

from typing import Any

import pytest

from imports.models import Candidate, Form, Item, Outcome, Source
from imports.subscribing import import_opml
from tests.imports.serving import Site
from tests.imports.steps import fetch, source
from tests.imports.test_corpus import CORPUS, DATES, SELECTORS, name, record

__all__ = ["record"]

pytestmark = [pytest.mark.corpus, pytest.mark.django_db]

TYPES = {".html": "text/html", ".json": "application/json", ".opml": "text/x-opml"}


def subscribed(web: Site, record: dict[str, Any]) -> Source:
    """A source for the file, served without a word on its encoding."""
    path = CORPUS / record["file"]
    address = web.put(
        f"/{path.name}", path.read_bytes(), content_type=TYPES.get(path.suffix, "application/xml")
    )
    form = {"HTML list": Form.LIST, "HTML arti": Form.PAGE}.get(record["format"][:9], Form.FEED)
    return source(address, form=form, language="", selector=SELECTORS.get(path.name, ""))


def test_every_file_is_imported_whole_and_once(web: Site, record: dict[str, Any]) -> None:
    if record["format"].startswith("OPML"):
        pytest.skip("a list of subscriptions is no source")
    found = subscribed(web, record)
    done = fetch(found)
    assert (done.outcome, done.new, done.refused) == (Outcome.NEW, record["items"], 0), done.sentence
    assert Item.objects.count() == Candidate.objects.count() == record["items"]
    # Stored from the last to the first, so that what is newest has the highest number.
    first = Item.objects.latest("pk").told
    assert first["title"] == " ".join((record["first_title"] or "").split())
    said = (record["first_date"] or "").removesuffix("T00:00:00Z")
    assert first["published"] == DATES.get(name(record), said)
    assert first["language"].split("-")[0] == record["language"].split("-")[0].split(" ")[0]

    assert fetch(found).outcome == Outcome.UNCHANGED
    assert [asked.status for asked in web.asked] == [200, 304]

    again = fetch(found, at_any_time=True)
    assert (again.new, again.changed) == (0, 0)
    assert Item.objects.count() == record["items"]


def test_the_same_posts_in_two_formats_are_one_candidate_each(web: Site) -> None:
    both = [CORPUS / "feeds" / f for f in ("atom10-linked-list.atom", "jsonfeed10-linked-list.json")]
    if not all(path.is_file() for path in both):
        pytest.skip(f"the corpus is not at {CORPUS}")
    for path in both:
        fetch(source(web.put(f"/{path.name}", path.read_bytes())))
    assert Item.objects.count() == 96
    assert Candidate.objects.count() == 48


def test_subscriptions_are_taken_over_switched_off() -> None:
    path = CORPUS / "feeds" / "opml-subscriptions.opml"
    if not path.is_file():
        pytest.skip(f"the corpus is not at {CORPUS}")
    done = import_opml(path.read_bytes())
    assert (len(done.new), done.refused) == (207, ())
    assert set(Source.objects.values_list("health", flat=True)) == {"off"}
    assert len(import_opml(path.read_bytes()).known) == 207
