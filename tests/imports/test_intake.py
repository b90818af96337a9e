"""What sources tell becomes candidates once, however often and by whomever it is told."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from imports.models import Candidate, Decision, Item, Keyword, State, What
from imports.rules import Rule, judge
from imports.triage import dismiss, merge
from tests.editorial_steps import make_people
from tests.imports.serving import Site, Told, rss
from tests.imports.steps import fetch, inbox, source

pytestmark = pytest.mark.django_db

LONG = (
    "The ministry has opened a consultation on the labelling of synthetic text. Comments may be sent until the end of "
    "the month, by post or through the form on its site; the draft has twenty-one articles and names no sanctions."
)


def only() -> Candidate:
    return Candidate.objects.get()


def test_two_items_that_share_a_guid_and_differ_are_two(web: Site) -> None:
    told = [Told("One", "About one thing.", "same"), Told("Two", "Quite another thing.", "same", date="")]
    feed = source(web.put("/feed", rss(told)))
    fetch(feed)
    assert sorted(inbox()) == ["One", "Two"]
    fetch(feed, at_any_time=True)
    assert Item.objects.count() == 2


def test_the_same_through_two_sources_is_one_candidate_with_two_sources(web: Site) -> None:
    link = "https://paper.example/2026/labels"
    fetch(source(web.put("/a", rss([Told("Labels", LONG, "a1", link)]))))
    fetch(
        source(
            web.put("/b", rss([Told("Labels for synthetic text", LONG, "b7", link + "?utm_source=b")])),
            name="B",
        )
    )
    assert only().items.count() == 2
    assert list(Decision.objects.values_list("what", flat=True)) == [What.PROPOSED, What.TOLD]


def test_an_edited_title_is_an_edit_not_another_item(web: Site) -> None:
    feed = source(web.put("/feed", rss([Told("Draft rules", LONG, "1")])))
    fetch(feed)
    web.put("/feed", rss([Told("Draft rules on labels", LONG, "1")]))
    done = fetch(feed)
    assert (done.new, done.changed) == (0, 1)
    assert only().title == "Draft rules on labels"
    [edit] = only().edits
    assert (edit["field"], edit["before"], edit["after"]) == ("title", "Draft rules", "Draft rules on labels")


def test_what_was_dismissed_stays_away_unless_its_text_really_changed(web: Site) -> None:
    mei = make_people()["Author"]
    feed = source(web.put("/feed", rss([Told("Draft rules", LONG, "1")])))
    fetch(feed)
    dismiss(only(), "Not about AI", version=only().version, by=mei)
    web.put("/feed", rss([Told("Draft rules ", LONG + "  ", "1")]))
    fetch(feed)
    web.put("/feed", rss([Told("DRAFT RULES", LONG.replace(";", ","), "1")]))
    fetch(feed)
    assert only().state == State.DISMISSED
    web.put(
        "/feed",
        rss([Told("Rules on labels are in force", "They hold from today, with fines up to a million.", "1")]),
    )
    fetch(feed)
    found = only()
    assert found.state == State.NEW
    assert "after author dismissed it" in found.remark
    assert "Not about AI" in found.remark


def test_many_small_changes_after_a_dismissal_are_a_change(web: Site) -> None:
    mei = make_people()["Author"]
    words = LONG.split()
    feed = source(web.put("/feed", rss([Told("Draft rules", LONG, "1")])))
    fetch(feed)
    dismiss(only(), "", version=only().version, by=mei)
    for number in range(0, len(words), 2):
        words[number] = f"other{number}"
        web.put("/feed", rss([Told("Draft rules", " ".join(words), "1")]))
        fetch(feed)
    assert only().state == State.NEW


def test_a_site_that_moves_does_not_import_everything_again(web: Site) -> None:
    told = [Told(f"Item {n}", f"{LONG} {n}", link=f"https://old.example/{n}") for n in range(5)]
    feed = source(web.put("/feed", rss(told)))
    fetch(feed)
    web.put(
        "/feed",
        rss([Told(t.title, t.text, f"new-{n}", t.link.replace("old", "new")) for n, t in enumerate(told)]),
    )
    assert fetch(feed).new == 0
    assert Candidate.objects.count() == 5


def test_a_merged_candidate_takes_what_its_sources_tell_later(web: Site) -> None:
    mei = make_people()["Author"]
    fetch(source(web.put("/a", rss([Told("Labels", LONG, "a")]))))
    other = source(web.put("/b", rss([Told("Of labels", "Told in another way.", "b")])), name="B")
    fetch(other)
    winner, loser = Candidate.objects.order_by("pk")
    merge(loser, winner.pk, version=loser.version, by=mei)
    web.put("/b", rss([Told("Of labels and fines", "Told in another way.", "b")]))
    assert fetch(other).new == 0
    winner.refresh_from_db()
    assert winner.title == "Labels"
    assert [edit["after"] for edit in winner.edits] == ["Of labels and fines"]


def test_actors_keywords_and_rules_are_proposed_in_words(web: Site) -> None:
    category = uuid4()
    Keyword.objects.create(word="大模型", points=3, category=category)
    feed = source(web.put("/feed", rss([Told("新的大模型发布", "报道", "1")])), language="zh")
    fetch(feed)
    found = only()
    assert found.categories == [category]
    assert found.score > 0
    assert any("大模型" in reason for reason in found.reasons)


def test_what_a_rule_blocks_is_kept_and_says_which(web: Site) -> None:
    rules = [Rule("title", "compute*", "keep"), Rule("anywhere", "", "block")]
    feed = source(
        web.put("/feed", rss([Told("Computers", guid="1"), Told("Football", guid="2")])), rules=rules
    )
    fetch(feed)
    assert inbox() == ["Computers"]
    blocked = Candidate.objects.get(state=State.BLOCKED)
    assert "Block it with anything" in blocked.reason


@pytest.mark.parametrize(
    ("rule", "title", "stands"),
    [
        (Rule("title", "AI", "block"), "AI in China", True),
        (Rule("title", "AI", "block"), "Said of hail", False),
        (Rule("title", "ai*", "block"), "Aims", True),
        (Rule("title", "芯片", "block"), "国产芯片公司", True),
        (Rule("title", "chip", "block"), "\uff23hip", True),
        (Rule("author", "chip", "block"), "chip", False),
        (Rule("title", "c++", "block"), "Of C++ and more", True),
    ],
)
def test_words_of_rules_are_whole_where_the_script_has_words(rule: Rule, title: str, stands: bool) -> None:
    told = {"title": title, "text": "", "author": "", "address": "", "categories": []}
    assert bool(judge([rule], told).blocked) is stands


def test_routes_add_up_until_a_rule_decides() -> None:
    mine, other, person = (str(uuid4()) for _ in range(3))
    rules = [
        Rule("title", "a", "category", category=mine), Rule("title", "a", "person", person=person),
        Rule("title", "a", "keep"), Rule("title", "a", "category", category=other), Rule("", "", "block"),
    ]  # fmt: skip
    verdict = judge(rules, {"title": "a", "text": ""})
    assert (verdict.categories, verdict.person, verdict.blocked) == ((mine,), person, "")


def test_thousands_of_items_are_stored_in_few_statements(web: Site) -> None:
    def statements(many: int) -> int:
        told = [Told(f"Number {n} of {many}", f"{LONG} {n}", f"{many}-{n}") for n in range(many)]
        feed = source(web.put(f"/{many}", rss(told)))
        with CaptureQueriesContext(connection) as queries:
            assert fetch(feed).new == many
        return len(queries)

    assert statements(190) == statements(20)


def test_what_sources_say_is_stored_as_text_alone(web: Site) -> None:
    evil = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b onclick='x()'&gt;Bold&lt;/b&gt;"
    feed = source(web.put("/feed", rss([Told(evil, evil, "1", "javascript:alert(1)")])))
    fetch(feed)
    found = only()
    told: Any = found.items.get().told
    assert found.title == "Bold"
    assert found.address == ""
    assert "alert" not in str(told)


def test_what_one_source_blocks_another_may_bring(web: Site) -> None:
    link = "https://paper.example/2026/cars"
    blocking = [Rule("title", "cars", "block")]
    fetch(source(web.put("/a", rss([Told("Of cars", LONG, "a", link)])), rules=blocking))
    assert inbox() == []
    fetch(source(web.put("/b", rss([Told("Of cars", LONG, "b", link)])), name="B"))
    assert inbox() == ["Of cars"]
    assert "no rule of that source blocks it" in only().remark
