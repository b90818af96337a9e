"""The inbox: who sees it, what each decision does, and that nothing that was typed is lost."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from editorial.dispatch import load
from editorial.models import User
from imports import triage
from imports.admin.deciding import REASONS, VERBS
from imports.models import Candidate, State
from tests.actors.test_admin import form_of
from tests.editorial_steps import (
    Doc,
    draft_entry,
    make_people,
    publish_actor,
    publish_category,
    publish_entry,
    publish_series,
)
from tests.imports.triaging import candidate, paper
from tests.website.test_pages import HOSTILE, Tags
from timeline.models import EntryDocument

pytestmark = pytest.mark.django_db
INBOX = "/admin/imports/candidate/"


@pytest.fixture
def author() -> Client:
    make_people()
    return signed_in("author")


def signed_in(name: str) -> Client:
    client = Client()
    client.login(username=name, password=name)
    return client


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def page(client: Client, query: str = "") -> str:
    answer = client.get(f"{INBOX}?{query}")
    assert answer.status_code == 200
    return shown(answer)


def draft_form(client: Client, one: Candidate) -> dict[str, Any]:
    """The draft's form as the page holds it."""
    text = client.get(f"{INBOX}?at={one.pk}").content.decode()
    found = form_of(text.replace('id="draft"', 'id="content-form"', 1))
    found["categories"] = re.findall(r'name="categories" value="([^"]+)"[^>]* checked', text)
    return found


def decide(client: Client, one: Candidate, name: str, query: str = "", **posted: Any) -> Any:
    given = {"version": Candidate.objects.get(pk=one.pk).version, **posted}
    return client.post(f"{INBOX}{one.pk}/{name}/?{query}", given)


def queued(text: str) -> list[str]:
    queue = text[text.index('class="queue"') : text.index("</nav>", text.index('class="queue"'))]
    return [html.unescape(title) for title in re.findall(r'<span class="title">([^<]*)</span>', queue)]


def here(text: str) -> str:
    [title] = re.findall(r'<h2 id="title"[^>]*>([^<]*)</h2>', text)
    return str(title)


def test_an_accepted_item_is_a_draft_with_what_was_proposed_and_typed(author: Client) -> None:
    category, actor = publish_category("rules", "Rules"), publish_actor("zhipu", name_zh="智谱")
    one = candidate("Zhipu shows a model", actors=[actor.id], categories=[category.id])
    two = candidate("Another", score=-1)
    typed = draft_form(author, one) | {"title": "Zhipu AI shows a model", "kind": "milestone"}
    answer = author.post(f"{INBOX}{one.pk}/accept/", typed)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{INBOX}?at={two.pk}")
    one.refresh_from_db()
    assert (one.state, one.state_by) == (State.ACCEPTED, User.objects.get(username="author"))
    content = load(EntryDocument, one.document).content
    assert (content["title"], content["kind"]) == ("Zhipu AI shows a model", "milestone")
    assert (content["date"], content["date_kind"]) == ("2026-03-05", "reported")
    assert content["categories"] == [str(category.id)]
    assert content["actors"] == [{"id": str(actor.id), "role": "mentioned"}]
    assert content["sources"] == [
        {
            "publisher": "A paper", "title": "Zhipu shows a model", "language": "en", "date": "2026-03-05",
            "url": one.address,
        }
    ]  # fmt: skip
    followed = shown(author.get(answer.headers["Location"]))
    assert f"/admin/timeline/entrydocument/{one.document}/change/" in followed
    assert "Drafted: " in followed
    assert here(followed) == "Another"


def test_what_is_refused_comes_back_with_all_that_was_typed(author: Client) -> None:
    one = candidate("A title")
    typed = draft_form(author, one) | {
        "title": "x" * 300,
        "date": "someday",
        "summary": "Typed <b>for</b> hours",
    }
    answer = author.post(f"{INBOX}{one.pk}/accept/", typed)
    assert answer.status_code == 400
    assert "At most 200 characters; these are 300." in shown(answer)
    assert "Typed <b>for</b> hours" in shown(answer)
    assert 'value="someday"' in shown(answer)
    assert not EntryDocument.objects.exists()
    one.refresh_from_db()
    assert one.state == State.NEW
    assert author.post(f"{INBOX}{one.pk}/accept/", {"version": 1, "title": "No lists"}).status_code == 400


