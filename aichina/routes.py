"""Who may do what at which address: one table, that code enforces, tests walk and docs/api.md shows.

An address that is not in it is answered to nobody. What a person may do with a document is the second table,
editorial/permissions.py; this one decides who comes as far as being asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from django.http import HttpRequest
from django.utils.http import http_date

from editorial.permissions import person
from editorial.workflow import Role

READ = frozenset({"GET", "HEAD"})
FORM = READ | {"POST"}
POST = frozenset({"POST"})


class Who(Enum):
    """Who is let in; each value is the phrase for the docs."""

    ANYONE = "anyone"
    KEYS = "holders of a key, signed in or not"
    SIGNED_IN = "whoever is signed in"
    EDITORS = "every editor, and for each command whom the table of commands names"
    REVIEWERS = "reviewers, publishers and chief editors"
    PUBLISHERS = "publishers and chief editors"
    SUPERUSERS = "superusers"
    NOBODY = "nobody: Django brings it, and we do without"

    def admits(self, request: HttpRequest) -> bool:
        """Whether this person comes in."""
        if self in (Who.ANYONE, Who.KEYS):
            return True  # the key itself is asked for where it is counted
        user = request.user
        if self is Who.NOBODY or not (user.is_authenticated and user.is_active and user.is_staff):
            return False
        if self is Who.EDITORS:
            return person(user).role > Role.NOBODY
        if self is Who.REVIEWERS:
            return person(user).role >= Role.REVIEWER
        if self is Who.PUBLISHERS:
            return person(user).role >= Role.PUBLISHER
        return self is Who.SIGNED_IN or user.is_superuser


class Limit(Enum):
    """What is counted at an address, and sent away beyond a limit; each value is the phrase for the docs."""

    API = "by address, or by key"
    SIGN_IN = "where sign-ins fail"


@dataclass(frozen=True, slots=True)
class Leaving:
    """An address that goes: ``since`` when that is said, and ``until`` when it stays, a year at least."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until - self.since < timedelta(days=365):
            raise ValueError("A year passes between the word and the deed: docs/api.md promises it.")

    def headers(self) -> dict[str, str]:
        """RFC 9745 and RFC 8594."""
        since, until = (datetime.combine(day, time.min, UTC) for day in (self.since, self.until))
        return {"Deprecation": f"@{int(since.timestamp())}", "Sunset": http_date(until.timestamp())}


@dataclass(frozen=True, slots=True)
class Route:
    """``posting``: who may send forms, where that is not everybody who may look."""

    methods: frozenset[str]
    who: Who
    posting: Who | None = None
    limit: Limit | None = None
    leaving: Leaving | None = None

    def admits(self, request: HttpRequest) -> bool:
        """Whether this person may do this here."""
        by = self.posting if self.posting and request.method == "POST" else self.who
        return by.admits(request)


# What is for programs: errors there are problems, scripts of any site may read it, and it is limited.
FOR_PROGRAMS = ("/api/", "/feeds/", "/packages/")
# Anyone may read it, as often as the limits allow.
OPEN = Route(READ, Who.ANYONE, limit=Limit.API)


def _keyed(*methods: str) -> Route:
    """For programs with a key; no session helps."""
    return Route(frozenset(methods), Who.KEYS, limit=Limit.API)


def _admin(app_and_model: str, who: Who, *, add: Who | None = None) -> dict[str, Route]:
    """The addresses that Django's admin makes for a model."""
    root = f"admin/{app_and_model}/"
    return {
        root: Route(READ, who),
        f"{root}add/": Route(FORM, add or who),
        f"{root}<path:object_id>/change/": Route(FORM, who),
        f"{root}<path:object_id>/history/": Route(READ, who),
        f"{root}<path:object_id>/delete/": Route(FORM, Who.NOBODY),
        f"{root}<path:object_id>/": Route(READ, who),
    }


def _documents(app_and_model: str) -> dict[str, Route]:
    """The addresses of a type's working copies."""
    command = f"admin/{app_and_model}/<uuid:document>/command/<str:name>/"
    return {**_admin(app_and_model, Who.EDITORS), command: Route(POST, Who.EDITORS)}


def _findings() -> dict[str, Route]:
    root = "admin/imports/finding/"
    return {
        **_admin("imports/finding", Who.EDITORS, add=Who.NOBODY),
        f"{root}snapshot/<int:snapshot>/text/": Route(READ, Who.EDITORS),
        f"{root}snapshot/<int:snapshot>/warc/": Route(READ, Who.EDITORS),
    }


def _settings(app_and_model: str) -> dict[str, Route]:
    """The addresses of what every editor may look at, and reviewers may change."""
    root = f"admin/{app_and_model}/"
    return {
        **_admin(app_and_model, Who.EDITORS, add=Who.REVIEWERS),
        f"{root}<path:object_id>/change/": Route(FORM, Who.EDITORS, posting=Who.REVIEWERS),
    }


def _sources() -> dict[str, Route]:
    root, one = "admin/imports/source/", "admin/imports/source/<uuid:source>/"
    return {
        **_settings("imports/source"),
        # Its form is of actions, each of which says who may; fetching is for every editor.
        root: Route(FORM, Who.EDITORS),
        f"{root}opml/": Route(FORM, Who.EDITORS, posting=Who.REVIEWERS),
        f"{root}sources.opml": Route(READ, Who.EDITORS),
        f"{one}fetches/": Route(READ, Who.EDITORS),
        f"{one}progress/": Route(READ, Who.EDITORS),
        f"{one}fetch/": Route(POST, Who.EDITORS),
        f"{one}switch/": Route(POST, Who.REVIEWERS),
        f"{one}move/": Route(POST, Who.REVIEWERS),
    }


