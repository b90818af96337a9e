"""Profiles in the admin: names a line each, other actors chosen by name, nothing lost on the way."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from actors.models import ActorDocument
from tests.editorial_steps import SOURCE, draft_actor, draft_entry, make_people, publish_actor

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