def test_the_second_of_two_editors_keeps_what_was_typed_and_hears_who_was_first(author: Client) -> None:
    one = candidate("A title")
    typed = draft_form(author, one) | {"summary": "Mine, and long."}
    decide(signed_in("reviewer"), one, "dismiss", reason=REASONS[0])
    answer = author.post(f"{INBOX}{one.pk}/accept/", typed)
    assert answer.status_code == 409
    assert "It was dismissed by reviewer on" in shown(answer)
    assert "Mine, and long." in shown(answer)
    assert not EntryDocument.objects.exists()


def test_a_conflict_about_an_open_item_is_decided_anew_on_what_stands(author: Client) -> None:
    one = candidate("A title")
    typed = draft_form(author, one) | {"summary": "Mine."}
    decide(signed_in("reviewer"), one, "assign", to="me")
    answer = author.post(f"{INBOX}{one.pk}/accept/", typed)
    assert answer.status_code == 409
    assert "It changed after you opened it" in shown(answer)
    again = form_of(answer.content.decode().replace('id="draft"', 'id="content-form"', 1))
    assert again["summary"] == "Mine."
    assert author.post(f"{INBOX}{one.pk}/accept/", again).status_code == 302


@pytest.mark.parametrize("name", sorted(VERBS))
def test_a_form_that_is_sent_twice_does_its_work_once(author: Client, name: str) -> None:
    entry, other = publish_entry("an-entry"), candidate("Another")
    one = candidate("A title", state=State.DISMISSED if name == "reopen" else State.NEW)
    posted = draft_form(author, one) if name == "accept" else {"version": one.version}
    posted |= {"entry": str(entry.id), "candidate": other.pk, "reason": "No.", "until": "week", "to": "me"}
    before = one.decisions.count()
    for _ in range(2):
        assert author.post(f"{INBOX}{one.pk}/{name}/", posted).status_code == 302
    assert one.decisions.count() == before + 1
    assert "This was done already." in page(author)


def test_an_edited_form_that_comes_after_the_first_is_no_repetition(author: Client) -> None:
    one, entry, other = candidate("A title"), publish_entry("a"), publish_entry("b", title="B")
    typed = draft_form(author, one)
    assert author.post(f"{INBOX}{one.pk}/accept/", typed).status_code == 302
    answer = author.post(f"{INBOX}{one.pk}/accept/", typed | {"title": "Another title"})
    assert answer.status_code == 409
    assert "It was accepted by author" in shown(answer)
    assert "Another title" in shown(answer)
    two = candidate("Two")
    for doc, status in ((entry, 302), (other, 409)):
        answer = author.post(f"{INBOX}{two.pk}/attach/", {"version": 1, "entry": str(doc.id)})
        assert answer.status_code == status


def test_attaching_shows_the_sources_and_adds_one(author: Client) -> None:
    entry = publish_entry(
        "labels", title="China issues rules on labels", summary="Of labels.", date="2026-03-05"
    )
    candidate("Of football")
    one = candidate("China issues rules on labels")
    text = page(author, f"at={one.pk}")
    assert "Xinhua (zh), 2026-03: 人工智能" in text
    assert "<ins>+ A paper (en), 2026-03-05: China issues rules on labels</ins>" in text
    assert f'class="marked"><p><button name="entry" value="{entry.id}">' in text
    assert decide(author, one, "attach", entry=str(entry.id)).status_code == 302
    assert load(EntryDocument, entry.id).content["sources"][-1]["url"] == one.address
    assert "It names this address already." in page(
        author, f"at={candidate('China issues rules on labels again', address=one.address).pk}"
    )