ROUTES: dict[str, Route] = {
    "": Route(READ, Who.ANYONE),
    "timeline/": Route(READ, Who.ANYONE),
    "timeline/<slug:slug>/": Route(READ, Who.ANYONE),
    "pages/<slug:slug>/": Route(READ, Who.ANYONE),
    "actors/": Route(READ, Who.ANYONE),
    "actors/<slug:slug>/": Route(READ, Who.ANYONE),
    "series/": Route(READ, Who.ANYONE),
    "series/<slug:slug>/": Route(READ, Who.ANYONE),
    "series/<slug:slug>/chart.svg": Route(READ, Who.ANYONE),
    "series/<slug:slug>/chart-dark.svg": Route(READ, Who.ANYONE),
    "series/<slug:slug>/chart.png": Route(READ, Who.ANYONE),
    "series/<slug:slug>/archive.zip": Route(READ, Who.ANYONE),
    "api/v1/": OPEN,
    "api/v1/docs/": OPEN,
    "api/v1/openapi.json": OPEN,
    "api/v1/entries/": OPEN,
    "api/v1/entries/<str:key>/": OPEN,
    "api/v1/actors/": OPEN,
    "api/v1/actors/<str:key>/": OPEN,
    "api/v1/series/": OPEN,
    "api/v1/series/<str:key>/": OPEN,
    "api/v1/series/<str:key>/observations.csv": OPEN,
    "api/v1/pages/": OPEN,
    "api/v1/pages/<str:key>/": OPEN,
    "api/v1/categories/": OPEN,
    "api/v1/categories/<str:key>/": OPEN,
    "api/v1/front/": OPEN,
    "api/v1/front/<str:key>/": OPEN,
    "api/v1/changes/": OPEN,
    "api/v1/entries/<str:key>/editions/": OPEN,
    "api/v1/entries/<str:key>/editions/<int:number>/": OPEN,
    "api/v1/actors/<str:key>/editions/": OPEN,
    "api/v1/actors/<str:key>/editions/<int:number>/": OPEN,
    "api/v1/series/<str:key>/editions/": OPEN,
    "api/v1/series/<str:key>/editions/<int:number>/": OPEN,
    "api/v1/pages/<str:key>/editions/": OPEN,
    "api/v1/pages/<str:key>/editions/<int:number>/": OPEN,
    "api/v1/categories/<str:key>/editions/": OPEN,
    "api/v1/categories/<str:key>/editions/<int:number>/": OPEN,
    "api/v1/front/<str:key>/editions/": OPEN,
    "api/v1/front/<str:key>/editions/<int:number>/": OPEN,
    "feeds/<form:form>": OPEN,
    "feeds/<feed_kind:kind>/<form:form>": OPEN,
    "feeds/timeline/<form:form>": OPEN,
    "feeds/corrections/<form:form>": OPEN,
    "feeds/category/<str:key>/<form:form>": OPEN,
    "feeds/actor/<str:key>/<form:form>": OPEN,
    "api/v1/packages/": Route(FORM, Who.ANYONE, limit=Limit.API),
    "api/v1/packages/<int:position>/": OPEN,
    "packages/aichina-<int:position>.zip": OPEN,
    "api/v1/webhooks/": _keyed("GET", "HEAD", "POST"),
    "api/v1/webhooks/<uuid:webhook>/": _keyed("GET", "HEAD", "PATCH", "DELETE"),
    "api/v1/webhooks/<uuid:webhook>/rotate/": _keyed("POST"),
    "api/v1/webhooks/<uuid:webhook>/replay/": _keyed("POST"),
    "api/v1/webhooks/<uuid:webhook>/test/": _keyed("POST"),
    "healthz": Route(READ, Who.ANYONE),
    "readyz": Route(READ, Who.ANYONE),
    "admin/login/": Route(FORM, Who.ANYONE, limit=Limit.SIGN_IN),
    "admin/logout/": Route(POST, Who.SIGNED_IN),
    "admin/": Route(READ, Who.SIGNED_IN),
    "admin/(?P<app_label>editorial|imports|syndication|timeline|actors|metrics|pages)/$": Route(
        READ, Who.SIGNED_IN
    ),
    "admin/jsi18n/": Route(READ, Who.SIGNED_IN),
    "admin/password_change/": Route(FORM, Who.SIGNED_IN),
    "admin/password_change/done/": Route(READ, Who.SIGNED_IN),
    "admin/(?P<url>.*)$": Route(READ, Who.SIGNED_IN),
    "admin/autocomplete/": Route(READ, Who.NOBODY),
    "admin/r/<path:content_type_id>/<path:object_id>/": Route(READ, Who.NOBODY),
    **_documents("timeline/entrydocument"),
    **_documents("actors/actordocument"),
    **_documents("metrics/seriesdocument"),
    **_documents("pages/categorydocument"),
    **_documents("pages/pagedocument"),
    **_documents("pages/frontdocument"),
    **_findings(),
    **_sources(),
    **_settings("imports/keyword"),
    **_admin("syndication/key", Who.PUBLISHERS),
    **_admin("syndication/webhook", Who.PUBLISHERS),
    "admin/syndication/webhook/": Route(FORM, Who.PUBLISHERS),  # its form is of actions
    "admin/syndication/webhook/<uuid:webhook>/do/<str:name>/": Route(POST, Who.PUBLISHERS),
    "admin/imports/candidate/": Route(READ, Who.EDITORS),
    "admin/imports/candidate/<int:candidate>/<str:name>/": Route(POST, Who.EDITORS),
    **_admin("editorial/user", Who.SUPERUSERS),
    "admin/editorial/user/<id>/password/": Route(FORM, Who.SUPERUSERS),
}
