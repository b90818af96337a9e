"""The one way out of the house: a request to an address that may be asked, within bounds, redirects included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import h11
import httpcore2
import httpx2
from django.conf import settings

from outbound.addresses import Address, Refused, join, parse
from outbound.answers import Answer, Failed, Headers, Limits, Step
from outbound.network import Door, Trip
from outbound.unpacking import ACCEPTED, unpack

__all__ = ["Answer", "Failed", "Limits", "Step", "fetch"]

_USUAL = Limits()
_PERMANENT, _TEMPORARY = (301, 308), (302, 303, 307)
# Of the headers that a caller gives, those that another origin may see; the others are for the first alone.
_FOR_ANYBODY = ("accept", "accept-language", "content-type", "if-none-match", "if-modified-since")


@dataclass(frozen=True)
class _Request:
    method: str
    address: Address
    headers: Mapping[str, str]
    content: bytes

    def redirected(self, status: int, address: Address) -> _Request:
        """The request that a redirect asks for: after 303, and after the older two of a POST, it has no body."""
        method, content, headers = self.method, self.content, self.headers
        if (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST"):
            method, content = "GET", b""
            headers = {name: text for name, text in headers.items() if name != "content-type"}
        if address.origin != self.address.origin:
            headers = {name: text for name, text in headers.items() if name in _FOR_ANYBODY}
        return _Request(method, address, headers, content)


@dataclass(frozen=True)
class _Head:
    status: int
    location: str


def fetch(
    address: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    limits: Limits = _USUAL,
    follow: bool = True,
) -> Answer:
    """Ask ``address``, and follow redirects if ``follow``; whatever status comes is an answer.

    ``headers``: what to send besides our own; only the most harmless are sent on to another origin. Raises Failed,
    and nothing else, whatever the address is and whatever comes back.
    """
    trip = Trip(limits)
    try:
        given = {name.lower(): text for name, text in (headers or {}).items()}
        return _followed(trip, _Request(method, parse(address), given, content), follow)
    except Refused as refused:
        raise trip.failed("refused", str(refused)) from None


def _followed(trip: Trip, request: _Request, follow: bool) -> Answer:
    moved, permanent = "", True
    for _ in range(trip.limits.redirects + 1):
        met = _exchange(trip, request, follow)
        if isinstance(met, Answer):
            return replace(met, moved=moved)
        target = join(request.address, met.location)
        permanent = permanent and met.status in _PERMANENT
        moved = target.text if permanent else moved
        words = "Moved permanently to" if met.status in _PERMANENT else "Moved for now to"
        bare = request.address.scheme == "https" and target.scheme == "http"
        trip.step(f"{met.status} {words} {target.text}{', without encryption' if bare else ''}.")
        request = request.redirected(met.status, target)
    raise trip.failed("redirects", f"There are more than {trip.limits.redirects} redirects.")


def _exchange(trip: Trip, request: _Request, follow: bool) -> Answer | _Head:
    """One request and what comes of it: an answer, or where to go instead."""
    secure = request.address.scheme == "https"
    try:
        with httpcore2.HTTPConnection(
            httpcore2.Origin(*_origin(request.address)),
            ssl_context=httpx2.create_ssl_context(trust_env=False) if secure else None,
            network_backend=Door(trip, request.address),
        ) as connection:
            sent = _headers(request, ACCEPTED if trip.limits.enough is None else "identity")
            response = connection.handle_request(_wired(request, sent))
            location = _header(response, b"location")
            if follow and location and response.status in _PERMANENT + _TEMPORARY:
                return _Head(response.status, location.decode("utf-8", "surrogateescape"))
            return _answer(trip, request.address, sent, response)
    except (httpcore2.LocalProtocolError, h11.LocalProtocolError, UnicodeError) as error:
        raise trip.failed("broken", f"The request cannot be sent: {_said(error)}.") from None
    except (httpcore2.RemoteProtocolError, h11.RemoteProtocolError) as error:
        raise trip.failed("broken", f"The answer is no valid HTTP: {_said(error)}.") from None
    except OSError as error:
        raise trip.failed("tls", f"The trusted certificates cannot be read: {_said(error)}.") from None


def _answer(trip: Trip, address: Address, sent: Headers, response: httpcore2.Response) -> Answer:
    raw = tuple((name.decode("latin-1"), text.decode("latin-1")) for name, text in response.headers)
    headers: dict[str, str] = {}
    for name, text in raw:
        name = name.lower()
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    body = _body(trip, response)
    content = (
        body if trip.limits.enough is not None else unpack(trip, body, headers.get("content-encoding", ""))
    )
    reason = bytes(response.extensions["reason_phrase"]).decode("latin-1")
    trip.step(f"{response.status} {reason[:80]}".rstrip() + f", {len(body):,} bytes.")
    return Answer(
        address=address.text,
        status=response.status,
        reason=reason,
        http_version=bytes(response.extensions["http_version"]).decode("ascii"),
        headers=headers,
        raw_headers=raw,
        request_headers=sent,
        content=content,
        received=len(body),
        ip=trip.ip,
        moved="",
        steps=tuple(trip.steps),
    )


def _body(trip: Trip, response: httpcore2.Response) -> bytes:
    parts = bytearray()
    for chunk in response.iter_stream():
        trip.left(0)
        parts += chunk
        if trip.limits.enough is not None and len(parts) >= trip.limits.enough:
            return bytes(parts[: trip.limits.enough])
    return bytes(parts)


def _headers(request: _Request, accepted: str) -> Headers:
    """What is sent: the caller's headers, and ours, which win."""
    contact = settings.OUTBOUND_CONTACT
    ours = {
        "host": request.address.netloc,
        "user-agent": f"AIChinaTracker/0.1 (+{contact})" if contact else "AIChinaTracker/0.1",
        "accept-encoding": accepted,
        "connection": "close",
    }
    if request.content or request.method not in ("GET", "HEAD"):
        ours["content-length"] = str(len(request.content))
    theirs = {name: text for name, text in request.headers.items() if name not in ours}
    return tuple({**ours, **theirs}.items())


def _wired(request: _Request, sent: Headers) -> httpcore2.Request:
    scheme, host, port = _origin(request.address)
    return httpcore2.Request(
        request.method.encode("ascii"),
        httpcore2.URL(scheme=scheme, host=host, port=port, target=request.address.target),
        headers=[(name.encode("ascii"), text.encode("latin-1")) for name, text in sent],
        content=request.content,
    )


def _origin(address: Address) -> tuple[bytes, bytes, int]:
    return address.scheme.encode("ascii"), address.host.encode("ascii"), address.port


def _header(response: httpcore2.Response, wanted: bytes) -> bytes:
    return next((text for name, text in response.headers if name.lower() == wanted), b"")


def _said(error: Exception) -> str:
    """What a library says of a fault, without a full stop and not at any length."""
    return str(error).rstrip(".")[:200]
