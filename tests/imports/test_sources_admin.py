"""Editors add sources by address, see what a change would do before it is saved, and see how each source does."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from imports import fetching
from imports.models import Candidate, Decision, Fetch, Item, Keyword, Outcome, Source, What
from imports.tasks import fetch as fetch_task
from tests.editorial_steps import make_people, publish_category, publish_series
from tests.imports.serving import Site, Told, rss
from tests.imports.steps import fetch, source

pytestmark = pytest.mark.django_db
ROOT = "/admin/imports/source/"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def people() -> None:
    make_people()


def desk(name: str = "reviewer") -> Client:
    client = Client()
    assert client.login(username=name, password=name)
    return client


def text(answer: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", answer.content.decode()))


def inputs(answer: Any) -> dict[str, Any]:
    """What a browser would send back of the page's form of a source."""
    form = re.search(r'<form method="post" id="content-form".*?</form>', answer.content.decode(), re.S)
    assert form is not None
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        named = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" not in named or named.get("type") == "submit":
            continue
        if named.get("type") == "checkbox":
            if " checked" in tag:
                sent.setdefault(named["name"], []).append(named["value"])
        else:
            sent[named["name"]] = html.unescape(named.get("value", ""))
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form[0], re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = html.unescape(chosen[1]) if chosen else ""
    return sent


def change(client: Client, found: Source, **typed: Any) -> Any:
    """Open the form, type, and send it once. The answer's form can be sent again with ``again``."""
    path = f"{ROOT}{found.pk}/change/"
    return client.post(path, {**inputs(client.get(path)), **typed})


def again(client: Client, answer: Any) -> Any:
    """Send the form that the answer shows, as it stands."""
    return client.post(answer.request["PATH_INFO"], inputs(answer))


def rule(number: int = 0, **fields: str) -> dict[str, str]:
    return {f"rules-{number}-{name}": value for name, value in fields.items()}


# Adding by address.


def test_a_page_that_names_its_feed_leads_to_a_source_that_is_fetched(web: Site) -> None:
    web.put("/feed", rss([Told("A model is released", guid="1")]))
    link = "<link rel='alternate' type='application/rss+xml' title='All news' href='/feed'>"
    page = web.put(
        "/", f"<html lang=en><head><title>The paper</title>{link}</head></html>", content_type="text/html"
    )
    client = desk()
    looked = client.post(f"{ROOT}add/", {"look": page})
    assert looked.status_code == 200
    assert "The feed “All news”" in text(looked)
    query = re.search(r'\?(address=[^"]+form=feed[^"]*)"', looked.content.decode())
    assert query is not None
    opened = client.get(f"{ROOT}add/", dict(parse_qsl(html.unescape(query[1]))))
    tried = client.post(f"{ROOT}add/", inputs(opened))
    assert "A model is released" in text(tried)
    assert not Source.objects.exists()
    added = again(client, tried)
    [found] = Source.objects.all()
    assert added.url == f"{ROOT}{found.pk}/fetches/"
    assert (found.name, found.address, found.language) == ("All news", web.address("/feed"), "en")
    assert found.health == "active"
    fetch_task(str(found.pk))
    assert [candidate.title for candidate in Candidate.objects.all()] == ["A model is released"]
    log = text(client.get(added.url))
    assert "1 item: 1 new, 0 changed." in log
    assert "127.0.0.1" in log


def test_lists_of_links_and_tables_are_offered_with_what_they_hold(web: Site) -> None:
    links = "".join(f"<li class=story><a href='/{n}'>A long headline, number {n}</a></li>" for n in range(5))
    page = web.put("/list", f"<html><body><ul>{links}</ul></body></html>", content_type="text/html")
    client = desk()
    shown = text(client.post(f"{ROOT}add/", {"look": page}))
    assert "A list of 5 links" in shown
    assert "A long headline, number 0" in shown
    table = web.put("/t.csv", "Year,Robots\n2023,100\n2024,200\n", content_type="text/csv")
    looked = client.post(f"{ROOT}add/", {"look": table})
    assert "Column: Robots" in text(looked)
    assert "heading=Year&amp;heading=Robots" in looked.content.decode()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("javascript:alert(1)", "web address"),
        ("http://169.254.169.254/latest/", "169.254.169.254"),
        ("not an address", "space"),
        ("", "web address"),
    ],
)
def test_what_cannot_be_asked_says_why_and_keeps_the_address(web: Site, address: str, said: str) -> None:
    answer = desk().post(f"{ROOT}add/", {"look": address})
    assert answer.status_code == 400
    assert said in text(answer)
    assert f'value="{html.escape(address)}"' in answer.content.decode()
    assert web.asked == []


