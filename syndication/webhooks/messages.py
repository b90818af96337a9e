"""What subscribers are sent, as the API's description has it: the messages of Standard Webhooks."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiWebhook

from syndication.api import CHANGE as EXAMPLE

# The headers by which a subscriber knows a message again, and whose it is (Standard Webhooks).
_HEADERS = {
    "webhook-id": ("string", "The same for a change, however often it is sent."),
    "webhook-timestamp": (
        "integer",
        "When it was signed, in seconds: refuse what is older than some minutes.",
    ),
    "webhook-signature": (
        "string",
        "`v1,` and the HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>` in base64; two while it is rotated.",
    ),
}
_ANSWERS = {
    "2XX": {"description": "It was taken: the next may follow."},
    "410": {"description": "You want nothing any more: the webhook ends."},
    "default": {"description": "Anything else, a redirect too, is a failure, after which it is sent again."},
}


def _message(kind: str, text: str, schema: dict[str, Any], data: dict[str, Any]) -> OpenApiWebhook:
    """A message of this kind. ``schema`` and ``data``: of what it tells, and an example of that."""
    properties = {
        "type": {"type": "string", "const": kind},
        "timestamp": {"type": "string", "format": "date-time"},
        "data": schema,
    }
    content = {
        "schema": {"type": "object", "properties": properties, "required": [*properties]},
        "example": {"type": kind, "timestamp": "2026-03-31T12:00:00Z", "data": data},
    }
    headers = [
        {"name": name, "in": "header", "required": True, "schema": {"type": type_name}, "description": about}
        for name, (type_name, about) in _HEADERS.items()
    ]
    return OpenApiWebhook(
        kind,
        {
            "post": {
                "operationId": f"receive_{kind}",
                "description": text,
                "parameters": headers,
                "requestBody": {"required": True, "content": {"application/json": content}},
                "responses": _ANSWERS,
            }
        },
    )


CHANGE = _message(
    "change",
    "What became public, one change after the other, each once the one before was taken.",
    {"$ref": "#/components/schemas/Change"},
    EXAMPLE,
)
PING = _message(
    "ping",
    "A test that somebody asked for: it is signed as all are, and says nothing else.",
    {
        "type": "object",
        "properties": {"webhook": {"type": "string", "format": "uuid"}, "name": {"type": "string"}},
        "required": ["webhook", "name"],
    },
    {"webhook": "f70b15c4-9ea8-4d7f-b0cc-5c6d7e8f9001", "name": "A library"},
)
