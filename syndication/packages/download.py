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

_RANGE = re.compile(r"bytes=\s*([0-9]{0,99})-([0-9]{0,99})\s*", re.ASCII | re.IGNORECASE)
CHANGED = "The file is another one by now; its ETag says which."
ANEW = "This package is being made; anew, where something of it was withdrawn or erased, or its file is gone."


@require_safe
def download(request: HttpRequest, position: int) -> HttpResponseBase:
    """The zip. What was hidden since it was made is given to nobody: then it is made anew."""
    package = Package.objects.filter(pk=position).exclude(state=State.FAILED).first()
    if package is None:
        return problem(404, "There is no such package; ask for it at /api/v1/packages/.")
    may = package.state == State.READY and not queue.is_stale(position, package.seen)
    try:
        file = package.path.open("rb") if may else None
    except FileNotFoundError:
        file = None
    if file is None:
        response = problem(503, ANEW)
        response["Retry-After"] = SOON
        return response
    return _answer(request, package, file)


def _answer(request: HttpRequest, package: Package, file: BinaryIO) -> HttpResponseBase:
    validator, whole = quote_etag(package.sha256), range(package.bytes)
    answered = get_conditional_response(request, etag=validator)
    part = _asked(request, whole, validator)
    if answered and answered.status_code == 412:
        answered = problem(412, CHANGED)
    elif not answered and part is not None and not part:
        answered = _beyond(whole)
    if answered:
        file.close()
    response = answered or _file(package, file, part, whole)
    response["ETag"] = validator
    response["Accept-Ranges"] = "bytes"
    if response.status_code < 400:
        # A day and not for ever: what is withdrawn or erased goes from packages too.
        response["Cache-Control"] = "public, max-age=86400"
        response["Surrogate-Key"] = "tracker package"
    else:
        response["Cache-Control"] = "no-store"
    return response


def _asked(request: HttpRequest, whole: range, validator: str) -> range | None:
    """The bytes that are asked for: none, where there are none of them; None for the whole file (RFC 9110, 14)."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if request.method != "GET" or not match or request.headers.get("If-Range", validator) != validator:
        return None
    first, last = (int(text) if text else None for text in match.groups())
    if first is None:
        return None if last is None else whole[max(len(whole) - last, 0) :]  # so many, up to the end
    if last is None:
        return whole[first:]
    return None if last < first else whole[first : last + 1]  # backwards is no range at all


def _file(package: Package, file: BinaryIO, part: range | None, whole: range) -> HttpResponseBase:
    length = len(whole if part is None else part)
    # A server may send a whole file by itself.
    shown = file if part is None else _Part(file, length)
    response = FileResponse(shown, as_attachment=True, filename=package.name, content_type="application/zip")
    response["Content-Length"] = str(length)
    if part is not None:
        file.seek(part.start)
        response.status_code = 206
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(whole)}"
    return response


def _beyond(whole: range) -> HttpResponse:
    response = problem(416, f"The file ends before that: it has {len(whole):,} bytes.")
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
