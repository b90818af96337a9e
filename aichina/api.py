"""The API's index and its schema."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Where to begin."""
    kinds = ("entries", "actors", "series", "pages", "categories", "front", "changes")
    names = {**{kind: kind for kind in kinds}, "documentation": "api-docs", "schema": "openapi"}
    return JsonResponse({name: request.build_absolute_uri(reverse(route)) for name, route in names.items()})


@extend_schema(exclude=True)
class OpenAPI(SpectacularJSONAPIView):
    """The schema, OpenAPI 3.1."""
