"""Series in the admin: a table is pasted or uploaded, looked at, and only then saved; nothing is lost on the way."""

from __future__ import annotations

import html
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from metrics.models import SeriesDocument
from tests.actors.test_admin import form_of
from tests.editorial_steps import OBSERVATIONS, Doc, draft_series, make_people, publish_series

pytestmark = pytest.mark.django_db
SERIES = "/admin/metrics/seriesdocument/"
PASTED = (
    "Period\tValue\tStatus\tNote\n2023\t276,288\t\t\n2024\t302549\t\tas corrected\n2025\t310000\testimate\t\n"
)


@pytest.fixture
def author() -> Client:
    make_people()
    client = Client()
    client.login(username="author", password="author")
    return client


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def change(doc: Doc) -> str:
    return f"{SERIES}{doc.id}/change/"


def opened(author: Client, doc: Doc) -> dict[str, str]:
    return form_of(author.get(change(doc)).content.decode())


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def kept(doc: Doc) -> dict[str, str]:
    return {item["period"]: item.get("value", "") for item in doc.state.content["observations"]}


def test_a_series_saved_as_it_stands_changes_nothing(author: Client) -> None:
    doc = draft_series(
        short_title="Robots", licence="CC BY", next_update="2026-09", text="A\n\nB", source_wanted=True
    )
    before = doc.state
    assert author.post(change(doc), opened(author, doc)).status_code == 302
    assert doc.state == before


def test_a_pasted_table_is_shown_as_added_changed_and_removed_before_it_is_saved(author: Client) -> None:
    doc = publish_series(observations=[*OBSERVATIONS, {"period": "2022", "value": "290144"}])
    looked = author.post(change(doc), {**opened(author, doc), "observations": PASTED, "licence": "CC BY"})
    page = shown(looked)
    assert looked.status_code == 200
    assert "Nothing is saved yet." in page
    assert kept(doc) == {"2022": "290144", "2023": "276288", "2024": "295000"}
    for words in ("removed", "changed: value, status, note", "+7,549", "added", "310,000 (estimate)"):
        assert words in page, words
    assert 'value="CC BY"' in page
    assert author.post(change(doc), form_of(looked.content.decode())).status_code == 302
    assert kept(doc) == {"2023": "276288", "2024": "302549", "2025": "310000"}
    assert doc.state.content["licence"] == "CC BY"


def test_a_table_that_is_changed_after_it_was_looked_at_is_shown_again(author: Client) -> None:
    doc = draft_series()
    looked = author.post(change(doc), {**opened(author, doc), "observations": PASTED})
    form = form_of(looked.content.decode())
    again = author.post(change(doc), {**form, "observations": form["observations"].replace("302549", "999")})
    assert "Nothing is saved yet." in shown(again)
    assert kept(doc)["2024"] == "295000"


def test_bad_cells_are_named_by_row_and_column_and_nothing_else_is_lost(author: Client) -> None:
    doc = draft_series()
    bad = "period,value,status\n2023,many,\n2024,1,sure\nlast year,1,\n2023~,4,\n"
    answer = author.post(change(doc), {**opened(author, doc), "observations": bad, "licence": "CC BY"})
    page = shown(answer)
    assert answer.status_code == 400
    for words in (
        "Row 2, column “value”: “many” is no number",
        "Row 3, column “status”",
        "Row 4, column “period”",
    ):
        assert words in page, words
    form = form_of(answer.content.decode())
    assert form["observations"].splitlines() == bad.splitlines()
    assert form["licence"] == "CC BY"


def test_a_period_that_stands_twice_is_named_with_both_rows(author: Client) -> None:
    doc = draft_series()
    answer = author.post(
        change(doc), {**opened(author, doc), "observations": "period,value\n2023,1\n2023~,4\n"}
    )
    assert "Row 3, column “period”: 2023~ stands in row 2 already." in shown(answer)


def uploads() -> Iterator[tuple[str, bytes]]:
    rows = [["period", "value", "note"], [2024, 302549, "as corrected"], ["2025", 310000.5, None]]
    yield "robots.xlsx", workbook(rows)
    yield "robots.csv", "period;value;note\n2024;302549;as corrected\n2025;310000.5;\n".encode("utf-8-sig")
    yield "robots.txt", "period,value,note\n2024,302549,as corrected\n2025,310000.5,\n".encode("utf-16")