def test_a_page_that_is_not_there_says_so_step_by_step(web: Site) -> None:
    answer = desk().post(f"{ROOT}add/", {"look": web.address("/none")})
    assert answer.status_code == 400
    assert "The server answered 404" in text(answer)
    assert "What happened" in text(answer)


def test_the_same_address_is_not_added_twice(web: Site) -> None:
    there = source(web.put("/feed", rss([])))
    client = desk()
    opened = client.get(f"{ROOT}add/", {"address": there.address, "name": "Again"})
    answer = client.post(f"{ROOT}add/", inputs(opened))
    assert answer.status_code == 400
    assert "already exists" in text(answer)
    assert 'value="Again"' in answer.content.decode()


# Trying before saving.


def test_a_new_rule_is_tried_on_stored_items_and_saved_once_it_was_looked_at(web: Site) -> None:
    category = publish_category("chips", "Chips")
    feed = source(web.put("/feed", rss([Told("Chips are sold", guid="1"), Told("An advert", guid="2")])))
    fetch(feed)
    client = desk()
    typed = rule(0, place="title", word="advert", verdict="block") | rule(
        1, place="title", word="chip*", verdict="category", category=str(category.id)
    )
    tried = change(client, feed, **typed)
    shown = text(tried)
    assert "tried on the last 2 stored items" in shown
    assert "<strong>1</strong> kept, <strong>1</strong> blocked, <strong>1</strong> given a category" in shown
    assert "<td>An advert</td><td>kept</td><td>blocked (Block it with “advert” in: title)</td>" in shown
    assert "<td>kept, in Chips</td>" in shown
    feed.refresh_from_db()
    assert feed.rules == []
    assert again(client, tried).status_code == 302
    feed.refresh_from_db()
    assert [found.verdict for found in feed.rules] == ["block", "category"]
    assert web.asked[1:] == []


def test_rules_stand_in_the_order_of_their_numbers(web: Site) -> None:
    feed = source(web.put("/feed", rss([])))
    typed = rule(0, word="a", verdict="block", ORDER="2") | rule(1, word="b", verdict="keep", ORDER="1")
    assert change(desk(), feed, **typed).status_code == 302
    feed.refresh_from_db()
    assert [found.word for found in feed.rules] == ["b", "a"]


def test_what_was_looked_at_is_not_taken_for_something_else(web: Site) -> None:
    feed = source(web.put("/feed", rss([Told("One", guid="1")])))
    fetch(feed)
    client = desk()
    tried = change(client, feed, **rule(0, word="one", verdict="block"))
    answer = client.post(tried.request["PATH_INFO"], {**inputs(tried), **rule(0, word="two")})
    assert answer.status_code == 200
    assert "Not saved yet" in text(answer)
    feed.refresh_from_db()
    assert feed.rules == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (rule(0, word="a"), "Choose what is done with the item."),
        (rule(0, word="a", verdict="category"), "Choose a category."),
        (rule(0, word="a", verdict="person", person=str(uuid4())), "There is no such person."),
        (rule(0, word="a" * 101, verdict="block"), "At most 100 characters."),
        (rule(0, word="a", verdict="publish"), "not one of the available choices"),
        ({"shortest": "86400", "longest": "900"}, "shorter than the shortest"),
        ({"shortest": "1"}, "not one of the available choices"),
        ({"form": "list"}, "needs a CSS selector"),
        ({"form": "table"}, "the series that it is for"),
        ({"series": str(uuid4())}, "There is no such series."),
        ({"categories": str(uuid4())}, "not one of the available choices"),
        ({"daily_cap": "5000"}, "less than or equal to 50"),
        ({"language": "klingon!"}, "no language tag"),
        ({"name": ""}, "This field is required"),
        ({"address": "http://user@host/"}, "no name of a host"),
        ({"address": "http://a.example/" + "x" * 2_000}, "at most 2000"),
        ({"name": "a\x00b"}, "Null characters"),
    ],
)
def test_what_is_amiss_is_said_and_nothing_that_was_typed_is_lost(
    web: Site, typed: dict[str, str], said: str
) -> None:
    feed = source(web.put("/feed", rss([])))
    before = Source.objects.values().get()
    answer = change(desk(), feed, publisher="Typed for long", **typed)
    assert answer.status_code == 400
    assert said in text(answer)
    assert 'value="Typed for long"' in answer.content.decode()
    assert Source.objects.values().get() == before
    assert web.asked == []


