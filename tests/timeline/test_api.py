"""The entries' API, as its clients call it."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.editorial_steps import (
    SOURCE,
    Doc,
    draft_actor,
    draft_category,
    draft_entry,
    publish_actor,
    publish_category,
    publish_entry,
)
from tests.keeping import forget

pytestmark = pytest.mark.django_db
ENTRIES = "/api/v1/entries/"


def get(path: str = ENTRIES, **query: Any) -> Any:
    answer = Client().get(path, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def slugs(**query: Any) -> list[str]:
    return [entry["slug"] for entry in get(**query)["results"]]


def refused(**query: Any) -> list[str]:
    """The parameters that the problem names."""
    answer = Client().get(ENTRIES, query)
    assert answer.status_code == 400, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == 400
    assert body["detail"]
    return [error["parameter"] for error in body["errors"]]


def test_a_list_says_what_it_holds_and_as_of_when() -> None:
    publish_entry("first")
    answer = get()
    assert set(answer) == {"results", "next", "previous", "count", "as_of"}
    assert answer["count"] == 1
    assert answer["next"] is answer["previous"] is None
    assert set(answer["as_of"]) == {"position", "moment", "cursor"}


def test_an_entry_has_its_text_its_sources_and_its_edition() -> None:
    category = publish_category("rules", "Rules")
    publish_entry(
        "first", categories=[str(category.id)], body="**Bold** <script>alert(1)</script>", date="2024-03~"
    )
    entry = get(f"{ENTRIES}first/")
    assert entry["body"].startswith("**Bold** <script>")
    assert entry["body_html"].strip() == "<p><strong>Bold</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    assert entry["categories"] == [{"id": str(category.id), "slug": "rules", "title": "Rules"}]
    assert entry["sources"] == [SOURCE]
    assert (entry["date"], entry["date_shown"]) == ("2024-03~", "c. March 2024")
    assert (entry["edition"], entry["significance"], entry["policy"]) == (1, "major", "four_eyes")
    assert entry["url"] == "http://testserver/timeline/first/"


def test_an_entry_is_found_by_id_and_by_slug() -> None:
    doc = publish_entry("first")
    assert get(f"{ENTRIES}{doc.id}/") == get(f"{ENTRIES}first/")
    assert Client().get(f"{ENTRIES}{str(doc.id).upper()}/").status_code in (200, 404)


def test_filters_narrow_the_list() -> None:
    category, actor = publish_category("rules"), str(publish_actor("lab").id)
    publish_entry("a", kind="milestone", date="2023-05", categories=[str(category.id)],
                  actors=[{"id": actor, "role": "acted"}])  # fmt: skip
    publish_entry(
        "b",
        kind="update",
        date="2024-06-01",
        sources=[{**SOURCE, "language": "en"}],
        title="网信办 issues rules",
    )
    assert slugs(kind="milestone") == ["a"]
    assert slugs(category="rules") == slugs(category=str(category.id)) == ["a"]
    assert slugs(actor=actor) == ["a"]
    assert slugs(language="en") == ["b"]
    assert slugs(date_from="2024") == ["b"]
    assert slugs(date_to="2023-05-12") == ["a"]  # it may have been on any day of May
    assert slugs(date_to="2023-04") == []
    assert slugs(q="网信") == ["b"]
    assert slugs(q="ISSUES Rulés") == ["b"]
    assert slugs(q="—") == []


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    publish_entry("winter", date="2024-24")  # from December 2024 to February 2025, and so on both sides
    assert slugs(date_from="2024-12", date_to="2025-01") == ["winter"]
    assert slugs(date_from="2025", date_to="2025-01~") == ["winter"]
    assert refused(date_from="2025", date_to="2024") == ["date_to"]
    wrong = {"date_from": "2025-01-01", "date_to": "2024-12-31", "category": "rules"}
    assert refused(**wrong) == ["category", "date_to"]
    # All that is wrong is told at once, whoever finds it.
    told = refused(**wrong, limit="0", kind="x", page="2")
    assert sorted(told) == ["category", "date_to", "kind", "limit", "page"]
    assert refused(date_from="no date", date_to="2024") == ["date_from"]


def test_what_was_never_public_is_refused_as_a_filter_and_finds_nobody() -> None:
    """Else it would tell who names a draft, and whoever mistyped would wait for ever."""
    publish_category("regulation")
    drafts = draft_category("rules"), draft_actor("lab")
    named = [{"id": str(drafts[1].id), "role": "acted"}]
    publish_entry("a", categories=[str(drafts[0].id)], actors=named)
    for name, value in (
        ("category", "rules"), ("category", str(drafts[0].id)), ("category", str(uuid4())),
        ("actor", str(drafts[1].id)), ("actor", str(uuid4())),
    ):  # fmt: skip
        assert refused(**{name: value}) == [name]
    answer = Client().get(ENTRIES, {"category": "regulations", "kind": "milestones", "ordering": "dates"})
    told = {error["parameter"]: error["detail"] for error in answer.json()["errors"]}
    assert "Do you mean “milestone”?" in told["kind"]
    assert "Do you mean “date”?" in told["ordering"]
    answer = Client().get(ENTRIES, {"category": "regulations"})
    assert answer.json()["errors"][0]["detail"] == "There is no such category. Do you mean “regulation”?"


def test_nothing_is_found_by_an_actor_that_is_withdrawn() -> None:
    actor = publish_actor("lab")
    publish_entry("a", actors=[{"id": str(actor.id), "role": "acted"}])
    before = get()["as_of"]["position"]
    assert slugs(actor=str(actor.id)) == ["a"]
    actor.withdraw()
    assert slugs(actor=str(actor.id)) == []
    assert slugs(actor=str(actor.id), as_of=str(before)) == ["a"]
    actor.reinstate()
    assert slugs(actor=str(actor.id)) == ["a"]


def test_ordering_is_as_asked() -> None:
    publish_entry("a", date="2023", title="Zebra")
    publish_entry("b", date="2024", title="Ant")
    assert slugs() == ["b", "a"]
    assert slugs(ordering="date") == ["a", "b"]
    assert slugs(ordering="title") == ["b", "a"]
    assert slugs(ordering="-updated_at") == ["b", "a"]


@pytest.mark.parametrize("ordering", ["date", "-date", "title", "-title", "updated_at", "-updated_at"])
def test_paging_gives_every_entry_once_and_back_again(ordering: str) -> None:
    for number in range(7):
        publish_entry(f"entry-{number}", date=f"202{number // 2}", title=f"Title {number // 3}")
    whole = slugs(ordering=ordering, limit=100)
    assert len(set(whole)) == 7
    seen, pages, answer = [], [], get(ordering=ordering, limit=2)
    while True:
        pages.append([entry["slug"] for entry in answer["results"]])
        seen += pages[-1]
        assert answer["count"] == 7
        if answer["next"] is None:
            break
        assert answer["next"].startswith("http://testserver/api/v1/entries/?")
        answer = Client().get(answer["next"]).json()
    assert seen == whole
    for page in reversed(pages[:-1]):
        answer = Client().get(answer["previous"]).json()
        assert [entry["slug"] for entry in answer["results"]] == page
    assert answer["previous"] is None


def test_a_walk_through_the_pages_stays_at_one_position() -> None:
    for number in range(4):
        publish_entry(f"entry-{number}", date=f"202{number}")
    first = get(limit=2)
    publish_entry("newest", date="2025")
    publish_entry("oldest", date="2001")
    second = Client().get(first["next"]).json()
    assert [entry["slug"] for entry in second["results"]] == ["entry-1", "entry-0"]
    assert second["as_of"] == first["as_of"]
    assert second["count"] == 4


BAD = [
    ("limit", "0"), ("limit", "101"),
    ("limit", "-1"), ("limit", "ten"), ("limit", "1.0"), ("limit", ""), ("limit", "٣"),
    ("limit", "1" * 5000), ("cursor", "x"), ("cursor", ""), ("cursor", "\x00"), ("cursor", "é"), ("cursor", "A" * 9000),
    ("kind", "novel"), ("kind", "\x00"), ("actor", "x"), ("date_from", "2024-13"), ("date_from", "yesterday"),
    ("date_to", "2024-02-30"), ("date_to", "\x00"), ("ordering", "rank"), ("ordering", "state"), ("ordering", "--date"),
    ("ordering", ""), ("as_of", ""), ("as_of", "tomorrow"), ("as_of", "2999-01-01"), ("as_of", "2999-01-01T00:00:00Z"),
    ("as_of", "2026-01-01T00:00:00"), ("as_of", "2026-02-30"), ("as_of", "9" * 400), ("as_of", "-1"), ("as_of", "1.0"),
    ("as_of", "٣"), ("as_of", "\x00"), ("as_of", "0000-01-01"), ("as_of", "2026-01-01T25:00:00Z"), ("as_of", "2026"),
    ("q", "\x00"), ("q", "x" * 201), ("language", "x" * 36), ("category", "\x00"), ("page", "2"), ("Limit", "2"),
    ("kind__in", "update"), ("state__stage", "draft"), ("date_from", ""), ("date_to", " "), ("q", ""), ("kind", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_parameter_is_named(name: str, value: str) -> None:
    publish_entry("first")
    assert refused(**{name: value}) == [name]


def test_all_bad_parameters_are_named_at_once() -> None:
    bad = {"limits": "5", "limit": "0", "cursor": "x", "ordering": "rank", "as_of": "x", "kind": "novel", "actor": "x",
           "date_from": "2024-13", "q": ""}  # fmt: skip
    assert sorted(refused(**bad)) == sorted(bad)


def test_a_moment_at_the_edge_of_the_calendar_is_no_fault_of_ours() -> None:
    publish_entry("first")
    for moment in ("0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00-23:59"):
        assert get(as_of=moment)["results"] == []
    for moment in ("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59+23:59"):
        assert refused(as_of=moment) == ["as_of"]


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("limits=5", "limit"), ("LIMIT=5", "limit"), ("kind=MILESTONE", "milestone"), ("fields=TITLE", "title"),
        ("fields=update_at", "updated_at"), ("include=ACTORS", "actors"), ("ordering=-DATE", "-date"),
    ],
)  # fmt: skip
def test_a_near_miss_is_told_the_right_name(query: str, meant: str) -> None:
    assert f"Do you mean “{meant}”?" in Client().get(f"{ENTRIES}?{query}").json()["detail"]


def test_who_is_near_to_nothing_is_told_what_there_is() -> None:
    assert "kind, category, actor," in Client().get(ENTRIES, {"page": "2"}).json()["detail"]
    assert "milestone, update, publication." in Client().get(ENTRIES, {"kind": "law"}).json()["detail"]


def test_a_parameter_given_twice_and_bad_utf8_are_named() -> None:
    for query, name in (
        ("limit=1&limit=2", "limit"),
        ("fields=title&fields=date", "fields"),
        ("cursor=%ff%fe", "cursor"),
        ("q=%ff", "q"),
        ("as_of=%c3", "as_of"),
    ):
        answer = Client().get(f"{ENTRIES}?{query}")
        assert answer.status_code == 400
        assert [error["parameter"] for error in answer.json()["errors"]] == [name]


def forged(**changes: Any) -> str:
    document = "11111111-0000-4000-8000-000000000001"
    parts = {
        "of": hashlib.sha256(f"{ENTRIES}?".encode()).hexdigest()[:8],
        "ordering": "-date",
        "position": 1,
        "value": "2023-01-01",
        "document": document,
        "backwards": False,
    }
    parts |= changes
    text = json.dumps(list(parts.values()), separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "\x00"}, {"value": "no date"}, {"value": 5}, {"position": "1"}, {"position": -1},
        {"position": 10**30},
        {"position": True}, {"document": "x"}, {"backwards": 1}, {"ordering": "title"}, {"position": 10**9},
        {"value": "99999-01-01"}, {"value": "\ud800"},
    ],
)  # fmt: skip
def test_a_forged_cursor_is_named(changes: dict[str, Any]) -> None:
    publish_entry("first")
    assert refused(cursor=forged(**changes)) == ["cursor"]


def test_a_cursor_of_another_ordering_is_named() -> None:
    for number in range(3):
        publish_entry(f"entry-{number}")
    answer = Client().get(get(limit=1)["next"] + "&ordering=title")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "cursor"


def test_a_cursor_of_another_list_or_of_other_filters_is_named() -> None:
    """Its page would be one of neither."""
    for number in range(3):
        publish_entry(f"entry-{number}"), publish_actor(f"actor-{number}")
    titles = get(limit=1, ordering="title")["next"]
    cursor = parse_qs(urlsplit(titles).query)["cursor"][0]
    for path, query in (
        (ENTRIES, {"ordering": "title", "kind": "milestone"}),
        ("/api/v1/actors/", {}),
        (f"{ENTRIES}entry-1/editions/", {}),
    ):
        answer = Client().get(path, {**query, "cursor": cursor})
        assert answer.status_code == 400, path
        assert answer.json()["errors"][0]["parameter"] == "cursor"
    assert Client().get(f"{titles}&fields=title").status_code == 200


def test_before_the_first_event_there_is_nothing_and_that_is_no_error() -> None:
    publish_entry("first")
    for moment in ("0", "1066-10-14", "2001-01-01T00:00:00Z", "2001-01-01T00:00:00.123456+08:00"):
        answer = get(as_of=moment)
        assert answer["results"] == []
        assert answer["count"] == 0
        assert answer["as_of"] == {"position": 0, "moment": None, "cursor": "AAAAAAAA"}


def test_as_of_gives_what_was_public_then() -> None:
    doc = publish_entry("first", title="Old title")
    before = get()["as_of"]
    doc.correct(title="New title")
    after = get()["as_of"]
    assert after["position"] > before["position"]
    for asked in (before["position"], before["moment"], before["moment"].replace("+00:00", "Z")):
        answer = get(as_of=asked)
        assert answer["results"][0]["title"] == "Old title"
        assert answer["as_of"] == before
        assert get(f"{ENTRIES}first/", as_of=asked)["title"] == "Old title"
    today = datetime.now(UTC)
    assert get(as_of=f"{today:%Y-%m-%d}")["as_of"] == after
    assert get(as_of=(today - timedelta(days=1)).strftime("%Y-%m-%d"))["results"] == []


def test_a_position_between_is_that_of_the_last_public_one() -> None:
    doc = publish_entry("first")
    public = get()["as_of"]
    draft_entry("draft")
    draft_entry("draft-2")
    doc.correct(title="New title")
    assert get(as_of=public["position"] + 1)["as_of"] == public


def test_a_withdrawn_entry_is_gone_with_its_notice() -> None:
    doc = publish_entry("first", summary="secret summary")
    publish_entry("second")
    before = get()["as_of"]["position"]
    doc.withdraw("It rested on a forged document.")
    answer = Client().get(f"{ENTRIES}first/")
    assert answer.status_code == 410
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["notice"] == "It rested on a forged document."
    assert "secret" not in answer.content.decode()
    assert slugs() == ["second"]
    past = get(f"{ENTRIES}first/", as_of=before)
    assert past["text_hidden"] is True
    assert (past["title"], past["summary"], past["sources"]) == ("China signs a declaration", "", [])
    assert past["notice"] == "It rested on a forged document."
    listed = {entry["slug"]: entry for entry in get(as_of=before)["results"]}
    assert listed["first"]["text_hidden"] is True
    assert listed["second"]["text_hidden"] is False
    assert "secret" not in Client().get(ENTRIES, {"as_of": before, "q": "secret"}).content.decode()


def test_a_withdrawal_that_does_not_hide_shows_the_past_as_it_was() -> None:
    doc = publish_entry("first", summary="An open summary")
    before = get()["as_of"]["position"]
    doc.withdraw(hide_past=False)
    past = get(f"{ENTRIES}first/", as_of=before)
    assert past["text_hidden"] is False
    assert past["summary"] == "An open summary"


def test_a_reinstated_entry_is_back() -> None:
    publish_entry("first", summary="An open summary").withdraw().reinstate()
    entry = get(f"{ENTRIES}first/")
    assert (entry["summary"], entry["text_hidden"], entry["edition"]) == ("An open summary", False, 2)
    assert entry["significance"] == "reinstated"


def test_a_renamed_entry_redirects_and_its_id_stays() -> None:
    doc = publish_entry("old-name")
    before = get()["as_of"]["position"]
    doc.rename("new-name")
    answer = Client().get(f"{ENTRIES}old-name/")
    assert answer.status_code == 308
    assert answer.headers["Location"] == "http://testserver/api/v1/entries/new-name/"
    assert get(f"{ENTRIES}{doc.id}/")["slug"] == "new-name"
    assert get(f"{ENTRIES}old-name/", as_of=before)["slug"] == "old-name"


def test_what_there_is_not_is_a_problem() -> None:
    keys = ("nothing/", "11111111-0000-4000-8000-000000000001/", "%00/", "%ff/")
    for path in (*(ENTRIES + key for key in keys), "/api/v1/nothing/", "/api/"):
        answer = Client().get(path)
        assert answer.status_code == 404, path
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_head_gives_the_headers_of_get() -> None:
    publish_entry("first")
    for path in (
        ENTRIES,
        f"{ENTRIES}first/",
        f"{ENTRIES}none/",
        f"{ENTRIES}?limit=0",
        "/timeline/",
        "/timeline/first/",
    ):
        gotten, head = Client().get(path), Client().head(path)
        assert head.status_code == gotten.status_code
        assert head.content == b""
        del gotten["RateLimit"], head["RateLimit"]  # one more was counted
        assert dict(head.items()) == dict(gotten.items()), path


def test_only_json_is_spoken() -> None:
    publish_entry("first")
    assert Client().get(ENTRIES, headers={"Accept": "text/html"}).status_code in (200, 406)
    browser = Client().get(ENTRIES, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert browser.headers["Content-Type"] == "application/json"
    assert Client().get(ENTRIES, {"format": "api"}).status_code == 400


def test_an_unchanged_answer_costs_one_query_and_no_body(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    publish_entry("first")
    client = Client()
    for path in (ENTRIES, f"{ENTRIES}first/", f"{ENTRIES}?limit=5&kind=milestone&language=zh"):
        validator = client.get(path).headers["ETag"]
        with django_assert_num_queries(1):
            answer = client.get(path, headers={"If-None-Match": f'"other", W/{validator}'})
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer.headers["ETag"] == validator


def test_validators_differ_by_representation_and_move_with_the_public_position() -> None:
    doc = publish_entry("first")
    paths = (ENTRIES, f"{ENTRIES}?limit=5", f"{ENTRIES}first/", "/timeline/", "/")
    before = [Client().get(path).headers["ETag"] for path in paths]
    assert len(set(before)) == len(paths)
    doc.correct(title="New title")
    after = [Client().get(path).headers["ETag"] for path in paths]
    assert not set(before) & set(after)


@pytest.mark.parametrize("number", [1, 12])
def test_a_list_takes_the_same_queries_for_one_entry_and_for_many(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    category = publish_category("rules")
    for n in range(number):
        actor = publish_actor(f"actor-{n}")
        publish_entry(
            f"entry-{n}", categories=[str(category.id)], actors=[{"id": str(actor.id), "role": "acted"}]
        )
    forget()
    with django_assert_num_queries(8):
        Client().get(ENTRIES)


def test_what_is_related_is_shown_once_it_is_public() -> None:
    other = draft_entry("other")
    publish_entry("first", related=[str(other.id)])
    assert get(f"{ENTRIES}first/")["related"] == []
    before = get()["as_of"]["position"]
    other.publish()
    assert [shown["slug"] for shown in get(f"{ENTRIES}first/")["related"]] == ["other"]
    assert get(f"{ENTRIES}first/", as_of=before)["related"] == []


def test_a_category_is_no_entry() -> None:
    category = publish_category("rules")
    assert Client().get(f"{ENTRIES}{category.id}/").status_code == 404
    assert Client().get(f"{ENTRIES}rules/").status_code == 404


def test_a_discarded_draft_is_no_entry() -> None:
    from editorial import commands as c
    from tests.editorial_steps import AUTHOR

    doc = Doc().draft({"title": "x"}, "draft")
    doc.do(c.Discard(), AUTHOR)
    assert Client().get(f"{ENTRIES}draft/").status_code == 404


def test_a_walk_through_a_day_that_is_not_over_stays_where_it_began() -> None:
    docs = [publish_entry(f"entry-{n}") for n in range(4)]
    today = get()["as_of"]["moment"][:10]
    first = get(as_of=today, limit=2, ordering="updated_at")
    docs[0].correct(summary="Corrected during the walk.")
    second = Client().get(first["next"]).json()
    seen = [entry["slug"] for entry in first["results"] + second["results"]]
    assert sorted(seen) == sorted(f"entry-{n}" for n in range(4))
    assert second["as_of"] == first["as_of"]


def test_a_category_narrows_a_list_as_it_stood_at_the_moment() -> None:
    category = draft_category("rules")
    publish_entry("a", categories=[str(category.id)])
    before = get()["as_of"]["position"]
    category.publish()
    assert slugs(category="rules") == ["a"]
    assert slugs(category="rules", as_of=str(before)) == []
    category.rename("regulation")
    assert slugs(category="rules") == slugs(category="regulation") == ["a"]


def test_a_new_address_changes_nothing_that_is_said_of_the_edition() -> None:
    doc = publish_entry("a").correct("It was five.", summary="Five.")
    said = ("edition", "significance", "note", "policy", "updated_at")
    before = get(f"{ENTRIES}a/")
    doc.rename("b")
    after = get(f"{ENTRIES}b/")
    assert {name: after[name] for name in said} == {name: before[name] for name in said}
    assert after["significance"] == "correction"


@pytest.mark.parametrize("zone", ["+23:59", "-23:59", "+23:59:59", "+01:00"])
def test_a_forged_moment_in_a_cursor_is_named(zone: str) -> None:
    publish_entry("first")
    position = get()["as_of"]["position"]
    cursor = forged(ordering="updated_at", position=position, value=f"0001-01-01T00:00:00{zone}")
    assert refused(ordering="updated_at", cursor=cursor) == ["cursor"]


def test_one_representation_has_one_text() -> None:
    publish_entry("a")
    plain = Client().get(ENTRIES)
    for accept in ("application/json; indent=4", "*/*", "application/json"):
        assert Client().get(ENTRIES, headers={"Accept": accept}).content == plain.content
    assert Client().get(ENTRIES, secure=True).headers["ETag"] != plain.headers["ETag"]


def test_what_was_hidden_is_not_in_the_notes_either() -> None:
    doc = publish_entry("a").correct("Mr Secret was misspelt.", summary="Mr Secret.")
    position = get()["as_of"]["position"]
    doc.withdraw("It rested on a forgery.")
    for path in (f"{ENTRIES}a/", f"{ENTRIES}a/?as_of={position}", f"{ENTRIES}?as_of={position}", "/timeline/a/",
                 f"/timeline/a/?as_of={position}"):  # fmt: skip
        assert b"Secret" not in Client().get(path).content, path


def test_languages_and_ids_have_one_spelling() -> None:
    actor = publish_actor("zhipu")
    publish_entry(
        "a",
        sources=[{**SOURCE, "language": "ZH-hant"}],
        actors=[{"id": str(actor.id).upper(), "role": "acted"}],
    )
    assert slugs(language="zh-Hant") == slugs(language="zh-hant") == slugs(actor=str(actor.id)) == ["a"]


def test_a_refusal_is_a_problem_at_every_address_of_the_api() -> None:
    for answer in (
        Client().get("/api/v1/openapi.json", headers={"Accept": "text/html"}),
        Client().get(ENTRIES, headers={"Accept": "text/html"}),
        Client(enforce_csrf_checks=True).post(ENTRIES),
        Client(enforce_csrf_checks=True).delete("/api/v1/"),
        Client().get("/api/v1/nothing/"),
    ):
        assert answer.status_code in (404, 405, 406)
        assert answer.headers["Content-Type"] == "application/problem+json"
