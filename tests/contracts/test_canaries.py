"""What is not published appears nowhere in public: not in pages, API, search, errors, validators or headers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from aichina.routes import ROUTES, Who
from editorial import commands as c
from editorial.dispatch import dispatch
from editorial.models import User
from editorial.permissions import person
from tests.editorial_steps import (
    CHIEF,
    REVIEWER,
    Doc,
    draft_actor,
    draft_category,
    draft_entry,
    draft_series,
    make_people,
    publish_actor,
    publish_entry,
    publish_front,
    publish_series,
)
from tests.syndication.feeding import spelled

pytestmark = pytest.mark.django_db
CANARY = "kanarie"
ASKED = (
    "",
    "?as_of={position}",
    "?as_of=2999",
    "?q=kanarie",
    "?category=kanarie-category",
    "?cursor=unknown",
    "?x=1",
    "?include=actors,editions",
)
# What the client said itself comes back as the value of a field, in a link, or in the sentence that refuses it.
# … and how often anybody may still ask was told it by the request before.
OWN = ("Location", "RateLimit")
OWN_WORDS = re.compile(rb'(value=|category=|q=|/)"?kanarie[\w-]*|kanarie-category is not one')


@pytest.fixture
def canaries() -> list[str]:
    """A log full of what nobody outside may see. Returns the addresses that somebody might try."""
    people = make_people()
    User.objects.update(first_name="Kanarie", last_name="Kanarie")
    category = draft_category("kanarie-category", "Kanarie category")
    drafted = draft_actor("kanarie-actor", title="Kanarie AI", aliases=["kanarie"])
    public = publish_entry(
        "public", categories=[str(category.id)], actors=[{"id": str(drafted.id), "role": "acted"}]
    )
    owner = publish_actor("owner", relations=[{"type": "owns", "target": str(drafted.id)}])
    drafted.revise(relations=[{"type": "part_of", "target": str(owner.id), "note": "kanarie"}])
    series = publish_series("robots")
    series.revise(observations=[{"period": "2024", "value": "1", "note": "kanarie"}], definition="kanarie")
    draft_series("kanarie-series", title="Kanarie series")
    publish_series("beside", beside=[str(series.id)])
    publish_front().revise(text="kanarie")
    merged = publish_actor("merged").revise(title="Kanarie AI", aliases=["kanarie"]).merge(owner)
    merged.do(c.Comment("kanarie"), REVIEWER)
    hidden = draft_entry(
        "kanarie-draft", title="Kanarie title", summary="kanarie", categories=[str(category.id)]
    )
    hidden.do(c.Comment("kanarie comment"), REVIEWER)
    hidden.do(c.Submit())
    hidden.do(c.RequestChanges("kanarie request"), REVIEWER)
    hidden.do(c.Assign(str(people["Reviewer"].pk)), REVIEWER)
    next_draft = public.revise(title="Kanarie next title", related=[str(hidden.id)], summary="kanarie")
    next_draft.do(c.Comment("kanarie on a public entry"), REVIEWER)
    gone = publish_entry("gone", summary="kanarie", body="kanarie").withdraw(hide_past=True)
    related = publish_entry("related", related=[str(hidden.id), str(gone.id)])
    for user in people.values():
        dispatch(c.Comment("kanarie"), type="entry", document=related.id, by=person(user))
    renamed = Doc().draft({"title": "Kanarie"}, "kanarie-first")
    renamed.do(c.Rename("kanarie-second"), CHIEF)
    keys = [
        "public",
        "gone",
        "related",
        "owner",
        "merged",
        "kanarie-draft",
        "kanarie-first",
        "kanarie-second",
        "kanarie-actor",
        "kanarie-series",
        "robots",
        "beside",
    ]
    return keys + [
        str(doc.id) for doc in (public, hidden, gone, related, renamed, category, drafted, owner, merged)
    ]


def addresses(keys: list[str], position: int) -> list[str]:
    paths = []
    for route, declared in ROUTES.items():
        if declared.who is not Who.ANYONE:
            continue
        # What is named by a key is asked for in one form: all forms are written of the same items.
        for plain in spelled(route)[: 1 if "<str:key>" in route else None]:
            named = re.sub(r"<[^>]*>", "{key}", plain.replace("<int:number>", "1"))
            paths += [f"/{named.format(key=key)}" for key in (keys if "{key}" in named else [""])]
    return [path + query.format(position=position) for path in paths for query in ASKED]


def outside(answer: Any) -> bytes:
    """All that leaves the house, without the words that the client said itself."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items() if name not in OWN).encode()
    return OWN_WORDS.sub(b"", body.lower() + headers.lower())


def test_no_public_address_tells_what_is_not_published(canaries: list[str]) -> None:
    reader = Client()
    last = reader.get("/api/v1/entries/").json()["as_of"]["position"]
    tried = addresses(canaries, last)
    told = [path for path in tried if CANARY.encode() in outside(reader.get(path))]
    assert told == []
    assert len(tried) > 150


def test_unknown_and_unpublished_entries_get_the_same_answer(canaries: list[str]) -> None:
    reader = Client()
    for root in ("/timeline/", "/api/v1/entries/"):
        unknown = outside(reader.get(f"{root}nothing-at-all/"))
        assert outside(reader.get(f"{root}kanarie-draft/")) == unknown


def test_work_on_drafts_moves_no_validator(canaries: list[str]) -> None:
    reader = Client()
    pages = ("/", "/timeline/", "/timeline/public/", "/api/v1/entries/", "/api/v1/entries/public/")
    before = [(reader.get(path).headers["ETag"], outside(reader.get(path))) for path in pages]
    draft_entry("another", title="kanarie").do(c.Comment("kanarie"), REVIEWER)
    assert [(reader.get(path).headers["ETag"], outside(reader.get(path))) for path in pages] == before


def test_positions_between_public_ones_tell_nothing(canaries: list[str]) -> None:
    """Else anybody could count the drafts: each position answers with the last public one below it."""
    reader = Client()
    last = reader.get("/api/v1/entries/").json()["as_of"]["position"]
    answered = {
        reader.get(f"/api/v1/entries/?as_of={n}").json()["as_of"]["position"] for n in range(1, last + 1)
    }
    from editorial.models import Change

    assert answered - {0} == set(Change.objects.values_list("position", flat=True))
    assert reader.get(f"/api/v1/entries/?as_of={last + 1}").status_code == 400