def test_another_address_is_tried_and_forgets_what_was_remembered_of_the_old(web: Site) -> None:
    feed = source(web.put("/feed", rss([Told("One", guid="1")])))
    fetch(feed)
    assert feed.etag
    client = desk()
    tried = change(client, feed, address=web.put("/other", rss([Told("Two", guid="2")])))
    assert "<td>Two</td>" in text(tried)
    assert again(client, tried).status_code == 302
    feed.refresh_from_db()
    assert (feed.address, feed.etag, feed.digest) == (web.address("/other"), "", "")
    assert Source.objects.filter(pk=feed.pk, due_at__lte=Now()).exists()


def test_a_source_that_is_down_may_be_saved_all_the_same(web: Site) -> None:
    feed = source(web.put("/feed", rss([])))
    client = desk()
    tried = change(client, feed, address=web.address("/down"))
    assert "The server answered 404" in text(tried)
    assert "Save all the same" in text(tried)
    assert again(client, tried).status_code == 302
    feed.refresh_from_db()
    assert feed.address == web.address("/down")


def test_a_file_that_cannot_be_read_so_is_mended_not_saved(web: Site) -> None:
    feed = source(web.put("/feed", rss([])))
    client = desk()
    tried = change(client, feed, address=web.put("/page", b"no feed at all", content_type="text/plain"))
    assert tried.status_code == 400
    assert "Save all the same" not in text(tried)
    assert again(client, tried).status_code == 400
    feed.refresh_from_db()
    assert feed.address == web.address("/feed")


def test_the_columns_of_a_table_are_chosen_from_the_files_headings(web: Site) -> None:
    series = publish_series("robots", title="Robots")
    client = desk()
    web.put("/t.csv", "Year,Robots,Remark\n2023,100,\n2024,200,early\n", content_type="text/csv")
    opened = client.get(f"{ROOT}add/", {"address": web.address("/t.csv"), "form": "table", "name": "A table"})
    typed = {**inputs(opened), "series": str(series.id)}
    read = client.post(f"{ROOT}add/", {**typed, "columns": "1"})
    assert "What the file holds" in text(read)
    assert "<td>2024</td><td>200</td><td>early</td>" in text(read)
    typed = {**inputs(read), "period": "Year", "value": "Robots", "note": "Remark"}
    tried = client.post(f"{ROOT}add/", typed)
    assert '<th scope="col">Period</th>' in text(tried)
    assert again(client, tried).status_code == 302
    assert Source.objects.get().columns == {"period": "Year", "value": "Robots", "note": "Remark"}


# Two at once.


def test_two_editors_do_not_overwrite_each_other(web: Site) -> None:
    feed = source(web.put("/feed", rss([])))
    client, path = desk(), f"{ROOT}{feed.pk}/change/"
    mine, theirs = (inputs(client.get(path)) for _ in range(2))
    assert client.post(path, {**theirs, "name": "Theirs"}).status_code == 302
    conflict = client.post(path, {**mine, "name": "Mine"})
    assert conflict.status_code == 409
    assert "<td>Theirs</td><td>Mine</td>" in text(conflict)
    assert Source.objects.get().name == "Theirs"
    assert again(client, conflict).status_code == 302
    assert Source.objects.get().name == "Mine"


