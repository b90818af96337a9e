"""An edition that somebody keeps, or that a network of delivery keeps, does not outlive what was erased from it."""

from __future__ import annotations

from django.core.management import call_command
from django.test import Client

from tests.editorial_steps import publish_category, publish_entry


def test_a_validator_keeps_nothing_alive_that_was_erased(committed_db: str) -> None:
    doc = publish_entry("a", summary="Mr Secret.").correct("Mr Secret.", summary="Mrs Secret.")
    paths = [f"/api/v1/entries/a/editions/{end}" for end in ("", "1/", "2/")]
    before = [Client().get(path) for path in paths]
    assert all(b"Secret" in answer.content for answer in before)
    call_command("erase", "entry", str(doc.id), "--everything", "--ground", "Court order 7")
    after = [
        Client().get(path, headers={"If-None-Match": answer["ETag"]})
        for path, answer in zip(paths, before, strict=True)
    ]
    assert [answer.status_code for answer in after] == [200, 200, 200]
    assert not any(b"Secret" in answer.content for answer in after)
    assert "summary" in after[1].json()["erased"]


def test_who_follows_a_category_is_told_of_an_erasure_that_took_the_category_too(committed_db: str) -> None:
    rules = publish_category("rules")
    entry = publish_entry("one", categories=[str(rules.id)])
    asked = {"category": "rules"}
    since = Client().get("/api/v1/changes/", asked).json()["cursor"]
    call_command("erase", "entry", str(entry.id), "--everything", "--ground", "A court said so.")
    [told] = Client().get("/api/v1/changes/", {**asked, "after": since}).json()["results"]
    assert (told["kind"], told["document"]["id"]) == ("erased", str(entry.id))
    assert Client().get("/api/v1/changes/", {"type": "page", "after": since}).json()["results"] == []


def test_what_lost_its_date_stands_last_whichever_way_the_list_goes(committed_db: str) -> None:
    for number in range(6):
        doc = publish_entry(f"e{number}", date=f"202{number}")
        if number % 2:
            call_command("erase", "entry", str(doc.id), "--everything", "--ground", "Court order 7")
    for ordering, dated in (("date", ["e0", "e2", "e4"]), ("-date", ["e4", "e2", "e0"])):
        whole = [
            row["slug"] for row in Client().get(f"/api/v1/entries/?ordering={ordering}").json()["results"]
        ]
        assert (whole[:3], len(whole)) == (dated, 6)
        page = Client().get(f"/api/v1/entries/?ordering={ordering}&limit=1").json()
        walked = [page["results"][0]["slug"]]
        while page["next"]:
            page = Client().get(page["next"]).json()
            walked.append(page["results"][0]["slug"])
        back = walked[-1:]
        while page["previous"]:
            page = Client().get(page["previous"]).json()
            back.append(page["results"][0]["slug"])
        assert (walked, back[::-1]) == (whole, whole)
