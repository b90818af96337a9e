"""Rows of texts in the making: what names columns, what a cell's text is, and the sentences on what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NoReturn

MAX_BYTES = 5_000_000
SIZE = f"{MAX_BYTES // 1_000_000} MB"
MAX_CELL = 5_000
MAX_ROWS = 20_000
MAX_COLUMNS = 50
MAX_FAULTS = 50

_SIGNED_NUMBER = re.compile(r"[+-](\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# Spreadsheets in East Asia take the wide forms for formulas too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class BadTable(ValueError):
    """``faults``: sentences that name row and column where there is one."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Table:
    """``columns``: those that the header names, in its order and in the spelling of who asked.

    ``rows``: (number, cells by column) pairs, where the number is the one that the editor sees: the header is row 1.
    Each row has a cell for each of ``columns``, empty where nothing was written. ``delimiter``: what separated cells.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that holds something and no value: the sentence to end on."""

    why: str


Cell = str | Unreadable


# Cells: an apostrophe keeps a text from being taken for a formula, or from losing the blanks around it.


def guarded(text: str) -> str:
    """The text as it is written for spreadsheets; ``clean`` takes it back."""
    return f"'{text}" if _needs_guard(text) else text


def _needs_guard(text: str) -> bool:
    # What follows apostrophes decides, so that a text that has one of its own gets another, and loses one alone.
    bare = text.lstrip("'")
    formula = bare.startswith(_FORMULA) and not _SIGNED_NUMBER.fullmatch(bare)
    return formula or bare != bare.strip()


def clean(cell: str) -> str:
    """The cell's text: stripped, unless an apostrophe guards it."""
    if not _is_guarded(cell):
        cell = cell.strip()
    return cell[1:] if _is_guarded(cell) else cell


def _is_guarded(cell: str) -> bool:
    return cell.startswith("'") and _needs_guard(cell[1:])


# Sentences.


def refuse(sentence: str) -> NoReturn:
    """End the reading with this sentence alone."""
    raise BadTable([sentence])


def shown(text: str, length: int = 60) -> str:
    """In quotes, on one line, and not longer than one likes to read."""
    line = " ".join(text[: length + 1].split())
    return f"“{line}”" if len(text) <= length else f"“{line[:length]}…”"


def too_much(shown: str) -> str:
    """The sentence on a workbook that costs its reader more than any table."""
    return f"The workbook {shown} takes more time or memory than a table does; keep one sheet, or save it as CSV."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


class Reading:
    """A table in the making, given row by row. Faults are collected; a bound that is passed raises BadTable."""

    def __init__(self, columns: Sequence[str], needed: Sequence[str]) -> None:
        self._known = {_key(name): name for name in columns}
        self._needed = needed
        self._header: dict[int, str | None] | None = None  # None: a column that is not known, or stands twice
        self._columns: tuple[str, ...] = ()
        self._rows: list[tuple[int, dict[str, str]]] = []
        self._size = 0
        self._faults: list[str] = []
        self._more = 0

    def knows(self, name: str) -> bool:
        """Whether a cell of the header names a column."""
        return _key(name) in self._known

    def add(self, row: int, cells: Mapping[int, Cell]) -> None:
        """The next row: its cells by place, cleaned. One without any is passed over."""
        filled = {place: cell for place, cell in cells.items() if cell}
        if not filled:
            return
        if self._header is None:
            self._header = self._read_header(row, filled)
        else:
            self._read_row(row, filled, self._header)

    def table(self) -> Table:
        """What was read, once all rows were given."""
        if self._header is None:
            refuse(f"The table is empty. {self._expected()}")
        if self._faults:
            raise BadTable(self._faults + ([f"… and {self._more:,} more."] if self._more else []))
        return Table(self._columns, tuple(self._rows))

    def _fault(self, sentence: str) -> None:
        if len(self._faults) < MAX_FAULTS:
            self._faults.append(sentence)
        else:
            self._more += 1

    def _expected(self) -> str:
        needed = f"; needed: {_listed(self._needed)}" if self._needed else ""
        return f"The first row must name the columns (known: {_listed(self._known.values())}{needed})."

    def _read_header(self, row: int, cells: Mapping[int, Cell]) -> dict[int, str | None]:
        if len(cells) > MAX_COLUMNS:
            refuse(f"Row {row}: there are more than {MAX_COLUMNS} columns; keep those that are needed.")
        if not any(isinstance(cell, str) and self.knows(cell) for cell in cells.values()):
            first = next((shown(cell, 30) for cell in cells.values() if isinstance(cell, str)), "no text")
            refuse(f"Row {row}: this is no header; it begins with {first}. {self._expected()}")
        header: dict[int, str | None] = {}
        for place, cell in cells.items():
            header[place] = self._named(row, cell, header.values())
        self._columns = tuple(name for name in header.values() if name is not None)
        for name in self._needed:
            if name not in self._columns:
                self._fault(f"Row {row}: the column “{name}” is missing.")
        return header

    def _named(self, row: int, cell: Cell, taken: Iterable[str | None]) -> str | None:
        """The column that a cell of the header names."""
        if isinstance(cell, Unreadable):
            self._fault(f"Row {row}: a column's name cannot be read: {cell.why}.")
            return None
        name = self._known.get(_key(cell))
        if name is None:
            near = get_close_matches(_key(cell)[:100], self._known, n=1, cutoff=0)
            nearest = f"; the nearest that is known is “{self._known[near[0]]}”" if near else ""
            self._fault(f"Row {row}, column {shown(cell)}: there is no such column{nearest}.")
        elif name in taken:
            self._fault(f"Row {row}, column “{name}”: this column stands twice.")
            return None
        return name

    def _read_row(self, row: int, cells: Mapping[int, Cell], header: Mapping[int, str | None]) -> None:
        if len(self._rows) == MAX_ROWS:
            refuse(f"Row {row}: the table has more than {MAX_ROWS:,} rows; split it.")
        values = dict.fromkeys(self._columns, "")
        for place, cell in cells.items():
            name = header.get(place)
            if name is not None:
                values[name] = self._read_cell(row, name, cell)
        self._rows.append((row, values))
        stray = next((cell for place, cell in cells.items() if place not in header), None)
        if stray is not None:
            what = shown(stray, 30) if isinstance(stray, str) else "a cell"
            self._fault(f"Row {row}: there are more cells than the header names; {what} has no column.")

    def _read_cell(self, row: int, name: str, cell: Cell) -> str:
        if isinstance(cell, Unreadable):
            self._fault(f"Row {row}, column “{name}”: {cell.why}.")
            return ""
        if len(cell) > MAX_CELL:
            self._fault(f"Row {row}, column “{name}”: the cell has more than {MAX_CELL:,} characters.")
            return ""
        # Cells of a workbook may share one text, which is written out for each of them later.
        self._size += len(cell)
        if self._size > MAX_BYTES:
            refuse(f"Row {row}: up to here the table holds more than {SIZE} of text; split it.")
        return cell


def _key(name: str) -> str:
    """What names of columns are compared by."""
    return re.sub(r"[\s_]+", "", name).casefold()
