"""Programs follow what became public: all of it, once, in order, wherever they stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from editorial import commands as c
from editorial.models import Change
from tests.editorial_steps import (
    CHIEF,
    PUBLISHER,
    Doc,
    draft_entry,
    publish_actor,
    publish_category,
    publish_entry,
    publish_front,
    publish_page,
    publish_series,
)

pytestmark = pytest.mark.django_db
CHANGES = "/api/v1/changes/"


def get(**parameters: Any) -> dict[str, Any]:
    answer = Client().get(CHANGES, parameters)
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    assert set(body) == {"results", "cursor", "has_more"}
    return body


def follow(after: str = "", **parameters: Any) -> Iterator[dict[str, Any]]:
    """Page by page to the end."""
    while True:
        page = get(**parameters, **({"after": after} if after else {}))
        yield from page["results"]
        after = page["cursor"]
        if not page["has_more"]:
            return


def kinds(**parameters: Any) -> list[tuple[str, str, str]]:
    return [(row["type"], row["kind"], row["document"]["slug"]) for row in follow(**parameters)]


def test_before_anything_is_public_there_is_a_cursor_to_wait_at() -> None:
    draft_entry("draft")
    empty = get()
    assert (empty["results"], empty["has_more"]) == ([], False)
    publish_entry("first")
    assert kinds(after=empty["cursor"]) == [("entry", "published", "first")]


def test_every_change_of_every_type_comes_once_in_order() -> None:
    category, entry = publish_category("rules"), publish_entry("one")
    actor, other = publish_actor("zhipu"), publish_actor("zhipu-ai")
    publish_series("robots"), publish_page("about"), publish_front()
    draft_entry("never-public")
    entry.revise(summary="More.").publish("minor", note="A word.")
    entry.correct(date="2023-11-02")
    entry.withdraw(hide_past=False)
    entry.reinstate()
    entry.rename("renamed")
    other.merge(actor)
    other.unmerge()
    category.revise(text="Otherwise.").publish(note="Clearer.")
    assert kinds() == [
        ("category", "published", "rules"), ("entry", "published", "one"), ("actor", "published", "zhipu"),
        ("actor", "published", "zhipu-ai"), ("series", "published", "robots"), ("page", "published", "about"),
        ("front", "published", "front"), ("entry", "revised", "one"), ("entry", "corrected", "one"),
        ("entry", "withdrawn", "one"), ("entry", "reinstated", "one"), ("entry", "renamed", "renamed"),
        ("actor", "merged", "zhipu-ai"), ("actor", "unmerged", "zhipu-ai"), ("category", "revised", "rules"),
    ]  # fmt: skip
    assert [row["position"] for row in follow()] == list(
        Change.objects.order_by("position").values_list("position", flat=True)
    )


def test_a_change_says_what_changed_and_why() -> None:
    entry = publish_entry("one").correct("The day was wrong.", date="2023-11-02")
    (change,) = follow(after=get(limit=1)["cursor"])
    assert change["document"] == {
        "id": str(entry.id),
        "slug": "one",
        "title": "China signs a declaration",
        "url": f"http://testserver/api/v1/entries/{entry.id}/",
    }
    assert (change["kind"], change["edition"], change["minor"]) == ("corrected", 2, False)
    assert (change["note"], change["fields"], change["into"]) == ("The day was wrong.", ["date"], None)
    assert Client().get(change["document"]["url"]).json()["date"] == "2023-11-02"


def test_a_merge_names_what_stands_for_the_document() -> None:
    winner, loser = publish_actor("winner"), publish_actor("loser")
    loser.merge(winner, note="One company.")
    *_, change = follow()
    assert (change["kind"], change["into"], change["note"]) == ("merged", str(winner.id), "One company.")
    assert change["document"]["slug"] == "loser"


def test_each_change_is_told_with_the_names_of_its_time() -> None:
    entry = publish_entry("first", title="As first told")
    entry.correct(title="As told better").rename("second")
    told = [(row["document"]["slug"], row["document"]["title"]) for row in follow()]
    assert told == [("first", "As first told"), ("first", "As told better"), ("second", "As told better")]


def test_who_stops_anywhere_and_goes_on_has_missed_nothing() -> None:
    entry = publish_entry("one")
    for number in range(6):
        entry.correct(title=f"Title {number}")
    whole = list(follow())
    for limit in (1, 2, 5):
        assert list(follow(limit=limit)) == whole
    for place, change in enumerate(whole):
        assert list(follow(after=change["cursor"])) == whole[place + 1 :]


def links(path: str) -> dict[str, str]:
    """By relation, where the header leads."""
    parts = [part.partition(">; rel=") for part in Client().get(path)["Link"].split(", ")]
    return {relation.strip('"'): address.removeprefix("<") for address, _, relation in parts}


@pytest.mark.parametrize("wait", ["", "&wait=1"])
def test_the_header_links_to_what_is_more_at_once_while_there_is_more(wait: str) -> None:
    publish_entry("one"), publish_entry("two"), publish_actor("zhipu")
    address = f"http://testserver{CHANGES}?limit=1&type=entry{wait}"
    described = "http://testserver/api/v1/openapi.json"
    first, again = links(address), links(address)
    assert first == again == {"self": address, "next": first["next"], "describedby": described}
    assert Client().get(first["next"]).json()["results"][0]["document"]["slug"] == "two"
    assert links(first["next"]) == {"self": first["next"], "describedby": described}
    end = f"http://testserver{CHANGES}?after={get()['cursor']}{wait}"
    assert links(end) == {"self": end, "describedby": described}


def test_a_snapshot_and_its_cursor_are_where_to_start() -> None:
    publish_entry("one")
    listed = Client().get("/api/v1/entries/").json()
    publish_entry("two")
    assert kinds(after=listed["as_of"]["cursor"]) == [("entry", "published", "two")]


def test_a_type_and_a_category_narrow_what_comes() -> None:
    rules, chips = publish_category("rules"), publish_category("chips")
    moved = publish_entry("moved", categories=[str(rules.id)])
    publish_entry("other", categories=[str(chips.id)])
    publish_actor("zhipu")
    moved.revise(categories=[str(chips.id)]).publish(note="It is about chips.")
    moved.correct(title="No more in it")
    assert kinds(type="actor") == [("actor", "published", "zhipu")]
    # That it left is told to whoever copies the category; what became of it later is not.
    told = [("entry", "published", "moved"), ("entry", "revised", "moved")]
    assert kinds(category="rules") == kinds(category=str(rules.id)) == told
    assert get(type="page")["cursor"] == get()["cursor"]


def test_a_category_means_what_was_merged_into_it_too() -> None:
    rules, laws = publish_category("rules"), publish_category("laws")
    publish_entry("one", categories=[str(laws.id)])
    laws.merge(rules)
    told = [("entry", "published", "one"), ("category", "merged", "laws")]
    assert kinds(category="rules") == kinds(category="laws") == told


def test_who_follows_a_category_is_told_when_it_becomes_another_and_no_longer_is() -> None:
    """Else entries would be in it, and out of it again, of which those who came sooner never heard."""
    rules, laws, chips = (publish_category(slug) for slug in ("rules", "laws", "chips"))
    publish_entry("one", categories=[str(laws.id)])
    since = get(category="rules")["cursor"]
    laws.merge(rules)
    chips.rename("semiconductors")
    assert kinds(category="rules", after=since) == [("category", "merged", "laws")]
    assert kinds(category="rules", after=since, type="entry") == kinds(category="chips", after=since) == []
    since = get(category="rules")["cursor"]
    laws.unmerge()
    assert kinds(category="rules", after=since) == [("category", "unmerged", "laws")]
    assert kinds(category="laws", after=since) == [("category", "unmerged", "laws")]


def test_what_a_withdrawal_hides_is_gone_from_the_history_too() -> None:
    category = publish_category("rules")
    entry = publish_entry("one", summary="secret", categories=[str(category.id)])
    entry.correct("It said secret things.", summary="more secret").withdraw("It was forged.")
    assert "secret" not in Client().get(CHANGES).content.decode()
    *_, withdrawn = follow(category="rules")
    assert (withdrawn["kind"], withdrawn["note"]) == ("withdrawn", "It was forged.")


def test_what_is_not_public_moves_nothing() -> None:
    entry = publish_entry("one")
    before = Client().get(CHANGES)
    entry.revise(title="Next")
    entry.do(c.Comment("Is it so?"), CHIEF)
    draft_entry("two")
    after = Client().get(CHANGES)
    assert (after.content, after["ETag"]) == (before.content, before["ETag"])
    assert Client(headers={"If-None-Match": before["ETag"]}).get(CHANGES).status_code == 304


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"after": "x"}, "after"), ({"after": "1"}, "after"), ({"after": "AAAAAAAB="}, "after"),
        ({"after": "______8_"}, "after"), ({"after": "人"}, "after"), ({"limit": "0"}, "limit"),
        ({"type": "novel"}, "type"), ({"afer": "AAAAAAAA"}, "afer"),
        ({"as_of": "1"}, "as_of"), ({"category": "unknown"}, "category"),
        ({"category": "00000000-0000-4000-8000-000000000001"}, "category"),
        ({"category": "chips", "type": "actor"}, "category"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(given: dict[str, str], name: str) -> None:
    answer = Client().get(CHANGES, given)
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == [name]


def test_a_type_may_be_mistaken_for_its_list() -> None:
    assert "Do you mean “entry”?" in Client().get(CHANGES, {"type": "entries"}).json()["detail"]


def test_a_cursor_of_what_never_was_is_refused() -> None:
    publish_entry("one")
    ahead = Client().get(CHANGES, {"after": "AAAAAAD-"})
    assert ahead.status_code == 400
    assert "ahead" in ahead.json()["detail"]


def test_the_same_number_of_queries_however_much_changed(django_assert_num_queries: Any) -> None:
    def publish_all() -> None:
        entry, actor = publish_entry(), publish_actor()
        publish_series(), publish_page(f"p{entry.id}"), publish_category(f"c{entry.id}")
        Doc("actor").draft(
            {"title": "X", "kind": "company", "text": "Y.", "country": "CN", "sources": [
                {"publisher": "P", "language": "en"}]}, ""
        ).publish().merge(actor)  # fmt: skip
        entry.correct(title="Other").do(c.Withdraw("Gone.", False), PUBLISHER)

    publish_all()
    publish_front()
    with django_assert_num_queries(10):
        get(limit=100)
    publish_all()
    with django_assert_num_queries(10):
        get(limit=100)
