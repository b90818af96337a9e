"""Webhooks for holders of a key: each sees, changes and tests its own. No session and no cookie is looked at."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.problems import PROBLEM, problem
from editorial.api.shapes import ProblemSerializer
from editorial.api.views import PublicView
from editorial.reading import last_public
from syndication.limits import Policy, spend
from syndication.models import Key, State, Webhook
from syndication.webhooks import shapes, subscribing

TESTS = Policy("webhook-tests", 10)
TOO_MANY = f"A key may have {subscribing.MOST} webhooks: delete one, or ask the publishers."


def _described(name: str, shown: Any, *problems: int, given: Any = None, status: int = 200) -> Any:
    """What the description says of an operation."""
    refused = {(number, PROBLEM): ProblemSerializer for number in (400, 401, 405, 406, 429, 503, *problems)}
    answers: dict[Any, Any] = {status: shown or OpenApiResponse(description="It is gone."), **refused}
    key: Any = [{"key": []}]
    one = OpenApiParameter("webhook", UUID, OpenApiParameter.PATH, description="The webhook’s id.")
    where = OpenApiParameter(
        "Location", str, OpenApiParameter.HEADER, response=[201], description="Where it is from now on."
    )
    return extend_schema(
        operation_id=f"webhooks_{name}",
        parameters=[one if 404 in problems else where],
        request=given,
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
    get=_described("list", shapes.WebhooksSerializer),
    post=_described(
        "create", shapes.SecretWebhookSerializer, 409, 413, 415,
        given=shapes.WebhookRequestSerializer, status=201,
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
    get=_described("retrieve", shapes.WebhookSerializer, 404),
    patch=_described(
        "partial_update", shapes.WebhookSerializer, 404, 413, 415, given=shapes.WebhookChangeSerializer
    ),
    delete=_described("destroy", None, 404, status=204),
)
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


@extend_schema_view(post=_described("rotate", shapes.SecretWebhookSerializer, 404))
class Rotation(KeyedView):
    """A new secret. The one before signs as well for a day, so that the subscriber can change over in peace."""

    http_method_names = ("post",)

    def post(self, request: Request, webhook: UUID) -> HttpResponse:
        secret = subscribing.rotate(self.one(request, webhook).pk)
        return _with_secret(self.one(request, webhook), secret)


@extend_schema_view(
    post=_described("replay", shapes.WebhookSerializer, 404, 413, 415, given=shapes.ReplaySerializer)
)
class Replay(KeyedView):
    """Send from another place: back to a cursor or the beginning, or on to now."""

    http_method_names = ("post",)

    def post(self, request: Request, webhook: UUID) -> HttpResponse:
        found = self.one(request, webhook)
        subscribing.replay(
            self.own(request).filter(pk=found.pk), shapes.ReplaySerializer(data=request.data).read()["after"]
        )
        return Response(shapes.WebhookSerializer(self.one(request, webhook)).data)


@extend_schema_view(post=_described("test", shapes.AttemptSerializer, 404))
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