def test_an_entry_is_searched_for_and_marked(author: Client) -> None:
    publish_entry("labels", title="China issues rules on labels")
    found = draft_entry("", title="中国发布芯片清单")
    one = candidate("China issues rules on labels", score=1)
    candidate("Another")
    text = page(author, f"order=newest&at={one.pk}&find=芯片")
    assert f'class="marked"><p><button name="entry" value="{found.id}">' in text
    assert text.count('class="marked"><p><button name="entry"') == 1
    assert '<input type="hidden" name="order" value="newest">' in text
    assert here(text) == "China issues rules on labels"
    assert "No entry has the words “nowhere”" in page(author, f"at={one.pk}&find=nowhere")


def test_what_was_accepted_before_is_offered_as_the_draft_that_it_is(author: Client) -> None:
    for words in ("Of football", "A robot runs", "Chips are banned"):
        candidate(words)
    first, second = candidate("Zhipu lists in Hong Kong"), candidate("Zhipu lists its shares in Hong Kong")
    assert f'name="candidate" value="{first.pk}"' in page(author, f"at={second.pk}")
    author.post(f"{INBOX}{first.pk}/accept/", draft_form(author, first))
    first.refresh_from_db()
    text = page(author, f"at={second.pk}")
    assert f'name="entry" value="{first.document}"' in text
    assert f'name="candidate" value="{first.pk}"' not in text


def test_merging_keeps_both_sources_in_sight(author: Client) -> None:
    first = candidate("Zhipu lists in Hong Kong", paper(name="First Daily"))
    second = candidate("Zhipu lists its shares in Hong Kong", paper(name="Second Daily"))
    assert decide(author, second, "merge", candidate=first.pk).status_code == 302
    text = page(author, f"at={first.pk}")
    assert "First Daily" in text
    assert "Second Daily" in text
    assert second.address in text
    text = page(author, f"at={second.pk}")
    assert "<strong>Merged</strong>" in text
    assert f"{INBOX}?at={first.pk}" in text


def test_a_reason_is_one_of_the_frequent_ones_or_in_words_or_both(author: Client) -> None:
    one, two, three = (candidate(title) for title in ("One", "Two", "Three"))
    decide(author, one, "dismiss", reason=REASONS[1], why="")
    for _ in range(2):  # the second comes of a double click
        said = {"version": two.version, "reason": REASONS[1], "why": " It is an <i>advertorial</i>\x00\x1b. "}
        assert decide(author, two, "dismiss", **said).status_code == 302
    reasons = dict(Candidate.objects.values_list("title", "reason"))
    assert reasons["One"] == REASONS[1]
    assert reasons["Two"] == f"{REASONS[1]} It is an <i>advertorial</i>."
    answer = decide(author, three, "dismiss", why=" \x1b ")
    assert answer.status_code == 400
    assert "Say why it is dismissed" in shown(answer)
    assert f"by author on {datetime.now(UTC):%-d}" in page(author, f"state=dismissed&at={two.pk}")


def test_what_was_dismissed_is_taken_back(author: Client) -> None:
    one = candidate("One", state=State.DISMISSED)
    assert "Back into the inbox" in page(author, f"at={one.pk}")
    assert decide(author, one, "reopen").status_code == 302
    assert here(page(author)) == "One"
    assert decide(author, one, "reopen").status_code == 409


def test_what_is_snoozed_is_out_of_sight_until_its_day(author: Client) -> None:
    one = candidate("One")
    day = (datetime.now(UTC) + timedelta(days=30)).date()
    for wrong in ("", "2020-01-01", "9999-12-31", f"{datetime.now(UTC):%Y-%m-%d}", "31 March"):
        assert decide(author, one, "snooze", day=wrong).status_code == 400
    assert decide(author, one, "snooze", day=day.isoformat()).status_code == 302
    one.refresh_from_db()
    assert one.snoozed_until is not None
    assert one.snoozed_until.date() == day
    assert queued(page(author)) == []
    assert queued(page(author, "state=snoozed")) == ["One"]
    assert decide(author, one, "dismiss", reason="No.").status_code == 302


