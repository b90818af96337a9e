"""Profiles in the admin: names a line each, other actors chosen by name, nothing lost on the way."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from actors.models import ActorDocument
from tests.editorial_steps import SOURCE, Doc, draft_actor, draft_entry, make_people, publish_actor

pytestmark = pytest.mark.django_db
ACTORS = "/admin/actors/actordocument/"


@pytest.fixture
def author() -> Client:
    make_people()
    client = Client()
    client.login(username="author", password="author")
    return client


def form_of(page: str) -> dict[str, Any]:
    """The content form as the page holds it."""
    form = page[page.index('id="content-form"') :]
    found: dict[str, Any] = {}
    for name, value in re.findall(
        r'<input type="(?:hidden|text|number)" name="([^"]+)"(?: value="([^"]*)")?', form
    ):
        found[name] = html.unescape(value)
    for name, body in re.findall(r'<textarea name="([^"]+)"[^>]*>\s?(.*?)</textarea>', form, re.DOTALL):
        found[name] = html.unescape(body)
    for name, kind, body in re.findall(r'<select name="([^"]+)"([^>]*)>(.*?)</select>', form, re.DOTALL):
        chosen = [html.unescape(value) for value in re.findall(r'<option value="([^"]*)" selected', body)]
        found[name] = chosen if "multiple" in kind else chosen[0] if chosen else ""
    for name in re.findall(r'<input type="checkbox" name="([^"]+)"[^>]* checked', form):
        found[name] = "on"
    return found


def test_a_profile_saved_as_it_stands_changes_nothing(author: Client) -> None:
    other = publish_actor("other", title="Other")
    relations = [
        {"type": "owns", "target": str(other.id), "publisher": "Xinhua", "since": "2021"},
        {"type": "part_of", "target": str(uuid4())},  # a profile that is not there yet
    ]
    doc = draft_actor(
        name_zh="智谱", aliases=["Z.ai", "智谱华章"], relations=relations, source_wanted=True, text="A\n\nB",
        identifiers=[{"scheme": "wikidata", "value": "Q1"}], founded="2019",
    )  # fmt: skip
    before = doc.state
    page = author.get(f"{ACTORS}{doc.id}/change/").content.decode()
    assert "Other" in page
    assert author.post(f"{ACTORS}{doc.id}/change/", form_of(page)).status_code == 302
    assert doc.state == before


def test_names_are_written_a_line_each_and_an_actor_is_chosen_by_its_name(author: Client) -> None:
    other = publish_actor("other", title="Other", name_zh="别家")
    form = form_of(author.get(f"{ACTORS}add/").content.decode())
    form |= {"title": "Zhipu AI", "aliases": "Z.ai\n\n  智谱华章 \n", "text": "x", "sources-0-publisher": "Xinhua",
             "sources-0-language": "zh", "relations-0-type": "owns", "relations-0-target": str(other.id)}  # fmt: skip
    page = author.get(f"{ACTORS}add/").content.decode()
    assert f'<option value="{other.id}">Other 别家</option>' in page
    assert author.post(f"{ACTORS}add/", form).status_code == 302
    document = ActorDocument.objects.get(title="Zhipu AI")
    assert document.aliases == ["Z.ai", "智谱华章"]
    assert document.relations[0].target == str(other.id)


def test_what_is_malformed_is_named_and_nothing_typed_is_lost(author: Client) -> None:
    form = form_of(author.get(f"{ACTORS}add/").content.decode())
    form |= {"title": "Typed", "aliases": "One\nTwo", "country": "China", "identifiers-0-scheme": "lei",
             "identifiers-0-value": "123"}  # fmt: skip
    answer = author.post(f"{ACTORS}add/", form)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 400
    for words in (
        "Typed",
        "One\nTwo",
        "China",
        "At most 2 characters",
        "123",
        "no identifier of this scheme",
    ):
        assert words in page, words


@pytest.mark.parametrize("name", ["智谱", "Z.ai", "zhipu", "2513"])
def test_editors_find_an_actor_by_any_name(author: Client, name: str) -> None:
    draft_actor(
        title="Zhipu AI",
        name_zh="智谱",
        aliases=["Z.ai"],
        identifiers=[{"scheme": "ticker", "value": "SEHK: 2513"}],
    )
    draft_actor(title="Somebody else")
    page = author.get(ACTORS, {"q": name}).content.decode()
    assert "Zhipu AI" in page
    assert "Somebody else" not in page


def test_an_entry_names_its_actors_by_choice_and_keeps_those_that_are_not_there_yet(author: Client) -> None:
    actor, missing = publish_actor("zhipu", title="Zhipu AI"), str(uuid4())
    doc = draft_entry(actors=[{"id": str(actor.id), "role": "acted"}, {"id": missing, "role": "affected"}])
    path = f"/admin/timeline/entrydocument/{doc.id}/change/"
    page = author.get(path).content.decode()
    assert f'<option value="{actor.id}" selected>Zhipu AI</option>' in page
    assert f"Not here yet: {missing}" in page
    before = doc.state
    form = form_of(page) | {"categories": before.content["categories"]}
    assert author.post(path, form).status_code in (302, 400)
    assert doc.state.content["actors"] == before.content["actors"]


def test_a_comparison_names_the_actors(author: Client) -> None:
    actor = publish_actor("zhipu", title="Zhipu AI")
    doc = draft_entry().revise(actors=[{"id": str(actor.id), "role": "acted"}])
    page: Any = author.get(f"/admin/timeline/entrydocument/{doc.id}/history/?from=1&to=2").content.decode()
    assert "Zhipu AI, acted" in page
    assert SOURCE["publisher"] not in page


@pytest.fixture
def publisher(author: Client) -> Client:
    client = Client()
    client.login(username="publisher", password="publisher")
    return client


def press(client: Client, doc: Doc, name: str, **fields: str) -> tuple[int, str]:
    """Send a button's form as the page holds it, with what is typed into it: the status, and the page that follows."""
    body = client.get(f"{ACTORS}{doc.id}/change/").content.decode().split(f'id="command-{name}"')[1]
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', body.split("</form>")[0]))
    answer = client.post(f"{ACTORS}{doc.id}/command/{name}/", {**sent, **fields}, follow=True)
    return answer.status_code, html.unescape(answer.content.decode())