@pytest.mark.parametrize(
    ("name", "content"), [*uploads()], ids=lambda part: part if isinstance(part, str) else ""
)
def test_an_uploaded_file_takes_the_place_of_the_table(author: Client, name: str, content: bytes) -> None:
    doc = draft_series()
    looked = author.post(change(doc), {**opened(author, doc), "file": SimpleUploadedFile(name, content)})
    assert "Nothing is saved yet." in shown(looked)
    assert author.post(change(doc), form_of(looked.content.decode())).status_code == 302
    assert kept(doc) == {"2024": "302549", "2025": "310000.5"}


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_file_that_is_no_table_is_refused_and_what_was_typed_stays(author: Client, name: str) -> None:
    doc = draft_series()
    file = SimpleUploadedFile(name, b"\x00\x01garbage\x00" * 50)
    answer = author.post(change(doc), {**opened(author, doc), "observations": PASTED, "file": file})
    assert answer.status_code == 400
    assert form_of(answer.content.decode())["observations"].splitlines() == PASTED.splitlines()
    assert kept(doc)["2024"] == "295000"


def test_a_file_of_50_mb_is_refused_with_a_sentence_and_what_was_typed_stays(author: Client) -> None:
    doc = draft_series()
    file = SimpleUploadedFile("large.csv", b"1" * 50_000_000)
    answer = author.post(change(doc), {**opened(author, doc), "licence": "CC BY", "file": file})
    assert answer.status_code == 400
    assert "larger than 5 MB" in shown(answer)
    assert form_of(answer.content.decode())["licence"] == "CC BY"


def test_a_new_series_is_drafted_from_a_pasted_table(author: Client) -> None:
    form = form_of(author.get(f"{SERIES}add/").content.decode())
    typed = {**form, "title": "Robots", "unit": "units", "frequency": "annual", "observations": PASTED}
    looked = author.post(f"{SERIES}add/", typed)
    assert "Nothing is saved yet." in shown(looked)
    assert not SeriesDocument.objects.exists()
    assert author.post(f"{SERIES}add/", form_of(looked.content.decode())).status_code == 302
    assert SeriesDocument.objects.get().title == "Robots"


def test_the_history_compares_observations_that_were_revised_alone(author: Client) -> None:
    doc = draft_series().revise(observations=[OBSERVATIONS[0], {"period": "2024", "value": "302549"}])
    page = shown(author.get(f"{SERIES}{doc.id}/history/?from=1&to=2"))
    compared = page.split("Version 1 and version 2")[1].split("</section>")[0]
    assert "302549" in compared
    assert "276288" not in compared


def test_more_rows_keep_the_table(author: Client) -> None:
    doc = draft_series()
    answer = author.post(change(doc), {**opened(author, doc), "observations": PASTED, "more": "sources"})
    assert answer.status_code == 200
    assert form_of(answer.content.decode())["observations"].splitlines() == PASTED.splitlines()
    wrong = SimpleUploadedFile("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 20)
    answer = author.post(change(doc), {**opened(author, doc), "file": wrong, "more": "sources"})
    assert "of an old kind (such as XLS)" in shown(answer)


def test_what_was_never_shown_is_not_saved(author: Client) -> None:
    doc = draft_series()
    wrong = SimpleUploadedFile("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 20)
    answer = author.post(change(doc), {**opened(author, doc), "observations": PASTED, "file": wrong})
    assert answer.status_code == 400
    assert "Nothing is saved yet." in shown(author.post(change(doc), form_of(answer.content.decode())))


def test_a_decimal_comma_is_not_taken_for_thousands(author: Client) -> None:
    doc = draft_series()
    for table in ("period;value\n2023;12,375\n", "period\tvalue\n2023\t0,125\n"):
        answer = author.post(change(doc), {**opened(author, doc), "observations": table})
        assert "Row 2, column “value”" in shown(answer)
        file = SimpleUploadedFile("a.csv", table.encode())
        assert "Row 2, column “value”" in shown(
            author.post(change(doc), {**opened(author, doc), "file": file})
        )


def test_a_bad_cell_of_a_file_is_named_by_the_row_of_the_file(author: Client) -> None:
    doc = draft_series()
    file = SimpleUploadedFile("a.xlsx", workbook([["period", "value"], [2021, 1], [], [], [2022, "x"]]))
    assert "Row 5, column “value”" in shown(author.post(change(doc), {**opened(author, doc), "file": file}))


def test_a_note_of_two_lines_is_no_change(author: Client) -> None:
    doc = draft_series(observations=[{"period": "2024", "value": "1", "note": "a\nb"}])
    form = opened(author, doc)
    form["observations"] = form["observations"].replace("\r\n", "\n").replace("\n", "\r\n")
    assert author.post(change(doc), form).status_code == 302
    assert doc.state.version == 1
