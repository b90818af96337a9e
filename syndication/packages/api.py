"""Packages, for programs: those that are ready, asking for one, and how far it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api import problem
from editorial.api.cursor import cursor_at
from editorial.api.description import THEN, sent, some
from editorial.api.problems import BadParameters
from editorial.api.selection import nearest
from editorial.api.shapes import SentSerializer, refusal, responses, rfc3339
from editorial.api.views import PublicView
from editorial.reading import AsOf, BadMoment, resolve
from syndication.models.package import Package, State
from syndication.packages import queue

SOON = "5"  # seconds until there is something new to say
LATER = "60"
MOST_BODY = 1_000  # bytes
NOBODY_ASKED = "Nobody asked for this package, or it was tidied away; ask for it again."
TOO_LONG = f"This is more than {MOST_BODY:,} bytes; “as_of” alone is read."
NO_JSON = "Send JSON, as application/json, or nothing."
CROWDED = (
    "As many packages wait to be made as may. Take one of those that are ready, or come again in a minute."
)


class PackageSerializer(serializers.Serializer):
    """A package. ``done`` and ``total`` count rows; ``sentence`` says why it failed.

    ``download``, ``bytes``, ``sha256`` and ``made_at`` are null until it is ready. ``cursor``: where
    `changes/?after=` goes on from it.
    """

    url = serializers.URLField()
    position = serializers.IntegerField()
    moment = serializers.DateTimeField()
    cursor = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    sentence = serializers.CharField()
    asked_at = serializers.DateTimeField()
    made_at = serializers.DateTimeField(allow_null=True)
    download = serializers.URLField(allow_null=True)
    bytes = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True)


class PackagesSerializer(serializers.Serializer):
    results = PackageSerializer(many=True)


@extend_schema_field({"type": ["string", "integer", "null"]})
class MomentField(serializers.CharField):
    """A moment as people or programs name it."""


class PackageRequestSerializer(SentSerializer):
    """``as_of``: a public position, a day, or a moment with its zone; the present, where it is left out or null."""

    as_of = MomentField(required=False)


def shown(package: Package, request: Request, *, may: bool) -> dict[str, Any]:
    """As JSON. ``may``: its file may be given to readers; one that is ready and may not is made anew, so it waits."""
    state = State.WAITING if package.state == State.READY and not may else package.state
    address = reverse("package", kwargs={"position": package.position})
    download = reverse("package-file", kwargs={"position": package.position})
    return {
        "url": request.build_absolute_uri(address),
        "position": package.position,
        "moment": rfc3339(package.moment),
        "cursor": cursor_at(package.position),
        "state": str(state),
        "done": package.done,
        "total": package.total,
        "sentence": package.sentence,
        "asked_at": rfc3339(package.asked_at),
        "made_at": rfc3339(package.made_at) if may and package.made_at else None,
        "download": request.build_absolute_uri(download) if may else None,
        "bytes": package.bytes if may else None,
        "sha256": package.sha256 if may else None,
    }


def answer(package: Package, request: Request) -> Response:
    """How far it is; 202 to whoever asked for it, while it is not there."""
    may = package.state == State.READY and not queue.is_stale(package.position, package.seen)
    body = shown(package, request, may=may)
    response = unkept(Response(body))
    if body["state"] in (State.WAITING, State.MAKING):
        response["Retry-After"] = SOON
        if request.method == "POST":
            response.status_code = 202
    if request.method == "POST":
        response["Location"] = body["url"]
    return response


def unkept(response: Response) -> Response:
    """How far a package is moves with no public position."""
    response["Cache-Control"] = "no-store"
    return response


def _header(name: str, kind: type, text: str, *statuses: int) -> OpenApiParameter:
    """What the description says of a header of these answers."""
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, response=[*statuses], description=text)


_ASKED = OpenApiResponse(PackageSerializer, description="It waits or is made: see Location.")
_REFUSED = {
    **refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too long.", TOO_LONG),
    **refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is no JSON.", NO_JSON),
}
_UNASKED = refusal(HTTPStatus.NOT_FOUND, "There is no such package.", NOBODY_ASKED)
_PLACE = "https://tracker.example/api/v1/packages/7/"
_ASKED_AT = {**THEN, "url": _PLACE, "sentence": "", "asked_at": "2026-03-31T12:05:00+00:00", "total": 1200}
_MAKING = {
    **_ASKED_AT, "state": "making", "done": 400,
    "made_at": None, "download": None, "bytes": None, "sha256": None,
}  # fmt: skip
_READY = {
    **_ASKED_AT, "state": "ready", "done": 1200,
    "made_at": "2026-03-31T12:05:09+00:00", "download": "https://tracker.example/packages/aichina-7.zip",
    "bytes": 184_320, "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}  # fmt: skip
_ANSWERS = {code: found for code, found in responses(PackageSerializer).items() if code != 304}


@extend_schema_view(
    get=extend_schema(
        operation_id="packages_list",
        responses={code: found for code, found in responses(PackagesSerializer).items() if code != 304},
        examples=[some({"results": [_READY]})],
    ),
    post=extend_schema(
        operation_id="packages_create",
        request={"application/json": PackageRequestSerializer},
        parameters=[
            _header("Location", str, "Where to see how far it is.", 200, 202),
            _header("Retry-After", int, "Seconds after which to look there again.", 202),
        ],
        responses={**_ANSWERS, 202: _ASKED, **_REFUSED},
        examples=[sent({"as_of": "7"}), some(_READY), some(_MAKING, status=202)],
        description="Ask for the package of a position; one that there is, is not made again.",
    ),
)
class Packages(PublicView):
    """Packages of everything public that are ready, the last position first."""

    http_method_names = ("get", "head", "post")

    def get(self, request: Request) -> HttpResponse:
        self.read(request, ())
        found = [shown(package, request, may=True) for package in queue.ready()]
        return unkept(Response({"results": found}))

    def post(self, request: Request) -> HttpResponse:
        self.read(request, ())
        content = request._request.read(MOST_BODY + 1)
        if len(content) > MOST_BODY:
            return problem(413, TOO_LONG)
        if content and request._request.content_type != "application/json":
            return problem(415, NO_JSON)
        try:
            package = queue.ask(_wanted(content))
        except queue.Crowded:
            response = problem(503, CROWDED)
            response["Retry-After"] = LATER
            return response
        return answer(package, request)


@extend_schema_view(
    get=extend_schema(
        operation_id="packages_retrieve",
        parameters=[
            OpenApiParameter(
                "position", int, OpenApiParameter.PATH, description="Up to which position it goes."
            ),
            _header("Retry-After", int, "While it is not there: seconds to wait.", 200),
        ],
        responses={**_ANSWERS, **_UNASKED},
        examples=[some(_READY)],
    )
)
class OnePackage(PublicView):
    """How far the package of a position is, and where its file is."""

    def get(self, request: Request, position: int) -> HttpResponse:
        self.read(request, ())
        package = Package.objects.filter(pk=position).first()
        if package is None:
            return problem(404, NOBODY_ASKED)
        return answer(package, request)


def _wanted(content: bytes) -> AsOf:
    """The position that the body of a request asks for. Raises BadParameters."""
    given = _object(content)
    if strange := [name.encode(errors="replace").decode() for name in given if name != "as_of"]:
        sentences = {name[:50]: f"There is no such field.{nearest(name, ['as_of'])}" for name in strange}
        raise BadParameters(sentences)
    wanted = given.get("as_of")
    if isinstance(wanted, bool) or not isinstance(wanted, str | int | None):
        raise BadParameters({"as_of": "Write a text."})
    try:
        found = resolve(None if wanted is None else str(wanted))
    except BadMoment as error:
        raise BadParameters({"as_of": str(error)}) from error
    if not found.position:
        raise BadParameters({"as_of": "Nothing was public then."})
    return found


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        given = json.loads(content.decode() or "{}")
    except (ValueError, RecursionError) as error:
        raise BadParameters({"body": "This is no JSON."}) from error
    if not isinstance(given, dict):
        raise BadParameters({"body": 'Send an object, as in {"as_of": "2026-03-31"}.'})
    return given
