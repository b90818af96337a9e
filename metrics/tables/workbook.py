"""Workbooks: looked through from outside, and read by openpyxl in a process whose limits the kernel keeps."""

from __future__ import annotations

import io
import json
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path

from metrics.tables.rows import MAX_ROWS, BadTable, Cell, Reading, Unreadable, clean, refuse

MAX_MEMBERS = 200
MAX_UNFOLDED = 20_000_000
SECONDS = 10
_PROGRAM = Path(__file__).with_name("sheet.py")
# What zipfile raises on bytes that are no archive, or a spoilt one.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError,
)  # fmt: skip
# Of a member, before its name.
_LOCAL_HEADER = 30
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def read_workbook(shown: str, content: bytes, reading: Reading) -> None:
    """Give the rows of the first visible sheet to the reading. Raises BadTable."""
    # Counted before the list of members is built.
    if content.count(b"PK\x01\x02") > MAX_MEMBERS:
        refuse(f"The file {shown} is an archive of more than {MAX_MEMBERS} files and no workbook.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(shown, archive)
    except BadTable:
        raise
    except _DAMAGE as error:
        raise BadTable([_damaged(shown)]) from error
    for number, cells in _read_apart(shown, content):
        reading.add(number, {int(place): _cell(cell) for place, cell in cells.items()})


def _damaged(shown: str) -> str:
    return f"The file {shown} is damaged, incomplete or no workbook; save it again as XLSX or CSV."


def _check_members(shown: str, archive: zipfile.ZipFile) -> None:
    """What is declared is all that is ever unfolded, so that a bomb is known before it goes off."""
    members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    if sum(member.file_size for member in members) > MAX_UNFOLDED:
        refuse(
            f"The workbook {shown} unfolds to more than {MAX_UNFOLDED // 1_000_000} MB; "
            "keep one sheet without pictures, or save it as CSV."
        )
    if any(member.flag_bits & 1 for member in members):
        refuse(f"The workbook {shown} is protected by a password; save it without one.")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise zipfile.BadZipFile
    for member, following in pairwise(members):
        if member.header_offset + _LOCAL_HEADER + member.compress_size > following.header_offset:
            raise zipfile.BadZipFile
    for member in members:
        with archive.open(member) as unfolding:
            data = unfolding.read(member.file_size)
        # UTF-16 is UTF-8 with NULs, as far as these words go.
        if _DECLARED.search(data.replace(b"\0", b"")):
            refuse(f"The workbook {shown} holds what no spreadsheet program writes; it is not read.")


def _read_apart(shown: str, content: bytes) -> list[tuple[int, dict[str, str | list[str]]]]:
    """The sheet's rows, by a process that may be ended at any time."""
    argv = [sys.executable, "-I", str(_PROGRAM), str(MAX_ROWS + 1)]
    try:
        done = subprocess.run(argv, input=content, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise BadTable([_too_much(shown)]) from error
    if done.returncode == 1:
        refuse(f"The workbook {shown} has no visible sheet with cells.")
    if done.returncode == 2:
        refuse(_damaged(shown))
    if done.returncode:
        refuse(_too_much(shown))
    found: list[tuple[int, dict[str, str | list[str]]]] = json.loads(done.stdout)
    return found


def _too_much(shown: str) -> str:
    return f"The workbook {shown} takes more time or memory than a table does; keep one sheet, or save it as CSV."


def _cell(cell: str | list[str]) -> Cell:
    return clean(cell) if isinstance(cell, str) else Unreadable(cell[0])
