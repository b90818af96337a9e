"""The rows of a workbook's first visible sheet, read by openpyxl. It runs in a child: small documents cost minutes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.utils.escape import unescape

# Of rows, empty ones among them, that are looked at.
MAX_LOOKED = 100_000
# Of text, in characters: cells may share one, which is written out for each.
MAX_TEXT = 6_000_000
NO_VALUE = "the cell holds a formula without a value; save the file in a spreadsheet program first"


class TooMuch(Exception):
    """There are more rows than a table has, or more text."""


class NoSheet(Exception):
    """There is no visible sheet."""


def rows(content: bytes, most: int) -> Iterator[tuple[int, dict[int, Any]]]:
    """(number, cells by place) pairs; a cell is its text, or why it has none in a list of its own.

    One row more than the ``most`` is given, so that who asked can say which row it is.
    """
    sheets = zip(_sheet_rows(content, values=True), _sheet_rows(content, values=False), strict=True)
    found = size = 0
    for number, (values, formulas) in enumerate(sheets, start=1):
        both = enumerate(zip(values, formulas, strict=True))
        cells = {place: cell for place, (value, formula) in both if (cell := _written(value, formula)) != ""}
        if cells:
            found += 1
            size += sum(map(len, cells.values()))
            yield number, cells
        if found > most:
            return
        if number > MAX_LOOKED or size > MAX_TEXT:
            raise TooMuch


def _sheet_rows(content: bytes, *, values: bool) -> Iterator[tuple[Any, ...]]:
    """The cells of the first visible sheet. What it says of its own size is not believed."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise NoSheet
    visible[0].reset_dimensions()
    yield from visible[0].iter_rows()


def _written(cell: Any, formula: Any) -> str | list[str]:
    """A cell's value as a person would write it."""
    value = cell.value
    if value is None:
        return [NO_VALUE] if formula.data_type == "f" else ""
    if cell.data_type == "e":
        return [f"the cell holds the error {value}"]
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float) and "%" in (cell.number_format or ""):
        return ["the cell is shown as a percentage; write it as a plain number"]
    if isinstance(value, float):
        return _plain(value)
    if isinstance(value, timedelta):
        return _plain(value / timedelta(days=1))
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    return value.isoformat() if isinstance(value, date | time) else unescape(str(value))


def _plain(number: float) -> str | list[str]:
    """What a spreadsheet shows of a number, fifteen digits, without an exponent."""
    text = f"{Decimal(f'{number:.15g}'):f}"
    if not text.lstrip("-")[:1].isdigit():
        return ["the cell holds a number that cannot be read"]
    return text.removesuffix(".0")
