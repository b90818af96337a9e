"""The file of a package: whole, or from where a download was broken off."""

from __future__ import annotations

import re
from typing import BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from editorial.api import problem
from syndication.models.package import Package, State
from syndication.packages import queue
from syndication.packages.api import SOON

_RANGE = re.compile(r"bytes=([0-9]{1,18})-([0-9]{0,18})", re.ASCII)
ANEW = "This package is being made anew, since something of it was withdrawn or erased, or its file is gone."


@require_safe
def download(request: HttpRequest, position: int) -> HttpResponseBase:
    """The zip. What was hidden since it was made is given to nobody: then it is made anew."""
    package = Package.objects.filter(pk=position, state=State.READY).first()
    if package is None:
        return problem(404, "There is no such package; ask for it at /api/v1/packages/.")
    try:
        file = None if queue.is_stale(position, package.seen) else package.path.open("rb")
    except FileNotFoundError:
        file = None
    if file is None:
        response = problem(503, ANEW)
        response["Retry-After"] = SOON
        return response
    return _answer(request, package, file)


def _answer(request: HttpRequest, package: Package, file: BinaryIO) -> HttpResponseBase:
    validator = quote_etag(package.sha256)
    unchanged = get_conditional_response(request, etag=validator)
    whole = range(package.bytes)
    part = _asked(request, whole, validator)
    if unchanged or not part:
        file.close()
    response = unchanged or (_file(package, file, part, whole) if part else _beyond(whole))
    response["ETag"] = validator
    # A day and not for ever: what is withdrawn or erased goes from packages too.
    response["Cache-Control"] = "public, max-age=86400"
    response["Accept-Ranges"] = "bytes"
    return response


def _asked(request: HttpRequest, whole: range, validator: str) -> range:
    """The bytes that are asked for; none where the file ends before they begin."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if not match or request.headers.get("If-Range", validator) != validator:
        return whole
    last = int(match[2]) if match[2] else whole.stop
    if last < int(match[1]):
        return whole  # which is no range at all
    return whole[int(match[1]) : last + 1]


def _file(package: Package, file: BinaryIO, part: range, whole: range) -> HttpResponseBase:
    file.seek(part.start)
    # A server may send a whole file by itself.
    shown = file if part == whole else _Part(file, len(part))
    response = FileResponse(shown, as_attachment=True, filename=package.name, content_type="application/zip")
    response["Content-Length"] = str(len(part))
    if part != whole:
        response.status_code = 206
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(whole)}"
    return response


def _beyond(whole: range) -> HttpResponse:
    response = HttpResponse(status=416)
    response["Content-Range"] = f"bytes */{len(whole)}"
    return response


class _Part:
    """The next ``length`` bytes of a file, as a file."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file, self._left = file, length

    def read(self, size: int) -> bytes:
        content = self._file.read(min(size, self._left))
        self._left -= len(content)
        return content

    def close(self) -> None:
        self._file.close()
