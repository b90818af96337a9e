"""A table of foreign bytes or of pasted text becomes rows of texts, or sentences that say to its editor why not.

Whatever comes in costs little time and memory: sizes are asked before anything is unfolded, no tree is built of XML,
and a bound that is passed ends the reading. Workbooks are therefore walked here, element by element, and only what
holds the first visible sheet's values is looked at: no macro, no link and no picture.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise
from typing import NoReturn, Protocol
from xml.parsers import expat

MAX_BYTES = 5_000_000
MAX_CELL = 5_000
MAX_ROWS = 20_000
MAX_COLUMNS = 50
MAX_FAULTS = 50
# Of a workbook: its members, their sizes together, and the elements, names and depth of what is walked of it.
MAX_MEMBERS = 200
MAX_UNFOLDED = 30_000_000
MAX_ELEMENTS = 1_000_000
MAX_NAMES = 2_000
MAX_DEPTH = 100
MAX_STYLES = 70_000
# A row whose every cell is full of quotes, which are doubled.
_MAX_LINE = MAX_COLUMNS * (2 * MAX_CELL + 3)
# More than a spreadsheet lets anybody type into a cell; the rest of a text is not kept.
_MAX_HELD = 40_000

_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_SIGNED_NUMBER = re.compile(r"[+-](\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# Spreadsheets in East Asia take the wide forms for formulas too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_DELIMITERS = ",\t;"


class BadTable(ValueError):
    """``faults``: sentences that name row and column where there is one."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Table:
    """``columns``: those that the header names, in its order and in the spelling of who asked.

    ``rows``: (number, cells by column) pairs, where the number is the one that the editor sees: the header is row 1.
    Each row has a cell for each of ``columns``, empty where nothing was written.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that holds something and no value: the sentence to end on."""

    why: str


Cell = str | Unreadable


def read_text(text: str, columns: Sequence[str], needed: Sequence[str]) -> Table:
    """The table of a pasted text, whose cells are separated by tabs, commas or semicolons. Raises BadTable."""
    if len(text) > MAX_BYTES or len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        _refuse(f"The text is larger than {_megabytes()}; split the table.")
    reading = _Reading(columns, needed)
    for row, record in _records(text.removeprefix("\ufeff"), reading.knows):
        reading.add(row, {place: _clean(cell) for place, cell in enumerate(record) if cell})
    return reading.table()


def read_file(name: str, content: bytes, columns: Sequence[str], needed: Sequence[str]) -> Table:
    """The table of a file: an XLSX workbook or a text, told by what it holds. Raises BadTable.

    The name serves to speak of the file.
    """
    shown = _shown(name)
    if len(content) > MAX_BYTES:
        _refuse(f"The file {shown} is larger than {_megabytes()}; split the table.")
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        _refuse_old(shown, content)
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return read_text(_decoded(shown, content), columns, needed)
    reading = _Reading(columns, needed)
    _read_workbook(shown, content, reading)
    return reading.table()


