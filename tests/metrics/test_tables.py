"""What editors paste or upload becomes rows; what is no table is refused with a sentence, fast, whatever it is."""

from __future__ import annotations

import io
import itertools
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.tables import MAX_BYTES, MAX_CELL, MAX_ROWS, BadTable, Table, read_file, read_text, write_text

COLUMNS = ("period", "value", "note")
NEEDED = ("period", "value")
EXPECTED = (
    "The first row must name the columns (known: “period”, “value”, “note”; needed: “period”, “value”)."
)
SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
RELATIONS, TYPES, BOOK = "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/workbook.xml"
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
# Of any table, generously.
SECONDS, MEMORY = 12.0, 200_000_000


def pasted(text: str, columns: Sequence[str] = COLUMNS, needed: Sequence[str] = NEEDED) -> Table:
    return read_text(text, columns, needed)


def uploaded(content: bytes, name: str = "table.xlsx") -> Table:
    return read_file(name, content, COLUMNS, NEEDED)


def cells(table: Table) -> list[list[str]]:
    return [list(row.values()) for _, row in table.rows]


def faults(read: Callable[[Any], Table], content: Any) -> list[str]:
    with pytest.raises(BadTable) as refused:
        read(content)
    assert all(len(fault) < 500 for fault in refused.value.faults)
    return refused.value.faults


def fault(read: Callable[[Any], Table], content: Any) -> str:
    (sentence,) = faults(read, content)
    return sentence


def workbook(*rows: Sequence[Any], change: Callable[[Any], None] = lambda book: None) -> bytes:
    """A workbook as openpyxl writes it, with these rows below the header."""
    book = openpyxl.Workbook()
    for row in (COLUMNS, *rows):
        book.active.append(row)
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


WORKBOOK = workbook(("2024-01", 1, "first"), ("2024-02", 2.5, None))
PARTS = members(WORKBOOK)
HEADER = (
    b"<row>" + b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % n.encode() for n in COLUMNS) + b"</row>"
)


def with_sheet(inner: bytes, header: bytes = HEADER, **parts: bytes) -> bytes:
    """A workbook whose sheet holds the header and what is given, and that shares texts."""
    sheet = b"<worksheet " + MAIN + b"><sheetData>" + header + inner + b"</sheetData></worksheet>"
    shared = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
        b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    types = PARTS[TYPES].replace(b"</Types>", shared)
    strings = parts.get("strings", b"<sst/>").replace(b"<sst", b"<sst " + MAIN)
    styles, book = parts.get("styles", PARTS[STYLES]), parts.get("book", PARTS[BOOK])
    return packed({**PARTS, SHEET: sheet, TYPES: types, STRINGS: strings, STYLES: styles, BOOK: book})


# What editors paste.


@pytest.mark.parametrize("separator", ["\t", ",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_pasted_table_is_read_whatever_separates_cells_and_lines(separator: str, end: str) -> None:
    lines = [("Period", " VALUE ", "no te"), ("2024-01", " 1.5 ", "“a”"), ("", "", ""), ("2024-02", "2", "")]
    table = pasted(end.join(separator.join(line) for line in lines))
    assert table.columns == COLUMNS
    assert table.rows == (
        (2, {"period": "2024-01", "value": "1.5", "note": "“a”"}),
        (4, {"period": "2024-02", "value": "2", "note": ""}),
    )


def test_a_decimal_comma_may_stand_where_semicolons_or_tabs_separate() -> None:
    assert (
        cells(pasted("period;value\n2024;1,5"))
        == cells(pasted("period\tvalue\n2024\t1,5"))
        == [["2024", "1,5"]]
    )


def test_quotes_hold_separators_lines_and_quotes() -> None:
    table = pasted('period,value, note\n2024,1, "a, ""b""\nc"\n2025,2,d\n')
    assert [(number, row["note"]) for number, row in table.rows] == [(2, 'a, "b"\nc'), (3, "d")]


def test_columns_are_found_by_any_spelling_in_any_order_and_need_not_all_be_there() -> None:
    table = read_text("Last Value,START_DATE\n1,2024", ["start date", "last_value", "note"], ["last_value"])
    assert table == Table(("last_value", "start date"), ((2, {"last_value": "1", "start date": "2024"}),))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("period,valeu,value\n",
         ["Row 1, column “valeu”: there is no such column; the nearest that is known is “value”."]),
        ("period,value,Value\n", ["Row 1, column “value”: this column stands twice."]),
        ("period,note\n2024,a", ["Row 1: the column “value” is missing."]),
        ("period,value\n2024,1\n2024,1,200\n",
         ["Row 3: there are more cells than the header names; “200” has no column."]),
        ('period,value\n2024,"1\n', ['Row 2: a quotation mark (") is opened and not closed.']),
        ("2024-01,5\n", [f"Row 1: this is no header; it begins with “2024-01”. {EXPECTED}"]),
        ("", [f"The table is empty. {EXPECTED}"]),
    ],
)  # fmt: skip
def test_a_fault_is_a_sentence_that_names_row_and_column(text: str, sentences: list[str]) -> None:
    assert faults(pasted, text) == sentences


