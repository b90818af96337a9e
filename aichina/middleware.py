"""What holds for every answer: headers, and addresses that somebody declared."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import structlog
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

from aichina import errors, limited
from aichina.routes import FOR_PROGRAMS, READ, ROUTES, Route, Who
from editorial import encodings, kept

GetResponse = Callable[[HttpRequest], HttpResponse]

# Set on every answer, files and errors too. Everything comes from ourselves, nothing is inline, and nobody frames us.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

# Scripts of any site may read what is for programs, as long as they come without cookies.
CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Disposition, Content-Range, Deprecation, ETag, "
    "Last-Modified, Link, RateLimit, RateLimit-Policy, Retry-After, Sunset, WWW-Authenticate",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": ", ".join(sorted(READ)),
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Authorization, Cache-Control, Content-Type, "
    "If-Modified-Since, If-None-Match, If-Range, Last-Event-ID, Range",
    "Access-Control-Max-Age": "86400",
}

# Shorter ones are hardly won by compressing.
WORTH_COMPRESSING = 500
TEXT = re.compile(r"text/|application/(.+\+)?(json|xml)\b|image/svg\b")

logger = structlog.get_logger(__name__)


def security_headers(get_response: GetResponse) -> GetResponse:
    """The outermost middleware: no answer leaves without the headers."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def cross_origin(get_response: GetResponse) -> GetResponse:
    """Scripts of any site may read what is for programs, errors and refusals too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path_info.startswith(FOR_PROGRAMS):
            for name, value in CROSS_ORIGIN.items():
                response[name] = value
        return response

    return middleware


def utf8_alone(get_response: GetResponse) -> GetResponse:
    """Text comes in UTF-8: by another name it could hold halves of characters, which nobody can store or answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        named = (request.content_params or {}).get("charset", "utf-8").lower()
        if named in ("utf-8", "utf8"):
            return get_response(request)
        sent = request.method not in READ and request.path_info.startswith(FOR_PROGRAMS)
        return errors.answer(request, 415 if sent else 400)

    return middleware


def measured(get_response: GetResponse) -> GetResponse:
    """A body comes with its length: one without is none to the framework, which would do something else than asked."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return errors.answer(request, 411)
        return get_response(request)

    return middleware


class _OfPeople(MiddlewareMixin):
    """What is for programs knows no session: nobody is signed in there, and no cookie means anything."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(FOR_PROGRAMS):
            request.COOKIES = {}  # a malformed token would be answered by a new one
            return self.get_response(request)
        return super().__call__(request)


class Sessions(_OfPeople, SessionMiddleware):
    pass


class SignedIn(_OfPeople, AuthenticationMiddleware):
    pass


class Messages(_OfPeople, MessageMiddleware):
    pass


class Slashes(CommonMiddleware):
    """Who left out the last slash is sent on; programs with their method and body, and without keeping that."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        lost = response.status_code == 404 and request.path_info.startswith(FOR_PROGRAMS)
        if lost and self.should_redirect_with_slash(request):
            address, unkept = self.get_full_path_with_slash(request), {"Cache-Control": "no-store"}
            return HttpResponsePermanentRedirect(address, preserve_request=True, headers=unkept)
        return super().process_response(request, response)


class DeclaredRoutes:
    """Nobody reaches an address by a method, or as a person, that routes.py does not name."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        limited.end(request, response)
        match = request.resolver_match
        if (route := ROUTES.get(match.route) if match else None) and route.leaving:
            for name, text in route.leaving.headers().items():
                response[name] = text
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        route = ROUTES.get(match.route) if match else None
        if route is None or route.who is Who.NOBODY:
            return errors.answer(request, 404)
        if preflight(request, route):
            return HttpResponse(status=204, headers=PREFLIGHT)
        if request.method not in route.methods:
            response = errors.answer(request, 405)
            response["Allow"] = ", ".join(sorted(route.methods))
            return response
        return limited.begin(request, route) if route.admits(request) else self.refuse(request)

    def refuse(self, request: HttpRequest) -> HttpResponse:
        logger.info("route_refused", path=request.path, method=request.method, by=str(request.user.pk))
        if request.user.is_authenticated:
            return errors.answer(request, 403)
        if request.method == "POST":
            return errors.keeping_text(request, 403, errors.SIGNED_OUT)
        return redirect_to_login(request.get_full_path())


def preflight(request: HttpRequest, route: Route) -> bool:
    """Whether a browser asks if a script of another site may read here, and it may."""
    asked = request.headers.get("Access-Control-Request-Method")
    open_to_scripts = route.who is Who.ANYONE and request.path_info.startswith(FOR_PROGRAMS)
    return request.method == "OPTIONS" and open_to_scripts and asked in route.methods & READ


def compressed(get_response: GetResponse) -> GetResponse:
    """The innermost middleware: what is public goes out as short as the client takes it.

    Nothing else does: whoever can have text of their own put beside a secret could guess the secret from the length
    (BREACH). Files have been compressed before, and streams go out as they come.
    What has a validator of the database is kept as it goes out.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, kept.Kept):
            return response
        if worth_compressing(response):
            patch_vary_headers(response, ("Accept-Encoding",))
            if encoding := encodings.wanted(request):
                response.content = encodings.ENCODINGS[encoding](response.content)
                response["Content-Encoding"] = encoding
                if "ETag" in response:
                    response["ETag"] = encodings.tagged(response["ETag"], encoding)
        keep_as = getattr(request, "keep_as", None)
        if keep_as and public(response):
            kept.keep(keep_as, response)
        return response

    return middleware


def public(response: HttpResponse) -> bool:
    """Whether it is content that anybody may have, and whole."""
    shared = "public" in response.get("Cache-Control", "")
    return response.status_code == 200 and shared and not response.streaming


def worth_compressing(response: HttpResponse) -> bool:
    """Whether it is public, text, long enough, and not compressed yet."""
    return (
        public(response)
        and "Content-Encoding" not in response
        and TEXT.match(response.get("Content-Type", "")) is not None
        and len(response.content) >= WORTH_COMPRESSING
    )
