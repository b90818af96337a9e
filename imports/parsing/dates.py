"""Dates as sources write them, with what they say and no more: neither a zone nor a time of day is made up."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

EARLIEST, LATEST = 1990, 2100
_LONGEST = 100
# How the months’ names begin: in English, and where others differ, in Portuguese, Spanish, Italian, French and German.
_NAMES = (
    "jan ene gen", "feb fev fév", "mar mär", "apr abr avr", "may mai mag", "jun giu juin", "jul lug juil",
    "aug ago aoû", "sep set", "oct out ott okt", "nov", "dec dez dic déc",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
_LETTER = r"[^\W\d_]"
# In hours. CST is left out: it is said in Chicago and in Shanghai.
_ZONES = {"z": 0, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_ZONE = r"(?P<zone>(?:gmt|utc)?[+-]\d\d(?::?\d\d)?|[a-z]{1,5})?"
_TIME = rf"(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?\s*{_ZONE}"
_YEAR_FIRST = (
    rf"(?P<year>\d{{4}})\s*[-/.年]\s*(?P<month>\d\d?)\s*[-/.月]\s*(?P<day>\d\d?)\s*日?(?:[t\s]\s*{_TIME})?"
)
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + f"){_LETTER}*"
_DAY_FIRST = (
    rf"(?:{_LETTER}+\.?,?\s+)?(?P<day>\d\d?)[\s-]+{_MONTH}\.?,?[\s-]+(?P<year>\d{{4}}|\d\d)(?:[\s,]+{_TIME})?"
)
_PATTERNS = [
    re.compile(rf"\s*{pattern}\s*(?:\([^)]*\))?\s*", re.IGNORECASE) for pattern in (_DAY_FIRST, _YEAR_FIRST)
]


def when(text: str) -> str:
    """``2018-04-09T18:55:38Z`` in UTC where a zone is given, ``2005-05-28T16:05:36`` where none is, ``2019-08-27``.

    Empty where the date cannot be read, or lies outside of 1990 to 2100.
    """
    text = text[:_LONGEST].replace("日", "日 ")
    found = next((match for pattern in _PATTERNS if (match := pattern.fullmatch(text))), None)
    try:
        return _written(found.groupdict()) if found else ""
    except ValueError:
        return ""


def _written(parts: dict[str, str | None]) -> str:
    year, month = _number(parts["year"]), str(parts["month"]).lower()
    if len(parts["year"] or "") == 2:
        year += 2000 if year < 70 else 1900
    if not EARLIEST <= year <= LATEST:
        return ""
    day = datetime(
        year, _MONTHS.get(month) or int(month), _number(parts["day"]), tzinfo=UTC
    )  # the zone follows
    if parts["hour"] is None:
        return f"{day:%Y-%m-%d}"
    at = day.replace(
        hour=_number(parts["hour"]), minute=_number(parts["minute"]), second=_number(parts["second"])
    )
    zone = _zone(parts["zone"] or "")
    if zone is None:
        return f"{at:%Y-%m-%dT%H:%M:%S}"
    return f"{at.replace(tzinfo=zone).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _number(digits: str | None) -> int:
    return int(digits or 0)


def _zone(text: str) -> timezone | None:
    text = text.lower()
    if text in ("am", "pm"):
        raise ValueError("a clock of twelve hours")
    offset = text.lstrip("gmtuc")
    if not offset:
        return UTC if text else None
    if offset[0] not in "+-":
        hours = _ZONES.get(text)
        return None if hours is None else timezone(timedelta(hours=hours))
    digits = offset[1:].replace(":", "").ljust(4, "0")
    east = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-east if offset[0] == "-" else east)
