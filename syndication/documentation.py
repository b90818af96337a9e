"""The API's documentation as a page: the guide that docs/api.md holds, and every address as the description has it."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import quote_etag
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from editorial import markdown
from editorial.reading import conditional

GUIDE = Path(settings.BASE_DIR) / "docs" / "api.md"
# What follows is for those who run the tracker.
END_OF_GUIDE = "## Every address, and who may use it"
LOCAL = "http://127.0.0.1:8000"


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """The page; it changes with the build alone."""
    home = request.build_absolute_uri("/").rstrip("/")
    validator = quote_etag(hashlib.sha256(f"{settings.BUILD}\n{home}\n{_text()}".encode()).hexdigest()[:32])

    def page() -> HttpResponse:
        shown = {"guide": guide(home), "operations": operations(), "home": home}
        return render(request, "syndication/documentation.html", shown)

    return conditional(request, validator, page)


@cache
def _text() -> str:
    return GUIDE.read_text().partition(END_OF_GUIDE)[0].partition("\n")[2]


@cache
def guide(home: str) -> SafeString:
    """The guide as HTML, its headings one level down, its examples with this tracker's address."""
    return markdown.render(re.sub(r"^##", "###", _text(), flags=re.MULTILINE).replace(LOCAL, home))


@cache
def operations() -> list[dict[str, Any]]:
    """Every operation: method, path, summary, parameters, answers, and the fields of what it gives."""
    described = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schemas = described["components"]["schemas"]
    return [
        {
            "id": operation["operationId"],
            "method": method.upper(),
            "path": path,
            "text": operation.get("description", ""),
            "parameters": [_parameter(parameter) for parameter in operation.get("parameters", [])],
            "answers": [_answer(status, answer) for status, answer in operation["responses"].items()],
            "keyed": {} not in operation.get("security", [{}]),
            "sent": _fields({"2": operation.get("requestBody", {})}, schemas),
            "fields": _fields(operation["responses"], schemas),
        }
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    schema = parameter.get("schema", {})
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "text": parameter.get("description", ""),
        "values": schema.get("enum", []),
        "default": schema.get("default"),
    }


def _answer(status: str, answer: dict[str, Any]) -> dict[str, str]:
    return {
        "status": status,
        "media": ", ".join(answer.get("content", {})),
        "text": answer.get("description", ""),
    }


def _fields(answers: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, str]]:
    """The fields of what is given, of each item where it is a list."""
    for answer in (found for status, found in answers.items() if status.startswith("2")):
        for content in answer.get("content", {}).values():
            schema = _resolved(content.get("schema", {}), schemas)
            if "results" in schema.get("properties", {}):
                schema = _resolved(schema["properties"]["results"]["items"], schemas)
            return [
                {"name": name, "type": _type(field), "text": field.get("description", "")}
                for name, field in schema.get("properties", {}).items()
            ]
    return []


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return schema


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"].rpartition("/")[2])
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    kinds = field.get("type", "")
    words = kinds if isinstance(kinds, str) else " or ".join(kinds)
    return f"{words}, {field['format']}" if "format" in field else str(words)
