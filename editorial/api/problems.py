"""Refusals as RFC 9457 problems, which name what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse
from rest_framework.exceptions import APIException

PROBLEM = "application/problem+json"


class BadParameters(Exception):
    """``errors``: for each parameter what is wrong with it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in errors.items()))
        self.errors = errors


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """An RFC 9457 problem."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **more,
    }
    response = JsonResponse(
        body, status=status, content_type=PROBLEM, json_dumps_params={"ensure_ascii": False}
    )
    response["Cache-Control"] = "no-store"
    return response


def handle_exception(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's exceptions as problems; others are faults of ours, and Django's to report."""
    if isinstance(error, BadParameters):
        errors = [{"parameter": name, "detail": text} for name, text in error.errors.items()]
        return problem(400, str(error), errors=errors)
    if isinstance(error, APIException):
        response = problem(error.status_code, str(error.detail))
        if error.status_code == 405:
            response["Allow"] = ", ".join(context["view"].allowed_methods)
        return response
    return None
