"""Profiles of actors: found by any name, sourced or marked, related to each other, shown as of any moment."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from editorial import commands as c
from editorial.workflow import Refused
from tests.editorial_steps import (
    PUBLISHER,
    SOURCE,
    Doc,
    draft_actor,
    publish_actor,
    publish_category,
    publish_entry,
)
from tests.keeping import forget
from tests.website.test_pages import HOSTILE, Tags, position, see

pytestmark = pytest.mark.django_db
ACTORS = "/api/v1/actors/"


def get(path: str = ACTORS, **query: Any) -> Any:
    answer = Client().get(path, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def slugs(**query: Any) -> list[str]:
    return [actor["slug"] for actor in get(**query)["results"]]


def names(doc: Doc, role: str = "acted") -> list[dict[str, str]]:
    return [{"id": str(doc.id), "role": role}]


def relation(kind: str, target: Doc, **more: str) -> dict[str, str]:
    return {"type": kind, "target": str(target.id), **more}


@pytest.mark.parametrize(
    "name", ["智谱", "Zhipu", "Z.ai", "Zhipu AI", "智谱华章", "zhìpǔ", "zhipu ai", "SEHK: 2513"]
)
def test_an_actor_is_found_by_any_of_its_names(name: str) -> None:
    publish_actor("zhipu", name_zh="智谱", pinyin="Zhìpǔ", aliases=["Z.ai", "智谱华章", "Zhipu"],
                  identifiers=[{"scheme": "ticker", "value": "SEHK: 2513"}])  # fmt: skip
    publish_actor("other", title="Moonshot AI", name_zh="月之暗面")
    assert slugs(q=name) == ["zhipu"]
    assert "1 actor" in see(f"/actors/?q={name}")


def test_actors_are_narrowed_and_ordered() -> None:
    owner = publish_actor(
        "b", title="Beta", country="US", identifiers=[{"scheme": "wikidata", "value": "Q95"}]
    )
    publish_actor("a", title="Alpha", kind="person", country="CN", relations=[relation("leads", owner)])
    assert slugs() == ["a", "b"]
    assert slugs(ordering="-title") == ["b", "a"]
    assert slugs(kind="person") == slugs(country="CN") == slugs(related_to=str(owner.id)) == ["a"]
    assert slugs(identifier="Q95") == ["b"]
    for parameter in ({"kind": "robot"}, {"related_to": "x"}, {"country": ""}, {"language": "zh"}):
        assert Client().get(ACTORS, parameter).status_code == 400


def test_a_profile_needs_a_source_or_a_mark_that_one_is_wanted() -> None:
    doc = draft_actor(sources=[]).approve()
    with pytest.raises(Refused, match="or mark that a source is wanted"):
        doc.do(c.Publish(doc.seen), PUBLISHER)
    doc.revise(source_wanted=True).publish()
    assert "Source wanted." in see(f"/actors/{doc.state.slug}/")
    assert get(f"{ACTORS}{doc.id}/")["source_wanted"] is True
    doc.revise(sources=[SOURCE]).approve()
    with pytest.raises(Refused, match="is marked as wanting one"):
        doc.do(c.Publish(doc.seen, "minor", "x"), PUBLISHER)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"country": "China"}, "At most 2 characters"), ({"country": "cn"}, "two letters"),
        ({"web": "zhipu"}, "whole address"),
        ({"web": "javascript:alert(1)"}, "whole address"), ({"founded": "yesterday"}, "not understood"),
        ({"identifiers": [{"scheme": "lei", "value": "5493001NTNQJDH60PM03"}]}, "no identifier of this scheme"),
        ({"identifiers": [{"scheme": "isbn", "value": "1"}]}, "A scheme is one of"),
        ({"identifiers": [{"scheme": "wikidata", "value": "P1"}]}, "such as Q160120"),
        ({"relations": [{"type": "owns"}]}, "Choose an actor"),
        ({"relations": [{"type": "likes"}]}, "A relation is one of"),
        ({"aliases": ["x" * 201]}, "at most 200 characters"), ({"kind": "robot"}, "not a valid choice"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_named(content: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        draft_actor(**content)


def test_dates_in_the_wrong_order_are_refused() -> None:
    target = publish_actor("a")
    with pytest.raises(Refused, match="It ends before it begins"):
        draft_actor(relations=[relation("owns", target, since="2024", until="2023-12")])
    doc = draft_actor(founded="2020", ended="2019-12").approve()
    with pytest.raises(Refused, match="It ended before it was founded"):
        doc.do(c.Publish(doc.seen), PUBLISHER)


def test_a_profile_shows_its_facts_and_what_names_it() -> None:
    group = publish_actor("group", title="A group", name_zh="集团")
    source = {"publisher": "Caixin", "title": "持股", "language": "zh"}
    doc = publish_actor(
        "zhipu", name_zh="智谱", aliases=["Z.ai"], seat="Beijing", founded="2019-06~", web="https://z.ai",
        basis="The month is not certain.", relations=[relation("part_of", group, since="2021", **source)],
    )  # fmt: skip
    publish_actor("lab", title="A lab", relations=[relation("partner_of", doc, note="On chips.")])
    publish_entry("a", title="It files papers", date="2024-03", actors=names(doc))
    publish_entry("b", title="It lists its shares", date="2026-01-08", actors=names(doc, "affected"))
    page = see("/actors/zhipu/")
    for words in (
        "Zhipu AI 智谱", "Z.ai", "Beijing", "c. June 2019", "The month is not certain.", "Caixin (CN): 持股",
        "is part of A group , since 2021", "is a partner of A lab : On chips.", "It lists its shares",
        "It files papers",
    ):  # fmt: skip
        assert words in page, words
    assert page.index("It lists its shares") < page.index("It files papers")
    assert "has as a part Zhipu AI" in see("/actors/group/")
    assert "Zhipu AI 智谱 (affected)" in see("/timeline/b/")
    drawn = Client().get("/actors/zhipu/").content.decode()
    assert drawn.count("<rect") == 3
    assert drawn.count("<circle") == 2


def test_the_past_of_a_profile_is_shown_as_it_was() -> None:
    doc = publish_actor("zhipu", title="Zhipu")
    entry = publish_entry("a", actors=names(doc))
    before = position()
    doc.correct("It goes by another name.", title="Z.ai")
    entry.withdraw("Wrong.", hide_past=False)
    assert "Z.ai" in see("/actors/zhipu/")
    assert "On the timeline" not in see("/actors/zhipu/")
    past = see(f"/actors/zhipu/?as_of={before}")
    assert "Zhipu" in past
    assert "On the timeline" in past
    assert get(f"/api/v1/entries/{entry.id}/", as_of=before)["actors"][0]["title"] == "Zhipu"


def test_an_actor_appears_in_entries_when_its_profile_does_and_goes_when_it_is_withdrawn() -> None:
    doc = draft_actor("zhipu")
    publish_entry("a", actors=names(doc))
    for shown in (0, 1, 0):
        assert len(get("/api/v1/entries/a/")["actors"]) == shown
        assert ("Zhipu AI" in see("/timeline/a/")) is bool(shown)
        if not doc.state.editions:
            doc.publish()
        elif shown:
            doc.withdraw()
    see("/actors/zhipu/", 410)
    assert Client().get(f"{ACTORS}zhipu/").status_code == 410


def test_a_relation_to_what_is_not_public_is_not_shown() -> None:
    hidden = draft_actor("hidden", title="Not yet public")
    publish_actor("a", relations=[relation("owns", hidden)])
    assert "Not yet public" not in see("/actors/a/")
    assert get(f"{ACTORS}a/")["relations"] == []


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_is_inert_in_every_field(words: str) -> None:
    other = publish_actor("other", title=words)
    doc = publish_actor(
        "a", title=words, name_zh=words, pinyin=words, aliases=[words], seat=words, text=words, basis=words,
        relations=[relation("owns", other, note=words, publisher=words, title=words)],
    )  # fmt: skip
    publish_entry("e", title=words, actors=names(doc))
    for path in ("/actors/", "/actors/a/", "/timeline/e/"):
        tags = Tags(Client().get(path).content.decode())
        assert not {"script", "img", "math", "style", "iframe", "b"} & tags.names
        assert not [name for name, _ in tags.attributes if name.startswith("on")]
        assert not [
            v for name, v in tags.attributes if name == "href" and re.match(r"\s*(javascript|data):", v)
        ]


@pytest.mark.parametrize("number", [1, 3, 12])
def test_pages_and_answers_take_the_same_queries_for_one_and_for_many(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    category = publish_category("rules")
    doc = publish_actor("a")
    for n in range(number):
        publish_actor(f"b-{n}", relations=[relation("part_of", doc)])
        publish_entry(f"e-{n}", categories=[str(category.id)], actors=names(doc))
    doc.revise(relations=[relation("owns", Doc("actor", doc.id))]).publish("minor", "x")
    for path, queries in (("/actors/", 4), ("/actors/a/", 10), (ACTORS, 8), (f"{ACTORS}a/", 8)):
        forget()
        with django_assert_num_queries(queries):
            assert Client().get(path).status_code == 200


@pytest.mark.parametrize(
    ("country", "status"), [("CN", 200), ("cn", 200), ("!!", 400), ("CHN", 400), ("C", 400)]
)
def test_a_country_is_two_letters(country: str, status: int) -> None:
    publish_actor("a", country="CN")
    answer = Client().get(ACTORS, {"country": country})
    assert answer.status_code == status
    assert status == 400 or answer.json()["count"] == 1


def test_nothing_is_found_by_a_relation_to_what_is_not_public() -> None:
    draft = draft_actor("hidden")
    doc = publish_actor("a", relations=[relation("part_of", draft)])
    assert Client().get(ACTORS, {"related_to": str(draft.id)}).status_code == 400
    draft.publish()
    shown = Client().get(ACTORS, {"related_to": str(draft.id)}).json()["results"]
    assert [one["id"] for one in shown] == [str(doc.id)]
