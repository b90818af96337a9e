"""What the API gives of a webhook and takes, and what is wrong with what it was given."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from editorial.api import public_document
from editorial.api.cursor import cursor_at
from editorial.api.problems import BadParameters
from editorial.api.selection import nearest
from editorial.api.shapes import SentSerializer
from outbound.addresses import Refused
from syndication.changes import ENTRIES_ALONE
from syndication.models import State, Webhook
from syndication.types import TYPES
from syndication.webhooks.addresses import checked
from syndication.webhooks.subscribing import WHERE, position_of

MOST_BYTES = 20_000
# What people may set; the others come about.
STATES = [State.ACTIVE.value, State.PAUSED.value]
CURSOR = r"^[A-Za-z0-9_-]+$"
NO_OBJECT = "Send a JSON object."


class TooLarge(APIException):
    status_code = 413
    default_detail = f"Send no more than {MOST_BYTES:,} bytes."


class BoundedJSON(BaseParser):
    """A JSON object, or a problem that says what it is instead."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> dict[str, Any]:
        content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise TooLarge
        try:
            found = json.loads(content.decode())
        except (ValueError, RecursionError) as error:
            raise ParseError("This is no JSON in UTF-8.") from error
        if not isinstance(found, dict):
            raise ParseError(NO_OBJECT)
        return found


TYPE = {"$ref": "#/components/schemas/ChangeTypeEnum"}


@extend_schema_field(TYPE)
class TypeField(serializers.ChoiceField):
    """A type of documents, or null for all."""


class AttemptSerializer(serializers.Serializer):
    """``status``: null where nobody answered. ``answer``: its beginning, 1 KB at most; ``ms``: how long it took."""

    status = serializers.IntegerField(allow_null=True)
    sentence = serializers.CharField()
    answer = serializers.CharField()
    ms = serializers.IntegerField()


class LastSerializer(AttemptSerializer):
    at = serializers.DateTimeField()


class WebhookSerializer(serializers.Serializer):
    """A subscriber and how far it is: it has all that it wants up to ``cursor``; ``lag`` changes lie behind that."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    address = serializers.URLField()
    type = serializers.SerializerMethodField()
    category = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=State.choices)
    since = serializers.DateTimeField()
    why = serializers.CharField()
    cursor = serializers.SerializerMethodField()
    lag = serializers.IntegerField()
    failures = serializers.IntegerField()
    next_at = serializers.DateTimeField()
    former_until = serializers.DateTimeField(allow_null=True)
    last = serializers.SerializerMethodField()

    @extend_schema_field({"oneOf": [TYPE, {"type": "null"}]})
    def get_type(self, webhook: Webhook) -> str | None:
        return webhook.type or None

    def get_cursor(self, webhook: Webhook) -> str:
        return cursor_at(webhook.cursor)

    @extend_schema_field(LastSerializer(allow_null=True))
    def get_last(self, webhook: Webhook) -> dict[str, Any] | None:
        if webhook.last_at is None:
            return None
        named = {name: getattr(webhook, f"last_{name}") for name in LastSerializer().fields}
        return dict(LastSerializer(named).data)


class SecretWebhookSerializer(WebhookSerializer):
    secret = serializers.CharField(help_text="Shown now and never again.")


class WebhooksSerializer(serializers.Serializer):
    results = WebhookSerializer(many=True)


class GivenSerializer(SentSerializer):
    """Abstract: fields that are all known."""

    def read(self) -> dict[str, Any]:
        """What was given. Raises BadParameters."""
        unknown = {
            name: f"There is no such field.{nearest(name, self.fields)}"
            for name in self.initial_data
            if name not in self.fields
        }
        self.is_valid()
        errors = {name: " ".join(map(str, texts)) for name, texts in self.errors.items()}
        if unknown or errors:
            raise BadParameters({_printable(name): text for name, text in (unknown | errors).items()})
        return dict(self.validated_data)

    def validate_after(self, text: str) -> int:
        """The position of a cursor of the changes, of “beginning” or “now”."""
        try:
            return position_of(text)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error


class TextField(serializers.CharField):
    """A text; the framework would take a number for one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class CursorField(TextField, serializers.RegexField):
    """A cursor of the changes, “beginning”, or “now”."""

    def __init__(self, **given: Any) -> None:
        super().__init__(CURSOR, max_length=20, error_messages={"invalid": WHERE}, **given)


class WebhookChangeSerializer(GivenSerializer):
    """``category``: an id or a slug. ``state``: paused, or active to go on."""

    name = TextField(min_length=1, max_length=100)
    address = TextField(min_length=1, max_length=2000)
    type = TypeField(choices=TYPES, required=False, allow_null=True)
    category = TextField(min_length=1, max_length=200, required=False, allow_null=True)
    state = serializers.ChoiceField(choices=STATES, required=False)

    def validate_address(self, text: str) -> str:
        try:
            found = checked(text).text
        except Refused as refused:
            raise serializers.ValidationError(str(refused)) from refused
        if len(found) > 2000:
            raise serializers.ValidationError(
                "The address is longer than 2,000 characters when it is encoded."
            )
        return found

    def validate_type(self, type: str | None) -> str:
        return type or ""

    def validate_category(self, key: str | None) -> UUID | None:
        try:
            return None if key is None else public_document("category", key)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        stands = {"type": "", "category": None}
        if self.instance is not None:
            stands = {name: getattr(self.instance, name) for name in stands}
        both = {**stands, **attrs}
        if both["category"] and both["type"] not in ("", "entry"):
            raise serializers.ValidationError({"category": ENTRIES_ALONE})
        return attrs


class WebhookRequestSerializer(WebhookChangeSerializer):
    """``after``: from where to begin; a cursor, “beginning”, or “now”, as it is where nothing is given."""

    state = None  # type: ignore[assignment]
    after = CursorField(required=False)


class ReplaySerializer(GivenSerializer):
    """``after``: a cursor of the changes, “beginning”, or “now” to skip what there is."""

    after = CursorField()


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode().replace("\x00", "␀")[:50]
