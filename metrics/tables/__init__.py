"""A table of foreign bytes or of pasted text becomes rows of texts, or sentences that say to its editor why not.

Whatever comes in costs little time and memory: sizes are asked before anything is unfolded, and a bound that is passed
ends the reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from metrics.tables.rows import MAX_BYTES, MAX_CELL, MAX_ROWS, SIZE, BadTable, Reading, Table, refuse, shown
from metrics.tables.text import decoded, read_text, write_text
from metrics.tables.workbook import read_workbook

__all__ = ["MAX_BYTES", "MAX_CELL", "MAX_ROWS", "BadTable", "Table", "read_file", "read_text", "write_text"]


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
    read_workbook(named, content, reading)
    return reading.table()


def _refuse_old(named: str, content: bytes) -> NoReturn:
    if "EncryptedPackage".encode("utf-16-le") in content:
        refuse(f"The workbook {named} is protected by a password; save it without one.")
    refuse(f"The file {named} is of an old kind (such as XLS); save it as XLSX or CSV.")
