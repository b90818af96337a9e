"""The API's index and its schema."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request

from aichina.routes import ROUTES
from editorial.reading import AsOf, conditional, etag
from syndication.packages import queue

# What is said here rests on no position.
NOWHERE = AsOf(0, None, last=0)


def announce(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of the description: what goes, and until when it stays, as the table of routes says."""
    for address, route in ROUTES.items():
        if route.leaving:
            path = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", address)
            for operation in result["paths"].get(path, {}).values():
                operation |= {"deprecated": True, "x-sunset": route.leaving.until.isoformat()}
    return result


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Where to begin."""
    kinds = ("entries", "actors", "series", "pages", "categories", "front", "changes", "packages", "webhooks")
    names = {**{kind: kind for kind in kinds}, "documentation": "api-docs", "schema": "openapi"}
    found = {name: request.build_absolute_uri(reverse(route)) for name, route in names.items()}
    latest = queue.ready().first()
    if latest:
        file = reverse("package-file", kwargs={"position": latest.position})
        found["latest_package"] = request.build_absolute_uri(file)
    return conditional(request, etag(NOWHERE, str(found)), lambda: JsonResponse(found))


@extend_schema(exclude=True)
class OpenAPI(SpectacularJSONAPIView):
    """The schema, OpenAPI 3.1; it changes with the build alone."""

    http_method_names = ("get", "head")

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        media, address = request.accepted_renderer.media_type, request.build_absolute_uri()
        validator = etag(NOWHERE, f"{media} {address}")
        return conditional(request._request, validator, partial(super().get, request, *args, **kwargs))