def test_the_first_fifty_faults_are_told_and_the_others_counted() -> None:
    told = faults(pasted, "period,value\n" + "2024,1,x\n" * 1_060)
    assert len(told) == 51
    assert told[-1] == "… and 1,010 more."


def test_separators_at_a_row_s_end_are_no_cells() -> None:
    assert cells(pasted("period,value,,\n2024,1,,,\n")) == [["2024", "1"]]


# What is published, and comes back.

stored = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
awkward = st.text(st.sampled_from("'=+-@\t\r\n 1.\",;a"), max_size=6)


@given(st.lists(st.lists(stored | awkward, min_size=3, max_size=3), max_size=5), st.integers(1, 3))
def test_every_text_comes_back_as_it_was_written(texts: list[list[str]], width: int) -> None:
    rows = [dict(zip(COLUMNS[:width], row, strict=False)) for row in texts]
    table = pasted(write_text(COLUMNS[:width], rows), needed=())
    assert [row for _, row in table.rows] == [row for row in rows if any(row.values())]


def test_no_spreadsheet_takes_a_published_text_for_a_formula() -> None:
    texts = [
        "=1+1",
        "+a",
        "-a",
        "@a",
        "\ta",
        "\ra",
        "-1,000",
        "\uff1d1",
        "-5",
        "-1.25",
        "+5",
        "5",
        "'tis",
        "a=b",
    ]
    lines = write_text(["note"], [{"note": text} for text in texts]).split("\r\n")
    assert lines[0] == "note"
    assert lines[1:-1] == ["'=1+1", "'+a", "'-a", "'@a", "'\ta", "\"'\ra\"", "\"'-1,000\"", "'\uff1d1",
                           "-5", "-1.25", "+5", "5", "'tis", "a=b"]  # fmt: skip


# What editors upload.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_file_is_read_in_the_encodings_that_editors_have(encoding: str) -> None:
    content = "period,value,note\n2024,1,国家网信办发布".encode(encoding)
    assert cells(uploaded(content, "表.csv")) == [["2024", "1", "国家网信办发布"]]


def test_a_western_text_is_not_taken_for_chinese() -> None:
    content = "period,value,note\n2024,1,Société “Générale” – Zürich".encode("cp1252")
    assert cells(uploaded(content, "table.csv")) == [["2024", "1", "Société “Générale” – Zürich"]]


def test_cells_of_a_workbook_are_as_a_person_wrote_them() -> None:
    values = {
        1: "1", 12800: "12800", 0.1: "0.1", 1e-7: "0.0000001", -2.5: "-2.5", 1e22: "1" + "0" * 22,
        "  text ": "text", "0012": "0012", "国": "国", "a_x000D_\nb": "a\r\nb",
        date(2024, 3, 1): "2024-03-01", datetime(2024, 3, 1): "2024-03-01",
        datetime(2024, 3, 1, 12, 30, 5): "2024-03-01T12:30:05", date(1900, 1, 5): "1900-01-05",
    }  # fmt: skip
    table = uploaded(workbook(*(("2024", value, None) for value in [*values, True, False])))
    assert [row["value"] for _, row in table.rows] == [*values.values(), "TRUE", "FALSE"]


