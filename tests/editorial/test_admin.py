"""The admin, as editors use it and as others abuse it."""

from __future__ import annotations

import html
import re
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from editorial import commands as c
from editorial.admin import COMMANDS
from editorial.dispatch import history
from editorial.models import User
from editorial.permissions import RULES, person
from editorial.workflow import Role, Stage
from tests.editorial_steps import (
    AUTHOR,
    CHIEF,
    REVIEWER,
    SOURCE,
    Doc,
    draft_entry,
    entry_content,
    make_people,
    publish_category,
    publish_entry,
)
from timeline.models import EntryDocument

pytestmark = pytest.mark.django_db
ENTRIES = "/admin/timeline/entrydocument/"


@pytest.fixture
def people() -> dict[str, Client]:
    """A signed-in client for each role, by the user's name."""
    clients = {}
    for user in make_people().values():
        clients[user.username] = Client()
        clients[user.username].force_login(user)
    return clients


def change(doc: Doc) -> str:
    return f"{ENTRIES}{doc.id}/change/"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return html.unescape(found.group(1))


def fields_of(page: str, form: str) -> dict[str, str]:
    """What a browser would send of a form that nobody has touched: hidden fields and initial values."""
    body = page.split(f'id="{form}"')[1].split("</form>")[0]
    return {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', body)
    }


def typed(page: str, **content: Any) -> dict[str, Any]:
    """The content form as a browser sends it, with these texts typed into it."""
    lists = {}
    for name in ("sources", "actors"):
        rows = content.pop(name, [])
        lists |= {f"{name}-TOTAL_FORMS": str(len(rows) + 1), f"{name}-INITIAL_FORMS": "0"}
        lists |= {f"{name}-{n}-{key}": value for n, row in enumerate(rows) for key, value in row.items()}
    keys = ("document", "content_version", "command_id")
    simple = {"kind": "milestone", "date_kind": "happened", "body": "", "basis": "", **content}
    return {**{key: hidden(page, key) for key in keys}, **simple, **lists}