def write_text(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """CSV of RFC 4180, header first, as ``read_text`` reads it back, text for text.

    A row without a text is blank, and blank rows are not read.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_guarded(row.get(name, "")) for name in columns] for row in rows)
    return out.getvalue()


# Cells: an apostrophe keeps a text from being taken for a formula, or from losing the blanks around it.


def _guarded(text: str) -> str:
    return f"'{text}" if _needs_guard(text) else text


def _needs_guard(text: str) -> bool:
    # What follows apostrophes decides, so that a text that has one of its own gets another, and loses one alone.
    bare = text.lstrip("'")
    formula = bare.startswith(_FORMULA) and not _SIGNED_NUMBER.fullmatch(bare)
    return formula or bare != bare.strip()


def _clean(cell: str) -> str:
    """The cell's text: stripped, unless an apostrophe guards it."""
    if not _is_guarded(cell):
        cell = cell.strip()
    return cell[1:] if _is_guarded(cell) else cell


def _is_guarded(cell: str) -> bool:
    return cell.startswith("'") and _needs_guard(cell[1:])


# Sentences.


def _refuse(sentence: str) -> NoReturn:
    raise BadTable([sentence])


def _megabytes() -> str:
    return f"{MAX_BYTES // 1_000_000} MB"


def _shown(text: str, length: int = 60) -> str:
    """In quotes, on one line, and not longer than one likes to read."""
    line = " ".join(text[: length + 1].split())
    return f"“{line}”" if len(text) <= length else f"“{line[:length]}…”"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


class _Reading:
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
            _refuse(f"The table is empty. {self._expected()}")
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
            _refuse(f"Row {row}: there are more than {MAX_COLUMNS} columns; keep those that are needed.")
        if not any(isinstance(cell, str) and self.knows(cell) for cell in cells.values()):
            first = next((_shown(cell, 30) for cell in cells.values() if isinstance(cell, str)), "no text")
            _refuse(f"Row {row}: this is no header; it begins with {first}. {self._expected()}")
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
            self._fault(f"Row {row}, column {_shown(cell)}: there is no such column{nearest}.")
        elif name in taken:
            self._fault(f"Row {row}, column “{name}”: this column stands twice.")
            return None
        return name

    def _read_row(self, row: int, cells: Mapping[int, Cell], header: Mapping[int, str | None]) -> None:
        if len(self._rows) == MAX_ROWS:
            _refuse(f"Row {row}: the table has more than {MAX_ROWS:,} rows; split it.")
        values = dict.fromkeys(self._columns, "")
        for place, cell in cells.items():
            name = header.get(place)
            if name is not None:
                values[name] = self._read_cell(row, name, cell)
        self._rows.append((row, values))
        stray = next((cell for place, cell in cells.items() if place not in header), None)
        if stray is not None:
            what = _shown(stray, 30) if isinstance(stray, str) else "a cell"
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
            _refuse(f"Row {row}: up to here the table holds more than {_megabytes()} of text; split it.")
        return cell


def _key(name: str) -> str:
    """What names of columns are compared by."""
    return re.sub(r"[\s_]+", "", name).casefold()


# Texts.


class _BadLine(ValueError):
    """What is wrong with a line, whose row the reader of rows knows."""


def _records(text: str, knows: Callable[[str], bool]) -> Iterator[tuple[int, list[str]]]:
    """The text's rows, numbered from 1, as a spreadsheet would show them: one may be several lines."""
    delimiter = _delimiter(text, knows)
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True, skipinitialspace=True)
    row = 0
    while True:
        row += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except _BadLine as error:
            _refuse(f"Row {row}: {error}.")
        except csv.Error as error:
            _refuse(f"Row {row}: {_csv_fault(str(error))}.")
        if record:
            yield row, record


def _lines(text: str) -> Iterator[str]:
    # With newline="" a line ends as any system ends it, and keeps its end, which may belong to a cell in quotes.
    for line in io.StringIO(text, newline=""):
        if len(line) > _MAX_LINE:
            raise _BadLine("the line is longer than a row of any table")
        if _NO_TEXT.search(line):
            raise _BadLine(
                "there is a character that no text has (a NUL, or half of one); save the table as XLSX or CSV"
            )
        yield line


def _csv_fault(error: str) -> str:
    if "field limit" in error:
        return (
            f"a cell has more than {MAX_CELL:,} characters; perhaps a quotation mark is opened and not closed"
        )
    if "unexpected end" in error:
        return 'a quotation mark (") is opened and not closed'
    return (
        'a quotation mark (") is closed and something follows in the same cell; '
        "write each mark inside of a quoted cell twice"
    )


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


def _decoded(shown: str, content: bytes) -> str:
    """The file's text. Who has a byte order mark, or is UTF-8, is what it says; the rest is guessed."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif _is_chinese(content):
        encodings = ["utf-8-sig", "gb18030", "cp1252"]
    else:
        encodings = ["utf-8-sig", "cp1252", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    _refuse(f"The file {shown} is neither a workbook nor a text; save the table as XLSX or CSV.")


def _is_chinese(content: bytes) -> bool:
    """Whether bytes that are not UTF-8 look like GB18030.

    Much Western text is GB18030 by its rules, and another one then: “Société” has the pair of é and t, which is a
    character. In Chinese both bytes of nearly every pair are high; in Western text a letter or a blank follows.
    """
    followers = re.findall(rb"[\x81-\xfe]([\x30-\xfe])", content)
    high = sum(1 for byte in followers if byte >= b"\xa1")
    return 2 * high > len(followers)


def _refuse_old(shown: str, content: bytes) -> NoReturn:
    if "EncryptedPackage".encode("utf-16-le") in content:
        _refuse(f"The workbook {shown} is protected by a password; save it without one.")
    _refuse(f"The file {shown} is of an old kind (such as XLS); save it as XLSX or CSV.")


# Workbooks: what is unfolded, and how its XML is walked.

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, EOFError, NotImplementedError, RuntimeError,
    OSError, OverflowError, ValueError, IndexError,
)  # fmt: skip
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# No “<” may stand inside of a tag: this much without one is a tag, or a text, that no spreadsheet writes.
_LONG_TAG = re.compile(rb"<[^<]{500000}")
# Of a member, before its name.
_LOCAL_HEADER = 30


class _Walker(Protocol):
    """Is told a member's elements by their names without prefix."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


