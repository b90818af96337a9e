"""Text in a chart: how wide it is, where its lines break, how numbers and periods are written."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from metrics.charts.shapes import Point

_FIRST_WIDE = 0x2E80
_NARROW, _BROAD = frozenset(" !'(),-./:;I[]fijlrt|"), frozenset("%@MWmw")
_MIRRORED = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# A break is possible after a space, and before and after each Chinese character.
_WORDS = re.compile(r"[\u2e80-\U0003ffff]|[^\s\u2e80-\U0003ffff]+\s*|\s+")


def clean(text: str) -> str:
    """One line of text that any XML can hold: no control characters, no surrogates, no turns of direction."""
    kept = [" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text.translate(_MIRRORED)]
    legal = [c for c in kept if unicodedata.category(c) not in ("Cs", "Cn")]
    return " ".join("".join(legal).split())


def width(text: str, size: float, *, bold: bool = False) -> float:
    """About how many pixels a text takes; rather too many than too few, for the fonts of other machines."""
    return sum(map(_ems, text)) * size * (1.06 if bold else 1)


def _ems(character: str) -> float:
    if ord(character) >= _FIRST_WIDE:
        return 1
    if character in _NARROW:
        return 0.33
    if character in _BROAD:
        return 0.92
    return 0.7 if character.isupper() else 0.585


def wrap(text: str, room: float, size: float, most: int, *, bold: bool = False) -> list[str]:
    """The text in lines of at most ``room`` pixels. What does not fit into ``most`` lines ends in an ellipsis.

    Lines before the last are a little shorter where else a single word would stand in the last one.
    """
    lines = _wrapped(text, room, size, most, bold)
    if len(lines) == 1 or lines[-1].endswith("…"):
        return lines
    for closer in (_wrapped(text, room * part / 20, size, most + 1, bold) for part in range(20, 10, -1)):
        if len(closer) == len(lines) and width(closer[-1], size, bold=bold) > room / 3:
            return closer
    return lines


def _wrapped(text: str, room: float, size: float, most: int, bold: bool) -> list[str]:
    lines = [""]
    for word in _pieces(clean(text), room, size, bold):
        if lines[-1] and width((lines[-1] + word).rstrip(), size, bold=bold) > room:
            if len(lines) == most:
                return [*lines[:-1], cut(lines[-1] + word, room, size, bold=bold)]
            lines.append("")
        lines[-1] += word
    return [line.strip() for line in lines if line.strip()]


def _pieces(text: str, room: float, size: float, bold: bool) -> list[str]:
    """Words; one that is longer than a line, in its characters."""
    words = _WORDS.findall(text)
    return [part for word in words for part in (word if width(word, size, bold=bold) > room else [word])]


def cut(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text's beginning that has room, with an ellipsis."""
    while text and width(f"{text}…", size, bold=bold) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def number(value: Decimal, multiple: int = 0, digits: int | None = None) -> str:
    """“−1,234.5”: divided by ten to the power ``multiple``, rounded to so many significant digits."""
    scaled = value.scaleb(-multiple)
    if digits is not None and scaled:
        # Digits before the point are never rounded away: 1,234 stays what it is.
        exact = max(digits, scaled.adjusted() + 1)
        scaled = Context(prec=exact, rounding=ROUND_HALF_UP).plus(scaled)
    text = f"{scaled:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−") if scaled else "0"


_MULTIPLES = {
    0: "", 3: "thousands", 6: "millions", 9: "billions", 12: "trillions",
    -3: "thousandths", -6: "millionths", -9: "billionths", -12: "trillionths",
}  # fmt: skip


def multiplied(unit: str, multiple: int) -> str:
    """The unit line: “units, thousands”; where there is no word, “units × 10^15”."""
    unit = clean(unit)
    if multiple not in _MULTIPLES:
        return f"{unit} × 10^{multiple}"
    return ", ".join(filter(None, [unit, _MULTIPLES[multiple]]))


def brief(point: Point) -> tuple[str, ...]:
    """The period on an axis, in one or two lines: “2024”; “Aug”, “2022”; “5 Mar”, “2024”; approximate with “c.”."""
    about, doubt = "c. " * bool(set("~%") & set(point.period)), "?" * bool(set("?%") & set(point.period))
    words = _period(point.earliest, point.latest)
    return (
        (about + words[0], *words[1:-1], words[-1] + doubt) if len(words) > 1 else (about + words[0] + doubt,)
    )


def _period(first: date, last: date) -> tuple[str, ...]:
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return (str(first.year),) if first.year == last.year else (f"{first.year}–", str(last.year))
    if first == last:
        return (f"{first.day} {month(first)}", str(first.year))
    if (
        first.day == 1
        and (last + timedelta(1) if last < date.max else date.min).day == 1
        and first.year == last.year
    ):
        if first.month == last.month:
            return (month(first), str(first.year))
        if (first.month, last.month) in ((1, 3), (4, 6), (7, 9), (10, 12)):
            return (f"Q{last.month // 3}", str(first.year))
        return (f"{month(first)}–{month(last)}", str(first.year))
    return (f"{first.day} {month(first)} {first.year}–", f"{last.day} {month(last)} {last.year}")


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def month(day: date) -> str:
    return _MONTHS[day.month - 1]
