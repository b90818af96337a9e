"""What the limits of the table mean: who is counted, what is answered beyond, and what each answer says of it."""

from __future__ import annotations

import hashlib
import unicodedata
from functools import partial

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from aichina import errors
from aichina.routes import Limit, Route, Who
from editorial.api import problem
from syndication.keys import BadKey, key_of
from syndication.limits import Allowance, Policy, address_of, give_back, spend

FIVE_MINUTES = 300
AGAIN = "You asked too often. Come again in {} seconds."
NEEDED = "This address is for holders of a key: send it as “Authorization: Bearer aic_…”."
SIGN_IN_AGAIN = "Too many sign-ins failed. Nothing was changed; try again in {} seconds."

logger = structlog.get_logger(__name__)


def begin(request: HttpRequest, route: Route) -> HttpResponse | None:
    """Count the request where the table says so; an answer where it may not go on."""
    if route.limit is Limit.API:
        return _api(request, route)
    if route.limit is Limit.SIGN_IN and request.method == "POST":
        return _sign_in(request)
    return None


def end(request: HttpRequest, response: HttpResponse) -> None:
    """Say what is left; only sign-ins that failed stay counted, whose answer is the form again."""
    if allowance := getattr(request, "allowance", None):
        for name, text in allowance.headers().items():
            response[name] = text
    if response.status_code != 200:
        for spent in getattr(request, "sign_in", ()):
            give_back(spent)


def _api(request: HttpRequest, route: Route) -> HttpResponse | None:
    """By key, or by address; a wrong key counts as an address, so that nobody tries keys without end."""
    key, wrong = None, ""
    try:
        key = key_of(request)
    except BadKey as bad:
        wrong = str(bad)
    request.key = key  # type: ignore[attr-defined]
    ahead = getattr(request.resolver_match and request.resolver_match.func, "ahead", None)
    meanwhile = ahead and partial(ahead, request)
    if key:
        allowance = spend(Policy("key", settings.API_LIMIT_KEY), str(key.pk), meanwhile)
    else:
        allowance = spend(Policy("address", settings.API_LIMIT_ADDRESS), address_of(request), meanwhile)
    request.allowance = allowance  # type: ignore[attr-defined]
    if allowance and allowance.exhausted:
        return _waiting(problem(429, AGAIN.format(allowance.seconds)), allowance)
    if key is None and route.who is Who.KEYS:
        wrong = wrong or NEEDED
    return _unknown(wrong) if wrong else None


def _unknown(sentence: str) -> HttpResponse:
    response = problem(401, sentence)
    response["WWW-Authenticate"] = 'Bearer realm="tracker"'
    return response


def _sign_in(request: HttpRequest) -> HttpResponse | None:
    """By account and address, so that nobody locks another out; and by address, so that nobody tries all accounts."""
    address = address_of(request)
    policies = (
        (Policy("sign-in", settings.SIGN_IN_LIMIT_ACCOUNT, FIVE_MINUTES), f"{_account(request)}:{address}"),
        (Policy("sign-ins", settings.SIGN_IN_LIMIT_ADDRESS, FIVE_MINUTES), address),
    )
    spent: list[Allowance] = []
    request.sign_in = spent  # type: ignore[attr-defined]
    for policy, who in policies:
        allowance = spend(policy, who)
        if allowance is None:
            continue
        spent.append(allowance)
        if allowance.exhausted:
            logger.warning("sign_in_limited", address=address, policy=policy.name)
            sentence = SIGN_IN_AGAIN.format(allowance.seconds)
            return _waiting(errors.keeping_text(request, 429, sentence), allowance)
    return None


def _account(request: HttpRequest) -> str:
    """Whose account was typed: one for all that the form takes for one name, and of no length of the client's."""
    name = unicodedata.normalize("NFKC", request.POST.get("username", "")).strip().casefold()
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _waiting(response: HttpResponse, allowance: Allowance) -> HttpResponse:
    response["Retry-After"] = str(allowance.seconds)
    return response
