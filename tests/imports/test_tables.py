"""A table of a series: one candidate that says what the series does not, and that can be accepted as it is."""

from __future__ import annotations

from typing import Any

import pytest

from editorial.dispatch import load
from editorial.models import document_model
from imports import triage
from imports.models import Candidate, Outcome, Source, State
from tests.editorial_steps import Doc, make_people, publish_series
from tests.imports.serving import Site
from tests.imports.steps import fetch, source

pytestmark = pytest.mark.django_db

COLUMNS = {"period": "Year", "value": "Robots", "note": "Remark"}


@pytest.fixture
def series() -> Doc:
    return publish_series("robots", frequency="annual", observations=[{"period": "2024", "value": "295000"}])


def table(web: Site, *rows: str) -> str:
    return web.put("/table.csv", "\n".join(["Year,Robots,Remark", *rows]), content_type="text/csv")


def subscribed(web: Site, series: Doc, *rows: str, **more: Any) -> Source:
    return source(
        table(web, *rows), form="table", columns=COLUMNS, series=series.id, publisher="The bureau", **more
    )


def stands(series: Doc) -> dict[str, str]:
    content = load(document_model("series"), series.id).content
    return {item["period"]: item["value"] for item in content["observations"]}


def accept_what_waits() -> None:
    waiting = Candidate.objects.get(state=State.NEW)
    author = (
        make_people()["Author"]
        if not triage.User.objects.exists()
        else triage.User.objects.get(username="author")
    )
    triage.revise_series(waiting, version=waiting.version, by=author)


def test_new_and_other_figures_are_one_candidate_that_becomes_the_series_draft(
    web: Site, series: Doc
) -> None:
    feed = subscribed(web, series, "2024,302549,as corrected", '2025,"310,000",')
    assert fetch(feed).new == 1
    accept_what_waits()
    assert stands(series) == {"2024": "302549", "2025": "310000"}
    added = load(document_model("series"), series.id).content["observations"][-1]
    assert (added["publisher"], added["language"]) == ("The bureau", "en")
    assert fetch(feed, at_any_time=True).new == 0


def test_a_table_that_says_what_the_series_says_proposes_nothing(web: Site, series: Doc) -> None:
    assert fetch(subscribed(web, series, "2024,295000,")).outcome == Outcome.NOTHING
    assert not Candidate.objects.exists()


def test_what_waits_says_what_the_table_says_now(web: Site, series: Doc) -> None:
    feed = subscribed(web, series, "2025,1,")
    fetch(feed)
    for value in ("2", "1"):
        table(web, f"2025,{value},")
        fetch(feed)
        waiting = Candidate.objects.get()
        assert waiting.observations == [{"period": "2025", "value": value}]
    table(web, "2025,n/a,")
    fetch(feed)
    assert Candidate.objects.get().state == State.DISMISSED
    table(web, "2025,1,")
    fetch(feed)
    assert Candidate.objects.filter(state=State.NEW).count() == 1


def test_a_figure_that_returns_to_what_it_was_is_news(web: Site, series: Doc) -> None:
    feed = subscribed(web, series, "2025,1,")
    for value in ("1", "2", "1"):
        table(web, f"2025,{value},")
        fetch(feed)
        accept_what_waits()
        assert stands(series)["2025"] == value


def test_what_was_dismissed_does_not_come_again(web: Site, series: Doc) -> None:
    feed = subscribed(web, series, "2025,1,")
    fetch(feed)
    waiting = Candidate.objects.get()
    triage.dismiss(waiting, "Not credible", version=waiting.version, by=make_people()["Author"])
    assert fetch(feed, at_any_time=True).new == 0


def test_rows_that_are_no_observations_are_named_and_the_others_taken(web: Site, series: Doc) -> None:
    long = f"2026,2,{'x' * 1_500}"
    done = fetch(subscribed(web, series, "2025,12%,", "soon,1,", long, "2027,3,", "2027,4,", "2024~,9,"))
    assert done.new == 1
    assert done.refused == 4
    assert [refusal.split(".")[0] for refusal in done.refusals] == ["1", "2", "3", "5"]
    accept_what_waits()
    assert stands(series) == {"2024": "9", "2027": "3"}


def test_more_rows_than_a_series_has_are_refused_whole(web: Site, series: Doc) -> None:
    done = fetch(subscribed(web, series, *(f"{1000 + n // 12}-{n % 12 + 1:02},1," for n in range(5_001))))
    assert done.outcome == Outcome.FAILED
    assert "5,001" in done.sentence


def test_a_table_without_its_series_says_so(web: Site) -> None:
    done = fetch(source(table(web, "2025,1,"), form="table", columns=COLUMNS))
    assert "names no series" in done.sentence
