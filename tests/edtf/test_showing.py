"""Dates as readers see them, and as browsers do."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

import edtf
from tests.edtf.strategies import dates


def _shown(text: str) -> str:
    return edtf.parse(text).shown


def test_a_day_is_shown_as_people_write_it() -> None:
    assert _shown("2024-03-10") == "10 March 2024"
    assert _shown("2024-03-01") == "1 March 2024"


def test_a_month_is_shown_as_people_write_it() -> None:
    assert _shown("2024-03") == "March 2024"


def test_a_year_is_shown_as_people_write_it() -> None:
    assert _shown("2024") == "2024"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2024-21", "spring 2024"),
        ("2024-22", "summer 2024"),
        ("2024-23", "autumn 2024"),
        ("2024-24", "winter 2024–2025"),
        ("2024-33", "Q1 2024"),
        ("2024-36", "Q4 2024"),
    ],
)
def test_a_season_and_a_quarter_are_named_and_a_winter_has_two_years(text: str, shown: str) -> None:
    assert _shown(text) == shown


def test_an_approximate_date_is_shown_as_such() -> None:
    assert _shown("2026-01~") == "c. January 2026"


def test_an_uncertain_date_is_shown_as_such() -> None:
    assert _shown("2026-01?") == "January 2026 (uncertain)"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2024-03-10/2024-03-11", "10–11 March 2024"),
        ("2024-03-30/2024-04-02", "30 March – 2 April 2024"),
        ("2024-03-10/2024-04-10", "10 March – 10 April 2024"),
        ("2023-12-30/2024-01-02", "30 December 2023 – 2 January 2024"),
        ("2023-03-10/2024-03-10", "10 March 2023 – 10 March 2024"),
        ("2024-03/2024-05", "March–May 2024"),
        ("2023-12/2024-01", "December 2023 – January 2024"),
        ("2023/2024", "2023–2024"),
        ("2024-21/2024-23", "spring–autumn 2024"),
        ("2024-23/2024-24", "autumn 2024 – winter 2024–2025"),
        ("2024-33/2024-34", "Q1–Q2 2024"),
        ("2023-36/2024-33", "Q4 2023 – Q1 2024"),
    ],
)
def test_an_interval_says_once_what_both_ends_share(text: str, shown: str) -> None:
    assert _shown(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2023/2024-03", "2023 – March 2024"),
        ("2024-03/2024-04-10", "March 2024 – 10 April 2024"),
        ("2026-01~/2026-03", "c. January 2026 – March 2026"),
        ("2026-01?/2026-03~", "January 2026 (uncertain) – c. March 2026"),
        ("2024/2024~", "2024 – c. 2024"),
    ],
)
def test_an_interval_of_unlike_ends_shows_each_in_full(text: str, shown: str) -> None:
    assert _shown(text) == shown


def test_an_interval_of_two_equal_ends_is_shown_as_one_date() -> None:
    assert _shown("2024-03-10/2024-03-10") == "10 March 2024"
    assert _shown("2024~/2024~") == "c. 2024"


@pytest.mark.parametrize("text", ["2024", "2024-03", "2024-03-10", "0098-03"])
def test_a_browser_is_told_a_day_a_month_and_a_year(text: str) -> None:
    assert edtf.parse(text).html_datetime == text


@pytest.mark.parametrize("text", ["2024-21", "2024-33", "2024/2025", "2024-03-10~", "2024-03?"])
def test_a_browser_is_not_told_what_html_cannot_say(text: str) -> None:
    assert edtf.parse(text).html_datetime is None


@given(dates())
def test_a_date_is_shown_with_its_doubts_and_without_codes(found: edtf.Date) -> None:
    assert found.shown == found.shown.strip() != ""
    assert found.approximate == ("c. " in found.shown)
    assert found.uncertain == ("(uncertain)" in found.shown)
    assert re.search(r"[~?/-]", found.shown) is None
    assert str(found.start.year) in found.shown or str(found.latest.year) in found.shown
