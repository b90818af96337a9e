"""Every list of the API can be walked, by every ordering, in both directions, a page at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from actors.api import Actors
from editorial.api import ListView
from editorial.api.cursor import Cursor
from metrics.api import SeriesList
from pages.api import Categories, Pages
from tests.editorial_steps import publish_actor, publish_category, publish_entry, publish_page, publish_series
from timeline.api import Entries

pytestmark = pytest.mark.django_db
LISTS: dict[str, type[ListView]] = {
    "entries": Entries, "actors": Actors, "series": SeriesList, "pages": Pages, "categories": Categories,
}  # fmt: skip


@pytest.fixture
def content() -> None:
    for number in range(5):
        # Two of them are equal in all but their ids.
        publish_category(f"c{number}", f"Category {number // 2}", number // 2)
        publish_page(f"p{number}", title=f"Page {number // 2}")
        publish_actor(f"a{number}", title=f"Actor {number // 2}")
        publish_series(f"s{number}", title=f"Series {number // 2}")
        publish_entry(f"e{number}", title=f"Entry {number // 2}", date=f"202{number // 2}")


def get(address: str) -> Any:
    answer = Client().get(address)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize("kind", LISTS)
def test_every_list_is_walked_forth_and_back_without_a_gap(content: None, kind: str) -> None:
    for name in LISTS[kind].ORDERINGS:
        for ordering in (name, f"-{name}"):
            whole = [row["id"] for row in get(f"/api/v1/{kind}/?ordering={ordering}")["results"]]
            assert len(whole) == 5
            page = get(f"/api/v1/{kind}/?ordering={ordering}&limit=2")
            walked = [row["id"] for row in page["results"]]
            while page["next"]:
                page = get(page["next"])
                walked += [row["id"] for row in page["results"]]
            assert walked == whole
            back: list[str] = []
            while page["previous"]:
                page = get(page["previous"])
                back = [row["id"] for row in page["results"]] + back
            assert back == whole[: len(back)]
            assert len(back) >= 3


@pytest.mark.parametrize("value", ["-1", "99999", "1" * 400, "\uff11", "01", "", "x", None])
def test_a_forged_cursor_of_a_number_is_no_cursor(content: None, value: str | None) -> None:
    following = urlsplit(get("/api/v1/categories/?limit=1")["next"]).query
    forged = replace(Cursor.decode(parse_qs(following)["cursor"][0]), value=value).encode()
    assert Client().get(f"/api/v1/categories/?cursor={forged}").status_code in (200, 400)
