"""Every address is declared, and nobody comes further than the declaration says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from aichina import middleware
from aichina.routes import FOR_PROGRAMS, ROUTES, Limit, Route, Who
from editorial.models import User
from editorial.reading import last_public
from imports.models import Address, Finding, Keyword, Snapshot, Source
from syndication.keys import issue
from syndication.packages import queue, work
from syndication.webhooks.subscribing import subscribe
from tests.editorial_steps import (
    draft_entry,
    make_people,
    publish_actor,
    publish_category,
    publish_entry,
    publish_front,
    publish_page,
    publish_series,
)
from tests.imports.triaging import candidate

pytestmark = pytest.mark.django_db
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def resolved(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")  # as Django joins them
        if isinstance(pattern, URLResolver):
            yield from resolved(pattern.url_patterns, route)
        else:
            yield route


def test_the_table_knows_every_address_and_no_other() -> None:
    assert set(resolved()) == set(ROUTES)


def find_trouble(archive_root: Path) -> Finding:
    """A source that changed, with a snapshot and its file."""
    address = Address.objects.create(key="k", address="https://example.org/a", host="example.org")
    (archive_root / "a.warc.gz").touch()
    snapshot = Snapshot.objects.create(
        address=address, taken_at=datetime.now(UTC), status=200, final_address=address.address,
        digest="d", text="Text.", file="a.warc.gz", size=0,
    )  # fmt: skip
    return Finding.objects.create(
        address=address, kind="changed", found_at=snapshot.taken_at, sentence="It changed.", before=snapshot
    )


@pytest.fixture
def archive_root(settings: Any, tmp_path: Path) -> Path:
    settings.ARCHIVE_ROOT, settings.PACKAGES_ROOT = tmp_path, tmp_path / "packages"
    return tmp_path


@pytest.fixture
def examples(archive_root: Path) -> dict[str, str]:
    """An address of each route, of things that exist."""
    page = publish_page("an-entry")
    series, front = publish_series("an-entry"), publish_front()
    category, actor, entry = publish_category(), publish_actor("an-entry"), draft_entry("a-draft")
    publish_entry("an-entry", categories=[str(category.id)])
    user = make_people()["Author"]
    source = Source.objects.create(name="A paper", address="https://paper.example/feed")
    keyword = Keyword.objects.create(word="chips")
    package = queue.ask(last_public())
    work.make_waiting()
    key, _ = issue("A desk", "desk@example.org", uuid4())
    webhook, _ = subscribe({"name": "A library", "address": "https://library.example/"}, cursor=0)
    finding, waiting = find_trouble(archive_root), candidate("A title")
    found = {}
    for route in ROUTES:
        named = {
            "pagedocument": page.id,
            "categorydocument": category.id,
            "actordocument": actor.id,
            "seriesdocument": series.id,
            "frontdocument": front.id,
            "finding": finding.pk,
            "imports/source": source.pk,
            "imports/keyword": keyword.pk,
            "syndication/key": key.pk,
            "webhook": webhook.pk,
            "user": user.pk,
        }
        document = next((key for name, key in named.items() if name in route), entry.id)
        path = route.replace(
            "(?P<app_label>editorial|imports|syndication|timeline|actors|metrics|pages)/$", "timeline/"
        ).replace("(?P<url>.*)$", "none")
        for name, value in {
            "<path:object_id>": document, "<uuid:document>": document, "<uuid:source>": document,
            "<uuid:webhook>": document,
            "<str:name>": "Submit", "<id>": user.pk,
            "<path:content_type_id>": 1, "<slug:slug>": "an-entry", "<str:key>": "an-entry",
            "<int:snapshot>": finding.before_id, "<int:candidate>": waiting.pk, "<int:number>": 1,
            "<int:position>": package.pk,
            "<form:form>": "atom.xml", "<feed_kind:kind>": "milestones",
        }.items():  # fmt: skip
            path = path.replace(name, str(value))
        assert "<" not in path
        found[route] = f"/{path}".replace("front/an-entry/", "front/front/")
    return found


def clients() -> dict[str, tuple[User | None, Client]]:
    people = {
        "anonymous": None,
        "reader": User.objects.create_user("reader", password="x"),
        "nobody": User.objects.create_user("nobody", password="x", is_staff=True),
        "superuser": User.objects.create_superuser("root", password="x"),
        "author": User.objects.get(username="author"),
        "reviewer": User.objects.get(username="reviewer"),
        "publisher": User.objects.get(username="publisher"),
    }
    return {name: (user, Client(raise_request_exception=False)) for name, user in people.items()}


ADMITTED = {
    Who.KEYS: set(),
    Who.ANYONE: {"anonymous", "reader", "nobody", "superuser", "author", "reviewer", "publisher"},
    Who.SIGNED_IN: {"nobody", "superuser", "author", "reviewer", "publisher"},
    Who.EDITORS: {"author", "reviewer", "publisher"},
    Who.REVIEWERS: {"reviewer", "publisher"},
    Who.PUBLISHERS: {"publisher"},
    Who.SUPERUSERS: {"superuser"},
    Who.NOBODY: set(),
}


def test_each_address_admits_whom_the_table_names_and_no_other(examples: dict[str, str]) -> None:
    wrong = []
    everybody = clients()
    for route, path in examples.items():
        for name, (user, client) in everybody.items():
            for method in METHODS:
                if user and client.session.get("_auth_user_id") != str(user.pk):
                    client.force_login(user)  # one of the addresses signs out
                response = client.generic(method, path)
                if response.streaming:
                    list(response.streaming_content)  # read to its end, a file is closed
                if not as_declared(ROUTES[route], name, method, response):
                    wrong.append((name, method, path, response.status_code))
    assert wrong == [], wrong[:20]


def as_declared(route: Route, name: str, method: str, response: Any) -> bool:
    status, location = response.status_code, response.headers.get("Location", "")
    turned_away = status == 302 and location.startswith("/admin/login/?next=")
    if route.who is Who.NOBODY:
        return status == 404
    if method not in route.methods:
        return status == 405
    if route.who is Who.KEYS:
        return status == 401
    who = route.posting if route.posting and method == "POST" else route.who
    if name in ADMITTED[who]:
        return status not in (403, 405) and not turned_away
    return turned_away if name == "anonymous" and method in ("GET", "HEAD") else status == 403


def test_an_address_that_nobody_declared_is_answered_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    # A copy: put back into its place, the address would stand last in the table, which the documents show in order.
    monkeypatch.setattr(middleware, "ROUTES", {k: v for k, v in ROUTES.items() if k != "timeline/"})
    assert Client().get("/timeline/").status_code == 404


def test_signed_out_editors_get_back_what_they_typed() -> None:
    answer = Client().post("/admin/timeline/entrydocument/add/", {"title": "A long <b>night’s</b> work"})
    assert answer.status_code == 403
    assert "A long &lt;b&gt;night’s&lt;/b&gt; work" in answer.content.decode()


def test_a_form_with_a_stale_token_gives_back_what_was_typed() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/admin/login/", {"title": "Typed for hours", "password": "not shown"})
    assert answer.status_code == 403
    assert "Typed for hours" in answer.content.decode()
    assert "not shown" not in answer.content.decode()


@pytest.mark.parametrize(
    "lookup",
    [
        "state__content__title=x",
        "state=x",
        "drafted_by=1",
        "assignee__isnull=0",
        "_to_field=state",
        "search_text=x",
    ],
)
def test_the_list_filters_by_nothing_that_it_does_not_offer(lookup: str) -> None:
    make_people()
    client = Client()
    client.login(username="author", password="author")
    answer = client.get(f"/admin/timeline/entrydocument/?{lookup}")
    assert answer.status_code in (302, 400)


def test_whatever_programs_ask_is_limited_and_needs_no_session() -> None:
    for route, declared in ROUTES.items():
        open_to_programs = f"/{route}".startswith(FOR_PROGRAMS)
        assert (declared.limit is Limit.API) == open_to_programs, route
        assert not open_to_programs or declared.who in (Who.ANYONE, Who.KEYS), route


def test_to_programs_nobody_is_signed_in() -> None:
    """No cookie is looked at, and none is set."""
    make_people()
    client, stranger = Client(), Client()
    client.login(username="chief-editor", password="chief-editor")
    assert client.get("/api/v1/webhooks/").status_code == 401
    client.cookies["csrftoken"] = "malformed"
    for path in ("/api/v1/entries/", "/api/v1/docs/", "/feeds/atom.xml"):
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (200, stranger.get(path).content)
        assert not answer.cookies
        assert "Cookie" not in answer.headers["Vary"]