def test_saving_leaves_alone_what_belongs_to_a_fetch_that_runs(web: Site) -> None:
    feed = source(web.put("/feed", rss([Told("One", guid="1")])))
    client, path = desk(), f"{ROOT}{feed.pk}/change/"
    typed = inputs(client.get(path))
    fetch(feed)
    assert client.post(path, {**typed, "name": "Another name"}).status_code == 302
    after = Source.objects.get()
    assert (after.name, after.etag, after.fetched_at) == ("Another name", feed.etag, feed.fetched_at)


def test_an_address_that_changes_while_it_is_fetched_is_fetched_anew(web: Site) -> None:
    old = web.put("/old", rss([Told("One", guid="1")]))
    new = web.put("/new", rss([Told("Two", guid="2")]))
    feed = source(old)
    told = iter([None])

    def tell(_: str) -> None:
        for _ in told:
            Source.objects.filter(pk=feed.pk).update(address=new)

    fetch(feed, tell=tell)
    assert (feed.address, feed.etag, feed.digest) == (new, "", "")
    assert Source.objects.filter(pk=feed.pk, due_at__lte=Now()).exists()


def test_who_asks_while_a_fetch_runs_gets_one_of_their_own(web: Site, django_user_model: Any) -> None:
    feed = source(web.put("/feed", rss([])))
    reviewer, told = django_user_model.objects.get(username="reviewer"), iter([None])

    def tell(_: str) -> None:
        for _ in told:
            fetching.want(feed.pk, reviewer)

    fetch(feed, tell=tell)
    assert (feed.fetch_wanted is not None, feed.wanted_by) == (True, reviewer)


# Who may do what.


DOORS = {
    "change/": {"name": "Changed"},
    "switch/": {"on": "1"},
    "move/": {"to": "http://new.example/"},
}


@pytest.mark.parametrize("door", DOORS)
def test_authors_change_nothing(web: Site, door: str) -> None:
    feed = source(web.put("/feed", rss([])), health="paused", moved_to="http://new.example/")
    before = Source.objects.values().get()
    assert desk("author").post(f"{ROOT}{feed.pk}/{door}", DOORS[door]).status_code == 403
    assert Source.objects.values().get() == before


@pytest.mark.parametrize("action", ["switch_on", "switch_off"])
def test_no_action_of_the_list_is_an_authors(web: Site, action: str) -> None:
    feed = source(web.put("/feed", rss([])), health="paused")
    desk("author").post(ROOT, {"action": action, "_selected_action": str(feed.pk)})
    assert Source.objects.get().health == "paused"


def test_authors_add_nothing_and_see_no_door_to_it(web: Site) -> None:
    client = desk("author")
    page = web.put("/", b"")
    assert client.post(f"{ROOT}add/", {"look": page}).status_code == 403
    assert client.get(f"{ROOT}add/").status_code == 403
    file = SimpleUploadedFile("a.opml", b"<opml/>")
    assert client.post(f"{ROOT}opml/", {"file": file}).status_code == 403
    assert client.post("/admin/imports/keyword/add/", {"word": "a", "points": "1"}).status_code == 403
    assert "Add by address" not in text(client.get(ROOT))
    assert web.asked == []
    assert not Keyword.objects.exists()


def test_authors_look_at_everything_and_have_sources_fetched(web: Site) -> None:
    feed = source(web.put("/feed", rss([Told("One", guid="1")])), health="off")
    client = desk("author")
    shown = client.get(f"{ROOT}{feed.pk}/change/").content.decode()
    assert 'value="Save"' not in shown
    assert "<fieldset" in shown
    assert all("disabled" in tag for tag in re.findall("<fieldset[^>]*>", shown))
    asked = client.post(f"{ROOT}{feed.pk}/fetch/")
    assert asked.url == f"{ROOT}{feed.pk}/fetches/"
    waiting = text(client.get(asked.url))
    assert "waits for a worker" in waiting
    assert client.get(f"{ROOT}{feed.pk}/progress/").json()["waiting"] is True
    fetch_task(str(feed.pk))
    assert client.get(f"{ROOT}{feed.pk}/progress/").json()["waiting"] is False
    assert "<dd>author</dd>" in client.get(asked.url).content.decode().replace("Author", "author")
    assert Fetch.objects.get().asked_by.username == "author"  # type: ignore[union-attr]


