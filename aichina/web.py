"""The process of the web server: what it cannot read, and the tracker never sees, is answered as any error is."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gunicorn import util
from gunicorn.http import errors as unread
from gunicorn.workers.gthread import ThreadWorker

if TYPE_CHECKING:
    from django.http import HttpResponse

OURS = (500, "")
LINE = (
    400,
    (
        "The first line of the request cannot be read: it is a method in capitals, an address and HTTP/1.1, with a "
        "space between them. A space inside an address is %20."
    ),
)
# Status and detail, by the error's class or the nearest above it. Of what was sent nothing is repeated.
REFUSALS: dict[type, tuple[int, str]] = {
    BaseException: OURS,
    unread.ParseException: (400, ""),
    unread.InvalidRequestLine: LINE,
    unread.InvalidRequestMethod: LINE,
    unread.InvalidHTTPVersion: LINE,
    unread.InvalidHeader: (
        400,
        (
            "A header cannot be read, or stands there twice. Host stands there once, and so does Content-Length, which "
            "is a number, and does not go together with Transfer-Encoding."
        ),
    ),
    unread.InvalidHeaderName: (400, "The name of a header cannot be read."),
    unread.InvalidResponseHeader: OURS,
    unread.InvalidResponseHeaderName: OURS,
    unread.LimitRequestLine: (
        414,
        (
            "The address is too long: with the method, it may have {cfg.limit_request_line} bytes. A Chinese character "
            "takes nine, since it is percent-encoded."
        ),
    ),
    unread.LimitRequestHeaders: (
        431,
        (
            "The headers are too many or too long: there may be {cfg.limit_request_fields}, each of "
            "{cfg.limit_request_field_size} bytes."
        ),
    ),
    unread.ExpectationFailed: (417, "The header Expect may say 100-continue and nothing else."),
    unread.UnsupportedTransferCoding: (501, "The header Transfer-Encoding may say chunked and nothing else."),
}
NOT_ASCII = (
    400,
    (
        "The address has characters that are not ASCII. They have to be percent-encoded, as UTF-8: 智 is %E6%99%BA. "
        "For curl, that is -G --data-urlencode 'q=智'."
    ),
)


def refusal(error: BaseException) -> tuple[int, str]:
    """Status and detail; where that is empty, there is no more to say than ever."""
    if isinstance(error, unread.InvalidRequestLine) and not str(error.req).isascii():
        return NOT_ASCII
    return next(REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS)


class Worker(ThreadWorker):  # type: ignore[misc]
    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Gunicorn would answer a page without our headers, which repeats what was sent."""
        status, sentence = refusal(exc)
        if status == OURS[0]:
            self.log.error("Error handling request %s", getattr(req, "uri", None), exc_info=exc)
        else:
            self.log.warning("Invalid request from ip=%s: %.200s", addr[0] if addr else "", exc)
        with suppress(OSError):  # who is gone hears nothing
            util.write_nonblock(client, written(answer(status, sentence.format(cfg=self.cfg))))


def answer(status: int, sentence: str) -> HttpResponse:
    """A problem, wherever it was asked: the address may be what cannot be read."""
    # Gunicorn reads this module before Django is set up.
    from django.utils.http import http_date

    from aichina.errors import SENTENCES
    from aichina.middleware import CROSS_ORIGIN, HEADERS
    from editorial.api import problem

    response = problem(status, sentence or SENTENCES[status])
    hop = {"Content-Length": str(len(response.content)), "Connection": "close", "Date": http_date()}
    for name, value in (HEADERS | CROSS_ORIGIN | hop).items():
        response[name] = value
    return response


def written(response: HttpResponse) -> bytes:
    return f"HTTP/1.1 {response.status_code} {response.reason_phrase}\r\n".encode() + response.serialize()
