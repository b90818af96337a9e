"""Feed readers get what is new, corrected and withdrawn, as it was published, in forms that they know."""

from __future__ import annotations

import re
from typing import Any

import feedparser
import pytest
from django.test import Client

from editorial.markdown import render
from metrics.draw import redraw
from metrics.models.drawing import Drawing
from syndication.feeds import items
from syndication.feeds.formats import Item, written
from syndication.feeds.views import KINDS
from tests.editorial_steps import (
    SOURCE,
    draft_entry,
    publish_actor,
    publish_category,
    publish_entry,
    publish_page,
    publish_series,
)
from tests.syndication.feeding import MEDIA, check, get, moment_of, read, titles

pytestmark = pytest.mark.django_db
CHINESE = "国务院印发《新一代人工智能发展规划》"
BODY = "It names **three** steps & a goal: 到2030年.\n\n- one\n- [two](/pages/about/), a < b"
HOSTILE = (
    '<script>alert(1)</script>"><img src=x onerror=alert(1)> ]]> & <b>b</b> &lt;i&gt; {{ 7 }} javascript:1'
)
CONTROLS = "".join(map(chr, [*range(1, 32), 0x7F, 0x85, 0xFFFE, 0xFFFF, 0x2028]))


def test_entries_are_read_back_exactly_as_they_were_published() -> None:
    rules = publish_category("rules", "Rules & 规则")
    entry = publish_entry(
        "plan", title=CHINESE, summary=f"{CHINESE} & more", body=BODY, categories=[str(rules.id)]
    )
    entry.correct("The day was wrong: 三月.", date="2017-07-08")
    shown = Client().get("/api/v1/entries/plan/").json()
    for form in ("atom.xml", "rss.xml"):
        feed = read(f"milestones/{form}")
        (item,) = feed.entries
        assert (item.id, item.link) == (f"urn:uuid:{entry.id}", "http://testserver/timeline/plan/")
        assert item.title == CHINESE
        assert item.summary == f"{CHINESE} &amp; more"
        assert [tag.term for tag in item.tags] == ["Milestone", "Rules & 规则"]
        assert item.author == feed.feed.title.partition(":")[0] == "AI in China tracker"
        content = item.content[-1].value
        assert render(BODY, item.link).strip() in content
        assert "The day was wrong: 三月." in content
        assert f'href="{SOURCE["url"]}">{SOURCE["title"]}</a>' in content
        assert "(zh)" in content
        assert moment_of(item.updated) == moment_of(shown["updated_at"])
    assert moment_of(read("atom.xml").entries[-1].published) == moment_of(shown["first_published_at"])
    (item,) = get("milestones/feed.json").json()["items"]
    assert (item["id"], item["title"], item["summary"]) == (
        f"urn:uuid:{entry.id}",
        CHINESE,
        f"{CHINESE} & more",
    )
    assert (item["date_published"], item["tags"]) == (
        shown["first_published_at"].replace("Z", "+00:00"), ["Milestone", "Rules & 规则"],
    )  # fmt: skip
    assert render(BODY, item["url"]) in item["content_html"]


def test_a_feed_says_what_it_is_and_where() -> None:
    entry = publish_entry("one", kind="update")
    for form in MEDIA:
        answer = get(f"updates/{form}")
        address = f"http://testserver/feeds/updates/{form}"
        assert answer["Link"] == f'<{address}>; rel="self"'
        assert answer["Access-Control-Allow-Origin"] == "*"
    atom = read("updates/atom.xml")
    updated = Client().get(f"/api/v1/entries/{entry.id}/").json()["updated_at"]
    assert moment_of(atom.feed.updated) == moment_of(updated)
    assert (atom.feed.title, atom.feed.language) == ("AI in China tracker: updates", "en")
    assert atom.feed.generator
    links = {(link.rel, link.type): link.href for link in atom.feed.links}
    assert links == {
        ("alternate", "text/html"): "http://testserver/timeline/?kind=update",
        **{
            ("self" if form == "atom.xml" else "alternate", media): f"http://testserver/feeds/updates/{form}"
            for form, media in MEDIA.items()
        },
    }
    assert Client().get(links["alternate", "text/html"]).status_code == 200


def test_a_feed_is_the_same_wherever_the_tracker_is_reached() -> None:
    """Else who moves to https, or to another name, would be told everything anew."""
    publish_actor("zhipu")
    for path in ("atom.xml", "actors/atom.xml", "actor/zhipu/atom.xml", "timeline/atom.xml?q=%E4%BA%BA"):
        answers = [Client().get(f"/feeds/{path}", secure=secure).content for secure in (False, True)]
        ids = [feedparser.parse(answer).feed.id for answer in answers]
        assert ids[0] == ids[1]
        assert answers[0] != answers[1]


