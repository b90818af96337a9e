"""What is counted from what changed is what is counted whole."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db.models import QuerySet
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from editorial import commands as c
from editorial import lately
from editorial.counting import count
from editorial.models import Change
from editorial.reading import last_public, resolve
from editorial.workflow import Refused
from tests.editorial_steps import PUBLISHER, Doc, entry_content, publish_category, publish_entry
from tests.keeping import forget
from timeline.models.edition import Entry

pytestmark = pytest.mark.django_db
ENTRIES = "/api/v1/entries/"
WORDS, KINDS = ("chips", "models"), ("milestone", "update")


@pytest.fixture(autouse=True)
def nothing_is_known() -> None:
    forget()


def choices() -> list[Any]:
    """As a reader narrows the list; ``resolve`` looks at what is merged."""
    rows, redirects = Entry._default_manager, last_public().redirects
    return [rows.all(), rows.filter(kind="milestone"), redirects.search(rows.all(), "chips"), rows.none()]


def acts(docs: list[Doc], data: st.DataObject) -> None:
    doc, other = data.draw(st.permutations(docs))[:2]
    content = {"summary": data.draw(st.sampled_from(WORDS)), "kind": data.draw(st.sampled_from(KINDS))}
    done = data.draw(
        st.sampled_from(("publish", "hide", "withdraw", "reinstate", "rename", "merge", "unmerge"))
    )
    if done == "publish" and doc.state.content_version:
        doc.revise(**content).publish(note="More.")
    elif done == "publish":
        doc.draft(entry_content(**content)).publish()
    else:
        commands: dict[str, c.Command] = {
            "hide": c.Withdraw("Gone.", True),
            "withdraw": c.Withdraw("Gone.", False),
            "reinstate": c.Reinstate("Back."),
            "rename": c.Rename(f"r{uuid4().hex}"),
            "merge": c.Merge(str(other.id), "One."),
            "unmerge": c.Unmerge("Two."),
        }
        doc.do(commands[done], PUBLISHER)


@settings(max_examples=15)
@given(st.data())
def test_whatever_happens_a_count_is_what_a_whole_one_is(data: st.DataObject) -> None:
    docs = [Doc() for _ in range(4)]
    for doc in docs[:3]:
        doc.draft(entry_content(summary="chips")).publish()
    for _ in range(data.draw(st.integers(1, 12))):
        try:
            acts(docs, data)
        except Refused:
            continue
        if data.draw(st.booleans()):
            continue  # nobody looks each time
        present = last_public()
        positions = sorted(Change.objects.values_list("position", flat=True))
        past = resolve(str(positions[-data.draw(st.integers(1, 8)) % len(positions)]))
        for rows in choices():
            assert count(rows, present) == rows.live(present.position).count()
            assert count(rows, past) == rows.live(past.position).count()


def test_what_is_counted_once_is_not_counted_again_when_something_is_published() -> None:
    category = publish_category("rules")
    entries = [publish_entry(f"e-{n}", categories=[str(category.id)]) for n in range(3)]
    narrowed = ("", "?category=rules", "?q=declaration")

    def counted() -> list[int]:
        lists = [Client().get(f"{ENTRIES}{query}").json()["count"] for query in narrowed]
        pages = [Client().get(f"/timeline/{query}").context["page"].paginator.count for query in narrowed]
        return lists + pages

    assert counted() == [3] * 6
    with patch.object(QuerySet, "count", side_effect=AssertionError("all is counted")):
        entries[0].correct(title="Another")
        assert counted() == [3, 3, 2] * 2
        publish_entry("e-3", categories=[str(category.id)])
        assert counted() == [4, 4, 3] * 2
    # Words are looked for under the names of what was merged as well: that is another choice.
    entries[1].merge(entries[2])
    assert counted() == [3, 3, 2] * 2
    entries[1].unmerge()
    assert counted() == [4, 4, 3] * 2


def test_much_that_happened_is_counted_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    publish_entry("a")
    assert count(Entry._default_manager.all(), last_public()) == 1
    monkeypatch.setattr(lately, "MOST", 2)
    publish_entry("b"), publish_entry("c"), publish_entry("d")
    assert count(Entry._default_manager.all(), last_public()) == 4


def test_choices_that_differ_in_a_long_value_are_counted_apart() -> None:
    """Values that are shortened where they are shown would be one."""
    long = "x" * 60
    publish_entry("a", sources=[{"publisher": "P", "language": "en", "title": long}])
    for title, number in ((long, 1), (long[:-1] + "y", 0)):
        rows = Entry._default_manager.filter(sources__contains=[{"title": title}])
        assert count(rows, last_public()) == number


def test_a_count_that_is_known_costs_nothing_and_a_revision_one_question(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    doc = publish_entry("a")
    rows = Entry._default_manager.all()
    count(rows, last_public())
    doc.correct(summary="Another.")
    present = last_public()
    with django_assert_num_queries(1):
        assert count(rows, present) == 1
    with django_assert_num_queries(0):
        assert count(rows, present) == 1
