"""Tables of figures, as CSV, workbook or JSON: their rows by the columns that an editor has named."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from imports.parsing.charset import decoded
from imports.parsing.item import clean, line
from imports.parsing.jsonfeed import loaded
from imports.parsing.listing import Refusal
from metrics.tables import workbook
from metrics.tables.rows import MAX_CELL, MAX_COLUMNS, MAX_ROWS
from outbound.sandbox import Unreadable

SHOWN_ROWS = 20
NEEDED = ("period", "value")
_DELIMITERS = ",;\t|"
_DEEPEST = 6
# A number as the row's place, and its cells: texts, or a list of the reason why one has none.
Row = tuple[int, list[Any]]


def read(
    content: bytes, *, columns: Mapping[str, str] | None = None, path: str = "", content_type: str = ""
) -> dict[str, Any]:
    """``kind``: table, ``headings``, ``rows``, ``refused`` and ``paths``. Raises Unreadable.

    ``columns``: by what is wanted (``period``, ``value``, and what else there is) the heading of its column; then each
    row is a mapping of the same keys. Without, ``rows`` are the first ones as lists of cells.
    ``path``: in JSON, the keys that lead to the list of objects, joined by dots; ``paths`` are all those there are.
    """
    rows, paths = _rows(content, path, content_type)
    _, first = next(rows, (0, []))
    headings = [line(_shown(cell), MAX_CELL) for cell in first]
    if not any(headings):
        raise Unreadable("The table is empty; its first row must name the columns.")
    if len(headings) > MAX_COLUMNS:
        raise Unreadable(f"The table has more than {MAX_COLUMNS} columns; no series is read from it.")
    table: dict[str, Any] = {"kind": "table", "headings": headings, "refused": [], "paths": paths}
    if columns:
        table["rows"] = list(_mapped(rows, headings, columns, table["refused"]))
    else:
        table["rows"] = [[_shown(cell) for cell in cells] for _, cells in _first(rows)]
    return table


def _first(rows: Iterator[Row]) -> Iterator[Row]:
    for _, row in zip(range(SHOWN_ROWS), rows, strict=False):
        yield row


def _mapped(
    rows: Iterator[Row], headings: list[str], columns: Mapping[str, str], refused: list[Refusal]
) -> Iterator[dict[str, str]]:
    places = {wanted: _place(headings, heading) for wanted, heading in columns.items() if heading}
    for number, cells in rows:
        found = {wanted: cells[place] if place < len(cells) else "" for wanted, place in places.items()}
        why = next(
            (
                _amiss(columns[wanted], cell, wanted in NEEDED)
                for wanted, cell in found.items()
                if _amiss(columns[wanted], cell, wanted in NEEDED)
            ),
            "",
        )
        if why:
            refused.append(Refusal(number=number, why=f"Row {number}, {why}"))
        else:
            yield dict.fromkeys(columns, "") | found


def _place(headings: list[str], heading: str) -> int:
    known = [name.casefold() for name in headings]
    wanted = line(heading, MAX_CELL).casefold()
    if wanted not in known:
        there = ", ".join(f"“{line(name, 40)}”" for name in headings[:20] if name)
        raise Unreadable(f"There is no column “{line(heading, 40)}” in the table; it has {there}.")
    return known.index(wanted)


def _amiss(heading: str, cell: Any, needed: bool) -> str:
    if isinstance(cell, list):
        return f"column “{heading}”: {cell[0]}."
    if len(cell) > MAX_CELL:
        return f"column “{heading}”: the cell has more than {MAX_CELL:,} characters."
    return f"column “{heading}”: the cell is empty." if needed and not cell else ""


def _shown(cell: Any) -> str:
    return str(cell[0]) if isinstance(cell, list) else str(cell)[:MAX_CELL]


# The rows of each kind of file: those alone that hold something, numbered as their editor sees them.


def _rows(content: bytes, path: str, content_type: str) -> tuple[Iterator[Row], list[str]]:
    if content.startswith(b"PK\x03\x04"):
        return _bounded(_of_workbook(content)), []
    text = decoded(content, content_type)
    if text.lstrip()[:1] in ("[", "{"):
        value = loaded(text)
        paths = dict(_lists(value))
        return _bounded(_of_objects(_chosen(paths, path))), list(paths)
    return _bounded(_of_text(text)), []


def _bounded(rows: Iterable[Row]) -> Iterator[Row]:
    found = 0
    for number, cells in rows:
        if any(cells):
            found += 1
            if found > MAX_ROWS + 1:
                raise Unreadable(f"The table has more than {MAX_ROWS:,} rows; no series is read from it.")
            yield number, cells


def _of_workbook(content: bytes) -> Iterator[Row]:
    try:
        found = workbook.read(content, "of the source")
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise Unreadable("The workbook is damaged, incomplete or none; it cannot be read.") from error
    for number, cells in found:
        last = max(cells, default=-1)
        row = [cells.get(place, "") for place in range(min(last, MAX_COLUMNS) + 1)]
        yield number, [cell if isinstance(cell, list) else clean(cell).strip() for cell in row]


def _of_text(text: str) -> Iterator[Row]:
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(
        io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter, skipinitialspace=True
    )
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [clean(cell).strip() for cell in cells]
    except csv.Error as error:
        raise Unreadable(
            f"The table breaks off at line {reader.line_num}; perhaps a quotation mark is never closed."
        ) from error


def _lists(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, list[Any]]]:
    """(path, list) of each list of objects."""
    if isinstance(value, list):
        if any(isinstance(one, dict) for one in value):
            yield path, value
    elif isinstance(value, dict) and depth < _DEEPEST:
        for key, inside in value.items():
            yield from _lists(inside, f"{path}.{clean(key)}" if path else clean(key), depth + 1)


def _chosen(paths: Mapping[str, list[Any]], path: str) -> list[Any]:
    if path in paths:
        return paths[path]
    if not paths:
        raise Unreadable("There is no list of objects in the JSON; no table can be read from it.")
    if not path and len(paths) == 1:
        return next(iter(paths.values()))
    there = ", ".join(f"“{name}”" for name in list(paths)[:10])
    raise Unreadable(f"Say which list of the JSON is the table; there are {there}.")


def _of_objects(objects: list[Any]) -> Iterator[Row]:
    rows = [one if isinstance(one, dict) else {} for one in objects[: MAX_ROWS + 1]]
    headings = list(dict.fromkeys(key for row in rows for key in row))
    yield 0, list(headings)
    for number, row in enumerate(rows, start=1):
        yield number, [_scalar(row.get(key)) for key in headings]


def _scalar(value: Any) -> str:
    """A value as it stands in the JSON; what is no single value is shown as JSON."""
    if value is None:
        return ""
    return clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).strip()
