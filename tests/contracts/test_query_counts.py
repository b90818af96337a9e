"""No page and no answer asks the database more often because there is more to show."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aichina.routes import ROUTES, Who
from editorial import kept
from imports.models import Fetch, Keyword, Source
from metrics.draw import redraw
from tests.editorial_steps import (
    Doc,
    make_people,
    publish_actor,
    publish_category,
    publish_entry,
    publish_front,
    publish_page,
    publish_series,
)
from tests.imports.triaging import candidate, paper
from tests.keeping import forget
from tests.syndication.feeding import spelled

pytestmark = pytest.mark.django_db
# None has anything to do with how much there is.
OUTSIDE = {
    "readyz", "healthz", "api/v1/openapi.json",
    "api/v1/packages/<int:position>/", "packages/aichina-<int:position>.zip",
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was rendered before costs next to nothing, whatever there is."""
    monkeypatch.setattr(kept, "find", lambda name: None)


def refer(docs: list[Doc], **more: str) -> list[dict[str, str]]:
    return [{"id": str(doc.id), **more} for doc in docs]


class Tracker:
    """Content of which there is more each time: what is named “one” refers to all the rest."""

    def __init__(self) -> None:
        self.docs: dict[str, list[Doc]] = {}
        self.front: Doc | None = None
        self.referring = 0
        self.add()
        self.add()
        self.one = {
            "category": publish_category("one", "One"),
            "page": publish_page("one"),
            "actor": publish_actor("one", title="One"),
            "series": publish_series("one"),
            "entry": publish_entry("one", kind="publication"),
        }
        self.refer()
        publish_entry("corrected").correct(title="Corrected")
        publish_page("former").withdraw()

    def add(self) -> None:
        """One more of everything."""
        number = len(self.docs.get("entry", []))
        made = {
            "category": publish_category(f"c{number}", f"Category {number}"),
            "page": publish_page(f"p{number}"),
            "actor": publish_actor(f"a{number}", title=f"Actor {number}"),
            "series": publish_series(f"s{number}", title=f"Series {number}"),
            "entry": publish_entry(f"e{number}", kind=("milestone", "update", "publication")[number % 3]),
        }
        for name, doc in made.items():
            self.docs.setdefault(name, []).append(doc)
        self.source = Source.objects.create(
            name=f"Source {number}", address=f"https://paper.example/{number}"
        )
        Fetch.objects.create(source=self.source, lease=self.source.pk)
        Keyword.objects.create(word=f"word {number}")

    def refer(self) -> None:
        """What is named “one”, and the front page, name everything else."""
        actors, series, entries = (self.docs[name] for name in ("actor", "series", "entry"))
        keys = {name: [str(doc.id) for doc in docs] for name, docs in self.docs.items()}
        relations = [{"type": "owns", "target": key} for key in keys["actor"]]
        content: dict[str, dict[str, Any]] = {
            "actor": {"relations": relations},
            "series": {"beside": keys["series"]},
            "entry": {
                "actors": refer(actors, role="acted"),
                "related": keys["entry"],
                "categories": keys["category"],
            },
        }
        for name, fields in content.items():
            self.one[name].revise(**fields).publish(note="More.")
        for doc in actors[self.referring :]:
            doc.revise(relations=[{"type": "part_of", "target": str(self.one["actor"].id)}]).publish(
                note="More."
            )
        for doc in entries[self.referring :]:
            doc.revise(actors=refer([self.one["actor"]], role="acted")).publish(note="More.")
        self.referring = len(actors)
        chosen = {"figures": refer(series), "charts": refer(series), "milestones": refer(entries)}
        if self.front is None:
            self.front = publish_front(**chosen)
        else:
            self.front.revise(**chosen).publish(note="More.")
        for doc in (*series, self.one["series"]):
            redraw(doc.id)


def counts(client: Client, paths: list[str]) -> dict[str, int]:
    found = {}
    for path in paths:
        forget()  # what is kept costs one question, and moves with little
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200, path
        found[path] = len(queries)
    return found


def test_every_public_address_costs_the_same_at_one_and_at_three_of_everything() -> None:
    tracker = Tracker()
    named = {
        re.sub("<[^>]*>", "one", plain.replace("<int:number>", "1"))
        for route, declared in ROUTES.items()
        if declared.who is Who.ANYONE and route not in OUTSIDE
        for plain in spelled(route)
    }
    paths = [f"/{path}".replace("front/one/", "front/front/") for path in sorted(named)]
    assert len(paths) > 20
    few = counts(Client(), paths)
    tracker.add()
    tracker.add()
    tracker.refer()
    publish_page("gone").withdraw()  # else editions are as they were, and kept
    assert counts(Client(), paths) == few
    assert max(few.values()) <= 20, few


def test_every_list_and_form_of_the_admin_costs_the_same_at_one_and_at_three_of_everything() -> None:
    make_people()
    client = Client()
    client.login(username="chief-editor", password="chief-editor")
    tracker = Tracker()
    candidate("China signs a declaration")
    candidate("China signs a declaration of its own")
    apps = {"entry": "timeline", "actor": "actors", "series": "metrics", "category": "pages", "page": "pages"}
    paths = [f"/admin/{app}/{name}document/" for name, app in apps.items()]
    paths += [f"/admin/{app}/{name}document/{tracker.one[name].id}/change/" for name, app in apps.items()]
    paths += [f"/admin/{app}/{name}document/{tracker.one[name].id}/history/" for name, app in apps.items()]
    paths += ["/admin/imports/source/", "/admin/imports/keyword/"]
    paths += [
        f"/admin/imports/source/{tracker.source.pk}/{page}/" for page in ("change", "fetches", "history")
    ]
    paths.append("/admin/imports/candidate/")
    counts(client, paths)
    few = counts(client, paths)
    tracker.add()
    tracker.add()
    tracker.refer()
    candidate("China signs the declaration", paper(name="Another paper"))
    candidate("China signs the declaration with others")
    counts(client, paths)  # what is kept by position is read anew
    assert counts(client, paths) == few
