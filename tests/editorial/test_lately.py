"""What a process remembers of the last changes, and what it need not ask again."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from editorial import lately
from editorial.models import Change
from editorial.models.projected import projecting
from editorial.reading import last_public
from tests.editorial_steps import Doc, entry_content, publish_actor, publish_category, publish_entry
from tests.keeping import forget

pytestmark = pytest.mark.django_db
ENTRIES = "/api/v1/entries/"


@pytest.fixture(autouse=True)
def nothing_is_known() -> None:
    forget()


def positions() -> list[int]:
    return [seen.position for seen in last_public().lately.changes]


def test_it_grows_by_what_came_and_by_one_question(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    publish_entry("a")
    first = positions()
    docs = [publish_entry(name) for name in "bc"]
    docs[0].correct(summary="Another.")
    present = last_public()
    with django_assert_num_queries(1):
        assert len(present.lately.changes) == 4
    with django_assert_num_queries(0):
        assert present.lately.since(first[-1], present.lately.epoch) == present.lately.changes[1:]
    assert positions() == sorted(Change.objects.values_list("position", flat=True))


def test_only_so_many_are_remembered_and_much_at_once_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lately, "MOST", 3)
    began = last_public().lately.epoch
    for name in "abcde":
        publish_entry(name)
        assert len(positions()) <= 3
    epoch = last_public().lately.epoch
    assert epoch is not began
    for name in "fghi":
        publish_entry(name)
    assert len(positions()) == 1
    assert last_public().lately.epoch is not epoch


def test_a_database_that_went_another_way_is_not_taken_for_the_old_one() -> None:
    publish_entry("a")
    before = last_public().lately
    with projecting("default"):
        last = Change.objects.latest("position")
        Change.objects.filter(pk=last.pk).update(moment=last.moment + timedelta(seconds=1))
    assert last_public().lately.epoch is not before.epoch
    publish_entry("b")
    assert last_public().lately.since(before.position, before.epoch) is None


def test_who_is_behind_sees_nothing_of_what_came_after() -> None:
    publish_entry("a")
    behind = last_public()
    publish_entry("b")
    ahead = last_public()
    assert len(ahead.lately.changes) == 1
    assert behind.lately.position == behind.position
    assert ahead.lately.since(ahead.position, ahead.lately.epoch) == ()
    assert behind.lately.since(ahead.position, ahead.lately.epoch) is None


def test_names_and_merges_that_did_not_change_are_not_asked_for_again(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    category, actor, other = publish_category("rules"), publish_actor("lab"), publish_actor("other")
    entry = publish_entry("a", categories=[str(category.id)], actors=[{"id": str(actor.id), "role": "acted"}])

    def named() -> list[str]:
        shown = Client().get(f"{ENTRIES}a/").json()
        return [named["title"] for named in (*shown["categories"], *shown["actors"])]

    first = named()
    publish_entry("b")
    # The position, what changed, which document, its row, and that nothing was withdrawn meanwhile.
    with django_assert_num_queries(5):
        assert named() == first
    category.correct(title="Rules, renamed")
    assert named() == ["Rules, renamed", first[1]]
    actor.merge(other)
    assert named() == ["Rules, renamed", Client().get("/api/v1/actors/other/").json()["title"]]
    actor.unmerge()
    assert named() == ["Rules, renamed", first[1]]
    actor.withdraw()
    assert named() == ["Rules, renamed"]
    actor.reinstate()
    assert named() == ["Rules, renamed", first[1]]
    entry.withdraw()
    assert Client().get(f"{ENTRIES}a/").status_code == 410


def test_what_was_named_before_it_was_public_is_named_once_it_is() -> None:
    entry = publish_entry("a")
    later = uuid4()
    publish_entry("b", related=[str(entry.id), str(later)])
    assert [r["slug"] for r in Client().get(f"{ENTRIES}b/").json()["related"]] == ["a"]
    Doc("entry", later).draft(entry_content(), "c").publish()
    assert [r["slug"] for r in Client().get(f"{ENTRIES}b/").json()["related"]] == ["a", "c"]


def test_an_old_edition_is_shown_with_names_of_its_time_and_makes_nobody_forget() -> None:
    category = publish_category("rules")
    publish_entry("a", categories=[str(category.id)])
    title = Client().get(f"{ENTRIES}a/").json()["categories"][0]["title"]
    category.correct(title="Rules, renamed")
    assert Client().get(f"{ENTRIES}a/").json()["categories"][0]["title"] == "Rules, renamed"
    epoch = last_public().lately.epoch
    assert Client().get(f"{ENTRIES}a/editions/1/").json()["categories"][0]["title"] == title
    assert last_public().lately.epoch is epoch


def test_an_id_that_stands_in_a_field_of_another_type_takes_nobody_s_name() -> None:
    actor = publish_actor("lab", title="A laboratory")
    named = [{"id": str(actor.id), "role": "acted"}]
    publish_entry("right", actors=named)
    publish_entry("wrong", categories=[str(actor.id)])
    publish_entry("both", categories=[str(actor.id)], actors=named)
    for _ in range(2):
        shown = {entry["slug"]: entry for entry in Client().get(ENTRIES).json()["results"]}
        assert [shown[slug]["categories"] for slug in ("wrong", "both")] == [[], []]
        assert [shown[slug]["actors"][0]["title"] for slug in ("right", "both")] == ["A laboratory"] * 2
        publish_entry()
