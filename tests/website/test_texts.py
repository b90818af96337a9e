"""Pages and categories: texts that editors own, with the same life as everything else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from editorial import commands as c
from editorial.workflow import Refused
from tests.editorial_steps import PUBLISHER, Doc, publish_category, publish_entry, publish_page
from tests.keeping import forget
from tests.website.test_pages import HOSTILE, Tags, position, see

pytestmark = pytest.mark.django_db


def get(path: str, **query: Any) -> Any:
    answer = Client().get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_page_is_written_corrected_and_seen_as_it_was() -> None:
    doc = publish_page("about", text="It began in **2024**.")
    before = position()
    doc.correct("It began a year before.", text="It began in **2023**.")
    assert "It began in 2023 ." in see("/pages/about/")
    assert "Correction" in see("/pages/about/")
    assert "It began in 2024 ." in see(f"/pages/about/?as_of={before}")
    assert get("pages/about/")["text_html"].strip() == "<p>It began in <strong>2023</strong>.</p>"
    doc.withdraw("It is written anew.")
    assert "It is written anew." in see("/pages/about/", 410)


def test_the_front_page_begins_with_the_overview_of_the_moment() -> None:
    assert "There is no overview." in see("/")
    doc = publish_page("overview", title="AI in China", text="The first overview.")
    before = position()
    doc.revise(text="The second overview.").publish("major", "News.")
    doc.rename("in-short")
    assert "The second overview." in see("/")
    assert "The first overview." in see(f"/?as_of={before}")
    assert "The second overview." not in see("/timeline/")


def test_a_page_without_a_text_is_not_published() -> None:
    doc = Doc("page").draft({"title": "About"}).approve()
    with pytest.raises(Refused, match="A text is missing"):
        doc.do(c.Publish(doc.seen), PUBLISHER)


def test_a_category_says_what_is_filed_under_it() -> None:
    category = publish_category("rules", "Rules", 2)
    publish_category("chips", "Chips", 1)
    publish_entry("a", categories=[str(category.id)])
    assert "About Rules." in see("/timeline/?category=rules")
    assert "About Rules." not in see("/timeline/")
    assert [row["slug"] for row in get("categories/")["results"]] == ["chips", "rules"]
    assert [row["slug"] for row in get("categories/", q="rules")["results"]] == ["rules"]
    found = get("categories/rules/")
    assert (found["title"], found["order"]) == ("Rules", 2)
    assert found["url"] == "http://testserver/timeline/?category=rules"


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_is_inert(words: str) -> None:
    publish_category("rules", words)
    publish_page("overview", title=words, text=words)
    for path in ("/", "/pages/overview/", "/timeline/?category=rules"):
        tags = Tags(Client().get(path).content.decode())
        assert not {"script", "img", "svg", "math", "style", "iframe", "b"} & tags.names
        assert not [name for name, _ in tags.attributes if name.startswith("on")]


@pytest.mark.parametrize("number", [1, 3])
def test_pages_and_answers_take_the_same_queries_for_one_and_for_many(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(number):
        publish_page(f"page-{n}")
        publish_category(f"category-{n}")
    for path, queries in (("/pages/page-0/", 7), ("/api/v1/pages/", 7), ("/api/v1/categories/", 7)):
        forget()
        with django_assert_num_queries(queries):
            assert Client().get(path).status_code == 200
