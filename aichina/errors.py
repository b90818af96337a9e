"""Answers that are no content: a page for people, an RFC 9457 problem for programs, told apart by the address."""

from __future__ import annotations

import sys
from typing import Any

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from aichina.routes import FOR_PROGRAMS
from editorial.api import problem

SENTENCES = {
    400: "This request cannot be understood.",
    403: "You may not do this.",
    404: "There is nothing at this address.",
    405: "This cannot be done at this address.",
    411: "A body has to come with its length (Content-Length).",
    415: "Send text in UTF-8.",
    429: "You asked too often.",
    500: "Something went wrong on our side. It has been recorded.",
    503: "The tracker’s database cannot be used just now. Try again in a moment.",
}
RETRY_AFTER = "10"
SIGNED_OUT = "You are signed out. Nothing was saved."
STALE = "This form is older than your last sign-in, or came from elsewhere. Nothing was saved."
logger = structlog.get_logger(__name__)

UNTYPED = {
    "csrfmiddlewaretoken",
    "password",
    "old_password",
    "new_password1",
    "new_password2",
    "password1",
    "password2",
}


def answer(request: HttpRequest | None, status: int, sentence: str = "", **context: Any) -> HttpResponse:
    """An error of this status, which nobody keeps."""
    sentence = sentence or SENTENCES[status]
    if request is not None and request.path_info.startswith(FOR_PROGRAMS):
        response = problem(status, sentence)
    else:
        # Without the request: what went wrong may be the session or the database that a template would ask.
        response = render(
            None, "error.html", {"status": status, "sentence": sentence, **context}, status=status
        )
    response["Cache-Control"] = "no-store"
    return response


def keeping_text(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    """An error that gives back everything that was typed into the form."""
    typed = [
        (name, text) for name, texts in request.POST.lists() for text in texts if name not in UNTYPED and text
    ]
    return answer(request, status, sentence, typed=typed)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    try:
        return keeping_text(request, 400)
    except (SuspiciousOperation, OSError):  # the form itself is what cannot be read
        return answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, wherever it came from; or a database that is away, full or locked, which will be back."""
    error = sys.exc_info()[1]
    if not isinstance(error, OperationalError | InterfaceError):
        return keeping_text(request, 500)
    logger.error("database_unavailable", path=request.path, error=" ".join(str(error).split()))
    response = keeping_text(request, 503)
    response["Retry-After"] = RETRY_AFTER
    # Django would add a traceback for each of a thousand requests, which say nothing but this.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's own page would lose the text."""
    return keeping_text(request, 403, STALE)
