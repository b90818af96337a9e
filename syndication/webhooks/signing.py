"""Secrets and signatures of webhooks, as the Standard Webhooks have them.

No secret is stored: it is made anew from SECRET_KEY and a random seed, so that a copy of the database signs nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from django.conf import settings


class Unmakeable(Exception):
    """SECRET_KEY has changed since, and is not among SECRET_KEY_FALLBACKS."""


def new_seed() -> str:
    """What a new secret is made from, and a check that it is the same later."""
    salt = secrets.token_hex(24)
    return f"{salt}:{_check(_made(settings.SECRET_KEY, salt))}"


def secret_of(seed: str) -> bytes:
    """32 bytes. Raises Unmakeable."""
    salt, _, check = seed.partition(":")
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        made = _made(key, salt)
        if hmac.compare_digest(_check(made), check):
            return made
    raise Unmakeable


def told(seed: str) -> str:
    """The secret as its holder keeps it. Raises Unmakeable."""
    return f"whsec_{base64.b64encode(secret_of(seed)).decode()}"


def signatures(seeds: Iterable[str], name: str, timestamp: int, body: bytes) -> str:
    """The header webhook-signature: one signature for each secret. Raises Unmakeable."""
    signed = f"{name}.{timestamp}.".encode() + body
    digests = (hmac.digest(secret_of(seed), signed, "sha256") for seed in seeds)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def _made(key: str, salt: str) -> bytes:
    return hmac.digest(key.encode(), f"webhook {salt}".encode(), "sha256")


def _check(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()[:32]