def test_items_are_assigned_and_filtered_by_whose_they_are(author: Client) -> None:
    reviewer = User.objects.get(username="reviewer")
    mine, theirs, free = (candidate(title) for title in ("Mine", "Theirs", "Free"))
    decide(author, mine, "assign", to="me")
    decide(author, theirs, "assign", person=str(reviewer.pk))
    assert queued(page(author, "assignee=me")) == ["Mine"]
    assert queued(page(author, "assignee=nobody")) == ["Free"]
    decide(author, mine, "assign", to="nobody")
    assert queued(page(author, "assignee=me")) == []
    reviewer.is_active = False
    reviewer.save()
    assert decide(author, free, "assign", person=str(reviewer.pk)).status_code == 400


def test_the_queue_is_filtered_and_ordered(author: Client) -> None:
    wire, daily = paper(name="新华社", language="zh"), paper()
    candidate("Old and weighty", daily, score=9)
    candidate("智谱发布模型", wire, score=3)
    candidate("New and light", daily, score=1)
    candidate("Gone", daily, state=State.DISMISSED)
    assert queued(page(author)) == ["Old and weighty", "智谱发布模型", "New and light"]
    assert queued(page(author, "order=newest")) == ["New and light", "智谱发布模型", "Old and weighty"]
    assert queued(page(author, f"source={wire.pk}")) == ["智谱发布模型"]
    assert queued(page(author, "language=zh")) == ["智谱发布模型"]
    assert queued(page(author, "q=WEIGHTY+old")) == ["Old and weighty"]
    assert queued(page(author, "q=100%25")) == []
    assert queued(page(author, "state=dismissed")) == ["Gone"]
    for wrong in ("state=x", "source=x", "assignee=x", "order=x", "q=%00", f"q={'x' * 300}"):
        assert author.get(f"{INBOX}?{wrong}").status_code == 400, wrong
    for wrong in ("at=x", "at=99999999999999999999", "at=-1", "at=0"):
        assert author.get(f"{INBOX}?{wrong}").status_code == 404, wrong


@pytest.mark.parametrize("order", ["score", "newest"])
def test_after_a_decision_the_next_of_the_same_filter_and_order_is_shown(author: Client, order: str) -> None:
    for number in range(8):
        candidate(f"No {number}", language="zh" if number % 2 else "en", score=number % 3)
    wanted = f"language=zh&order={order}"
    expected = queued(page(author, wanted))
    assert len(expected) == 4
    seen = []
    answer = author.get(f"{INBOX}?{wanted}")
    for _ in expected:
        seen.append(here(shown(answer)))
        one = Candidate.objects.get(title=seen[-1])
        answer = author.get(decide(author, one, "dismiss", wanted, reason="No.").headers["Location"])
    assert seen == expected
    assert "Nothing here fits the filters." in shown(answer)


def test_from_the_middle_it_goes_on_and_at_the_end_back(author: Client) -> None:
    titles = [f"No {number}" for number in range(4)]
    ones = [candidate(title) for title in titles]  # the newest stands first
    assert decide(author, ones[1], "snooze", until="week").headers["Location"].endswith(f"at={ones[0].pk}")
    assert decide(author, ones[0], "snooze", until="week").headers["Location"].endswith(f"at={ones[2].pk}")


def test_hundreds_are_walked_through_without_pages(author: Client) -> None:
    source = paper()
    Candidate.objects.bulk_create(
        [Candidate(source=source, title=f"No {number}", score=number % 7) for number in range(250)]
    )
    seen: list[str] = []
    text = page(author)
    while True:
        titles = queued(text)
        seen += titles[titles.index(here(text)) :]
        following = re.search(r'class="more"><a href="([^"]+)"', text)
        if following is None:
            break
        seen.pop()  # it begins the next part
        text = shown(author.get(following[1]))
    assert len(seen) == len(set(seen)) == 250


