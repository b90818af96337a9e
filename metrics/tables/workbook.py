"""Workbooks, as a sandboxed function: what their archive declares is looked through before openpyxl reads anything."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import pairwise
from typing import Any, NoReturn

from metrics.tables.rows import MAX_ROWS, too_much
from metrics.tables.sheet import NoSheet, TooMuch, rows
from outbound.sandbox import Unreadable

MAX_MEMBERS = 200
MAX_UNFOLDED = 20_000_000
# Of a member, before its name.
_LOCAL_HEADER = 30
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def read(content: bytes, shown: str) -> list[tuple[int, dict[int, Any]]]:
    """The rows of the first visible sheet, as ``sheet.rows`` gives them. Whatever else it raises, there is damage."""
    # Counted before the list of members is built.
    if content.count(b"PK\x01\x02") > MAX_MEMBERS:
        _refuse(f"The file {shown} is an archive of more than {MAX_MEMBERS} files and no workbook.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_members(shown, archive)
    try:
        # One row more, so that it can be said which is too many.
        return list(rows(content, MAX_ROWS + 1))
    except NoSheet:
        _refuse(f"The workbook {shown} has no visible sheet with cells.")
    except TooMuch:
        _refuse(too_much(shown))


def _refuse(sentence: str) -> NoReturn:
    raise Unreadable(sentence)


def _check_members(shown: str, archive: zipfile.ZipFile) -> None:
    """What is declared is all that is ever unfolded, so that a bomb is known before it goes off."""
    members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    if sum(member.file_size for member in members) > MAX_UNFOLDED:
        _refuse(
            f"The workbook {shown} unfolds to more than {MAX_UNFOLDED // 1_000_000} MB; "
            "keep one sheet without pictures, or save it as CSV."
        )
    if any(member.flag_bits & 1 for member in members):
        _refuse(f"The workbook {shown} is protected by a password; save it without one.")
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
            _refuse(f"The workbook {shown} holds what no spreadsheet program writes; it is not read.")
