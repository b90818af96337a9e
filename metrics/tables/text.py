"""Tables as texts: what is pasted or is a CSV file, and what is written for others to read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from metrics.tables.rows import MAX_BYTES, MAX_CELL, MAX_COLUMNS, SIZE, Reading, Table, clean, guarded, refuse

# A row whose every cell is full of quotes, which are doubled.
_MAX_LINE = MAX_COLUMNS * (2 * MAX_CELL + 3)
# What the reader takes of a cell before it gives up; ours are shorter by far.
_LONGEST = 131_072
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_DELIMITERS = ",\t;"
# By a part of what the library says, what to tell an editor.
_CSV_FAULTS = {
    "field limit": f"a cell has more than {MAX_CELL:,} characters; perhaps a quotation mark is opened and not closed",
    "unexpected end": 'a quotation mark (") is opened and not closed',
    "expected after": 'a quotation mark (") is closed and something follows in the same cell; '
    "write each mark inside of a quoted cell twice",
}


def read_text(text: str, columns: Sequence[str], needed: Sequence[str]) -> Table:
    """The table of a pasted text, whose cells are separated by tabs, commas or semicolons. Raises BadTable."""
    if len(text) > MAX_BYTES or len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        refuse(f"The text is larger than {SIZE}; split the table.")
    reading = Reading(columns, needed)
    for row, record in _records(text.removeprefix("\ufeff"), reading.knows):
        reading.add(row, {place: clean(cell) for place, cell in enumerate(record) if cell})
    return replace(reading.table(), delimiter=_delimiter(text.removeprefix("\ufeff"), reading.knows))


def write_text(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """CSV of RFC 4180, header first, as ``read_text`` reads it back, text for text.

    A row without a text is blank, and blank rows are not read.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([guarded(row.get(name, "")) for name in columns] for row in rows)
    return out.getvalue()


def _records(text: str, knows: Callable[[str], bool]) -> Iterator[tuple[int, list[str]]]:
    """The text's rows, numbered from 1, as a spreadsheet would show them: one may be several lines."""
    delimiter = _delimiter(text, knows)
    csv.field_size_limit(_LONGEST)  # it holds for a process, and others may have set it
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True, skipinitialspace=True)
    row = 0
    try:
        for row, record in enumerate(reader, start=1):
            if record:
                yield row, record
    except csv.Error as error:
        why = next((why for part, why in _CSV_FAULTS.items() if part in str(error)), str(error))
        refuse(f"Row {row + 1}: {why}.")


def _lines(text: str) -> Iterator[str]:
    """The lines, as any system ends them; a line keeps its end, which may belong to a cell in quotes."""
    for line in io.StringIO(text, newline=""):
        if len(line) > _MAX_LINE:
            raise csv.Error("the line is longer than a row of any table")
        if _NO_TEXT.search(line):
            raise csv.Error(
                "there is a character that no text has (a NUL, or half of one); save the table as XLSX or CSV"
            )
        yield line


def _delimiter(text: str, knows: Callable[[str], bool]) -> str:
    """What separates cells: that by which the header has most known columns, or else most cells."""
    header = next((line for line in io.StringIO(text, newline="") if not line.isspace()), "")[:_MAX_LINE]

    def score(delimiter: str) -> tuple[int, int]:
        cells = _split(header, delimiter)
        return sum(map(knows, cells)), len(cells)

    return max(_DELIMITERS, key=score)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True, skipinitialspace=True), [])
    except csv.Error:
        return []


def decoded(shown: str, content: bytes) -> str:
    """The file's text. Who has a byte order mark, or is UTF-8, is what it says; the rest is guessed."""
    encodings = ["utf-8-sig", *(("gb18030", "cp1252") if _is_chinese(content) else ("cp1252", "gb18030"))]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    refuse(f"The file {shown} is neither a workbook nor a text; save the table as XLSX or CSV.")


def _is_chinese(content: bytes) -> bool:
    """Whether bytes that are not UTF-8 look like GB18030.

    Much Western text is GB18030 by its rules, and another one then: “Société” has the pair of é and t, which is a
    character. In Chinese both bytes of nearly every pair are high; in Western text a letter or a blank follows.
    """
    followers = re.findall(rb"[\x81-\xfe]([\x30-\xfe])", content)
    high = sum(1 for byte in followers if byte >= b"\xa1")
    return 2 * high > len(followers)
