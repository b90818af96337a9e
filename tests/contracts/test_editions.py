"""Readers see what each edition of a document changed, and each as it was, for as long as it may be shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.editorial_steps import (
    OBSERVATIONS,
    Doc,
    publish_actor,
    publish_category,
    publish_entry,
    publish_front,
    publish_page,
    publish_series,
)

ROOT = "/api/v1"
MAKERS: dict[str, Callable[..., Doc]] = {
    "entries": publish_entry, "actors": publish_actor, "series": publish_series, "pages": publish_page,
    "categories": publish_category, "front": lambda slug: publish_front(),
}  # fmt: skip


def get(path: str, **query: Any) -> Any:
    answer = Client().get(path if path.startswith("http") else f"{ROOT}/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def lines(path: str, **query: Any) -> list[tuple[int, str, str]]:
    return [(line["edition"], line["significance"], line["note"]) for line in get(path, **query)["results"]]


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", MAKERS)
def test_a_document_of_any_type_tells_its_editions_newest_first(kind: str) -> None:
    doc = MAKERS[kind]("front")
    before = get(f"{kind}/front/")
    doc.correct("It was misspelt.", title="Another title").revise(title="A third").publish("minor", "Typing.")
    first, second, third = reversed(get(f"{kind}/{doc.id}/editions/")["results"])
    assert (first["edition"], first["significance"], first["differences"]) == (1, "major", [])
    assert (second["note"], second["fields"], third["significance"]) == (
        "It was misspelt.",
        ["title"],
        "minor",
    )
    assert second["differences"] == [{"field": "title", "before": before["title"], "after": "Another title"}]
    assert third["differences"] == [{"field": "title", "before": "Another title", "after": "A third"}]
    assert first["position"] < second["position"] < third["position"]
    assert first["moment"] == before["updated_at"]
    assert get(first["url"]) == get(f"{kind}/front/", as_of=first["position"]) == before
    assert get(second["url"])["title"] == "Another title"
    assert get(third["url"])["title"] == get(f"{kind}/front/")["title"] == "A third"
    assert Client().get(f"{ROOT}/{kind}/front/editions/4/").status_code == 404
    assert Client().get(f"{ROOT}/{kind}/none/editions/").status_code == 404
    gotten, head = Client().get(first["url"]), Client().head(first["url"])
    assert (head.content, head["ETag"], head["Content-Length"]) == (
        b"",
        gotten["ETag"],
        gotten["Content-Length"],
    )


def test_differences_are_as_the_api_shows_the_fields() -> None:
    rules, labs = publish_category("rules"), publish_category("labs")
    doc = publish_entry("a", categories=[str(rules.id)], date="2024").correct(
        categories=[str(rules.id), str(labs.id)], date="2024-03"
    )
    shown = get(f"entries/{doc.id}/")["categories"]
    assert get("entries/a/editions/")["results"][0]["differences"] == [
        {"field": "date", "before": "2024", "after": "2024-03"},
        {"field": "categories", "before": shown[:1], "after": shown},
    ]


def test_of_observations_those_alone_are_told_that_differ() -> None:
    publish_series("robots").correct(observations=[OBSERVATIONS[0], {"period": "2024", "value": "300000"}])
    (difference,) = get("series/robots/editions/")["results"][0]["differences"]
    assert difference["field"] == "observations"
    sides = [[(o["period"], o["value"]) for o in difference[side]] for side in ("before", "after")]
    assert sides == [[("2024", "295000")], [("2024", "300000")]]


def test_an_edition_shows_what_it_names_as_that_was_then() -> None:
    actor = publish_actor("zhipu", title="Zhipu AI")
    publish_entry("a", actors=[{"id": str(actor.id), "role": "acted"}])
    actor.correct(title="Z.ai")
    assert get("entries/a/editions/1/")["actors"][0]["title"] == "Zhipu AI"
    assert get("entries/a/")["actors"][0]["title"] == "Z.ai"


def test_what_a_withdrawal_hid_is_gone_with_the_notice_and_the_rest_of_the_story_stays() -> None:
    doc = publish_entry("a", summary="Mr Secret.").correct("Mr Secret was misspelt.", summary="Mrs Secret.")
    doc.withdraw("It rested on a forgery.")
    gone = Client().get(f"{ROOT}/entries/a/editions/1/")
    assert (gone.status_code, gone["Content-Type"]) == (410, "application/problem+json")
    assert (gone.json()["notice"], gone["Cache-Control"]) == ("It rested on a forgery.", "no-store")
    withdrawal, *hidden = get("entries/a/editions/")["results"]
    assert (withdrawal["significance"], withdrawal["note"]) == ("withdrawn", "It rested on a forgery.")
    assert withdrawal["url"] is None
    assert [(line["text_hidden"], line["note"], line["differences"]) for line in hidden] == [
        (True, "", [])
    ] * 2
    doc.reinstate().correct(summary="Ms Known.")
    answer = Client().get(f"{ROOT}/entries/a/editions/")
    assert [line["edition"] for line in answer.json()["results"]] == [4, 3, 2, 2, 1]
    told = [[one["field"] for one in line["differences"]] for line in answer.json()["results"]]
    assert told == [["summary"], [], [], [], []]
    assert Client().get(f"{ROOT}/entries/a/editions/2/").status_code == 410
    assert get("entries/a/editions/3/")["summary"] == "Mrs Secret."


def test_what_a_withdrawal_left_in_the_past_is_still_shown() -> None:
    publish_entry("a", summary="Open.").correct(summary="Opener.").withdraw(hide_past=False)
    assert Client().get(f"{ROOT}/entries/a/").status_code == 410
    withdrawal, second, first = get("entries/a/editions/")["results"]
    assert get(first["url"])["summary"] == "Open."
    assert second["differences"] == [{"field": "summary", "before": "Open.", "after": "Opener."}]
    assert withdrawal["differences"] == []


def test_an_edition_may_be_kept_for_a_day_and_is_asked_for_in_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    publish_entry("a")
    path = f"{ROOT}/entries/a/editions/1/"
    answer = Client().get(path)
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert not answer["ETag"].startswith("W/")
    publish_entry("b").correct(title="What others publish moves nothing.")
    client = Client()
    with django_assert_num_queries(1):
        again = client.get(path, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again["Cache-Control"]) == (304, "public, max-age=86400")


@pytest.mark.parametrize("what", ["itself", "what it names"])
def test_a_validator_keeps_nothing_alive_that_was_withdrawn(what: str) -> None:
    actor = publish_actor("zhipu", title="Zhipu AI", text="Mr Secret.")
    entry = publish_entry("a", actors=[{"id": str(actor.id), "role": "acted"}])
    path = f"{ROOT}/entries/a/editions/1/?include=actors"
    before = Client().get(path)
    assert b"Secret" in before.content
    (entry if what == "itself" else actor).withdraw()
    after = Client().get(path, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == (410 if what == "itself" else 200)
    assert b"Secret" not in after.content


def test_an_address_that_moved_leads_on_and_a_new_address_is_no_edition() -> None:
    doc = publish_entry("old").correct(title="Another").rename("new")
    for end in ("editions/?limit=5", "editions/1/?fields=title"):
        answer = Client().get(f"{ROOT}/entries/old/{end}")
        assert (answer.status_code, answer["Location"]) == (
            308, f"http://testserver{ROOT}/entries/new/{end}",
        )  # fmt: skip
    assert lines("entries/new/editions/") == [
        (2, "correction", "The figure was wrong."),
        (1, "major", "First published."),
    ]
    assert get(f"entries/{doc.id}/editions/1/")["slug"] == "old"
    # Nor does a client that knew the edition under the old address stay there.
    moved = publish_entry("first")
    known = Client().get(f"{ROOT}/entries/first/editions/1/")["ETag"]
    moved.rename("second")
    again = Client().get(f"{ROOT}/entries/first/editions/1/", headers={"If-None-Match": known})
    assert again.status_code == 308


def test_what_was_merged_into_another_keeps_its_own_story() -> None:
    loser = publish_actor("former").correct(title="Former")
    loser.merge(publish_actor("winner"))
    assert Client().get(f"{ROOT}/actors/former/").status_code == 308
    assert [line[0] for line in lines("actors/former/editions/")] == [2, 1]
    assert get("actors/former/editions/2/")["title"] == "Former"
    loser.unmerge()
    assert [line[0] for line in lines("actors/former/editions/")] == [2, 1]


def test_the_story_is_told_as_it_was_known_and_a_page_at_a_time() -> None:
    doc = publish_entry("a")
    then = get("entries/")["as_of"]["position"]
    for number in range(4):
        doc.correct(f"Note {number}.", title=f"Title {number}")
    assert lines("entries/a/editions/", as_of=then) == [(1, "major", "First published.")]
    assert Client().get(f"{ROOT}/entries/a/editions/", {"as_of": "0"}).status_code == 404
    page = get("entries/a/editions/", limit=2)
    doc.correct("Meanwhile.", title="Title 5")
    seen, count = page["results"], page["count"]
    while page["next"]:
        page = get(page["next"])
        seen += page["results"]
        assert page["count"] == count == 5
    assert [line["edition"] for line in seen] == [5, 4, 3, 2, 1]
    # The last of a page is compared with what is on the next.
    assert [len(line["differences"]) for line in seen] == [1, 1, 1, 1, 0]
    back = get(page["previous"])
    assert [line["edition"] for line in back["results"]] == [3, 2]
    assert [len(line["differences"]) for line in back["results"]] == [1, 1]


@pytest.mark.parametrize(
    "query", ["ordering=title", "q=x", "limit=0", "cursor=x", "as_of=2999-01-01", "limt=1"]
)
def test_a_bad_parameter_is_named(query: str) -> None:
    publish_entry("a")
    answer = Client().get(f"{ROOT}/entries/a/editions/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "9" * 5000, "-1", "x", "1.0"])
def test_what_is_no_edition_is_not_there(number: str) -> None:
    publish_entry("a")
    assert Client().get(f"{ROOT}/entries/a/editions/{number}/").status_code == 404


def test_a_walk_through_the_editions_goes_on_when_the_document_is_renamed() -> None:
    doc = publish_entry("a")
    doc.correct(title="Two")
    following = Client().get(f"{ROOT}/entries/a/editions/", {"limit": 1}).json()["next"]
    doc.rename("b")
    answer = Client().get(following, follow=True)
    assert answer.status_code == 200, answer.content
    assert [line["edition"] for line in answer.json()["results"]] == [1]
    other = publish_entry("c")
    cursor = following.partition("cursor=")[2].partition("&")[0]
    assert Client().get(f"{ROOT}/entries/{other.id}/editions/", {"cursor": cursor}).status_code == 400