def test_the_number_behind_a_float_is_the_one_that_was_typed() -> None:
    table = uploaded(
        with_sheet(
            b"<row><c><v>12345678901234567890</v></c><c><v>0.10000000000000001</v></c><c><v>1.28E4</v></c></row>"
        )
    )
    assert cells(table) == [["12345678901234567890", "0.1", "12800"]]


def test_a_workbook_may_count_its_days_from_1904() -> None:
    def change(book: Any) -> None:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    assert cells(uploaded(workbook((date(2024, 3, 1), 1, None), change=change)))[0][0] == "2024-03-01"


@pytest.mark.parametrize(
    ("code", "shown"),
    [("yyyy-mm", "2024-03-01"), ('yyyy"年"m"月"', "2024-03-01"), ("[$-804]mmm yy;@", "2024-03-01"), ("0.00", "45352"),
     ('0 "days"', "45352"), ("General", "45352"), ("[Red]0", "45352"), ("[h]:mm", "45352")],
)  # fmt: skip
def test_what_is_shown_as_a_date_is_one(code: str, shown: str) -> None:
    def change(book: Any) -> None:
        book.active["A2"].number_format = code

    assert cells(uploaded(workbook((45352, 1, None), change=change)))[0][0] == shown


def test_row_numbers_are_the_sheet_s() -> None:
    table = uploaded(workbook((), ("2024", 1, None), (), ("2025", 2, None)))
    assert [number for number, _ in table.rows] == [3, 5]


def test_errors_and_formulas_without_a_value_are_named_by_row_and_column() -> None:
    formula = "a formula without a value; save the file in a spreadsheet program first"
    content = workbook(("2024", "=1+1", None), ("2024", "#REF!", "#N/A"))
    assert faults(uploaded, content) == [
        f"Row 2, column “value”: the cell holds {formula}.",
        "Row 3, column “value”: the cell holds the error #REF!.",
        "Row 3, column “note”: the cell holds the error #N/A.",
    ]


def test_a_formula_counts_by_its_last_value() -> None:
    row = b'<row><c t="str"><f>A</f><v>2024</v></c><c><f>1+1</f><v>2</v></c></row>'
    assert cells(uploaded(with_sheet(row))) == [["2024", "2", ""]]


def test_a_cell_beyond_all_columns_is_not_lost() -> None:
    content = workbook(("2024", 1, None), change=lambda book: book.active.cell(2, 500, "far"))
    assert fault(uploaded, content) == (
        "Row 2: there are more cells than the header names; “far” has no column."
    )


def test_names_of_elements_may_have_a_prefix() -> None:
    sheet = PARTS[SHEET].replace(b"xmlns=", b"xmlns:x=").replace(b"<", b"<x:").replace(b"<x:/", b"</x:")
    assert cells(uploaded(packed({**PARTS, SHEET: sheet}))) == cells(uploaded(WORKBOOK))


def test_a_workbook_of_the_strict_kind_is_refused_with_a_sentence() -> None:
    strict = {name: part.replace(b"schemas.openxmlformats.org/spreadsheetml/2006", b"purl.oclc.org/ooxml/spreadsheetml")
              .replace(b"schemas.openxmlformats.org/officeDocument/2006", b"purl.oclc.org/ooxml/officeDocument")
              for name, part in PARTS.items()}  # fmt: skip
    assert "XLSX or CSV" in fault(uploaded, packed(strict)) or "no visible sheet" in fault(
        uploaded, packed(strict)
    )


def test_texts_in_pieces_are_whole_and_how_they_are_read_aloud_is_left_out() -> None:
    strings = "<sst><si><r><t>国家</t></r><r><t>网信办</t></r>"
    strings += "<rPh sb='0' eb='2'><t>guojia</t></rPh></si></sst>"
    row = b'<row><c><v>1</v></c><c t="s"><v>0</v></c></row>'
    assert cells(uploaded(with_sheet(row, strings=strings.encode()))) == [["1", "国家网信办", ""]]