class _Package:
    """The members of an XLSX, whose sizes were found harmless. Names are compared without regard to case."""

    def __init__(self, shown: str, archive: zipfile.ZipFile) -> None:
        self.shown = shown
        self._archive = archive
        self._members = {_member(info.filename): info for info in archive.infolist()}
        self._left = MAX_ELEMENTS

    def damaged(self) -> NoReturn:
        _refuse(
            f"The workbook {self.shown} is damaged or incomplete; save it again in a spreadsheet program."
        )

    def has(self, name: str) -> bool:
        return _member(name) in self._members

    def walk(self, name: str, walker: _Walker) -> None:
        """Show a member's elements to the walker. The budget of elements is the whole workbook's."""
        data = self._unfolded(name)
        # A NUL would let the parser take the bytes for UTF-16, in which these are not found.
        if b"\0" in data or _DOCTYPE.search(data) or _LONG_TAG.search(data):
            self._refuse_xml()
        depth, names = 0, dict[str, str]()

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            self._left -= 1
            if self._left < 0:
                _refuse(
                    f"The workbook {self.shown} has too many cells; keep one sheet and its columns alone."
                )
            if depth > MAX_DEPTH or len(names) > MAX_NAMES:
                self._refuse_xml()
            walker.start(name.rpartition(":")[2], attributes)

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            walker.end(name.rpartition(":")[2])

        # The bytes are UTF-8, whatever their first line says: what is parsed is what was looked through above.
        parser = expat.ParserCreate("utf-8", None, names)
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = walker.text
        parser.StartDoctypeDeclHandler = lambda *_: self._refuse_xml()
        parser.Parse(data, True)

    def _refuse_xml(self) -> NoReturn:
        _refuse(f"The workbook {self.shown} holds what no spreadsheet program writes; it is not read.")

    def _unfolded(self, name: str) -> bytes:
        """A member's XML in UTF-8."""
        info = self._members.get(_member(name))
        if info is None:
            self.damaged()
        data = bytearray()
        with self._archive.open(info) as member:
            # In pieces: asked for everything at once, zipfile unfolds what there is before it looks at the size.
            while piece := member.read(65_536):
                data += piece
        if len(data) != info.file_size:
            self.damaged()
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16").encode()
        return bytes(data)