def test_two_profiles_are_merged_by_choosing_one_and_unmerged_by_a_button(publisher: Client) -> None:
    loser = publish_actor("zhipu", title="Zhipu AI", name_zh="智谱")
    winner = publish_actor("z-ai", title="Z.ai", name_zh="北京智谱")
    publish_actor("withdrawn", title="Withdrawn").withdraw()
    publish_actor("elsewhere", title="Elsewhere").merge(publish_actor("other", title="Other"))
    draft_actor("draft", title="Not public")
    page = html.unescape(publisher.get(f"{ACTORS}{loser.id}/change/").content.decode())
    form = page.split('id="command-Merge"')[1].split("</form>")[0]
    offered = [label.strip() for label in re.findall(r"<option[^>]*>([^<]*)</option>", form)]
    assert offered == ["", "Other", "Z.ai 北京智谱"]
    assert 'id="command-Unmerge"' not in page
    status, page = press(publisher, loser, "Merge", into=str(winner.id), note="They are one.")
    assert status == 200
    assert "Done: merge." in page
    assert f'merged into <a href="{ACTORS}{winner.id}/change/">Z.ai 北京智谱</a>' in page
    assert 'id="command-Unmerge"' in page
    assert 'id="command-Merge"' not in page
    assert 'id="command-Withdraw"' not in page
    story = html.unescape(publisher.get(f"{ACTORS}{loser.id}/history/").content.decode())
    assert "merged it into Z.ai 北京智谱," in story
    assert "They are one." in story
    _, page = press(publisher, loser, "Unmerge", note="They are two.")
    assert "Done: unmerge." in page
    assert "merged into" not in page
    story = publisher.get(f"{ACTORS}{loser.id}/history/").content.decode()
    assert "unmerged it, so that it stands for itself again" in story


def test_a_merge_that_is_refused_says_why_and_keeps_what_was_typed(publisher: Client) -> None:
    loser, winner = publish_actor("zhipu"), publish_actor("z-ai", title="Z.ai")
    status, page = press(publisher, loser, "Merge", into="", note="A long note.")
    assert status == 409
    assert "Choose the profile that it is merged into." in page
    assert "A long note." in page
    status, page = press(publisher, loser, "Merge", into=str(winner.id), note="")
    assert "Write a note that tells readers why they are one." in page
    assert f'<option value="{winner.id}" selected>Z.ai</option>' in page
    winner.merge(publish_actor("third"))
    status, page = press(publisher, loser, "Merge", into=str(winner.id), note="A long note.")
    assert status == 409
    assert "The profile to merge into is merged into another." in page
    for bad in ("x", "\x00", str(uuid4())):
        assert press(publisher, loser, "Merge", into=bad, note="x")[0] in (400, 409)


def test_nobody_but_a_publisher_sees_the_buttons(author: Client) -> None:
    loser, winner = publish_actor("zhipu"), publish_actor("z-ai")
    for name in ("Merge", "Unmerge"):
        assert f'id="command-{name}"' not in author.get(f"{ACTORS}{loser.id}/change/").content.decode()
        loser.merge(winner) if name == "Merge" else loser.unmerge()


def test_a_reference_to_what_is_merged_is_marked_and_never_lost(publisher: Client) -> None:
    loser, winner = (
        publish_actor("zhipu", title="Zhipu AI", name_zh="智谱"),
        publish_actor("z-ai", title="Z.ai"),
    )
    relations = [{"type": "owns", "target": str(loser.id), "publisher": "Xinhua"}]
    doc = draft_actor("doc", relations=relations)
    entry = draft_entry(actors=[{"id": str(loser.id), "role": "acted"}])
    loser.merge(winner)
    path = f"{ACTORS}{doc.id}/change/"
    page = publisher.get(path).content.decode()
    assert f'<option value="{loser.id}" selected>Zhipu AI 智谱 (merged)</option>' in page
    before = doc.state
    assert publisher.post(path, form_of(page)).status_code == 302
    assert doc.state == before
    page = publisher.get(f"/admin/timeline/entrydocument/{entry.id}/change/").content.decode()
    assert f'<option value="{loser.id}" selected>Zhipu AI 智谱 (merged)</option>' in page