def test_the_first_visible_sheet_is_read_and_no_other() -> None:
    def change(book: Any) -> None:
        hidden = book.create_sheet("hidden", 0)
        hidden.append(["what", "nobody", "asks"])
        hidden.sheet_state = "hidden"
        book.create_sheet("another").append(["and", "another"])

    assert cells(uploaded(workbook(("2024", 1, None), change=change))) == [["2024", "1", ""]]


def test_a_merged_cell_s_value_stands_once() -> None:
    content = workbook(
        ("2024", 1, "a"), ("2024", 2, None), change=lambda book: book.active.merge_cells("C2:C3")
    )
    assert [row[2] for row in cells(uploaded(content))] == ["a", ""]


def test_a_sheet_s_claim_of_its_size_and_a_cell_far_away_cost_nothing() -> None:
    sheet = PARTS[SHEET].replace(b'ref="A1:C3"', b'ref="A1:XFD1048576"')
    far = sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    assert far != PARTS[SHEET]
    assert len(uploaded(packed({**PARTS, SHEET: sheet})).rows) == 2
    assert "more time or memory" in fault(uploaded, packed({**PARTS, SHEET: far}))


# What nobody means well with, or what is just another file.


def lying(content: bytes, size: int) -> bytes:
    """The workbook, whose members are said to have another size."""
    data = bytearray(content)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = struct.pack("<I", size)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def overlapping(content: bytes) -> bytes:
    """The workbook, whose second member is said to begin inside of the first."""
    data = bytearray(content)
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = struct.pack("<I", 4)
    return bytes(data)


def encrypted(content: bytes) -> bytes:
    return content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DOCTYPE = '<!DOCTYPE w [<!ENTITY a "a"><!ENTITY b "&a;&a;">]>'
SHEET_TEXT = PARTS[SHEET].decode()


def styles(formats: bytes, cells: bytes) -> bytes:
    """The styles of a workbook with more formats and more styles of cells."""
    added = PARTS[STYLES].replace(b'<numFmts count="0" />', b"<numFmts>" + formats + b"</numFmts>")
    return added.replace(b"</cellXfs>", cells + b"</cellXfs>")