def test_the_licence_of_the_texts_is_named(settings: Any) -> None:
    settings.CONTENT_LICENCE, settings.CONTENT_LICENCE_URL = "CC-BY-4.0", "https://licence.example/"
    assert read("atom.xml").feed.rights == read("rss.xml").feed.rights == "CC-BY-4.0 https://licence.example/"


def test_every_feed_keeps_the_rules_whatever_the_texts_say() -> None:
    """Hostile text in every field, and characters that XML has no way to write."""
    text = HOSTILE + CONTROLS
    source = {**SOURCE, "publisher": HOSTILE, "title": HOSTILE}
    rules = publish_category("rules", HOSTILE)
    actor = publish_actor("zhipu", title=HOSTILE, name_zh=HOSTILE, text=text, basis=text, sources=[source])
    publish_series(
        "robots", title=HOSTILE, unit="<b>u</b>", definition=text, text=text, sources=[source],
        observations=[{"period": "2024", "value": "1", "note": HOSTILE}],
    )  # fmt: skip
    publish_page("about", title=HOSTILE, text=text)
    named = {
        "categories": [str(rules.id)], "actors": [{"id": str(actor.id), "role": "acted"}],
        "sources": [source],
    }  # fmt: skip
    for slug, kind in (("one", "milestone"), ("two", "update"), ("three", "publication")):
        publish_entry(slug, kind=kind, title=HOSTILE, summary=text, body=text, basis=text, **named)
    publish_entry("four", title=HOSTILE, **named).correct(text, title=f"{HOSTILE} corrected").withdraw(text)
    paths = [
        "",
        *(f"{kind}/" for kind in KINDS),
        "timeline/",
        "corrections/",
        "category/rules/",
        "actor/zhipu/",
    ]
    for path in (
        *paths,
        f"timeline/?q={HOSTILE.replace('&', '%26').replace(';', '%3B')}",
        "timeline/?category=rules",
    ):
        check(path)
    assert HOSTILE in titles("milestones/")
    assert HOSTILE in [item.title for item in read("milestones/atom.xml").entries]
    assert titles("series/") == titles("pages/") == [HOSTILE]


def test_what_xml_cannot_write_is_left_out_of_every_text() -> None:
    from datetime import UTC, datetime

    from syndication.feeds.formats import Feed

    moment = datetime(2026, 1, 1, tzinfo=UTC)
    text = f"a\x00{CONTROLS}\ud800b"
    item = Item("urn:x", text, "https://a.example/", text, text, moment, moment, (text,))
    addresses = {form: f"https://a.example/{form}" for form in MEDIA}
    feed = Feed("urn:f", text, text, "https://a.example/", addresses, moment, [item])
    assert item.title == "a\t\n\r\x7f\x85\u2028b"
    for form in MEDIA:
        written(feed, form).decode("utf-8")


def test_before_anything_is_public_there_are_empty_feeds() -> None:
    draft_entry("draft")
    for path in ("", "corrections/", "timeline/", "series/"):
        check(path)
        assert titles(path) == []


def test_a_series_brings_its_chart_once_it_is_drawn() -> None:
    series = publish_series("robots")
    before = get("series/atom.xml")["ETag"]
    assert read("series/rss.xml").entries[0].enclosures == []
    redraw(series.id)
    png = Client().get("/series/robots/chart.png")
    expected = {"href": "http://testserver/series/robots/chart.png", "type": "image/png"}
    for form in ("atom.xml", "rss.xml"):
        (enclosure,) = read(f"series/{form}").entries[0].enclosures
        assert {**expected, "length": str(len(png.content))}.items() <= enclosure.items()
    (item,) = get("series/feed.json").json()["items"]
    assert item["attachments"] == [
        {"url": expected["href"], "mime_type": "image/png", "size_in_bytes": len(png.content)}
    ]
    assert "<th>2024</th><td>295,000 (provisional)</td>" in item["content_html"]
    assert get("series/atom.xml")["ETag"] != before
    Drawing.objects.update(png=b"")  # nobody could draw it
    Drawing.objects.update(drawn_at="2026-01-01T00:00Z")
    assert "attachments" not in get("series/feed.json").json()["items"][0]