def test_one_page_costs_the_same_however_much_there_is(author: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            page(author, "q=China")
        return len(counted)

    publish_entry("a", title="China issues rules on labels", date="2026-03-05")
    for _ in range(2):
        candidate("China issues rules on labels")
    queries()
    few = queries()
    for number in range(5):
        publish_entry(f"a-{number}", title="China issues rules on labels", date="2026-03-05")
        candidate("China issues rules on labels", paper(name=f"Paper {number}"))
    queries()  # reads the names of actors anew
    assert queries() == few
    assert few <= 22


def test_an_edited_title_is_shown_as_an_edit_and_why_it_is_back(author: Client) -> None:
    edit = {"at": "2026-03-05T10:00:00+00:00", "field": "title", "before": "It mulls", "after": "It decides"}
    candidate("It decides", edits=[edit], remark="Its text changed after author dismissed it.")
    text = page(author)
    assert "<del>It mulls</del> <ins>It decides</ins>" in text
    assert '<p class="remark" role="note">Its text changed after author dismissed it.</p>' in text


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_is_inert_in_every_field(author: Client, words: str) -> None:
    source = paper(name=words, publisher=words)
    edit = {"at": words, "field": words, "before": words, "after": words}
    publish_entry("a", title=words, sources=[{"publisher": words, "title": words, "language": "en"}])
    one = candidate(
        words, source, summary=words, author=words, publisher=words, language=words[:35], reasons=[words],
        remark=words, edits=[edit], published=words[:30], address="javascript:alert(1)",
    )  # fmt: skip
    two = candidate(words, source, state=State.DISMISSED, reason=words, address="data:text/html,x")
    plain = Tags(author.get(INBOX).content.decode()).names - {"h2", "article"}
    for answer in (
        author.get(f"{INBOX}?at={one.pk}&q=x"),
        author.get(f"{INBOX}?at={two.pk}"),
        author.get(f"{INBOX}?at={one.pk}", {"find": words, "at": one.pk}),
        decide(author, one, "dismiss", why="", reason=""),
        author.post(f"{INBOX}{one.pk}/accept/", draft_form(author, one) | {"title": words * 20}),
    ):
        tags = Tags(answer.content.decode())
        assert not {"img", "math", "style", "iframe", "b"} & tags.names
        assert not [name for name, _ in tags.attributes if name.startswith("on")]
        hrefs = [value for name, value in tags.attributes if name == "href"]
        assert not [value for value in hrefs if re.match(r"\s*(javascript|data):", value)]
    assert plain


def test_addresses_of_sources_open_apart_and_tell_nothing(author: Client) -> None:
    one = candidate("A title")
    text = author.get(INBOX).content.decode()
    links = re.findall(rf'<a [^>]*href="{re.escape(one.address)}"[^>]*>', text)
    assert len(links) == 2
    assert all('target="_blank" rel="noopener noreferrer"' in link for link in links)


POSTED: dict[str, Any] = {
    "version": 1, "title": "x", "kind": "update", "date_kind": "happened", "reason": "No.", "until": "week", "to": "me",
    **{f"{name}-{key}_FORMS": 0 for name in ("actors", "sources") for key in ("TOTAL", "INITIAL")},
}  # fmt: skip


@pytest.mark.parametrize(
    "who", ["anonymous", "reader", "nobody", "superuser", *(g.lower() for g in ("Author", "Reviewer"))]
)
@pytest.mark.parametrize("name", sorted(VERBS))
def test_a_crafted_form_does_nothing_for_those_who_are_no_editors(name: str, who: str) -> None:
    make_people()
    User.objects.create_user("reader", password="reader")
    User.objects.create_user("nobody", password="nobody", is_staff=True)
    User.objects.create_superuser("superuser", password="superuser")
    entry, other = publish_entry("an-entry"), candidate("Another")
    one = candidate("A title", state=State.DISMISSED if name == "reopen" else State.NEW)
    before = Candidate.objects.values().get(pk=one.pk)
    client = signed_in(who) if who != "anonymous" else Client()
    posted = POSTED | {"entry": str(entry.id), "candidate": other.pk}
    answer = client.post(f"{INBOX}{one.pk}/{name}/", posted)
    may = who in ("author", "reviewer")
    assert answer.status_code == (302 if may else 403), shown(answer)
    assert (Candidate.objects.values().get(pk=one.pk) != before) == may


def test_the_inbox_is_on_the_index_of_editors_alone(author: Client) -> None:
    assert f'href="{INBOX}"' in author.get("/admin/").content.decode()
    assert ">Inbox</a>" in author.get("/admin/").content.decode()
    User.objects.create_user("nobody", password="nobody", is_staff=True)
    assert INBOX not in signed_in("nobody").get("/admin/").content.decode()
    assert Client().get(INBOX).headers["Location"].startswith("/admin/login/")


def test_an_editor_who_lost_the_role_decides_nothing(author: Client) -> None:
    one = candidate("A title")
    Group.objects.get(name="Author").user_set.clear()  # type: ignore[attr-defined]
    assert decide(author, one, "dismiss", reason="No.").status_code == 403
    assert Candidate.objects.get().state == State.NEW


def test_what_our_forms_never_send_is_refused(author: Client) -> None:
    one = candidate("A title")
    for name, posted in (
        ("attach", {}), ("attach", {"entry": "x"}), ("merge", {"candidate": "-1"}), ("merge", {}),
        ("assign", {"person": "x"}), ("assign", {"to": "x"}),
    ):  # fmt: skip
        assert decide(author, one, name, **posted).status_code == 400, (name, posted)
    assert decide(author, one, "attach", entry=str(uuid4())).status_code == 409
    assert decide(author, one, "merge", candidate=one.pk).status_code == 409
    assert decide(author, one, "dismiss", version="x", reason="No.").status_code == 409
    assert decide(author, one, "delete").status_code == 404
    assert author.post(f"{INBOX}999/dismiss/", {"version": 1}).status_code == 404
    assert Candidate.objects.get().version == one.version


def test_a_table_shows_what_it_would_revise_and_is_taken_over(author: Client) -> None:
    series = publish_series("robots")
    figures = [
        {"period": "2024", "value": "302549"},
        {"period": "2025", "value": "310000", "note": "estimate"},
    ]
    one = candidate("Robots: 2 new or other figures", observations=figures, document=series.id)
    text = page(author)
    assert "<tr><th>2024</th><td><del>295000</del></td><td><ins>302549</ins></td><td></td></tr>" in text
    assert "<tr><th>2025</th><td>new</td><td><ins>310000</ins></td><td>estimate</td></tr>" in text
    assert 'id="draft"' not in text
    assert decide(author, one, "accept").status_code == 302
    kept = {item["period"]: item["value"] for item in Doc("series", series.id).state.content["observations"]}
    assert kept == {"2023": "276288", "2024": "302549", "2025": "310000"}
    assert f"/admin/metrics/seriesdocument/{series.id}/change/" in page(author, f"at={one.pk}")


def test_an_address_that_no_source_may_have_is_left_out_of_what_is_attached(author: Client) -> None:
    entry = publish_entry("an-entry")
    one = candidate("A title", address="ftp://paper.example/1", language="zh_CN")
    assert decide(author, one, "attach", entry=str(entry.id)).status_code == 302
    added = load(EntryDocument, entry.id).content["sources"][-1]
    assert "url" not in added
    assert added["language"] == "zh-CN"


def test_an_entry_that_rests_takes_no_source_and_says_why(author: Client) -> None:
    entry, one = publish_entry("an-entry"), candidate("A title")
    entry.merge(publish_entry("other"))
    answer = decide(author, one, "attach", entry=str(entry.id))
    assert answer.status_code == 409
    assert "merged" in shown(answer)
    assert Candidate.objects.get().state == State.NEW


def test_a_candidate_may_change_its_assignee_while_its_decision_is_carried_out_by_nobody(
    author: Client,
) -> None:
    one = candidate("A title")
    Candidate.objects.update(claimed_until=datetime.now(UTC) + triage.CLAIM)
    answer = decide(author, one, "assign", to="me")
    assert answer.status_code == 409
    assert "Somebody is deciding on this one just now." in shown(answer)