def full(piece: bytes, size: int = 19_000_000) -> bytes:
    return piece * (size // len(piece))


HOSTILE: dict[str, Callable[[], tuple[str, bytes]]] = {
    "gigabytes": lambda: ("unfolds to more than 20 MB", lying(WORKBOOK, 4_000_000_000)),
    "unfolds": lambda: ("unfolds to more than 20 MB", packed({**PARTS, "media/a": bytes(21_000_000)})),
    "many members": lambda: ("more than 200 files", packed({**PARTS, **{f"a{n}": b"" for n in range(50_000)}})),
    "lying sizes": lambda: ("damaged", lying(with_sheet(full(b"<row/>")), 100)),
    "too small sizes": lambda: ("damaged", lying(WORKBOOK, 0)),
    "overlapping": lambda: ("damaged", overlapping(WORKBOOK)),
    "packed without bound": lambda: ("damaged", packed({**PARTS, SHEET: full(b"a")}, zipfile.ZIP_LZMA)),
    "encrypted": lambda: ("protected by a password", encrypted(WORKBOOK)),
    "encrypted container": lambda: ("protected by a password", OLE + "EncryptedPackage".encode("utf-16-le")),
    "old": lambda: ("save it as XLSX or CSV", OLE + bytes(500)),
    "truncated": lambda: ("damaged", WORKBOOK[: len(WORKBOOK) // 2]),
    "another archive": lambda: ("no workbook", packed({"content.xml": b"<a/>", "mimetype": b"spreadsheet"})),
    "binary": lambda: ("NUL", b"period,value\n2024,\x00"),
    "picture": lambda: ("neither a workbook nor a text", b"\x89PNG\r\n\x1a\n\x81\xff\x8d"),
    "doctype": lambda: ("no spreadsheet program", packed({**PARTS, SHEET: (DOCTYPE + SHEET_TEXT).encode()})),
    "doctype in UTF-16": lambda: (
        "no spreadsheet program",
        packed({**PARTS, SHEET: (DOCTYPE + SHEET_TEXT).encode("utf-16")}),
    ),
    "doctype in UTF-16 without mark": lambda: (
        "no spreadsheet program", packed({**PARTS, SHEET: (DOCTYPE + SHEET_TEXT).encode("utf-16-be")}),
    ),
    "doctype in strings": lambda: ("no spreadsheet program", with_sheet(b"", strings=DOCTYPE.encode() + b"<sst/>")),
    "doctype in relations": lambda: (
        "no spreadsheet program", packed({**PARTS, RELATIONS: DOCTYPE.encode() + PARTS[RELATIONS]}),
    ),
    "doctype by another encoding": lambda: (
        "",
        packed({**PARTS, SHEET: b'<?xml version="1.0" encoding="cp037"?>' + (DOCTYPE + SHEET_TEXT).encode("cp037")}),
    ),
    "rows of nothing": lambda: ("more time or memory", with_sheet(full(b"<row/>"))),
    "one text many times": lambda: (
        "more time or memory",
        with_sheet(
            b'<row><c t="s"><v>0</v></c></row>' * 19_000,
            strings=b"<sst><si><t>" + b"a" * MAX_CELL + b"</t></si></sst>",
        ),
    ),
    "attributes": lambda: (
        "", with_sheet(b"<row " + b" ".join(b'a%d=""' % n for n in range(1_000_000)) + b"/>"),
    ),
    "a huge comment": lambda: ("more time or memory", with_sheet(b"<!--" + full(b"a"))),
    "a huge cell": lambda: (
        "more time or memory",
        with_sheet(b'<row><c t="inlineStr"><is>' + full(b"<r><t>" + b"a" * 9_000 + b"</t></r>") + b"</is></c></row>"),
    ),
    "a number of thousands of digits": lambda: (
        "damaged", with_sheet(b"<row><c><v>" + b"1" * 39_000 + b"</v></c></row>"),
    ),
    "too many rows in a sheet": lambda: ("more than 20,000 rows", with_sheet(b"<row><c><v>1</v></c></row>" * 20_001)),
    "large": lambda: ("larger than 5 MB", b"a" * (MAX_BYTES + 1)),
    "a line of megabytes": lambda: ("Row 2: the line is longer", b"period,value\n" + full(b"a", 4_900_000)),
    "a line of commas": lambda: ("Row 2: the line is longer", b"period,value\n" + full(b",", 4_900_000)),
    "an open quote": lambda: ("Row 3: a cell has more", b'period,value\n2024,1\n"' + full(b"a\n", 4_900_000)),
    "a long cell": lambda: ("Row 2, column “value”: the cell has more", b"period,value\n2024," + b"a" * 5_001),
    "too many rows": lambda: ("Row 20002: the table has more", b"period,value\n" + b"2024,1\n" * 20_001),
    "too many columns": lambda: ("more than 50 columns", b"period,value" + b",a" * 49),
    "lines of nothing": lambda: ("The table is empty", full(b"\n", 4_900_000)),
    "digits": lambda: ("more than 5,000 characters", b"period,value\n" + (b"'+" + b"1" * 131_000 + b"x,1\n") * 7),
}  # fmt: skip


@contextmanager
def bounded(memory: bool = False) -> Iterator[None]:
    """What is done here takes little time, or little memory."""
    started = time.perf_counter()
    if not memory:
        yield
        assert time.perf_counter() - started < SECONDS
        return
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEMORY


# The limit itself is tried at the child; these use it up.
LONG = ("attributes", "a huge comment", "lines of nothing")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.torture) if name in LONG else name for name in HOSTILE]
)
def test_what_is_no_table_is_refused_fast_and_in_little_memory(name: str) -> None:
    sentence, content = HOSTILE[name]()
    with bounded():
        assert sentence in faults(uploaded, content)[0]
    # Once more, since what measures memory takes most of the time.
    with bounded(memory=True):
        faults(uploaded, content)


