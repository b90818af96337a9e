"""What readers see of two profiles that are one: the winner everywhere, found by both names, as of any moment."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.actors.test_profiles import ACTORS, get, names, relation, slugs
from tests.editorial_steps import Doc, publish_actor, publish_category, publish_entry, publish_page
from tests.keeping import forget
from tests.timeline.test_api import slugs as entries
from tests.website.test_pages import HOSTILE, Tags, position, see

pytestmark = pytest.mark.django_db
ENTRIES = "/api/v1/entries/"


@dataclass
class Merged:
    """A loser that was merged into a winner, and unmerged again, with positions before, within and after."""

    loser: Doc
    winner: Doc
    before: int
    within: int
    after: int


def two() -> tuple[Doc, Doc]:
    loser = publish_actor("zhipu", title="Zhipu AI", name_zh="智谱", aliases=["Beijing Zhipu"])
    return loser, publish_actor("z-ai", title="Z.ai", name_zh="北京智谱华章")


@pytest.fixture
def merged() -> Merged:
    loser, winner = two()
    publish_entry("by-loser", title="It lists its shares", actors=names(loser))
    publish_entry("by-winner", title="It takes another name", actors=names(winner))
    before = position()
    loser.merge(winner, "The company took another name.")
    within = position()
    loser.unmerge()
    return Merged(loser, winner, before, within, position())


def location(path: str) -> tuple[int, str]:
    answer = Client().get(path)
    return answer.status_code, answer.headers.get("Location", "")


def test_the_loser_s_address_leads_to_the_winner_while_it_is_merged(merged: Merged) -> None:
    for key in ("zhipu", str(merged.loser.id)):
        for as_of in (merged.before, merged.after):
            assert get(f"{ACTORS}{key}/", as_of=as_of)["title"] == "Zhipu AI"
        path = f"{ACTORS}{key}/?as_of={merged.within}"
        assert location(path) == (308, f"http://testserver{ACTORS}z-ai/?as_of={merged.within}")
    for as_of in (merged.before, merged.after):
        assert "Zhipu AI" in see(f"/actors/zhipu/?as_of={as_of}")
    assert location(f"/actors/zhipu/?as_of={merged.within}") == (301, f"/actors/z-ai/?as_of={merged.within}")
    assert "Zhipu AI" in see("/actors/zhipu/")


def test_the_loser_s_address_leads_to_where_the_winner_is_now() -> None:
    loser, winner = two()
    loser.rename("zhipu-ai").merge(winner)
    winner.rename("zai")
    for slug in ("zhipu", "zhipu-ai"):
        assert location(f"/actors/{slug}/") == (301, "/actors/zai/")
        assert location(f"{ACTORS}{slug}/") == (308, f"http://testserver{ACTORS}zai/")
        for path in (f"/actors/{slug}/", f"{ACTORS}{slug}/"):
            assert Client().get(path).headers["Cache-Control"] == "no-cache"
    winner.withdraw("It never was.")
    assert location("/actors/zhipu/") == (301, "/actors/zai/")
    assert "It never was." in see("/actors/zai/", 410)
    assert location(f"{ENTRIES}{loser.id}/") == (404, "")


def test_the_loser_is_out_of_lists_while_it_is_merged(merged: Merged) -> None:
    for as_of, listed in ((merged.before, ["z-ai", "zhipu"]), (merged.within, ["z-ai"])):
        assert slugs(as_of=as_of) == listed
        assert f"{len(listed)} actor" in see(f"/actors/?as_of={as_of}")
    assert slugs() == ["z-ai", "zhipu"]


@pytest.mark.parametrize("words", ["智谱", "Zhipu AI", "beijing zhipu"])
def test_the_losing_name_finds_the_winner(merged: Merged, words: str) -> None:
    both = {"智谱": ["z-ai", "zhipu"]}.get(
        words, ["zhipu"]
    )  # the winner's own name holds these two characters
    for as_of, found in ((merged.before, both), (merged.within, ["z-ai"]), (merged.after, both)):
        assert slugs(q=words, as_of=as_of) == found
        assert ("Z.ai" in see(f"/actors/?q={words}&as_of={as_of}")) is ("z-ai" in found)
    assert "智谱" not in merged.winner.state.content["aliases"]


def test_an_identifier_of_the_loser_finds_the_winner() -> None:
    loser = publish_actor("loser", identifiers=[{"scheme": "wikidata", "value": "Q95"}])
    loser.merge(publish_actor("winner"))
    assert slugs(identifier="Q95") == ["winner"]
    assert slugs(identifier="Q95", kind="person") == []


def test_an_entry_that_names_the_loser_shows_the_winner_and_gets_no_edition(merged: Merged) -> None:
    for as_of, slug in ((merged.before, "zhipu"), (merged.within, "z-ai"), (merged.after, "zhipu")):
        entry = get(f"{ENTRIES}by-loser/", as_of=as_of)
        assert [actor["slug"] for actor in entry["actors"]] == [slug]
        assert entry["edition"] == 1
        assert f"/actors/{slug}/" in Client().get(f"/timeline/by-loser/?as_of={as_of}").content.decode()


@pytest.mark.parametrize("key", ["loser", "winner"])
def test_entries_are_found_by_either_id(merged: Merged, key: str) -> None:
    actor = str(getattr(merged, key).id)
    assert sorted(entries(actor=actor, as_of=merged.within)) == ["by-loser", "by-winner"]
    for as_of in (merged.before, merged.after):
        assert entries(actor=actor, as_of=as_of) == [f"by-{key}"]


def test_the_winner_s_page_names_what_was_merged_into_it_and_shows_its_entries(merged: Merged) -> None:
    page = see(f"/actors/z-ai/?as_of={merged.within}")
    for words in ("Merged into this profile:", "Zhipu AI 智谱 , Beijing Zhipu", "The company took another name.",
                  "It lists its shares", "It takes another name"):  # fmt: skip
        assert words in page, words
    for as_of in (merged.before, merged.after):
        page = see(f"/actors/z-ai/?as_of={as_of}")
        assert "Merged into" not in page
        assert "It lists its shares" not in page
    html = Client().get(f"/actors/z-ai/?as_of={merged.within}").content.decode()
    assert f'href="../zhipu/?as_of={merged.within - 1}"' in html
    assert "Zhipu AI" in see(f"/actors/zhipu/?as_of={merged.within - 1}")


def test_an_answer_says_what_was_merged_into_it(merged: Merged) -> None:
    named = {"id": str(merged.loser.id), "slug": "zhipu", "title": "Zhipu AI"}
    for as_of, found in ((merged.before, []), (merged.within, [named]), (merged.after, [])):
        assert get(f"{ACTORS}z-ai/", as_of=as_of)["merged"] == found
        assert get(as_of=as_of)["results"][0]["merged"] == found


def test_an_entry_names_two_that_are_one_once_in_each_role() -> None:
    loser, winner = two()
    publish_entry("a", actors=[*names(loser), *names(winner), *names(loser, "affected")])
    loser.merge(winner)
    actors = get(f"{ENTRIES}a/")["actors"]
    assert [(actor["slug"], actor["role"]) for actor in actors] == [("z-ai", "acted"), ("z-ai", "affected")]
    assert see("/timeline/a/").count("Z.ai 北京智谱华章") == 2
    assert see("/actors/z-ai/").count("China signs a declaration") == 1


def test_relations_lead_to_the_winner_and_never_to_oneself() -> None:
    loser, winner = two()
    winner.revise(relations=[relation("succeeded_by", loser)]).publish("minor", "x")
    lab = publish_actor("lab", title="A lab", relations=[relation("partner_of", loser)])
    publish_actor("owner", title="An owner", relations=[relation("owns", winner)])
    loser.revise(relations=[relation("part_of", lab)]).publish("minor", "x")
    before = position()
    loser.merge(winner)
    assert [shown["actor"]["slug"] for shown in get(f"{ACTORS}lab/")["relations"]] == ["z-ai"]
    assert [shown["actor"]["slug"] for shown in get(f"{ACTORS}lab/", as_of=before)["relations"]] == ["zhipu"]
    assert get(f"{ACTORS}z-ai/")["relations"] == []
    for actor in (loser, winner):
        assert slugs(related_to=str(actor.id)) == ["lab", "owner"]
    page = see("/actors/z-ai/")
    assert "is a partner of A lab" in page
    assert "is owned by An owner" in page
    assert "was succeeded by" not in page
    assert "is a partner of Z.ai" in see("/actors/lab/")
    assert "was succeeded by Zhipu AI" in see(f"/actors/z-ai/?as_of={before}")


def test_a_chain_shows_its_end_alone() -> None:
    a, b, c = (publish_actor(slug, title=f"Name {slug}") for slug in ("aa", "bb", "cc"))
    publish_entry("e", actors=[*names(a), *names(b)])
    a.merge(b)
    first = position()
    b.merge(c)
    assert location("/actors/aa/") == location("/actors/bb/") == (301, "/actors/cc/")
    assert [actor["slug"] for actor in get(f"{ENTRIES}e/")["actors"]] == ["cc"]
    assert slugs(q="Name aa") == slugs(q="Name bb") == ["cc"]
    assert {other["slug"] for other in get(f"{ACTORS}cc/")["merged"]} == {"aa", "bb"}
    assert location(f"/actors/aa/?as_of={first}") == (301, f"/actors/bb/?as_of={first}")
    b.unmerge()
    assert location("/actors/aa/") == (301, "/actors/bb/")
    a.unmerge()
    assert "Name aa" in see("/actors/aa/")


def test_a_category_that_is_merged_leads_to_the_one_that_stands_for_it() -> None:
    loser, winner = publish_category("chips", "Chips"), publish_category("hardware", "Hardware")
    publish_entry("a", title="On chips", categories=[str(loser.id)])
    publish_entry("b", title="On both", categories=[str(loser.id), str(winner.id)])
    before = position()
    loser.merge(winner)
    for key in ("chips", "hardware", str(loser.id), str(winner.id)):
        assert sorted(entries(category=key)) == ["a", "b"]
    assert entries(category="hardware", as_of=before) == ["b"]
    assert [shown["slug"] for shown in get(f"{ENTRIES}b/")["categories"]] == ["hardware"]
    assert location("/timeline/?category=chips&kind=milestone") == (
        301,
        "/timeline/?category=hardware&kind=milestone",
    )
    page = see("/timeline/?category=hardware")
    assert "2 entries" in page
    assert page.count("· Hardware") == 2
    assert "Hardware" in see("/timeline/a/")
    assert "1 entry" in see(f"/timeline/?category=hardware&as_of={before}")


def test_entries_and_pages_are_merged_too() -> None:
    loser, winner = publish_entry("one", title="Told once"), publish_entry("two", title="Told again")
    other = publish_entry("three", related=[str(loser.id), str(winner.id)])
    winner.revise(related=[str(loser.id), str(other.id)]).publish("minor", "x")
    loser.merge(winner)
    assert location("/timeline/one/") == (301, "/timeline/two/")
    assert entries(q="Told once") == ["two"]
    assert [shown["slug"] for shown in get(f"{ENTRIES}three/")["related"]] == ["two"]
    assert [shown["slug"] for shown in get(f"{ENTRIES}two/")["related"]] == ["three"]
    page = see("/timeline/two/")
    assert "Merged into this entry: Told once" in page
    assert page.count("Told again") == 2  # title and heading
    assert "Told again" in see("/timeline/?q=Told+once")
    publish_page("overview", title="Overview").merge(publish_page("about", title="About", text="In short."))
    assert location("/pages/overview/") == (301, "/pages/about/")
    assert "In short." in see("/")


def test_validators_move_with_a_merge_and_its_undoing(merged: Merged) -> None:
    before = Client().get("/actors/z-ai/").headers["ETag"]
    merged.loser.merge(merged.winner)
    within = Client().get("/actors/z-ai/").headers["ETag"]
    merged.loser.unmerge()
    assert len({before, within, Client().get("/actors/z-ai/").headers["ETag"]}) == 3


@pytest.mark.parametrize("number", [1, 3])
def test_as_many_queries_for_one_that_is_merged_as_for_many(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    category, winner = publish_category("rules"), publish_actor("a", title="Winner")
    for n in range(number):
        loser = publish_actor(f"b-{n}", title=f"Loser {n}")
        publish_actor(f"c-{n}", relations=[relation("part_of", loser)])
        publish_entry(f"e-{n}", categories=[str(category.id)], actors=names(loser))
        loser.merge(winner)
    queries: dict[str, int] = {
        "/actors/?q=loser": 7, "/actors/a/": 11, "/timeline/?q=declaration": 8, "/timeline/e-0/": 9, ACTORS: 9,
        f"{ACTORS}?q=loser": 9, f"{ACTORS}a/": 8, ENTRIES: 8, f"{ENTRIES}?actor={winner.id}": 9,
    }  # fmt: skip
    for path, expected in queries.items():
        forget()
        with django_assert_num_queries(expected):
            assert Client().get(path).status_code == 200, path


def test_what_hides_the_winner_s_other_names_hides_the_losing_ones(merged: Merged) -> None:
    merged.loser.merge(merged.winner)
    within = position()
    for hide, shown in ((False, ["z-ai"]), (True, [])):
        merged.winner.withdraw("It rested on a forgery.", hide_past=hide)
        assert slugs(q="Zhipu AI", as_of=within) == shown
        assert [lost["slug"] for lost in get(f"{ACTORS}z-ai/", as_of=within)["merged"]] == ["zhipu"][
            : len(shown)
        ]
        assert ("Zhipu AI" in see(f"/actors/z-ai/?as_of={within}")) is bool(shown)
        if not hide:
            merged.winner.reinstate()


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_names_and_notes_of_a_merge_are_inert(words: str) -> None:
    publish_actor("b", title=words, name_zh=words, aliases=[words]).merge(publish_actor("a"), words)
    tags = Tags(Client().get("/actors/a/").content.decode())
    assert not {"script", "img", "svg", "math", "style", "iframe", "b"} & tags.names
    assert not [name for name, _ in tags.attributes if name.startswith("on")]