def test_nothing_is_deleted(web: Site) -> None:
    feed = source(web.put("/feed", rss([])))
    client = desk("chief-editor")
    assert client.post(f"{ROOT}{feed.pk}/delete/", {"post": "yes"}).status_code == 404
    client.post(ROOT, {"action": "delete_selected", "_selected_action": str(feed.pk), "post": "yes"})
    assert Source.objects.exists()


# How sources do.


def test_the_list_says_how_each_does_and_what_came_of_it(web: Site) -> None:
    feed = source(web.put("/feed", rss([Told(f"Item {n}", guid=str(n)) for n in range(3)])), name="Good")
    fetch(feed)
    one, two, _ = Candidate.objects.order_by("pk")
    for candidate, what in ((one, What.ACCEPTED), (two, What.DISMISSED), (two, What.DISMISSED)):
        Decision.objects.create(candidate=candidate, source=feed, what=what)
    bad = source(web.put("/bad", status=500), name="Bad")
    for _ in range(4):
        fetch(bad)
    client = desk("author")
    shown = text(client.get(ROOT))
    assert re.search(
        r"Failing since \d+ \w+ \d{4}: The server answered 500.*\(failed 4 times in a row\)", shown
    )
    assert "3 proposed, 1 taken, 1 dismissed" in shown
    assert "What asks for attention" in shown
    only = text(client.get(f"{ROOT}?health__exact=failing"))
    assert "1 source" in only
    for lookup in ("wanted_by__password=x", "health__contains=a", "_to_field=lease", "q=%00"):
        assert client.get(f"{ROOT}?{lookup}").status_code in (302, 400)


def test_switching_is_said_and_kept(web: Site) -> None:
    feed = source(web.put("/feed", rss([])))
    client = desk()
    client.post(f"{ROOT}{feed.pk}/switch/", {"on": "0"})
    feed.refresh_from_db()
    assert (feed.health, feed.health_why) == ("off", "reviewer switched it off.")
    client.post(ROOT, {"action": "switch_on", "_selected_action": str(feed.pk)})
    feed.refresh_from_db()
    assert feed.health == "active"
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Switched off.",
        "Switched on.",
    ]
    assert "Switched off." in text(client.get(f"{ROOT}{feed.pk}/history/"))


def test_who_changed_what_is_kept(web: Site) -> None:
    feed = source(web.put("/feed", rss([])), name="Before")
    change(desk(), feed, name="After")
    [entry] = LogEntry.objects.all()
    assert (entry.user.username, entry.change_message) == ("reviewer", "Name: “Before” → “After”.")


def test_a_source_that_moved_takes_its_new_address_at_a_press(web: Site) -> None:
    web.put("/new", rss([Told("One", guid="1")]))
    feed = source(web.put("/old", status=301, headers={"Location": "/new"}))
    fetch(feed)
    client = desk()
    assert "Use the new address" in text(client.get(f"{ROOT}{feed.pk}/change/"))
    client.post(f"{ROOT}{feed.pk}/move/", {"to": "http://elsewhere.example/"})
    feed.refresh_from_db()
    assert feed.address == web.address("/old")
    client.post(f"{ROOT}{feed.pk}/move/", {"to": web.address("/new")})
    feed.refresh_from_db()
    assert (feed.address, feed.moved_to, feed.etag) == (web.address("/new"), "", "")


def test_an_address_that_another_source_has_is_not_moved_to(web: Site) -> None:
    source(web.put("/new", rss([])))
    feed = source(web.put("/old", rss([])), moved_to=web.address("/new"))
    answer = desk().post(f"{ROOT}{feed.pk}/move/", {"to": web.address("/new")}, follow=True)
    assert "There is another source with this address." in text(answer)
    feed.refresh_from_db()
    assert feed.address == web.address("/old")


def test_the_chart_and_its_table_say_the_same(web: Site) -> None:
    feed = source(web.put("/feed", rss([Told("One", guid="1")])))
    fetch(feed)
    fetch(feed)
    web.put("/feed", status=500)
    fetch(feed)
    shown = desk().get(f"{ROOT}{feed.pk}/change/").content.decode()
    assert re.findall(r'<g class="mark (\w+)" transform', shown) == ["new", "unchanged", "failed"]
    assert re.findall(r"<tr><td>[\d: -]+</td><td>([\w ]+)</td><td>(\d+)</td>", shown) == [
        ("Something new", "1"), ("Unchanged", "0"), ("Failed", "0"),
    ]  # fmt: skip
    assert "style=" not in shown