def test_what_was_withdrawn_is_said_without_its_text_and_comes_back() -> None:
    rules, actor = publish_category("rules"), publish_actor("zhipu")
    entry = publish_entry(
        "gone", title="A forgery", summary="secret", body="secret", basis="secret",
        categories=[str(rules.id)], actors=[{"id": str(actor.id), "role": "acted"}],
    )  # fmt: skip
    entry.correct("It said secret things.", summary="more secret").withdraw("It was forged.")
    for path in ("", "milestones/", "timeline/", "category/rules/"):
        item = get(f"{path}feed.json").json()["items"][0]
        assert (item["id"], item["title"]) == (f"urn:uuid:{entry.id}", "Withdrawn: A forgery")
        assert item["summary"] == "It was forged."
        assert "It was forged." in item["content_html"]
        shown = Client().get("/api/v1/entries/gone/").json()
        assert moment_of(item["date_modified"]) == moment_of(shown["withdrawn_at"])
    paths = ["", "milestones/", "timeline/", "corrections/", "category/rules/", "actor/zhipu/"]
    told = [get(f"{path}{form}").content.decode() for path in paths for form in MEDIA]
    assert not [text for text in told if "secret" in text]
    entry.reinstate("It was genuine.")
    (item, *_) = get("feed.json").json()["items"]
    assert item["title"] == "A forgery"
    assert "Reinstated" in item["content_html"]
    assert "more secret" in item["content_html"]


def test_the_latest_come_first_and_minor_changes_move_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MAX_ITEMS", 3)
    first = publish_entry("first", title="First")
    publish_actor("second", title="Second"), publish_page("third", title="Third")
    fourth = publish_entry("fourth", title="Fourth")
    assert titles("") == ["Fourth", "Third", "Second"]
    first.revise(title="First, a word").publish("minor", note="A word.")
    assert titles("") == ["Fourth", "Third", "Second"]
    first.correct(title="First, corrected")
    fourth.withdraw()
    assert titles("") == ["Withdrawn: Fourth", "First, corrected", "Third"]


def test_corrections_and_withdrawals_have_a_feed_of_their_own() -> None:
    entry = publish_entry("one", title="As first told")
    entry.correct("The day was wrong.", date="2023-11-02").correct(
        "The name was wrong.", title="As told better"
    )
    entry.revise(summary="More.").publish(note="More is known.")
    category = publish_category("rules").correct("It was called otherwise.", title="Rules")
    before = get("corrections/feed.json").json()["items"]
    told = [(item["title"], item["summary"], item["url"]) for item in before]
    page = "http://testserver/timeline/one/"
    assert told == [
        ("Correction: Rules", "It was called otherwise.", "http://testserver/timeline/?category=rules"),
        ("Correction: As told better", "The name was wrong.", page),
        ("Correction: As first told", "The day was wrong.", page),
    ]
    assert "What was corrected: date." in before[-1]["content_html"]
    category.rename("laws")
    entry.withdraw("It was forged.", hide_past=False)
    after = get("corrections/feed.json").json()["items"]
    assert [item["id"] for item in after[1:]] == [item["id"] for item in before]
    assert (after[0]["title"], after[0]["summary"]) == ("Withdrawn: As told better", "It was forged.")
    assert all(Client().get(item["url"], follow=True).status_code in (200, 410) for item in after)
    check("corrections/")


def test_actors_and_categories_have_feeds_that_move_with_them() -> None:
    rules, laws = publish_category("rules"), publish_category("laws")
    zhipu, other = publish_actor("zhipu", title="Zhipu"), publish_actor("other", title="Other")
    named = {"categories": [str(laws.id)], "actors": [{"id": str(other.id), "role": "acted"}]}
    publish_entry("one", title="One", **named)
    publish_entry("two", title="Two")
    assert titles("actor/other/") == ["One", "Other"]
    assert titles(f"actor/{other.id}/") == ["One", "Other"]
    assert titles("category/laws/") == ["One"]
    known = read("actor/zhipu/atom.xml").feed.id
    other.merge(zhipu)
    laws.merge(rules)
    zhipu.rename("z-ai")
    assert titles("actor/z-ai/") == ["One", "Zhipu"]
    assert read("actor/z-ai/atom.xml").feed.id == known
    assert titles("category/rules/") == ["One"]
    for path, now in {
        "actor/zhipu/atom.xml": "actor/z-ai/atom.xml", "actor/other/rss.xml": "actor/z-ai/rss.xml",
        "category/laws/feed.json": "category/rules/feed.json",
    }.items():  # fmt: skip
        answer = Client().get(f"/feeds/{path}")
        assert (answer.status_code, answer["Location"]) == (308, f"http://testserver/feeds/{now}")
    zhipu.withdraw("There is no such company.")
    gone = Client().get("/feeds/actor/z-ai/atom.xml")
    assert (gone.status_code, gone.json()["notice"]) == (410, "There is no such company.")