def _member(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _read_workbook(shown: str, content: bytes, reading: _Reading) -> None:
    # Counted before the list of members is built.
    if content.count(b"PK\x01\x02") > MAX_MEMBERS:
        _refuse(f"The file {shown} is an archive of more than {MAX_MEMBERS} files and no workbook.")
    damaged = f"The file {shown} is damaged, incomplete or no workbook; save it again as XLSX or CSV."
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(shown, archive.infolist(), damaged)
            _read_sheet(_Package(shown, archive), reading)
    except BadTable:
        raise
    except _DAMAGE as error:
        raise BadTable([damaged]) from error


def _check_members(shown: str, members: list[zipfile.ZipInfo], damaged: str) -> None:
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNFOLDED:
        _refuse(
            f"The workbook {shown} unfolds to more than {MAX_UNFOLDED // 1_000_000} MB; "
            "keep one sheet without pictures, or save it as CSV."
        )
    if any(member.flag_bits & 1 for member in members):
        _refuse(f"The workbook {shown} is protected by a password; save it without one.")
    # Other ways to pack are unfolded without regard to a bound, and no workbook may have them.
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        _refuse(damaged)
    ordered = sorted(members, key=lambda member: member.header_offset)
    for member, following in pairwise(ordered):
        if member.header_offset + _LOCAL_HEADER + member.compress_size > following.header_offset:
            _refuse(damaged)


def _read_sheet(package: _Package, reading: _Reading) -> None:
    """The first visible sheet's rows."""
    workbook = _workbook_name(package)
    related = {
        attributes.get("Id", ""): (attributes.get("Type", ""), attributes.get("Target", ""))
        for attributes in _collected(package, _relations_of(workbook), "Relationships/Relationship")
    }
    found = _Collector("sheets/sheet", "workbook/workbookPr")
    package.walk(workbook, found)
    visible = [
        target
        for attributes in found.of("sheets/sheet")
        for kind, target in [related.get(attributes.get("id", ""), ("", ""))]
        if attributes.get("state", "visible") == "visible" and kind.endswith("/worksheet")
    ]
    if not visible:
        _refuse(f"The workbook {package.shown} has no visible sheet with cells.")
    from_1904 = any(each.get("date1904") in ("1", "true") for each in found.of("workbook/workbookPr"))
    parts = {kind.rpartition("/")[2]: _beside(workbook, target) for kind, target in related.values()}
    strings = _Strings()
    if "sharedStrings" in parts:
        package.walk(parts["sharedStrings"], strings)
    dates = _date_styles(package, parts["styles"]) if "styles" in parts else []
    values = _Values(strings.found, dates, date(1904, 1, 1) if from_1904 else date(1899, 12, 30))
    package.walk(_beside(workbook, visible[0]), _Sheet(reading, values))


def _workbook_name(package: _Package) -> str:
    if package.has("_rels/.rels"):
        for attributes in _collected(package, "_rels/.rels", "Relationships/Relationship"):
            target = _member(attributes.get("Target", ""))
            if attributes.get("Type", "").endswith("/officeDocument") and target.endswith(".xml"):
                return _xlsx_alone(package, target)
    return _xlsx_alone(package, "xl/workbook.xml")


def _xlsx_alone(package: _Package, workbook: str) -> str:
    """The name, where it is that of an Excel workbook: an archive may be a text document, or of another program."""
    if not (package.has(workbook) and package.has(_relations_of(workbook))):
        _refuse(f"The file {package.shown} is no workbook that can be read here; save it as XLSX or CSV.")
    return workbook


def _relations_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def _beside(part: str, target: str) -> str:
    """The member that a part means by the target of a relation."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target))


def _collected(package: _Package, name: str, path: str) -> list[dict[str, str]]:
    collector = _Collector(path)
    package.walk(name, collector)
    return collector.of(path)


def _date_styles(package: _Package, name: str) -> list[bool]:
    """For each style of a cell whether it shows a number as a date."""
    found = _Collector("numFmts/numFmt", "cellXfs/xf")
    package.walk(name, found)
    formats = {each.get("numFmtId"): each.get("formatCode", "") for each in found.of("numFmts/numFmt")}
    shows = {number: _is_date_format(code) for number, code in formats.items()}
    numbers = [each.get("numFmtId", "") for each in found.of("cellXfs/xf")]
    return [shows.get(number, number in _DATE_FORMATS) for number in numbers]


# The formats that need no code, of all languages; those of 45 to 47 are lengths of time.
_DATE_FORMATS = {str(number) for number in (*range(14, 23), *range(27, 37), *range(50, 59))}
# What a code shows as it stands, or is a colour or a language; [h] alone is a length of time.
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


def _is_date_format(code: str) -> bool:
    bare = _LITERAL.sub("", code.partition(";")[0]).lower()
    return "[" not in bare and "general" not in bare and any(letter in bare for letter in "dmyhs")


class _Collector:
    """Keeps the attributes of the elements at the given places, each written as parent/element."""

    KEPT = ("Id", "Type", "Target", "id", "state", "date1904", "numFmtId", "formatCode")

    def __init__(self, *paths: str) -> None:
        self._found: dict[str, list[dict[str, str]]] = {path: [] for path in paths}
        self._open = [""]

    def of(self, path: str) -> list[dict[str, str]]:
        return self._found[path]

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        found = self._found.get(f"{self._open[-1]}/{name}")
        self._open.append(name)
        if found is None:
            return
        if len(found) == MAX_STYLES:
            _refuse("The workbook has more formats than a spreadsheet program can hold; save it as CSV.")
        local = {key.rpartition(":")[2]: value[:300] for key, value in attributes.items()}
        found.append({key: local[key] for key in self.KEPT if key in local})

    def end(self, name: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        """Nothing that is asked for is a text."""


# An escape of XML in workbooks; neither NUL nor a half of a character is made of one.
_ESCAPED = re.compile("_x(?!0000|[dD][89a-fA-F])([0-9a-fA-F]{4})_")


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


@dataclass(slots=True)
class _Held:
    """The text between two tags, where somebody wants it."""

    wanted: bool = False
    pieces: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, text: str) -> None:
        if self.wanted and self.size <= _MAX_HELD:
            self.pieces.append(text)
            self.size += len(text)

    def take(self) -> str:
        text = "".join(self.pieces)
        self.pieces.clear()
        self.size = 0
        return text


class _Strings:
    """The texts that cells share. One of several formats is in pieces; how it is read aloud is left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._held = _Held()
        self._aloud = False
        self.text = self._held.add

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "rPh":
            self._aloud = True
        self._held.wanted = name == "t" and not self._aloud

    def end(self, name: str) -> None:
        self._held.wanted = False
        if name == "rPh":
            self._aloud = False
        elif name == "si":
            self.found.append(_unescaped(self._held.take()))


_INTEGER = re.compile(r"[+-]?\d{1,300}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_NO_VALUE = Unreadable(
    "the cell holds a formula without a value; save the file in a spreadsheet program first"
)
_NO_NUMBER = Unreadable("the cell holds a number that cannot be read")
_NO_DATE = Unreadable("the cell holds a date that no calendar has")


@dataclass(frozen=True, slots=True)
class _Values:
    """What stands in a cell as a person would write it. ``dates``: by style, whether a number is shown as a date."""

    strings: Sequence[str]
    dates: Sequence[bool]
    epoch: date

    def of(self, kind: str, style: str, text: str) -> Cell:
        """The value of a cell of this kind (the attribute t) and style."""
        match kind:
            case "str" | "inlineStr":
                return _clean(_unescaped(text))
            case "s":
                return _clean(self.strings[_index(text)]) if text else ""
            case "b":
                return "TRUE" if text.strip() in ("1", "true") else "FALSE"
            case "e":
                return Unreadable(f"the cell holds the error {text.strip()[:20]}")
            case "d":
                return text.strip().removesuffix("T00:00:00")
        return self._number(style, text.strip())

    def _number(self, style: str, text: str) -> Cell:
        if not text:
            return ""
        if not _NUMBER.fullmatch(text):
            return _NO_NUMBER
        if style and (index := _index(style)) < len(self.dates) and self.dates[index]:
            return self._date(float(text))
        return str(int(text)) if _INTEGER.fullmatch(text) else _plain(float(text))

    def _date(self, days: float) -> Cell:
        if days < 0:
            return _NO_DATE
        # Spreadsheets know a 29 February 1900, which is why the epoch is a day early, and wrong before March.
        early = self.epoch.year < 1900 and 1 <= days < 60
        try:
            moment = datetime.combine(self.epoch, time()) + timedelta(
                days=early, milliseconds=round(days * 86_400_000)
            )
        except OverflowError:
            return _NO_DATE
        if days < 1:
            return moment.time().isoformat()
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat()


def _index(text: str) -> int:
    """A place in a list; nothing else counts from its end."""
    if not _COUNT.fullmatch(text.strip()):
        raise ValueError(text[:20])
    return int(text)


def _plain(number: float) -> Cell:
    """The shortest notation of the number, without an exponent: 0.1, 12800, 0.0000001."""
    if number in (float("inf"), float("-inf")):
        return _NO_NUMBER
    text = format(Decimal(repr(number)), "f").removesuffix(".0")
    return "0" if text == "-0" else text


_REFERENCE = re.compile(r"([A-Za-z]{1,3})[0-9]{1,7}", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,7}", re.ASCII)


class _Sheet:
    """Gives a sheet's rows to the reading, each when it ends. What a sheet claims of its size is not asked."""

    def __init__(self, reading: _Reading, values: _Values) -> None:
        self._reading = reading
        self._values = values
        self._held = _Held()
        self.text = self._held.add
        self._inside = self._aloud = False
        self._row, self._cells = 0, dict[int, Cell]()
        self._place, self._kind, self._style = -1, "", ""
        self._formula = self._valued = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self._inside:
            self._inside = name == "sheetData"
        elif name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._start_row(attributes)
        else:
            self._start_part(name)

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if _COUNT.fullmatch(number) else self._row + 1
        self._cells = {}
        self._place = -1

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        reference = _REFERENCE.fullmatch(attributes.get("r", ""))
        self._place = _place(reference[1]) if reference else self._place + 1
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._formula = self._valued = self._aloud = False
        self._held.take()

    def _start_part(self, name: str) -> None:
        if name == "f":
            self._formula = True
        elif name == "rPh":
            self._aloud = True
        self._valued = self._valued or name == "v"
        self._held.wanted = name == "v" or (name == "t" and not self._aloud)

    def end(self, name: str) -> None:
        if not self._inside:
            return
        self._held.wanted = False
        if name == "c":
            self._keep(self._cell(self._held.take()))
        elif name == "row":
            self._reading.add(self._row, self._cells)
        elif name == "sheetData":
            self._inside = False
        elif name == "rPh":
            self._aloud = False

    def _keep(self, cell: Cell) -> None:
        # One more than there may be is enough to say so.
        if cell and len(self._cells) <= MAX_COLUMNS:
            self._cells[self._place] = cell

    def _cell(self, text: str) -> Cell:
        # A formula's value may be an empty text, which is then said to be one.
        if self._formula and not text and not (self._valued and self._kind == "str"):
            return _NO_VALUE
        return self._values.of(self._kind, self._style, text)


def _place(letters: str) -> int:
    """A for 0, Z for 25, AA for 26."""
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - 64
    return place - 1
