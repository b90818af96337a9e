"""One signed request to a subscriber, within bounds, and what came of it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from ledger import clock
from outbound import client
from outbound.addresses import Refused
from outbound.retrying import retry_after
from syndication.models import Webhook
from syndication.webhooks.addresses import checked
from syndication.webhooks.signing import Unmakeable, signatures

KEPT = 1_024  # bytes of an answer
REMADE = "Its secret can no longer be made, since SECRET_KEY has changed: rotate it, and tell the subscriber."
# Whoever did well the last time has to be quick, so that the many that fail at once hold up nobody for long.
QUICK = client.Limits(redirects=0, connect=5, read=5, whole=5, received=200_000, enough=KEPT)
PATIENT = client.Limits(redirects=0, connect=5, read=15, whole=15, received=200_000, enough=KEPT)


@dataclass(frozen=True, slots=True)
class Tried:
    """``status``: None where nobody answered. ``answer``: its first KEPT bytes, as far as they are text.

    ``asked``: for how many seconds the subscriber wants to be left alone. ``hopeless``: it can never succeed as it is.
    """

    status: int | None
    sentence: str
    answer: str = ""
    ms: int = 0
    asked: float = 0.0
    hopeless: bool = False

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        return self.status == 410


def post(webhook: Webhook, name: str, message: dict[str, Any], limits: client.Limits) -> Tried:
    """Send the message, whose id is ``name``, signed as of now."""
    now, began = clock.now(), time.monotonic()
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    former = [webhook.former] if webhook.former_until and webhook.former_until > now else []
    moment = int(now.timestamp())
    try:
        address = checked(webhook.address).text
        signature = signatures([webhook.seed, *former], name, moment, body)
        headers = {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(moment),
            "webhook-signature": signature,
        }
        answer = client.fetch(
            address, method="POST", headers=headers, content=body, limits=limits, follow=False
        )
    except Unmakeable:
        return Tried(None, REMADE, hopeless=True)
    except (Refused, client.Failed) as refused:
        return Tried(None, str(refused)[:300], ms=_since(began))
    asked = retry_after(answer.headers, now)
    text = answer.content[:KEPT].decode("utf-8", "ignore").replace("\x00", "")
    return Tried(answer.status, _sentence(answer.status), text, _since(began), asked)


def _sentence(status: int) -> str:
    if 300 <= status < 400:
        return f"The server answered {status}; redirects are not followed."
    return f"The server answered {status}."


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
