"""Programs get of each result what they ask for: some fields, or whole what is else a reference, in as many queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.editorial_steps import (
    SOURCE,
    Doc,
    publish_actor,
    publish_category,
    publish_entry,
    publish_front,
    publish_page,
    publish_series,
)
from tests.keeping import forget

pytestmark = pytest.mark.django_db
KINDS = ("entries", "actors", "series", "pages", "categories", "front")


def get(path: str, **query: Any) -> Any:
    answer = Client().get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def refused(path: str, **query: Any) -> dict[str, str]:
    answer = Client().get(f"/api/v1/{path}", query)
    assert answer.status_code == 400
    return {error["parameter"]: error["detail"] for error in answer.json()["errors"]}


@pytest.fixture
def zhipu() -> Doc:
    return publish_actor("one", title="Zhipu AI")


@pytest.fixture
def one(zhipu: Doc) -> None:
    """One of everything."""
    category = publish_category("one")
    named = [{"id": str(zhipu.id), "role": "acted"}]
    publish_entry("one", categories=[str(category.id)], actors=named, body="**Text**")
    publish_series("one")
    publish_page("one")
    publish_front()


@pytest.mark.parametrize("kind", KINDS)
def test_fields_leave_out_the_rest_but_the_id(one: None, kind: str) -> None:
    listed = get(f"{kind}/")["results"][0]
    key = listed["slug"]
    for names in ({"title", "slug"}, {"id", "sources"} & {*listed}, {*listed}):
        wanted = {name: listed[name] for name in {"id", *names}}
        fields = ",".join(names)
        assert get(f"{kind}/", fields=fields)["results"] == [wanted]
        for path in (f"{kind}/{key}/", f"{kind}/{key}/editions/1/"):
            shown = get(path, fields=fields)
            assert {**shown, "as_of": None} == {**wanted, "as_of": None}


def test_what_is_left_out_is_not_asked_of_the_database(one: None) -> None:
    with CaptureQueriesContext(connection) as whole:
        get("entries/")
    with CaptureQueriesContext(connection) as some:
        get("entries/", fields="title,date")
    assert (
        len(some) == 3
    )  # the position, the page, and that it stands still; how many there are was counted before
    assert len(some) < len(whole)


def test_an_unknown_name_is_told_the_right_one(one: None) -> None:
    wrong = refused("entries/", fields="id,titel", include="actor")
    assert wrong == {
        "fields": "There is no field “titel”. Do you mean “title”?",
        "include": "Nothing can be included as “actor”. Do you mean “actors”?",
    }
    assert set(refused("pages/one/", include="actors", fields="body,,x")) == {"include", "fields"}
    assert set(refused("entries/one/editions/1/", fields="x", as_of="1")) == {"fields", "as_of"}
    assert set(refused("entries/one/editions/", fields="title")) == {"fields"}
    assert set(refused("series/one/observations.csv", fields="title")) == {"fields"}


def test_an_entry_includes_the_whole_profiles_of_its_actors(one: None, zhipu: Doc) -> None:
    profile = get("actors/one/")
    del profile["as_of"]
    assert get("entries/one/", include="actors")["actors"] == [{**profile, "role": "acted"}]
    then = get("entries/")["as_of"]["position"]
    zhipu.correct(title="Zhipu")
    assert get("entries/", include="actors")["results"][0]["actors"][0]["title"] == "Zhipu"
    past = get("entries/one/", include="actors", as_of=then)
    assert past["actors"][0]["title"] == "Zhipu AI"
    assert get("entries/one/editions/1/", include="actors")["actors"] == [{**profile, "role": "acted"}]
    zhipu.withdraw()
    assert get("entries/one/", include="actors")["actors"] == []


def test_an_entry_includes_its_categories_and_what_is_related_whole() -> None:
    category, other = publish_category("rules"), publish_entry("other")
    publish_entry("one", categories=[str(category.id)], related=[str(other.id)])
    shown = get("entries/one/", include="categories,related", fields="title")
    for field, path in (("categories", "categories/rules/"), ("related", "entries/other/")):
        whole = get(path)
        del whole["as_of"]
        assert shown[field] == [whole]
    other.withdraw()
    assert get("entries/one/", include="related")["related"] == []


def test_what_was_merged_is_included_as_what_stands_for_it(one: None, zhipu: Doc) -> None:
    zhipu.merge(publish_actor("other", title="Z.ai"))
    (shown,) = get("entries/one/", include="actors", fields="title")["actors"]
    assert (shown["title"], shown["role"], shown["merged"][0]["title"]) == ("Z.ai", "acted", "Zhipu AI")


def test_a_profile_includes_those_it_is_related_to(zhipu: Doc) -> None:
    publish_actor("lab", relations=[{"type": "part_of", "target": str(zhipu.id)}])
    profile = get("actors/one/")
    del profile["as_of"]
    assert get("actors/lab/", include="actors", fields="title")["relations"][0]["actor"] == profile
    assert set(get("actors/lab/")["relations"][0]["actor"]) == {"id", "slug", "title"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_result_may_include_its_editions(one: None, kind: str) -> None:
    assert "editions" not in get(f"{kind}/")["results"][0]
    result = get(f"{kind}/", include="editions", fields="title")["results"][0]
    assert set(result) == {"id", "title", "editions"}
    (line,) = result["editions"]
    assert (line["edition"], line["significance"], line["text_hidden"]) == (1, "major", False)
    assert Client().get(line["url"]).json()["title"] == result["title"]


def test_observations_include_the_sources_of_their_series(one: None) -> None:
    own = [
        {"period": "2023", "value": "1"},
        {"period": "2024", "value": "2", **SOURCE},
        {"period": "2025", "value": "3", "source_wanted": "yes"},
    ]
    series = publish_series("others", observations=own)
    of_series = get(f"series/{series.id}/")["sources"]
    shown = get(f"series/{series.id}/", include="sources", fields="observations")
    assert [item["sources"] for item in shown["observations"]] == [of_series, [SOURCE], []]
    assert shown["sources"] == of_series
    assert get(f"series/{series.id}/")["observations"][0]["sources"] == []


def test_lists_link_to_what_is_beside_them_as_rfc_8288_has_it() -> None:
    for number in range(3):
        publish_page(f"page-{number}", title=f"Page “{number}”")
    address = "http://testserver/api/v1/pages/"
    first = Client().get(f"{address}?limit=1&q=page")
    second = Client().get(first.json()["next"])
    described = '<http://testserver/api/v1/openapi.json>; rel="describedby"'
    assert first["Link"].split(", ") == [
        f'<{address}?limit=1&q=page>; rel="self"', f'<{first.json()["next"]}>; rel="next"', described,
    ]  # fmt: skip
    assert second["Link"].split(", ") == [
        f'<{first.json()["next"]}>; rel="self"', f'<{second.json()["next"]}>; rel="next"',
        f'<{second.json()["previous"]}>; rel="prev"', described,
    ]  # fmt: skip
    strange = Client().get(f'{address}?q="page>,<"')
    assert strange["Link"].count("<") == strange["Link"].count(">") == 2


def test_what_is_included_costs_the_same_at_one_and_at_three() -> None:
    category = publish_category("rules")
    asked = {
        "entries/": "actors,categories,editions,related,sources",
        "actors/": "actors,editions,sources", "series/": "editions,sources",
        "entries/e0/": "actors,editions", "actors/a0/": "actors,editions", "entries/e0/editions/": "",
        "actors/a0/editions/": "", "series/s0/editions/": "",
    }  # fmt: skip

    def edition(*fields: str) -> int:
        forget()
        with CaptureQueriesContext(connection) as queries:
            get("entries/e0/editions/1/", include="actors,editions", fields=",".join(fields))
        return len(queries)

    def add(number: int) -> None:
        made = publish_actor(f"a{number}", relations=[{"type": "owns", "target": str(lab.id)}])
        publish_entry(
            f"e{number}", categories=[str(category.id)], actors=[{"id": str(made.id), "role": "acted"}]
        )
        publish_series(f"s{number}").correct(title=f"Robots {number}")

    def counts() -> dict[str, int]:
        found = {}
        for path, include in asked.items():
            forget()
            with CaptureQueriesContext(connection) as queries:
                get(path, **({"include": include} if include else {}))
            found[path] = len(queries)
        return found

    lab = publish_actor("lab")
    add(0)
    few, of_one = counts(), edition("id")
    for number in (1, 2):
        add(number)
    for kind, slug in (("entry", "e0"), ("actor", "a0"), ("series", "s0")):
        plural = {"entry": "entries", "actor": "actors", "series": "series"}[kind]
        doc = Doc(kind, get(f"{plural}/{slug}/")["id"])
        doc.correct(title="Another").correct(title="Yet another")
    assert counts() == few
    assert edition("id", "id") == of_one