def see(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def press(client: Client, doc: Doc, name: str, **fields: Any) -> Any:
    """Press a button of the document's page, with what is typed into its form."""
    page = see(client, change(doc))
    assert f'id="command-{name}"' in page, f"there is no button {name}"
    return client.post(f"{ENTRIES}{doc.id}/command/{name}/", {**fields_of(page, f"command-{name}"), **fields})


def test_an_entry_goes_from_the_empty_form_to_the_public_page(people: dict[str, Client]) -> None:
    category = publish_category("rules", "Rules")
    page = see(people["author"], f"{ENTRIES}add/")
    content = typed(page, title="A new rule", summary="It says…", date="2026-03", categories=[str(category.id)],
                    sources=[SOURCE])  # fmt: skip
    answer = people["author"].post(f"{ENTRIES}add/", content)
    assert answer.status_code == 302
    doc = Doc(id=EntryDocument.objects.get().pk)
    assert press(people["author"], doc, "Submit").status_code == 302
    assert press(people["reviewer"], doc, "RequestChanges", note="Which ministry?").status_code == 302
    page = see(people["author"], change(doc))
    content = typed(page, title="A new rule", summary="The ministry of X says…", date="2026-03",
                    categories=[str(category.id)], sources=[SOURCE])  # fmt: skip
    assert people["author"].post(change(doc), content).status_code == 302
    press(people["author"], doc, "Submit")
    press(people["reviewer"], doc, "Approve")
    assert press(people["publisher"], doc, "Publish", change="major", note="").status_code == 302
    assert "The ministry of X says…" in see(Client(), "/timeline/a-new-rule/")


def test_a_double_click_makes_one_document_and_one_event(people: dict[str, Client]) -> None:
    page = see(people["author"], f"{ENTRIES}add/")
    content = typed(page, title="Twice")
    for _ in range(2):
        answer = people["author"].post(f"{ENTRIES}add/", content)
        assert answer.status_code == 302
    doc = Doc(id=EntryDocument.objects.get().pk)
    page = see(people["author"], change(doc))
    comment = {**fields_of(page, "command-Comment"), "text": "Once."}
    for _ in range(2):
        answer = people["author"].post(f"{ENTRIES}{doc.id}/command/Comment/", comment)
        assert answer.status_code == 302
    assert [type(item.event).__name__ for item in history(doc.id)] == ["Drafted", "Commented"]


def test_a_form_that_was_sent_before_and_edited_since_is_a_conflict_and_loses_nothing(
    people: dict[str, Client],
) -> None:
    """As when the answer to the first was lost on the way."""
    client = people["author"]
    doc = draft_entry(title="First")
    sent = typed(see(client, change(doc)), title="Sent once", sources=[SOURCE])
    assert client.post(change(doc), sent).status_code == 302
    for address, form in (
        (change(doc), sent),
        (f"{ENTRIES}add/", typed(see(client, f"{ENTRIES}add/"), title="New")),
    ):
        client.post(address, form)
        answer = client.post(address, {**form, "title": "Edited since"})
        page = html.unescape(answer.content.decode())
        assert answer.status_code == 409
        assert 'value="Edited since"' in page
        assert "Sent once" in page or "New" in page
        action = re.search(r'action="([^"]+)" id="content-form"', page).group(1)  # type: ignore[union-attr]
        keys = ("content_version", "slug_seen", "command_id")
        again = {**form, "title": "Edited since", **{key: hidden(page, key) for key in keys}}
        assert client.post(action, again).status_code == 302
    assert set(EntryDocument.objects.values_list("title", flat=True)) == {"Edited since"}
    comment = {"command_id": str(uuid4()), "text": "One"}
    for text, status in (("One", 302), ("One", 302), ("Another", 409)):
        answer = client.post(f"{ENTRIES}{doc.id}/command/Comment/", {**comment, "text": text})
        assert answer.status_code == status
    assert "Another" in answer.content.decode()


def test_a_form_that_nobody_touched_changes_nothing(people: dict[str, Client]) -> None:
    """Also where the order of the choices is another, and where a document is not there yet."""
    names = [publish_category(key, key) for key in ("zebra", "ant")]
    keys = [str(category.id) for category in names]
    doc = draft_entry(categories=[keys[0], str(uuid4()), keys[1]], related=[str(uuid4())], sources=[SOURCE])
    page = see(people["author"], change(doc))
    stands = doc.state.content
    assert page.count("Not here yet: ") == 2
    shown = [
        key for key in re.findall(r'name="categories" value="([^"]+)"', page) if key in stands["categories"]
    ]
    assert shown != stands["categories"]
    form = typed(page, title=stands["title"], summary=stands["summary"], date=stands["date"], sources=[SOURCE],
                 slug=doc.state.slug, slug_seen=doc.state.slug)  # fmt: skip
    form |= {"categories": shown, "related": stands["related"]}
    before = doc.state
    assert people["author"].post(change(doc), form).status_code == 302
    assert doc.state == before


@pytest.mark.parametrize("public", [False, True])
def test_a_rename_gets_not_in_the_way_of_who_edits(people: dict[str, Client], public: bool) -> None:
    doc = publish_entry("old") if public else draft_entry("old")
    page = see(people["author"], change(doc))
    form = typed(page, title="Edited", summary="x", slug="old", slug_seen=hidden(page, "slug_seen"))
    doc.rename("new")
    assert people["author"].post(change(doc), form).status_code == 302
    assert (doc.state.slug, doc.state.content["title"]) == ("new", "Edited")


def test_what_was_typed_for_a_button_that_has_gone_is_shown(people: dict[str, Client]) -> None:
    doc = draft_entry()
    doc.do(c.Submit(), AUTHOR)
    sent = {"command_id": str(uuid4()), "note": "A note of <b>two</b> pages."}
    doc.do(c.TakeBack(), AUTHOR)
    answer = people["reviewer"].post(f"{ENTRIES}{doc.id}/command/RequestChanges/", sent)
    assert answer.status_code == 409
    assert "A note of &lt;b&gt;two&lt;/b&gt; pages." in answer.content.decode()


def test_a_button_that_was_stale_works_on_the_page_that_says_so(people: dict[str, Client]) -> None:
    doc = draft_entry().approve()
    form = fields_of(see(people["publisher"], change(doc)), "command-Publish")
    doc.revise(title="Later").approve()
    answer = people["publisher"].post(f"{ENTRIES}{doc.id}/command/Publish/", {**form, "change": "major"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Later" in page
    again = fields_of(page, "command-Publish") | {"change": "major"}
    assert people["publisher"].post(f"{ENTRIES}{doc.id}/command/Publish/", again).status_code == 302


def test_two_drafts_of_one_title_get_addresses_of_their_own(people: dict[str, Client]) -> None:
    for _ in range(2):
        page = see(people["author"], f"{ENTRIES}add/")
        assert people["author"].post(f"{ENTRIES}add/", typed(page, title="The same")).status_code == 302
    slugs = sorted(EntryDocument.objects.values_list("slug", flat=True), key=len)
    assert slugs[0] == "the-same"
    assert slugs[1].startswith("the-same-")
    page = see(people["author"], f"{ENTRIES}add/")
    answer = people["author"].post(f"{ENTRIES}add/", typed(page, title="Chosen", slug="the-same"))
    assert answer.status_code == 400
    assert "belongs to another entry" in answer.content.decode()


def test_a_row_that_somebody_else_added_too_is_not_lost(people: dict[str, Client]) -> None:
    doc = draft_entry(sources=[])
    mine = typed(see(people["author"], change(doc)), title="Mine", sources=[SOURCE])
    doc.revise(sources=[SOURCE])
    again = {**mine, "content_version": str(doc.seen)}
    assert people["author"].post(change(doc), again).status_code == 302
    assert doc.state.content["sources"] == [SOURCE]


def test_a_stale_form_shows_both_texts_and_loses_nothing(people: dict[str, Client]) -> None:
    doc = draft_entry(title="First")
    mine = typed(see(people["author"], change(doc)), title="Mine, typed for hours", summary="Also mine")
    doc.revise(title="Theirs")
    answer = people["author"].post(change(doc), mine)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "Theirs" in page
    assert 'value="Mine, typed for hours"' in page
    assert "Also mine" in page
    assert doc.state.content["title"] == "Theirs"
    again = {**mine, "content_version": hidden(page, "content_version")}
    assert people["author"].post(change(doc), again).status_code == 302
    assert doc.state.content["title"] == "Mine, typed for hours"


def test_a_form_that_is_wrong_and_stale_stays_stale(people: dict[str, Client]) -> None:
    """An error of spelling must not hide that somebody else has saved meanwhile."""
    doc = draft_entry(title="First")
    mine = typed(see(people["author"], change(doc)), title="Mine", date="not a date")
    doc.revise(title="Theirs")
    answer = people["author"].post(change(doc), mine)
    again = {**mine, "date": "2024", "content_version": hidden(answer.content.decode(), "content_version")}
    if answer.status_code == 400:
        assert people["author"].post(change(doc), again).status_code == 409
    else:
        assert answer.status_code == 409
    assert doc.state.content["title"] == "Theirs"


WRONG = {
    "date": "31 of March", "title": "x" * 400, "summary": "x" * 2_001,
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_and_nothing_typed_is_lost(people: dict[str, Client], name: str) -> None:
    doc = draft_entry(title="First")
    texts = {"title": "A title", "summary": "Long thought about", "date": "2024", **{name: WRONG[name]}}
    answer = people["author"].post(change(doc), typed(see(people["author"], change(doc)), **texts))
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 400
    assert "errorlist" in page
    for text in texts.values():
        assert text in page
    assert doc.state.content["title"] == "First"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"publisher": "X", "url": "javascript:alert(1)"}, "Write a whole address"),
        ({"publisher": "X", "language": "Chinese!"}, "is no language tag"),
        ({"publisher": "X", "date": "32.1.2024"}, "date"),
    ],
)
def test_a_malformed_source_is_named_by_row_and_field(
    people: dict[str, Client], row: dict[str, str], sentence: str
) -> None:
    doc = draft_entry(title="First")
    content = typed(see(people["author"], change(doc)), title="A title", sources=[SOURCE, row])
    answer = people["author"].post(change(doc), content)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 400
    assert sentence in page
    assert re.search(r"2\. (url|language|date):", page)
    assert all(value in page for value in row.values())