def test_the_log_is_paged_and_every_fetch_is_in_it_once(web: Site) -> None:
    feed = source(web.put("/feed", rss([])))
    for number in range(120):
        Fetch.objects.create(
            source=feed, lease=uuid4(), outcome=Outcome.NOTHING, sentence=f"Number {number}."
        )
    client, path, seen = desk(), f"{ROOT}{feed.pk}/fetches/", []
    while path:
        shown = client.get(path).content.decode()
        seen += re.findall(r"Number (\d+)\.", shown)
        older = re.search(r'href="(\?before=\d+)"', shown)
        path = f"{ROOT}{feed.pk}/fetches/{older[1]}" if older else ""
    assert seen == [str(number) for number in reversed(range(120))]


def test_progress_is_shown_while_a_fetch_runs(web: Site) -> None:
    feed = source(web.put("/feed", rss([])))
    lease = uuid4()
    Source.objects.filter(pk=feed.pk).update(lease=lease, leased_until=Now() + timedelta(seconds=90))
    Fetch.objects.create(source=feed, lease=lease, found=500, done=200)
    client = desk("author")
    assert client.get(f"{ROOT}{feed.pk}/progress/").json() == {
        "waiting": True, "running": True, "found": 500, "done": 200,
    }  # fmt: skip
    shown = client.get(f"{ROOT}{feed.pk}/fetches/").content.decode()
    assert '<progress aria-label="Items stored" max="500" value="200">' in shown
    assert "being fetched now" in text(client.get(ROOT))


def test_what_comes_from_outside_is_text(web: Site) -> None:
    feed = source(
        web.put("/feed", rss([])), name=HOSTILE, publisher=HOSTILE, health_why=HOSTILE, health="failing",
        moved_to="javascript:alert(1)",
    )  # fmt: skip
    Fetch.objects.create(
        source=feed, lease=uuid4(), outcome=Outcome.FAILED, sentence=HOSTILE,
        steps=[{"text": HOSTILE, "ms": 1}], refusals=[HOSTILE],
    )  # fmt: skip
    candidate = Candidate.objects.create(source=feed, title=HOSTILE)
    Item.objects.create(source=feed, candidate=candidate, told={"title": HOSTILE, "text": HOSTILE})
    client = desk()
    answers = [client.get(path) for path in (ROOT, f"{ROOT}{feed.pk}/change/", f"{ROOT}{feed.pk}/fetches/")]
    answers.append(change(client, feed, **rule(0, verdict="block")))
    for answer in answers:
        assert answer.status_code == 200
        assert HOSTILE not in answer.content.decode()
        assert 'href="javascript:' not in answer.content.decode()


# OPML and keywords.


OPML = """<opml version="2.0"><body>
<outline text="New one" type="rss" language="zh-hans" xmlUrl="http://new.example/feed"/>
<outline text="Known" type="rss" xmlUrl="{known}"/>
<outline text="Local" type="rss" xmlUrl="ftp://no.example/"/>
</body></opml>"""


