"""How dates of different precision stand to each other and to a stretch of days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edtf
from tests.edtf.strategies import CLOSE, dates

NEAR = st.dates(date(2022, 12, 1), date(2025, 3, 31))


def _days(found: edtf.Date) -> set[int]:
    return _between(found.earliest, found.latest)


def _between(first: date, last: date) -> set[int]:
    return set(range(first.toordinal(), last.toordinal() + 1))


@given(dates())
def test_no_date_ends_before_it_begins(found: edtf.Date) -> None:
    assert found.earliest <= found.latest


def test_dates_sort_by_first_day_and_the_more_precise_of_those_that_begin_together_first() -> None:
    expected = ["2023-24", "2024-01-01", "2024-01-01/2024-01-02", "2024-01", "2024-33", "2024", "2024-01-02"]
    found = sorted(map(edtf.parse, reversed(expected)), key=lambda each: each.sort_key)
    assert list(map(str, found)) == expected


@given(CLOSE, CLOSE)
def test_two_dates_sort_alike_only_if_they_are_the_same(one: edtf.Date, other: edtf.Date) -> None:
    assert (one.sort_key == other.sort_key) == (one == other)


@given(CLOSE, NEAR, NEAR)
def test_a_date_overlaps_a_stretch_if_they_share_a_day(found: edtf.Date, first: date, last: date) -> None:
    assert found.overlaps(first, last) == bool(_days(found) & _between(first, last))


def test_the_first_and_the_last_day_overlap() -> None:
    month = edtf.parse("2024-02")
    assert month.overlaps(date(2024, 1, 1), date(2024, 2, 1))
    assert month.overlaps(date(2024, 2, 29), date(2024, 12, 31))
    assert not month.overlaps(date(2024, 1, 1), date(2024, 1, 31))
    assert not month.overlaps(date(2024, 3, 1), date(2024, 12, 31))


def test_a_stretch_written_backwards_overlaps_nothing() -> None:
    assert not edtf.parse("2024").overlaps(date(2024, 3, 10), date(2024, 3, 5))


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("2024-03-10", "2024-03"),
        ("2024-03", "2024"),
        ("2024-03", "2024-33"),
        ("2025-01", "2024-24"),
        ("2024-03-10", "2024-03-10/2024-03-11"),
        ("2024-03-10/2024-03-11", "2024-03"),
        ("2024-03~", "2024"),
        ("2024-03", "2024-03~"),
        ("2024-03", "2024-03?"),
        ("2024-01/2024-02~", "2024-01~/2024-02~"),
    ],
)
def test_a_date_made_more_precise_or_more_sure_refines(now: str, before: str) -> None:
    assert edtf.parse(now).refines(edtf.parse(before))
    assert not edtf.parse(before).refines(edtf.parse(now))


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("2024-04-01", "2024-03"),
        ("2025", "2024"),
        ("2024-03-10/2024-04-02", "2024-03"),
        ("2024-03~", "2024-03?"),
        ("2024-01-01/2024-12-31", "2024"),
        ("2024-02-27", "2024-03~"),
    ],
)
def test_another_date_or_the_same_in_other_words_does_not_refine(now: str, before: str) -> None:
    assert not edtf.parse(now).refines(edtf.parse(before))


@given(CLOSE)
def test_no_date_refines_itself(found: edtf.Date) -> None:
    assert not found.refines(found)


@given(CLOSE, CLOSE)
def test_a_refinement_means_no_day_that_was_not_meant_before(now: edtf.Date, before: edtf.Date) -> None:
    if now.refines(before):
        assert _days(now) <= _days(before)
        assert not before.refines(now)
    elif _days(now) < _days(before):
        pytest.fail("Fewer of the same days are a refinement.")


@given(CLOSE, CLOSE, CLOSE)
def test_what_refines_a_refinement_refines(one: edtf.Date, two: edtf.Date, three: edtf.Date) -> None:
    if one.refines(two) and two.refines(three):
        assert one.refines(three)
