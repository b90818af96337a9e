"""A table of foreign bytes or of pasted text becomes rows of texts, or sentences that say to its editor why not.

Whatever comes in costs little time and memory: sizes are asked before anything is unfolded, and a bound that is passed
ends the reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from metrics.tables.rows import (
    MAX_BYTES,
    MAX_CELL,
    MAX_ROWS,
    SIZE,
    BadTable,
    Cell,
    Reading,
    Table,
    Unreadable,
    clean,
    guarded,
    refuse,
    shown,
    too_much,
)
from metrics.tables.text import decoded, read_text, write_text
from outbound import sandbox

__all__ = [
    "MAX_BYTES",
    "MAX_CELL",
    "MAX_ROWS",
    "BadTable",
    "Table",
    "guarded",
    "read_file",
    "read_text",
    "write_text",
]


def read_file(name: str, content: bytes, columns: Sequence[str], needed: Sequence[str]) -> Table:
    """The table of a file: an XLSX workbook or a text, told by what it holds. Raises BadTable.

    The name serves to speak of the file.
    """
    named = shown(name)
    if len(content) > MAX_BYTES:
        refuse(f"The file {named} is larger than {SIZE}; split the table.")
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        _refuse_old(named, content)
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return read_text(decoded(named, content), columns, needed)
    reading = Reading(columns, needed)
    for number, cells in _read_workbook(named, content):
        reading.add(number, {int(place): _cell(cell) for place, cell in cells.items()})
    return reading.table()


def _read_workbook(named: str, content: bytes) -> Any:
    """Its rows, by a child that may be ended at any time; see ``workbook.read``."""
    try:
        return sandbox.run("metrics.tables.workbook:read", content, shown=named)
    except sandbox.Unreadable as error:
        refuse(str(error))
    except sandbox.Ended as ended:
        if ended.kind != "crash":
            refuse(too_much(named))
        refuse(f"The file {named} is damaged, incomplete or no workbook; save it again as XLSX or CSV.")


def _cell(cell: str | list[str]) -> Cell:
    return clean(cell) if isinstance(cell, str) else Unreadable(cell[0])


def _refuse_old(named: str, content: bytes) -> NoReturn:
    if "EncryptedPackage".encode("utf-16-le") in content:
        refuse(f"The workbook {named} is protected by a password; save it without one.")
    refuse(f"The file {named} is of an old kind (such as XLS); save it as XLSX or CSV.")