def test_a_table_at_its_bounds_is_read() -> None:
    text = "period,value,note\n" + "2024-01-01,1.5,a\n" * (MAX_ROWS - 1) + f"2024,1,{'a' * MAX_CELL}\n"
    assert len(pasted(text).rows) == MAX_ROWS
    row = b'<row><c t="inlineStr"><is><t>2024</t></is></c><c><v>1.5</v></c></row>'
    assert len(uploaded(with_sheet(row * MAX_ROWS)).rows) == MAX_ROWS


def test_half_of_a_character_is_no_text() -> None:
    assert "no text has" in fault(pasted, "period,value\n2024,\ud800")


# Whatever comes: a table, or sentences.


def is_table_or_refused(read: Callable[[], Table]) -> None:
    outcome: Table | BadTable
    try:
        outcome = read()
    except BadTable as error:
        outcome = error
    assert isinstance(outcome, Table) or (outcome.faults and all(outcome.faults))


SNIPPETS = st.sampled_from(
    ["period", "value", "note", ",", "\t", ";", '"', "\n", "\r", "'", "=", "\x00", "1", "\ufeff"]
)


@given(st.text(st.characters()) | st.lists(SNIPPETS).map("".join))
def test_any_text_is_a_table_or_refused(text: str) -> None:
    is_table_or_refused(lambda: pasted(text))
    is_table_or_refused(lambda: pasted("period,value\n" + text))


@given(st.sampled_from([b"", b"PK\x03\x04", OLE, b"\xff\xfe", b"period,value\n"]), st.binary())
def test_any_bytes_are_a_table_or_refused(start: bytes, content: bytes) -> None:
    is_table_or_refused(lambda: uploaded(start + content))


def mutated(content: bytes, changes: Sequence[tuple[float, int, bytes]]) -> bytes:
    """The content, where pieces at some places are replaced by others."""
    for place, length, piece in changes:
        at = int(place * len(content))
        content = content[:at] + piece + content[at + length :]
    return content


changes = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 8), st.binary(max_size=4)), min_size=1, max_size=4
)
XML = st.sampled_from([b"<", b">", b'"', b"/", b"<c>", b"<v>", b't="s"', b't="d"', b's="99"', b"-1", b"1e999", b"&#1;",
                       b"<row>", b"r=''", b"9" * 400, b"<f/>", b"nan", b"", b"Target=", b"..", b"\xff"])  # fmt: skip
xml_changes = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), XML), min_size=1, max_size=3)
DATED = workbook((date(2024, 3, 1), 1, "a"), ("2024", "=1", True))


@settings(max_examples=25)  # each begins a process
@given(st.sampled_from([WORKBOOK, DATED]), changes)
def test_a_workbook_with_wrong_bytes_is_a_table_or_refused(content: bytes, where: list[Any]) -> None:
    is_table_or_refused(lambda: uploaded(mutated(content, where)))


@given(
    st.sampled_from([members(DATED), members(with_sheet(b'<row><c t="s" s="0"><v>0</v></c></row>'))]),
    st.sampled_from([SHEET, STYLES, RELATIONS, STRINGS, "xl/workbook.xml", "_rels/.rels"]),
    xml_changes,
)
@settings(max_examples=25)
def test_a_workbook_with_wrong_xml_is_a_table_or_refused(
    parts: dict[str, bytes], name: str, where: list[Any]
) -> None:
    changed = mutated(parts.get(name, b"<sst><si><t>a</t></si></sst>"), where)
    is_table_or_refused(lambda: uploaded(packed({**parts, name: changed}, zipfile.ZIP_STORED)))


@pytest.mark.parametrize(
    ("kind", "value"), list(itertools.product(["s", "n", "d", "b", "e", "x"], ["-1", "7", "x", "", "1e9"]))
)
def test_a_cell_of_any_kind_is_a_value_or_a_sentence(kind: str, value: str) -> None:
    cell = f'<row><c t="{kind}" s="{value}"><v>{value}</v></c><c><v>1</v></c></row>'
    is_table_or_refused(lambda: uploaded(with_sheet(cell.encode())))
