"""Webhooks for holders of a key: each sees, changes and tests its own. No session and no cookie is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.description import sent, some
from editorial.api.problems import problem
from editorial.api.shapes import NOT_FOUND, PROBLEMS, refusal
from editorial.api.views import PublicView
from editorial.reading import last_public
from syndication.limits import Policy, spend
from syndication.models import Key, State, Webhook
from syndication.webhooks import shapes, subscribing

TESTS = Policy("webhook-tests", 10)
TOO_MANY = f"A key may have {subscribing.MOST} webhooks: delete one, or ask the publishers."


_MANY = refusal(HTTPStatus.CONFLICT, "The key has as many as it may.", TOO_MANY)
_BODY = {
    **refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too long.", shapes.TooLarge.default_detail),
    **refusal(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is no JSON.",
        "Unsupported media type \"text/plain\" in request.",
    ),
}  # fmt: skip
_ASKED: dict[str, Any] = {
    "name": "A library", "address": "https://library.example/hook", "type": "entry", "category": None,
}  # fmt: skip
_ONE: dict[str, Any] = {
    "id": "f70b15c4-9ea8-4d7f-b0cc-5c6d7e8f9001", **_ASKED, "created_at": "2026-03-31T12:00:00Z", "state": "active",
    "since": "2026-03-31T12:00:00Z", "why": "", "cursor": "AAAAAAAH", "lag": 0, "failures": 0,
    "next_at": "2026-03-31T12:00:00Z", "former_until": None, "last": None,
}  # fmt: skip
_SECRET = {**_ONE, "secret": "whsec_…"}
_ATTEMPT = {"status": 204, "sentence": "The server answered 204.", "answer": "", "ms": 48}


def _described(
    name: str, shown: Any, example: Mapping[str, Any] | None, *problems: Mapping[Any, Any],
    given: Any = None, brings: Mapping[str, Any] | None = None, status: int = 200,
) -> Any:  # fmt: skip
    """What the description says of an operation. ``brings``: an example of what is ``given``."""
    answers: dict[Any, Any] = {status: shown or OpenApiResponse(description="It is gone."), **PROBLEMS}
    for refused in problems:
        answers |= refused
    examples = [some(example, status=status)] if example else []
    key: Any = [{"key": []}]
    one = OpenApiParameter("webhook", UUID, OpenApiParameter.PATH, description="The webhook’s id.")
    where = OpenApiParameter(
        "Location", str, OpenApiParameter.HEADER, response=[201], description="Where it is from now on."
    )
    return extend_schema(
        operation_id=f"webhooks_{name}",
        parameters=[one if NOT_FOUND in problems else where],
        request=given,
        examples=[*examples, *([sent(brings)] if brings else [])],
        responses=answers,
        auth=key,
    )


class KeyedView(PublicView):
    """Abstract: what all addresses of webhooks share: a key, which the table of routes asks for."""

    parser_classes = (shapes.BoundedJSON,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.read(request, ())

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)

    def key(self, request: Request) -> Key:
        found: Key = request._request.key  # type: ignore[attr-defined]
        return found

    def own(self, request: Request) -> QuerySet[Webhook]:
        return subscribing.with_lag(Webhook.objects.filter(key=self.key(request)))

    def one(self, request: Request, webhook: UUID) -> Webhook:
        """One of the key's own. Raises NotFound, for others' too."""
        found = self.own(request).filter(pk=webhook).first()
        if found is None:
            raise NotFound("There is nothing at this address.")
        return found


def _with_secret(webhook: Webhook, secret: str, status: int = 200) -> Response:
    return Response({**shapes.WebhookSerializer(webhook).data, "secret": secret}, status=status)


@extend_schema_view(
    get=_described("list", shapes.WebhooksSerializer, {"results": [_ONE]}),
    post=_described(
        "create", shapes.SecretWebhookSerializer, _SECRET, _MANY, _BODY,
        given=shapes.WebhookRequestSerializer, brings={**_ASKED, "after": "now"}, status=201,
    ),
)  # fmt: skip
class Webhooks(KeyedView):
    """The webhooks of the key. Each sends what becomes public, one change after the other, to one address."""

    http_method_names = ("get", "head", "post")

    def get(self, request: Request) -> HttpResponse:
        return Response({"results": shapes.WebhookSerializer(self.own(request), many=True).data})

    def post(self, request: Request) -> HttpResponse:
        values = shapes.WebhookRequestSerializer(data=request.data).read()
        cursor = values.pop("after", None)
        cursor = last_public().position if cursor is None else cursor
        try:
            webhook, secret = subscribing.subscribe(values, cursor=cursor, key=self.key(request))
        except subscribing.TooMany:
            return problem(409, TOO_MANY)
        response = _with_secret(self.one(request, webhook.pk), secret, 201)
        address = reverse("webhook", kwargs={"webhook": webhook.pk})
        response["Location"] = request.build_absolute_uri(address)
        return response


@extend_schema_view(
    get=_described("retrieve", shapes.WebhookSerializer, _ONE, NOT_FOUND),
    patch=_described(
        "partial_update", shapes.WebhookSerializer, {**_ONE, "state": "paused"}, NOT_FOUND, _BODY,
        given=shapes.WebhookChangeSerializer, brings={"state": "paused"},
    ),
    delete=_described("destroy", None, None, NOT_FOUND, status=204),
)  # fmt: skip
class OneWebhook(KeyedView):
    """A webhook of the key: how it does, and what of it can be changed."""

    http_method_names = ("get", "head", "patch", "delete")

    def get(self, request: Request, webhook: UUID) -> HttpResponse:
        return Response(shapes.WebhookSerializer(self.one(request, webhook)).data)

    def patch(self, request: Request, webhook: UUID) -> HttpResponse:
        stands = self.one(request, webhook)
        values = shapes.WebhookChangeSerializer(stands, data=request.data, partial=True).read()
        state, mine = values.pop("state", None), self.own(request).filter(pk=webhook)
        if values:
            subscribing.change(mine, values)
        if state == State.PAUSED:
            subscribing.pause(mine, "Its key’s holder paused it.")
        elif state == State.ACTIVE:
            subscribing.resume(mine)
        return self.get(request, webhook)

    def delete(self, request: Request, webhook: UUID) -> HttpResponse:
        self.one(request, webhook).delete()
        return Response(status=204)


@extend_schema_view(post=_described("rotate", shapes.SecretWebhookSerializer, _SECRET, NOT_FOUND))
class Rotation(KeyedView):
    """A new secret. The one before signs as well for a day, so that the subscriber can change over in peace."""

    http_method_names = ("post",)

    def post(self, request: Request, webhook: UUID) -> HttpResponse:
        secret = subscribing.rotate(self.one(request, webhook).pk)
        return _with_secret(self.one(request, webhook), secret)


@extend_schema_view(
    post=_described(
        "replay", shapes.WebhookSerializer, _ONE, NOT_FOUND, _BODY,
        given=shapes.ReplaySerializer, brings={"after": "beginning"},
    )
)  # fmt: skip
class Replay(KeyedView):
    """Send from another place: back to a cursor or the beginning, or on to now."""

    http_method_names = ("post",)

    def post(self, request: Request, webhook: UUID) -> HttpResponse:
        found = self.one(request, webhook)
        subscribing.replay(
            self.own(request).filter(pk=found.pk), shapes.ReplaySerializer(data=request.data).read()["after"]
        )
        return Response(shapes.WebhookSerializer(self.one(request, webhook)).data)


@extend_schema_view(post=_described("test", shapes.AttemptSerializer, _ATTEMPT, NOT_FOUND))
class Trial(KeyedView):
    """Send a signed message of type “ping” at once, and show what is answered."""

    http_method_names = ("post",)

    def post(self, request: Request, webhook: UUID) -> HttpResponse:
        found = self.one(request, webhook)
        allowance = spend(TESTS, str(self.key(request).pk))
        if allowance and allowance.exhausted:
            response = problem(429, f"You tested too often. Test again in {allowance.seconds} seconds.")
            response["Retry-After"] = str(allowance.seconds)
            return response
        return Response(shapes.AttemptSerializer(asdict(subscribing.ping(found))).data)