@pytest.mark.parametrize(
    ("path", "status", "name"),
    [
        ("actor/none/atom.xml", 404, None), ("category/none/rss.xml", 404, None), ("novels/atom.xml", 404, None),
        ("atom", 404, None), ("milestones/feed.xml", 404, None), 
        ("actor/00000000-0000-4000-8000-000000000000/atom.xml", 404, None),
        ("atom.xml?limit=1", 400, "limit"), ("actor/none/atom.xml?as_of=1", 400, "as_of"),
        ("timeline/atom.xml?categry=x", 400, "categry"), ("timeline/atom.xml?category=none", 400, "category"),
        ("timeline/atom.xml?kind=novel", 400, "kind"), ("timeline/atom.xml?date_from=March", 400, "date_from"),
        ("timeline/atom.xml?actor=zhipu", 400, "actor"), ("timeline/atom.xml?q=", 400, "q"),
        ("timeline/atom.xml?q=a%00b", 400, "q"), ("timeline/atom.xml?page=2", 400, "page"),
    ],
)  # fmt: skip
def test_what_there_is_not_is_said_as_a_problem(path: str, status: int, name: str | None) -> None:
    answer = Client().get(f"/feeds/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert [error["parameter"] for error in answer.json().get("errors", [])] == ([name] if name else [])


def test_any_choice_of_the_timeline_is_a_feed() -> None:
    rules, actor = publish_category("rules"), publish_actor("zhipu")
    publish_entry("one", title="One", date="2024-03", categories=[str(rules.id)])
    publish_entry("two", title="Two", date="2025", kind="update", summary="人工智能 in courts")
    publish_entry("three", title="Three", date="2026", actors=[{"id": str(actor.id), "role": "acted"}])
    for choice, found in {
        "category=rules": ["One"], "kind=update": ["Two"], "q=人工智能 courts": ["Two"], f"actor={actor.id}": ["Three"],
        "date_from=2025&date_to=2025-06": ["Two"], "language=zh": ["Three", "Two", "One"], "category=rules&q=none": [],
    }.items():  # fmt: skip
        assert titles(f"timeline/feed.json?{choice}") == found, choice
    one = read("timeline/atom.xml?q=One&category=rules").feed
    assert one.title == "AI in China tracker: timeline, category=rules, q=One"
    assert one.id != read("timeline/atom.xml").feed.id
    assert Client().get(one.link).status_code == 200


def test_pages_lead_to_their_feeds() -> None:
    publish_category("rules")
    publish_actor("zhipu")
    publish_entry("one")
    for page, feed in {
        "/": "/feeds/atom.xml", "/series/": "/feeds/series/atom.xml",
        "/actors/": "/feeds/actors/atom.xml", "/actors/zhipu/": "/feeds/actor/zhipu/atom.xml",
        "/timeline/": "/feeds/timeline/atom.xml",
        "/timeline/?category=rules&q=%E4%BA%BA&order=oldest&page=1&kind=":
            "/feeds/timeline/atom.xml?category=rules&amp;q=%E4%BA%BA",
    }.items():  # fmt: skip
        text = Client().get(page).content.decode()
        found = re.findall(
            r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">', text
        )
        assert found[0] == feed
        assert found[-2:] == ["/feeds/atom.xml", "/feeds/corrections/atom.xml"]
        assert all(Client().get(path.replace("&amp;", "&")).status_code == 200 for path in found)


def test_an_unchanged_feed_is_not_sent_again_and_work_on_drafts_moves_none() -> None:
    entry = publish_entry("one")
    answers = {path: get(path) for path in ("atom.xml", "timeline/rss.xml?q=China", "corrections/feed.json")}
    entry.revise(title="Next")
    draft_entry("two")
    for path, answer in answers.items():
        assert answer["Cache-Control"] == "public, no-cache"
        unchanged = Client(headers={"If-None-Match": answer["ETag"]}).get(f"/feeds/{path}")
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        head = Client().head(f"/feeds/{path}")
        assert (head.status_code, head.content, head["ETag"]) == (200, b"", answer["ETag"])
        assert get(path, accept="application/rss+xml").content == answer.content
    entry.publish(note="Next.")
    assert all(get(path)["ETag"] != answer["ETag"] for path, answer in answers.items())