def test_opml_comes_in_switched_off_and_goes_out_again(web: Site) -> None:
    known = source(web.put("/feed", rss([])), name="Known <&>")
    client = desk()
    file = SimpleUploadedFile("a.opml", OPML.format(known=known.address).encode())
    answer = client.post(f"{ROOT}opml/", {"file": file})
    assert "1 new, 1 known, 1 refused" in text(answer)
    new = Source.objects.get(name="New one")
    assert (new.health, new.host, new.language) == ("off", "new.example", "zh-Hans")
    assert LogEntry.objects.filter(object_id=str(new.pk)).exists()
    download = client.get(f"{ROOT}sources.opml")
    assert "attachment" in download["Content-Disposition"]
    assert b'xmlUrl="http://new.example/feed" language="zh-Hans"' in download.content
    assert b"Known &lt;&amp;&gt;" in download.content


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose a file."),
        ({"file": SimpleUploadedFile("a.opml", b"<rss/>")}, "no OPML"),
        ({"file": SimpleUploadedFile("a.opml", b" " * 5_000_001)}, "larger than 5 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(sent: dict[str, Any], said: str) -> None:
    answer = desk().post(f"{ROOT}opml/", sent)
    assert answer.status_code == 400
    assert said in text(answer)


def test_keywords_propose_categories_by_name(web: Site) -> None:
    category = publish_category("chips", "Chips")
    client, root = desk(), "/admin/imports/keyword/"
    added = client.post(f"{root}add/", {"word": "芯片", "points": "2", "category": str(category.id)})
    assert added.status_code == 302
    assert Keyword.objects.get().category == category.id
    assert "Chips" in text(client.get(root))
    answer = client.post(f"{root}add/", {"word": "芯片", "points": "-1", "category": "none"})
    assert answer.status_code == 200
    assert Keyword.objects.count() == 1


def test_the_pages_ask_the_database_as_often_at_one_as_at_many(web: Site) -> None:
    client = desk()

    def more(number: int) -> Source:
        feed = source(web.address(f"/{number}"), health="failing", name=f"Source {number}")
        for _ in range(number):
            Fetch.objects.create(
                source=feed, lease=uuid4(), outcome=Outcome.NEW, asked_by_id=client.session["_auth_user_id"]
            )
        Decision.objects.create(
            candidate=Candidate.objects.create(source=feed), source=feed, what=What.PROPOSED
        )
        publish_category(f"c{number}", f"Category {number}")
        Keyword.objects.create(word=f"word {number}")
        return feed

    def queries(feed: Source) -> list[int]:
        counted = []
        for path in (
            ROOT,
            f"{ROOT}{feed.pk}/change/",
            f"{ROOT}{feed.pk}/fetches/",
            "/admin/imports/keyword/",
        ):
            with CaptureQueriesContext(connection) as found:
                assert client.get(path).status_code == 200
            counted.append(len(found))
        return counted

    queries(more(1))
    few = queries(more(2))
    assert queries(more(8)) == few


def test_more_rows_keep_what_was_typed_and_save_nothing(web: Site) -> None:
    feed = source(web.put("/feed", rss([])))
    answer = change(desk(), feed, more="rules", publisher="Typed", **rule(2, word="the third"))
    assert answer.status_code == 200
    assert 'name="rules-5-word"' in answer.content.decode()
    assert inputs(answer)["rules-2-word"] == "the third"
    assert inputs(answer)["publisher"] == "Typed"
    assert Source.objects.get().publisher == "A paper"


def test_rules_that_did_not_arrive_whole_are_not_taken_for_none(web: Site) -> None:
    feed = source(web.put("/feed", rss([])), rules=[{"word": "a", "verdict": "block"}])
    client, path = desk(), f"{ROOT}{feed.pk}/change/"
    sent = {name: value for name, value in inputs(client.get(path)).items() if not name.startswith("rules-")}
    answer = client.post(path, sent)
    assert answer.status_code == 400
    assert "did not arrive whole" in text(answer)
    assert len(Source.objects.get().rules) == 1


@pytest.mark.parametrize("key", ["abc", "", "\x00", "1"])
@pytest.mark.parametrize("action", ["fetch_now", "switch_off"])
def test_an_action_on_what_can_be_no_source_is_a_bad_request(web: Site, action: str, key: str) -> None:
    posted = {"action": action, "index": "0", "_selected_action": key}
    assert desk().post("/admin/imports/source/", posted).status_code == 400


def test_a_form_that_is_sent_twice_adds_one_source_and_says_nothing_of_the_second(web: Site) -> None:
    address = web.put("/feed", rss([Told("First", guid="1")]))
    client = desk()
    form = client.get("/admin/imports/source/add/", {"address": address, "name": "A paper", "form": "feed"})
    tried = client.post("/admin/imports/source/add/", inputs(form))
    first, second = again(client, tried), again(client, tried)
    assert first.url == second.url
    assert Source.objects.count() == 1
    assert Source.objects.get().fetch_wanted is not None
