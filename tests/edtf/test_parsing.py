"""What can be written as a date, and what an editor is told about everything else."""

from __future__ import annotations

import copy
import pickle
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edtf
from tests.edtf.strategies import NEARLY, dates


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("2024-03-10", date(2024, 3, 10), date(2024, 3, 10), "day"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2024-12", date(2024, 12, 1), date(2024, 12, 31), "month"),
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "year"),
        ("2024-33", date(2024, 1, 1), date(2024, 3, 31), "quarter"),
        ("2024-36", date(2024, 10, 1), date(2024, 12, 31), "quarter"),
        ("2024-21", date(2024, 3, 1), date(2024, 5, 31), "season"),
        ("2024-23", date(2024, 9, 1), date(2024, 11, 30), "season"),
        ("2024-03-10/2024-03-11", date(2024, 3, 10), date(2024, 3, 11), "interval"),
        ("2023/2024-03", date(2023, 1, 1), date(2024, 3, 31), "interval"),
        ("0001", date(1, 1, 1), date(1, 12, 31), "year"),
        ("9999-12-31", date(9999, 12, 31), date(9999, 12, 31), "day"),
        ("9999-36", date(9999, 10, 1), date(9999, 12, 31), "quarter"),
    ],
)
def test_a_date_lies_between_its_first_and_its_last_day(
    text: str, earliest: date, latest: date, precision: str
) -> None:
    found = edtf.parse(text)
    assert (found.earliest, found.latest, found.precision) == (earliest, latest, precision)


def test_a_winter_begins_in_its_year_and_ends_in_the_next() -> None:
    winter = edtf.parse("2023-24")
    assert (winter.earliest, winter.latest) == (date(2023, 12, 1), date(2024, 2, 29))


@pytest.mark.parametrize("text", ["2024", "2024-03", "2024-03-10", "2024-24", "2024-35"])
@pytest.mark.parametrize("qualifier", ["~", "?"])
def test_a_qualifier_is_told_and_moves_no_bound(text: str, qualifier: str) -> None:
    plain, qualified = edtf.parse(text), edtf.parse(text + qualifier)
    assert (qualified.approximate, qualified.uncertain) == (qualifier == "~", qualifier == "?")
    assert (qualified.earliest, qualified.latest) == (plain.earliest, plain.latest)
    assert not plain.approximate
    assert not plain.uncertain


def test_each_end_of_an_interval_carries_its_own_qualifier() -> None:
    interval = edtf.parse("2024-01~/2024-03?")
    assert interval.approximate
    assert interval.uncertain
    assert str(interval) == "2024-01~/2024-03?"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "missing"),
        (
            "2023-02-29",
            "“2023-02-29” is not in the calendar; that month has 28 days, the last being 2023-02-28",
        ),
        ("1900-02-29", "28 days"),
        ("2024-04-31", "30 days"),
        ("2024-03-00", "31 days"),
        ("2024-13", "names no month"),
        ("2024-00", "names no month"),
        ("2024-25", "names no month"),
        ("2024-32", "names no month"),
        ("2024-37", "names no month"),
        ("2024-13-01", "names no month"),
        ("2024-21-05", "a day without a month"),
        ("2024-33-05", "a day without a month"),
        ("0000", "Years go from 0001 to 9999"),
        ("9999-24", "A winter ends in the next year"),
        ("2024-03~?", "write ~ for approximate or ? for uncertain"),
        ("2024-03%", "write ~ for approximate or ? for uncertain"),
        ("2024-03~~", "write ~ for approximate or ? for uncertain"),
        (" 2024", "a space before or after"),
        ("2024\n", "a space before or after"),
        ("2024-03-10 / 2024-03-11", "a space before or after"),
        ("2024/2023", "ends before it starts; write the earlier date first, such as 2023/2024"),
        ("2024-03-11/2024-03-10", "ends before it starts"),
        ("2024/2024-02-30", "29 days"),
        ("2024/", "one start and one end"),
        ("/2024", "one start and one end"),
        ("/", "one start and one end"),
        ("2024/..", "one start and one end"),
        ("../2024", "one start and one end"),
        ("2022/2023/2024", "one start and one end"),
        ("March 2024", "not understood"),
        ("2024-3-1", "not understood"),
        ("20240310", "not understood"),
        ("24", "not understood"),
        ("-2024", "not understood"),
        ("Y12024", "not understood"),
        ("202X", "not understood"),
        ("~2024", "not understood"),
        ("2024~-03", "not understood"),
        ("2026年3月", "“2026年3月” is not understood"),
        ("２０２４", "digits 0 to 9"),  # noqa: RUF001
        ("٢٠٢٤", "digits 0 to 9"),
        ("2024-03-10T12:00:00.000Z", "at most 23 characters"),
        ("9" * 1_000_000, "at most 23 characters"),
    ],
)
def test_what_is_no_date_is_refused_in_a_sentence(text: str, what: str) -> None:
    with pytest.raises(edtf.InvalidDate) as refused:
        edtf.parse(text)
    sentence = str(refused.value)
    assert what in sentence
    assert ", such as " in sentence or ", the last being " in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 160


@pytest.mark.parametrize("text", ["2024\x00", "\x00", "2024-03\ud800", "20\u202e24", "2024/\x00/2023"])
def test_a_refusal_holds_no_character_that_a_page_cannot_show(text: str) -> None:
    with pytest.raises(edtf.InvalidDate) as refused:
        edtf.parse(text)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("value", [2024, None, date(2024, 3, 10), b"2024", ["2024"]])
def test_what_is_no_text_is_refused_like_a_text_that_is_no_date(value: object) -> None:
    with pytest.raises(edtf.InvalidDate, match="as text, such as"):
        edtf.parse(value)  # type: ignore[arg-type]


@given(st.text() | NEARLY)
def test_any_text_is_a_date_with_that_one_spelling_or_is_refused(text: str) -> None:
    try:
        read = str(edtf.parse(text))
    except edtf.InvalidDate:
        return
    assert read == text


@given(dates())
def test_a_date_survives_being_written_and_read(written: edtf.Date) -> None:
    assert edtf.parse(str(written)) == written
    assert len(str(written)) <= edtf.MAX_LENGTH
    assert str(written).isascii()


@given(dates())
def test_a_date_can_be_copied_kept_in_a_cache_and_used_as_a_key(written: edtf.Date) -> None:
    kept = pickle.loads(pickle.dumps(written))
    assert kept == copy.deepcopy(written) == written
    assert {kept, written} == {written}
