"""One WARC a snapshot: the last request and what was answered, in a file that is named by its own digest."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from outbound.addresses import parse
from outbound.client import Answer

# The body is kept unpacked, in one piece: what these said of it holds no longer, and is kept under another name.
_OF_TRANSPORT = ("content-encoding", "transfer-encoding", "content-length")


def written(address: str, answer: Answer, at: datetime) -> bytes:
    """The WARC of an answer to the address as it was cited, gzipped record by record (ISO 28500, version 1.1)."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="1.1")
    common = {"WARC-Date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "WARC-IP-Address": answer.ip}
    response = writer.create_warc_record(
        answer.address, "response", payload=BytesIO(answer.content), length=len(answer.content),
        http_headers=_response(answer), warc_headers_dict=dict(common),
    )  # fmt: skip
    line = f"GET {parse(answer.address).target} HTTP/1.1"
    request = writer.create_warc_record(
        answer.address, "request", warc_headers_dict=dict(common),
        http_headers=StatusAndHeaders(line, list(answer.request_headers), is_http_request=True),
    )  # fmt: skip
    writer.write_request_response_pair(request, response)
    _add_way(writer, address, answer, {**common, "WARC-Concurrent-To": _id(response)})
    return buffer.getvalue()


def _add_way(writer: WARCWriter, address: str, answer: Answer, headers: dict[str, str]) -> None:
    """How one came there from the address that was cited."""
    steps = [f"step: {' '.join(step.sentence.split())}" for step in answer.steps]
    fields = "\r\n".join([f"via: {address}", *steps, ""]).encode()
    writer.write_record(
        writer.create_warc_record(
            answer.address, "metadata", payload=BytesIO(fields), length=len(fields),
            warc_content_type="application/warc-fields", warc_headers_dict=headers,
        )
    )  # fmt: skip


def _id(record: object) -> str:
    found: str = record.rec_headers.get_header("WARC-Record-ID")  # type: ignore[attr-defined]
    return found


def _response(answer: Answer) -> StatusAndHeaders:
    headers = [
        (f"X-Archive-Orig-{name}" if name.lower() in _OF_TRANSPORT else name, text)
        for name, text in answer.raw_headers
    ]
    headers.append(("Content-Length", str(len(answer.content))))
    return StatusAndHeaders(f"{answer.status} {answer.reason}", headers, protocol=answer.http_version)


def keep(content: bytes, at: datetime) -> str:
    """Write the file, safe from a loss of power once this returns. Returns its name below ARCHIVE_ROOT.

    It stands there whole or not at all. Raises OSError.
    """
    name = f"{at:%Y/%m}/{hashlib.sha256(content).hexdigest()}.warc.gz"
    path = place(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{uuid4().hex}.new")
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        _fsync(folder)
    return name


def place(name: str) -> Path:
    """Where a snapshot's file is."""
    return Path(settings.ARCHIVE_ROOT) / name


def _fsync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
