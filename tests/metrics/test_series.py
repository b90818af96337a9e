"""Series as readers and programs see them: figures, vintages, and what was revised."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.test import Client

from editorial.models import Change
from editorial.workflow import Refused
from metrics.draw import redraw
from metrics.models import Drawing, VintageObservation
from metrics.tasks import sweep
from tests.editorial_steps import OBSERVATIONS, SOURCE, Doc, draft_series, publish_entry, publish_series
from tests.keeping import forget

pytestmark = pytest.mark.django_db
CORRECTED = [OBSERVATIONS[0], {"period": "2024", "value": "302549", "note": "as corrected"}]


def api(path: str) -> Any:
    return Client().get(f"/api/v1/series/{path}").json()


def page(path: str) -> str:
    return Client().get(f"/series/{path}").content.decode()


def last() -> int:
    return Change.objects.order_by("-position").values_list("position", flat=True)[0]


def table(path: str) -> list[dict[str, str]]:
    answer = Client().get(f"/api/v1/series/{path}")
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_a_series_shows_its_figures_exactly_with_notes_and_sources() -> None:
    publish_series(
        "robots",
        observations=[
            {
                "period": "2021",
                "value": "12.50",
                **{k: SOURCE[k] for k in ("publisher", "title", "language", "url")},
            },
            {"period": "2022", "note": "not published"},
            {"period": "2023~", "value": "1234567.10", "status": "estimate", "source_wanted": "yes"},
        ],
    )
    one = api("robots/")
    assert [item["value"] for item in one["observations"]] == ["12.50", None, "1234567.10"]
    assert one["observations"][0]["sources"][0]["publisher"] == "Xinhua"
    assert [item["source_wanted"] for item in one["observations"]] == [False, False, True]
    shown = page("robots/")
    assert "1,234,567.10 (estimate)" in shown
    assert "12.50" in shown
    assert "not published" in shown
    assert "source wanted" in shown
    assert "c. 2023" in shown


def test_a_correction_of_one_observation_is_a_new_vintage_and_both_stand_each_as_of_its_time() -> None:
    doc = publish_series("robots")
    first = last()
    redraw(doc.id)
    before = Client().get("/series/robots/chart.svg").content
    doc.correct("2024 was counted without December.", observations=CORRECTED)
    second = last()
    redraw(doc.id)
    for asked, value in ((first, "295000"), (second, "302549")):
        at = f"?as_of={asked}"
        assert api(f"robots/{at}")["observations"][-1]["value"] == value
        assert table(f"robots/observations.csv{at}")[-1]["value"] == value
        assert f"{int(value):,}" in page(f"robots/{at}")
        assert (Client().get(f"/series/robots/chart.svg{at}").content == before) is (asked == first)
    assert [one["edition"] for one in api("robots/")["vintages"]] == [2, 1]
    assert "2024 was counted without December." in page("robots/")


def test_two_vintages_are_compared_period_by_period() -> None:
    doc = publish_series("robots")
    doc.correct("Counted anew.", observations=[*CORRECTED, {"period": "2025", "value": "310000"}])
    shown = page("robots/?compare=1")
    assert "changed: value, status, note" in shown
    assert "+7,549" in shown
    assert "added" in shown
    assert ">2023<" not in shown.split("What was revised")[1].split("</table>")[0]
    assert "There is no vintage 7" in page("robots/?compare=7")
    assert Client().get("/series/robots/?compared=1").status_code == 400


def test_what_is_withdrawn_leaves_no_figure_behind() -> None:
    doc = publish_series("robots")
    redraw(doc.id)
    first = last()
    doc.withdraw("It was made up.", hide_past=True)
    assert not VintageObservation.objects.exists()
    for path in ("robots/", f"robots/?as_of={first}"):
        assert "295" not in page(path)
    assert Client().get(f"/series/robots/chart.svg?as_of={first}").status_code == 410
    assert Client().get("/api/v1/series/robots/observations.csv").status_code == 410
    assert api(f"robots/?as_of={first}")["observations"] == []
    doc.reinstate()
    assert api("robots/")["observations"][-1]["value"] == "295000"


def test_what_is_hidden_is_not_said_to_be_something_else() -> None:
    monthly = [{"period": "2024-01", "value": "7"}]
    publish_series("robots", frequency="monthly", observations=monthly).withdraw(hide_past=True)
    shown = api(f"robots/?as_of={last() - 1}&fields=unit,frequency,chart,text_hidden")
    assert (shown["unit"], shown["frequency"], shown["chart"]) == ("units", "monthly", "bar")
    assert shown["text_hidden"]
    assert api(f"?as_of={last() - 1}&frequency=annual")["count"] == 0


def test_a_new_address_and_a_second_edition_keep_every_observation() -> None:
    doc = publish_series("robots").rename("installed-robots")
    assert Client().get("/series/robots/").headers["Location"] == "/series/installed-robots/"
    moved = Client().get("/series/robots/chart.svg")
    assert moved.headers["Location"] == "/series/installed-robots/chart.svg"
    moved = Client().get("/api/v1/series/robots/observations.csv")
    assert moved.headers["Location"].endswith("/api/v1/series/installed-robots/observations.csv")
    assert len(table(f"{doc.id}/observations.csv")) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"observations": []}, "An observation with a value is missing."),
        (
            {"observations": [{"period": "2024-03", "value": "1"}]},
            "each period is a year; these are not: 2024-03.",
        ),
        ({"unit": ""}, "A unit is missing."),
        ({"sources": []}, "A source with publisher and language is missing"),
        ({"source_wanted": True}, "It has a source, and is marked as wanting one."),
    ],
)
def test_what_is_not_complete_is_not_published(content: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=re.escape(reason)):
        publish_series(**content)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"period": "2024", "value": "many"}, "“many” is no number"),
        ({"period": "2024", "value": "1e5"}, "“1e5” is no number"),
        ({"value": "1"}, "A period is missing."),
        ({"period": "last year", "value": "1"}, "is not understood"),
        ({"period": "2023~", "value": "1"}, "2023~ stands twice, first as number 1"),
        ({"period": "2024", "value": "1", "status": "sure"}, "A status is one of"),
    ],
)
def test_an_observation_that_says_nothing_is_refused_in_words(item: dict[str, str], reason: str) -> None:
    with pytest.raises(Refused, match=re.escape(reason)):
        draft_series(observations=[{"period": "2023", "value": "1"}, item])


def test_thousands_quarters_and_missing_values_are_understood() -> None:
    doc = draft_series(
        observations=[
            {"period": "2024Q2", "value": "12,800"},
            {"period": "2024Q1", "value": "+0.50"},
            {"period": "2024Q3", "value": "n/a"},
            {"period": "2024Q4", "value": "−9"},
            {"period": "2025Q1", "value": "1 234\u202f567.5"},
        ]
    )
    kept = [(item["period"], item.get("value")) for item in doc.state.content["observations"]]
    assert kept == [
        ("2024-33", "0.50"),
        ("2024-34", "12800"),
        ("2024-35", None),
        ("2024-36", "-9"),
        ("2025-33", "1234567.5"),
    ]


def test_the_list_filters_and_finds_by_words_in_any_script() -> None:
    publish_series("robots")
    publish_series("models", title="人形机器人产量", unit="percent", frequency="irregular", geography="World")
    assert [one["slug"] for one in api("?q=人形")["results"]] == ["models"]
    assert [one["slug"] for one in api("?unit=units")["results"]] == ["robots"]
    assert [one["slug"] for one in api("?geography=World&frequency=irregular")["results"]] == ["models"]
    assert Client().get("/api/v1/series/?frequency=often").status_code == 400
    assert "人形机器人产量" in page("?q=人形")
    assert "Nothing was found." in page("?q=nowhere")


def test_the_zip_holds_everything_and_is_the_same_each_time() -> None:
    doc = publish_series("robots")
    redraw(doc.id)
    first, second = (Client().get("/series/robots/archive.zip").content for _ in range(2))
    assert first == second
    packed = zipfile.ZipFile(io.BytesIO(first))
    assert packed.testzip() is None
    names = {name.removeprefix("robots/") for name in packed.namelist()}
    assert names == {"README.txt", "observations.csv", "series.json", "chart.svg", "chart.png"}
    described = json.loads(packed.read("robots/series.json"))
    assert described["observations"] == OBSERVATIONS
    assert "vintage 1" in packed.read("robots/README.txt").decode()


def test_the_table_says_of_each_figure_what_the_answer_says() -> None:
    publish_series("robots")
    shown = Client().get("/api/v1/series/robots/").json()["observations"]
    told = [(row["period"], row["status"]) for row in table("robots/observations.csv")]
    assert told == [(item["period"], item["status"]) for item in shown]
    assert "final" in {status for _, status in told}


def test_the_table_holds_no_formula() -> None:
    publish_series("robots", observations=[{"period": "2024", "value": "-5", "note": "=HYPERLINK(1)"}])
    (row,) = table("robots/observations.csv")
    assert (row["value"], row["note"]) == ("-5", "'=HYPERLINK(1)")


def test_pages_and_answers_cost_the_same_at_one_and_at_three_series() -> None:
    def counted() -> dict[str, int]:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        found = {}
        for path in ("/", "/series/", "/series/one/", "/api/v1/series/", "/api/v1/series/one/",
                     "/api/v1/series/one/observations.csv", "/series/one/archive.zip"):  # fmt: skip
            forget()
            with CaptureQueriesContext(connection) as queries:
                assert Client().get(path).status_code == 200
            found[path] = len(queries)
        return found

    two = publish_series("two", title="Another")
    one = publish_series("one", beside=[str(two.id)])
    redraw(one.id)
    publish_entry("first")
    few = counted()
    three = publish_series("three", title="A third", beside=[str(one.id), str(two.id)])
    one.revise(beside=[str(two.id), str(three.id)]).publish(note="Drawn together.")
    for doc in (one, two, three):
        redraw(doc.id)
    publish_entry("second")
    publish_entry("third")
    assert counted() == few


def test_a_draft_of_a_vintage_is_nowhere_in_public() -> None:
    doc: Doc = publish_series("robots")
    doc.revise(observations=CORRECTED)
    for path in (
        "/series/",
        "/series/robots/",
        "/api/v1/series/robots/",
        "/api/v1/series/robots/observations.csv",
        "/",
    ):
        assert "302" not in re.sub(r"[0-9a-f-]{32,}", "", Client().get(path).content.decode())


def test_figures_of_any_size_are_shown_and_compared_exactly() -> None:
    small, large = "0.000000000000001", "123456789012345678901234567890.5"
    doc = publish_series(
        "robots", observations=[{"period": "2023", "value": small}, {"period": "2024", "value": large}]
    )
    for path in ("/", "/series/", "/series/robots/"):
        assert Client().get(path).status_code == 200
    doc.correct(
        "It was one more.",
        observations=[{"period": "2023", "value": "0"}, {"period": "2024", "value": large}],
    )
    assert "−0.000000000000001" in page("robots/?compare=1")


def test_a_change_that_rounds_to_nothing_is_no_minus_zero() -> None:
    publish_series(
        "robots", observations=[{"period": "2023", "value": "100000"}, {"period": "2024", "value": "99999"}]
    )
    assert "±0.0 percent on 2023" in page("robots/")


def test_the_table_comes_whatever_a_client_accepts() -> None:
    publish_series("robots")
    for accepted in ("text/csv", "application/json", "text/html", "*/*"):
        answer = Client().get("/api/v1/series/robots/observations.csv", headers={"Accept": accepted})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/csv")


def test_a_chart_of_several_series_has_a_table_of_all_and_says_whose_figures_they_are() -> None:
    other = publish_series(
        "produced", title="Produced", observations=[{"period": "2024", "value": "6666", "source_wanted": "yes"}],
        sources=[{"publisher": "NBS", "language": "zh"}],
    )  # fmt: skip
    doc = publish_series(
        "installed", title="Installed", sources=[], source_wanted=True, beside=[str(other.id)]
    )
    redraw(doc.id)
    assert "6,666" in page("installed/")
    drawn = " ".join(
        re.findall(r">([^<>]+)</text>", Client().get("/series/installed/chart.svg").content.decode())
    )
    assert "Installed: source wanted; Produced: NBS, source wanted for 2024" in drawn


def test_a_period_that_is_not_over_looks_so_in_table_and_headline() -> None:
    publish_series(
        "robots", observations=[{"period": "2024", "value": "1"}, {"period": "2999", "value": "2"}]
    )
    assert "2 (period not over)" in page("robots/")
    assert 'class="value provisional"' in page("robots/")


def test_two_vintages_differ_in_more_than_figures() -> None:
    doc = publish_series("robots")
    doc.correct(
        "They are thousands.", unit="thousand units", observations=[{**OBSERVATIONS[0], "note": "new"}]
    )
    shown = page("robots/?compare=1")
    assert "<del>units</del> <ins>thousand units</ins>" in shown
    assert "<ins>new</ins>" in shown


def test_what_was_missed_is_drawn_by_the_sweep() -> None:
    doc = publish_series("robots")
    redraw(doc.id)
    Drawing.objects.all().delete()
    assert sweep() == 1
    assert Client().get("/series/robots/chart.svg").status_code == 200