def test_nul_and_lone_surrogates_are_refused_with_the_text_kept(people: dict[str, Client]) -> None:
    doc = draft_entry(title="First")
    content = typed(see(people["author"], change(doc)), title="Bad\x00title", summary="Kept")
    answer = people["author"].post(change(doc), content)
    assert answer.status_code == 400
    assert "Kept" in answer.content.decode()


def test_more_rows_come_without_javascript_and_without_saving(people: dict[str, Client]) -> None:
    doc = draft_entry(title="First")
    content = typed(see(people["author"], change(doc)), title="Not saved yet", sources=[SOURCE])
    answer = people["author"].post(change(doc), {**content, "more": "sources"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Not saved yet"' in page
    assert 'name="sources-4-publisher"' in page
    assert "Xinhua" in page
    assert doc.state.content["title"] == "First"


def test_buttons_are_there_only_when_they_may_be_used(people: dict[str, Client]) -> None:
    doc = Doc()
    doc.do(c.Draft(entry_content()), person(User.objects.get(username="author")))

    def buttons(name: str) -> set[str]:
        return set(re.findall(r'id="command-(\w+)"', see(people[name], change(doc))))

    assert buttons("author") == {"Submit", "Comment", "Discard"}
    assert buttons("reviewer") == {"Submit", "Comment", "Assign"}
    press(people["author"], doc, "Submit")
    assert buttons("author") == {"TakeBack", "Comment", "Discard"}
    assert {"Approve", "RequestChanges"} <= buttons("reviewer")
    assert "Publish" not in buttons("chief-editor")
    press(people["reviewer"], doc, "Approve")
    assert {"Publish", "Schedule", "Rename"} <= buttons("publisher")
    assert "Publish" not in buttons("reviewer")


def test_no_button_is_there_that_would_be_refused_whatever_is_typed(
    people: dict[str, Client], settings: Any
) -> None:
    incomplete = Doc().draft({"title": "Only a title"}).approve()
    page = see(people["chief-editor"], change(incomplete))
    assert 'id="command-Publish' not in page
    assert 'id="command-Schedule' not in page
    doc = draft_entry()
    doc.do(c.Comment("Why?"), AUTHOR)
    assert "/command/Resolve/" not in see(people["reviewer"], change(doc))
    doc.do(c.Comment("So?"), person(User.objects.get(username="reviewer")))
    assert see(people["reviewer"], change(doc)).count("/command/Resolve/") == 1
    settings.EDITORIAL_FOUR_EYES = False
    doc.do(c.Submit(), AUTHOR)
    doc.do(c.Approve(doc.seen), replace(AUTHOR, role=Role.PUBLISHER))
    settings.EDITORIAL_FOUR_EYES = True
    page = see(people["publisher"], change(doc))
    assert 'id="command-Publish"' not in page
    assert "It was approved by somebody who wrote in it" in page
    history_page = see(people["publisher"], f"{ENTRIES}{doc.id}/history/")
    assert "Restore version" not in history_page


@pytest.mark.parametrize(
    "query",
    ["stage__exact=%00", "kind__iexact=%00", "stage__regex=(", "standing__range=1", "stage__trigram_similar=x",
     "stage__unaccent=x", "assigned=x", "unreviewed_emergency__exact=x", "q=%00", "p=x", "o=99", "e=1", "all=x"],
)  # fmt: skip
def test_odd_filters_are_refused_or_ignored(people: dict[str, Client], query: str) -> None:
    draft_entry()
    assert people["author"].get(f"{ENTRIES}?{query}").status_code in (200, 302, 400)


@pytest.mark.parametrize("total", ["abc", "1.5", "\x00", "9" * 5_000, "-1", ""])
def test_a_list_that_did_not_arrive_whole_is_not_saved(people: dict[str, Client], total: str) -> None:
    doc = draft_entry(sources=[SOURCE])
    form = typed(see(people["author"], change(doc)), title="Typed", sources=[SOURCE])
    form["sources-TOTAL_FORMS"] = total
    for more in ({}, {"more": "sources"}):
        answer = people["author"].post(change(doc), {**form, **more})
        assert answer.status_code == (200 if more else 400)
        assert "Typed" in answer.content.decode()
    assert doc.state.content["sources"] == [SOURCE]


@pytest.mark.parametrize("missing", ["command_id", "document"])
def test_a_form_without_its_hidden_fields_gives_the_text_back(
    people: dict[str, Client], missing: str
) -> None:
    form = typed(see(people["author"], f"{ENTRIES}add/"), title="Typed for hours")
    answer = people["author"].post(f"{ENTRIES}add/", {**form, missing: "x"})
    assert answer.status_code == 400
    assert "Typed for hours" in answer.content.decode()


def test_a_schedule_that_is_late_is_marked(people: dict[str, Client]) -> None:
    from tests.faults.steps import clock

    for delay in (timedelta(hours=1), timedelta(milliseconds=50)):
        doc = draft_entry().approve()
        doc.do(c.Schedule(doc.seen, clock() + delay), CHIEF)
    time.sleep(0.1)
    page = see(people["author"], ENTRIES)
    assert page.count("publishes 2") == page.count("late: was to be published 2") == 1


def test_a_new_address_is_in_the_story(people: dict[str, Client]) -> None:
    doc = draft_entry("first")
    doc.do(c.Revise({}, doc.seen, "second"), AUTHOR)
    assert "moved it to the address second" in see(people["author"], f"{ENTRIES}{doc.id}/history/")


@pytest.mark.parametrize("name", sorted(COMMANDS))
@pytest.mark.parametrize("stage", ["draft", "in review", "approved", "published", "withdrawn", "merged"])
def test_a_crafted_post_does_exactly_what_the_table_says(
    people: dict[str, Client], name: str, stage: str
) -> None:
    """Every command, posted by every role, on a document of every stage, buttons or not."""
    doc = brought_to(stage)
    before = doc.state
    for username, client in people.items():
        if doc.state != before:
            doc = brought_to(stage)
        user = person(User.objects.get(username=username))
        before = doc.state
        into = str(publish_entry(f"entry-{uuid4().hex[:8]}").id) if name == "Merge" else ""
        answer = client.post(f"{ENTRIES}{doc.id}/command/{name}/", {**crafted(doc), "into": into})
        rule = RULES[COMMANDS[name]]
        after = doc.state
        allowed = (
            user.role >= (rule.role or Role.NOBODY)
            and before.stage in rule.stages
            and before.standing in rule.standings
        )
        if not allowed:
            assert answer.status_code in (403, 409), (username, answer.status_code)
            assert after == before
        else:
            assert answer.status_code in (302, 409), (username, answer.status_code)
            assert (after.version > before.version) == (answer.status_code == 302)


def brought_to(stage: str) -> Doc:
    doc = draft_entry(f"entry-{uuid4().hex[:8]}")
    doc.do(c.Comment("A comment."), REVIEWER)
    if stage == "in review":
        doc.do(c.Submit(), AUTHOR)
    elif stage == "approved":
        doc.approve()
    elif stage in ("published", "withdrawn", "merged"):
        doc.publish()
    if stage == "withdrawn":
        doc.withdraw()
    if stage == "merged":
        doc.merge(publish_entry(f"entry-{uuid4().hex[:8]}"))
    return doc


def crafted(doc: Doc) -> dict[str, Any]:
    """Every field that any command asks for."""
    return {
        "command_id": str(uuid4()), "content_version": str(doc.seen), "note": "A note.", "notice": "A notice.",
        "reason": "A reason.", "text": "A text.", "change": "major", "at": "2099-01-01 08:00",
        "slug": f"s-{uuid4().hex[:8]}",
        "comment": "2", "version": "1", "hide_past": "on", "person": "", "reply_to": "",
    }  # fmt: skip


def test_forms_of_people_without_a_role_change_nothing(people: dict[str, Client]) -> None:
    doc = draft_entry()
    User.objects.create_user("nobody", password="x", is_staff=True)
    outsider = Client()
    outsider.login(username="nobody", password="x")
    for path in (
        change(doc),
        f"{ENTRIES}add/",
        f"{ENTRIES}{doc.id}/command/Submit/",
        f"{ENTRIES}{doc.id}/delete/",
    ):
        assert outsider.post(path, crafted(doc)).status_code in (403, 404)
        assert Client().post(path, crafted(doc)).status_code in (403, 404)
    assert outsider.get(f"{ENTRIES}{doc.id}/history/").status_code == 403
    assert doc.state.stage is Stage.DRAFT


def test_nothing_is_changed_by_get(people: dict[str, Client]) -> None:
    doc = draft_entry()
    before = doc.state
    for name in COMMANDS:
        assert (
            people["chief-editor"].get(f"{ENTRIES}{doc.id}/command/{name}/", crafted(doc)).status_code == 405
        )
    assert doc.state == before


def test_every_form_needs_its_token(people: dict[str, Client]) -> None:
    doc = draft_entry()
    strict = Client(enforce_csrf_checks=True)
    strict.login(username="chief-editor", password="chief-editor")
    for path in (change(doc), f"{ENTRIES}add/", f"{ENTRIES}{doc.id}/command/Submit/"):
        assert strict.post(path, crafted(doc)).status_code == 403
    assert doc.state.version == 1


def test_nothing_is_deleted(people: dict[str, Client]) -> None:
    doc = draft_entry()
    assert people["chief-editor"].post(f"{ENTRIES}{doc.id}/delete/", {"post": "yes"}).status_code == 404
    listed = see(people["chief-editor"], ENTRIES)
    assert "delete_selected" not in listed
    answer = people["chief-editor"].post(
        ENTRIES, {"action": "delete_selected", "_selected_action": str(doc.id)}
    )
    assert answer.status_code == 405
    assert doc.state.version == 1


def test_the_list_is_filtered_and_searched(people: dict[str, Client]) -> None:
    draft_entry(title="网信办 drafts rules")
    publish_entry(title="A declaration")
    assert "A declaration" not in see(people["author"], f"{ENTRIES}?stage__exact=draft")
    assert "网信办" in see(people["author"], f"{ENTRIES}?stage__exact=draft")
    assert "A declaration" not in see(people["author"], f"{ENTRIES}?q=网信")
    assert "A declaration" in see(people["author"], f"{ENTRIES}?q=DECLARÀTION")


def test_editors_find_what_is_assigned_to_them(people: dict[str, Client]) -> None:
    doc, _ = draft_entry(title="For the reviewer"), draft_entry(title="For nobody")
    reviewer = User.objects.get(username="reviewer")
    press(people["reviewer"], doc, "Assign", person=str(reviewer.pk))
    mine = see(people["reviewer"], f"{ENTRIES}?assigned=me")
    assert "For the reviewer" in mine
    assert "For nobody" not in mine


@pytest.mark.parametrize("number", [1, 12])
def test_the_list_takes_the_same_queries_for_one_document_and_for_many(
    people: dict[str, Client], number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(number):
        draft_entry(f"entry-{n}")
    with django_assert_num_queries(7):
        see(people["author"], ENTRIES)


def test_the_history_is_a_story_and_compares_any_two_versions(people: dict[str, Client]) -> None:
    category = publish_category("rules", "Rules")
    doc = draft_entry(title="First title")
    doc.revise(title="Second title", categories=[str(category.id)])
    doc.publish()
    doc.do(c.Comment("Remember this."), person(User.objects.get(username="author")))
    path = f"{ENTRIES}{doc.id}/history/"
    page = html.unescape(see(people["author"], path))
    for words in ("drafted it", "submitted it for review", "approved version 2", "published edition 1 (major)",
                  "First published.", "Author", "Remember this."):  # fmt: skip
        assert words in page
    compared = see(people["author"], f"{path}?from=1&to=2")
    assert "<del>First title</del>" in compared
    assert "<ins>Second title</ins>" in compared
    assert "<ins>Rules</ins>" in compared
    for query in ("from=x&to=2", "from=1&to=99", "from=%00&to=1", f"from={'9' * 30}&to=1", "from=1"):
        see(people["author"], f"{path}?{query}")


def test_an_old_version_is_restored_as_a_draft(people: dict[str, Client]) -> None:
    doc = publish_entry("a", title="Old")
    doc.correct(title="New")
    path = f"{ENTRIES}{doc.id}/history/"
    assert "Restore version 1" not in see(people["reviewer"], path)
    page = see(people["publisher"], path)
    form = page.split("Restore version 1<")[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert people["publisher"].post(f"{ENTRIES}{doc.id}/command/Restore/", fields).status_code == 302
    assert doc.state.content["title"] == "Old"
    assert doc.state.stage is Stage.DRAFT
    assert "New" in see(Client(), "/timeline/a/")


def test_what_is_missing_for_publication_is_said_at_once(people: dict[str, Client]) -> None:
    doc = Doc().draft({"title": "Only a title"})
    page = see(people["author"], change(doc))
    for words in (
        "A summary is missing.",
        "A date is missing.",
        "A category is missing.",
        "A source with publisher",
    ):
        assert words in page


def test_a_refused_command_keeps_what_was_typed(people: dict[str, Client]) -> None:
    doc = draft_entry()
    doc.approve()
    answer = press(people["publisher"], doc, "Publish", change="correction", note="A long note about it.")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "A long note about it." in page
    assert "A first edition is neither a minor change nor a correction." in page
    answer = press(people["publisher"], doc, "Schedule", change="major", note="Another note.", at="at noon")
    assert answer.status_code == 400
    assert "Another note." in answer.content.decode()


def test_four_eyes_off_is_shown(people: dict[str, Client], settings: Any) -> None:
    doc = draft_entry()
    pages = (change(doc), f"{ENTRIES}{doc.id}/history/", f"{ENTRIES}add/", ENTRIES, "/admin/")
    for off in (False, True):
        settings.EDITORIAL_FOUR_EYES = not off
        for path in pages:
            assert ("Four eyes are off" in see(people["author"], path)) is off, path


def test_an_unknown_document_is_not_found(people: dict[str, Client]) -> None:
    category = publish_category("rules")
    for key in (str(uuid4()), "x", "%00", str(category.id)):
        assert people["chief-editor"].get(f"{ENTRIES}{key}/change/").status_code == 404
        assert people["chief-editor"].get(f"{ENTRIES}{key}/history/").status_code == 404
    assert people["chief-editor"].post(f"{ENTRIES}{uuid4()}/command/Submit/", {}).status_code == 404


def test_a_document_cannot_be_started_on_the_stream_of_another_type(people: dict[str, Client]) -> None:
    category = publish_category("rules", "Rules")
    content = typed(see(people["author"], f"{ENTRIES}add/"), title="Takes over")
    answer = people["author"].post(f"{ENTRIES}add/", {**content, "document": str(category.id)})
    assert answer.status_code == 400
    assert "Takes over" in answer.content.decode()
    assert category.state.content["title"] == "Rules"
