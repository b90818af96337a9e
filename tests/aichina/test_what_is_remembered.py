"""What a process remembers is bounded and ages, and is of one world: that of the database that it asks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.test import Client

from editorial import kept
from editorial.api.fragments import fragments
from editorial.counting import counts
from editorial.models.projected import projecting
from editorial.reading import last_public
from ledger import clock
from pages.models.edition import Category
from tests.conftest import _drop, _use, owner_connection
from tests.editorial_steps import publish_category, publish_entry
from tests.keeping import forget
from timeline.models.edition import Entry

ENTRIES = "/api/v1/entries/"


@pytest.fixture(autouse=True)
def nothing_is_known() -> None:
    forget()


@pytest.mark.django_db
def test_what_is_kept_is_no_more_than_is_counted() -> None:
    publish_entry("a")
    for n in range(20):
        path = f"{ENTRIES}?q=zzz{n}&fields={','.join(['title'] * 1000)}"
        assert Client().get(path).status_code == 200
    held = sum(
        len(name) + len(body) + sum(len(key) + len(text) for key, text in headers.items())
        for name, ((headers, body), _) in kept.answers._kept.items()
    )
    assert held <= kept.answers._kept.currsize


@pytest.mark.django_db
def test_a_parameter_that_is_given_twice_is_refused_whatever_was_asked_before() -> None:
    publish_entry("a")
    twice = f"{ENTRIES}?kind=update&kind=milestone"
    assert Client().get(twice).status_code == 400
    assert Client().get(f"{ENTRIES}?kind=milestone").status_code == 200
    assert Client().get(twice).status_code == 400


@pytest.fixture
def restore(committed_db: str) -> Iterator[Callable[[], Callable[[], None]]]:
    """Makes a backup; what it gives back brings that database back in this one's place."""
    made: list[str] = []

    def backup() -> Callable[[], None]:
        made.append(f"test_backup_{uuid4().hex[:8]}")
        _use("postgres")
        with owner_connection("postgres") as connection:
            connection.execute(f"CREATE DATABASE {made[-1]} TEMPLATE {committed_db}")
        _use(committed_db)
        return lambda: _use(made[-1])

    yield backup
    _use(committed_db)
    for name in made:
        _drop(name)
    forget()


def test_a_restored_database_counts_its_own_past(restore: Callable[[], Callable[[], None]]) -> None:
    publish_entry("a")
    back = restore()
    publish_entry("b", kind="milestone")
    then = last_public().position
    publish_entry("c")
    path = f"{ENTRIES}?kind=milestone&as_of={then}"
    assert Client().get(path).json()["count"] == 2
    back()
    publish_entry("b", kind="update")
    assert last_public().position == then
    publish_entry("c")
    shown = Client().get(path).json()
    assert (len(shown["results"]), shown["count"]) == (1, 1)


@pytest.mark.parametrize("process", ["the same", "another"])
def test_a_restored_database_shows_its_own_editions(
    restore: Callable[[], Callable[[], None]], process: str
) -> None:
    doc = publish_entry("a")
    back = restore()
    doc.correct(summary="Of the world that was lost.")
    lost = Client().get(f"{ENTRIES}a/editions/2/")
    back()
    doc.correct(summary="Of the world that is.")
    if process == "another":
        forget()
    found = Client().get(f"{ENTRIES}a/editions/2/")
    assert "that is" in found.content.decode()
    assert found["ETag"] != lost["ETag"]


@pytest.mark.django_db
def test_a_database_that_was_restored_to_a_moment_has_fragments_of_its_own() -> None:
    """PostgreSQL counts transactions on from that moment: numbers come again. One transaction stands for that."""
    publish_entry("a")
    for world in ("lost", "is"):
        with projecting("default"):
            Entry._default_manager.update(summary=f"The world that {world}.", moment=clock.now())
        kept.answers.clear()  # the position's moment would be another one
        assert f"The world that {world}." in Client().get(ENTRIES).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", [ENTRIES, "/timeline/"])
def test_one_address_and_validator_is_one_text(path: str) -> None:
    for n in range(51):
        publish_entry(f"e-{n}")
    one, other = f"{path}?kind=milestone&q=declaration", f"{path}?q=declaration&kind=milestone"
    first = Client().get(one)
    forget()  # another process, or after an hour
    Client().get(other)
    again = Client().get(one)
    assert first["ETag"] == again["ETag"]
    assert first.content == again.content


def spoil(category: Category, title: str) -> None:
    with projecting("default"):
        Category._default_manager.filter(document=category.id).update(title=title)


@pytest.mark.django_db
def test_what_a_rebuild_mended_is_shown_after_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    category = publish_category("rules", "Rules")
    publish_entry("a", categories=[str(category.id)])
    spoil(category, "Spoilt")
    assert "Spoilt" in Client().get(f"{ENTRIES}a/").content.decode()
    spoil(category, "Rules")
    for some in (kept.answers, fragments, counts):
        some.clear()  # an hour later
    monkeypatch.setattr(time, "monotonic", lambda real=time.monotonic: real() + 3601)
    publish_entry("b")
    assert "Spoilt" not in Client().get(f"{ENTRIES}a/").content.decode()
