"""From text to a date. Strict: one spelling for each date, and a sentence for everything else."""

import re
from typing import cast

from edtf.dates import Date
from edtf.span import InvalidDate, Qualifier, Span

MAX_LENGTH = len("2024-03-10~/2024-03-11~")

# [0-9], for \d and int() would take every script's digits.
_SPAN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([~?]?)")
_OPEN = ("", "..")


def parse(text: str) -> Date:
    """The date that ``text`` writes; its ``str()`` is ``text`` again. Raises InvalidDate, nothing else."""
    if not isinstance(text, str):
        raise InvalidDate("A date is written as text, such as 2024-03-10.")
    if not text:
        raise InvalidDate("A date is missing; write one, such as 2024-03-10, 2024-03 or 2024.")
    if len(text) > MAX_LENGTH:
        raise InvalidDate(f"A date has at most {MAX_LENGTH} characters, such as 2024-03-10/2024-03-11.")
    ends = text.split("/")
    if len(ends) > 2 or any(end in _OPEN for end in ends):
        raise InvalidDate(f"“{_legible(text)}” needs one start and one end, such as 2024-03-10/2024-03-11.")
    return Date(*map(_span, ends))


def _span(text: str) -> Span:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise InvalidDate(_why_not(text))
    year, part, day, qualifier = match.groups()
    return Span(int(year), _number(part), _number(day), cast("Qualifier", qualifier))


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


def _why_not(text: str) -> str:
    written = f"“{_legible(text)}”"
    if text != text.strip():
        return f"{written} has a space before or after it; write it without, such as 2024-03-10."
    if "%" in text or re.search("[~?]{2}", text):
        return f"{written} cannot be used; write ~ for approximate or ? for uncertain, such as 2024-03~."
    return f"{written} is not understood; write it in digits 0 to 9, such as 2024-03-10, 2024-03 or 2024."


def _legible(text: str) -> str:
    """``text`` without what no page can show: control characters, NUL, lone halves of characters."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
