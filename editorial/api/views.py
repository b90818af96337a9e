"""Lists and single documents of any type, over editions alone, as of a public position."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django_filters.rest_framework import FilterSet
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from editorial.api.cursor import NO_CURSOR, Cursor, behind, text_of
from editorial.api.problems import BadParameters, problem
from editorial.api.shapes import DEFAULT_LIMIT, MAX_LIMIT, PAGING, EditionSerializer, merged, moment, rfc3339
from editorial.models.edition import Edition, EditionQuerySet
from editorial.models.slug import Slug
from editorial.reading import AsOf, BadMoment, conditional, etag, resolve


class PlainJSONRenderer(JSONRenderer):
    """One representation: no client chooses an indentation, so that one validator stands for one text."""

    def get_indent(self, accepted_media_type: str, renderer_context: Any) -> None:
        return None


class PublicView(APIView):
    """Abstract: what every address shares: parameters that are all known, a moment, and a validated answer."""

    http_method_names = ("get", "head")
    renderer_classes = (PlainJSONRenderer,)

    def read(
        self, request: Request, known: tuple[str, ...], *readers: Callable[[Mapping[str, str]], Any]
    ) -> list[Any]:
        """What each reader reads in the query. Raises BadParameters with all that is wrong."""
        errors = _misgiven(request.query_params, known)
        given = {name: request.query_params[name] for name in request.query_params if name not in errors}
        found = []
        for reader in readers:
            try:
                found.append(reader(given))
            except BadParameters as bad:
                errors |= bad.errors
        if errors:
            raise BadParameters({name.replace("\x00", "␀")[:50]: text for name, text in errors.items()})
        return found

    def as_of(self, given: Mapping[str, str]) -> AsOf:
        try:
            return resolve(given.get("as_of"))
        except BadMoment as error:
            raise BadParameters({"as_of": str(error)}) from error

    def answer(self, request: Request, as_of: AsOf, render: Callable[[], HttpResponse]) -> HttpResponse:
        """Validated by the position, and by all that the address asks for."""
        query = urlencode(sorted(request.query_params.items()))
        address = f"{request.scheme}://{request.get_host()}{request.path}?{query}"
        response = conditional(request._request, etag(as_of, address), render)
        response["Access-Control-Allow-Origin"] = "*"
        return response


class EditionsView(PublicView):
    """Abstract: what list and detail of a type share."""

    MODEL: ClassVar[type[Edition]]
    TYPE: ClassVar[str]
    SERIALIZER: ClassVar[type[EditionSerializer]]

    def show(self, editions: list[Any], request: Request, as_of: AsOf) -> list[dict[str, Any]]:
        """The editions as JSON values, with what they refer to, in a fixed number of queries."""
        known = merged(self.MODEL, {row.document for row in editions}, as_of)
        context = {"request": request, "merged": known, **self.around(editions, as_of)}
        return [dict(shown) for shown in self.SERIALIZER(editions, many=True, context=context).data]

    def around(self, editions: list[Any], as_of: AsOf) -> dict[str, Any]:
        """What the serializer needs besides the editions: what they refer to, as it stood at the position."""
        return {}


class EditionFilters(FilterSet):  # type: ignore[misc]
    """Filters over what was public at a position, which they may ask for: ``as_of``."""

    as_of: AsOf

    def at(self, model: type[Edition], as_of: AsOf) -> None:
        """From now on, filter what was public then."""
        self.as_of, self.queryset = as_of, model._default_manager.live(as_of.position)

    def by_text(self, rows: EditionQuerySet, name: str, text: str) -> EditionQuerySet:
        """What holds all of the words, also under a name that was merged into it."""
        return self.as_of.redirects.search(rows, text)


class ListView(EditionsView):
    """A list of editions: {results, next, previous, count, as_of}. ``ORDERINGS``: public name → column."""

    FILTERS: ClassVar[type[EditionFilters]]
    ORDERINGS: ClassVar[dict[str, str]]
    DEFAULT_ORDERING: ClassVar[str]

    def get(self, request: Request) -> HttpResponse:
        known = (*self.FILTERS.base_filters, *PAGING)
        readers = (limit_of, self.cursor, self.ordering, self.as_of, self.filters)
        limit, cursor, ordering, as_of, filters = self.read(request, known, *readers)
        if cursor and cursor.ordering != ordering:
            raise BadParameters({"cursor": "This cursor belongs to another ordering."})
        if cursor and cursor.position > as_of.position:
            raise BadParameters({"cursor": NO_CURSOR})
        if cursor:
            # A walk through the pages stays where it began, also one through a day that is not over.
            as_of = resolve(str(cursor.position))
        filters.at(self.MODEL, as_of)
        return self.answer(
            request, as_of, lambda: self.page(request, filters.qs, as_of, ordering, limit, cursor)
        )

    def cursor(self, given: Mapping[str, str]) -> Cursor | None:
        if "cursor" not in given:
            return None
        try:
            return Cursor.decode(given["cursor"])
        except (ValueError, TypeError) as error:
            raise BadParameters({"cursor": NO_CURSOR}) from error

    def value(self, column: str, cursor: Cursor) -> Any:
        try:
            return cursor.value_in(self.MODEL._meta.get_field(column))  # type: ignore[arg-type]
        except ValueError as error:
            raise BadParameters({"cursor": NO_CURSOR}) from error

    def ordering(self, given: Mapping[str, str]) -> str:
        ordering = given.get("ordering", self.DEFAULT_ORDERING)
        if ordering.removeprefix("-") not in self.ORDERINGS:
            names = ", ".join(sign + name for name in self.ORDERINGS for sign in ("", "-"))
            raise BadParameters({"ordering": f"Choose one of {names}."})
        return ordering

    def filters(self, given: Mapping[str, str]) -> EditionFilters:
        """The filters that were given, over nothing yet."""
        values = {name: value for name, value in given.items() if name in self.FILTERS.base_filters}
        filters = self.FILTERS(values, queryset=self.MODEL._default_manager.none())
        if not filters.is_valid():
            raise BadParameters({name: " ".join(map(str, texts)) for name, texts in filters.errors.items()})
        return filters

    def page(
        self,
        request: Request,
        editions: QuerySet,
        as_of: AsOf,
        ordering: str,
        limit: int,
        cursor: Cursor | None,
    ) -> HttpResponse:
        column = self.ORDERINGS[ordering.removeprefix("-")]
        backwards = cursor is not None and cursor.backwards
        downwards = ordering.startswith("-") != backwards
        sign = "-" if downwards else ""
        rows = editions.order_by(f"{sign}{column}", f"{sign}document")
        if cursor:
            rows = rows.filter(behind(column, self.value(column, cursor), cursor, downwards=downwards))
        found = list(rows[: limit + 1])
        more, found = len(found) > limit, found[:limit]
        if backwards:
            found.reverse()
        has_next, has_previous = (bool(cursor), more) if backwards else (more, bool(cursor))
        link = self.linker(request, as_of, ordering, column)
        return Response(
            {
                "results": self.show(found, request, as_of),
                "next": link(found[-1], backwards=False) if found and has_next else None,
                "previous": link(found[0], backwards=True) if found and has_previous else None,
                "count": editions.count(),
                "as_of": moment(as_of),
            }
        )

    def linker(self, request: Request, as_of: AsOf, ordering: str, column: str) -> Callable[..., str]:
        def link(row: Any, *, backwards: bool) -> str:
            value = text_of(getattr(row, column))
            cursor = Cursor(ordering, as_of.position, value, str(row.document), backwards).encode()
            query = {**request.query_params.dict(), "cursor": cursor}
            return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")

        return link


class DetailView(EditionsView):
    """One edition, by the document's id or slug: 410 where it is withdrawn, a redirect where its slug moved.

    What was merged into another redirects to that one, at every position at which it is.
    """

    def get(self, request: Request, key: str) -> HttpResponse:
        [as_of] = self.read(request, ("as_of",), self.as_of)
        return self.answer(request, as_of, lambda: self.found(request, key, as_of))

    def found(self, request: Request, key: str, as_of: AsOf) -> HttpResponse:
        document = document_of(self.TYPE, key)
        winner = document and as_of.redirects.winner(document)
        row = winner and self.MODEL._default_manager.as_of(as_of.position).filter(document=winner).first()
        if not row:
            return problem(404, "There is nothing at this address.")
        if winner != document:
            return self.moved(request, row.slug)
        if row.withdrawn:
            return self.gone(row)
        if not is_uuid(key) and not as_of.past and row.slug != key:
            return self.moved(request, row.slug)
        return self.one(row, request, as_of)

    def one(self, row: Any, request: Request, as_of: AsOf) -> HttpResponse:
        """The answer for a document that was public."""
        (body,) = self.show([row], request, as_of)
        return Response({**body, "as_of": moment(as_of)})

    def gone(self, row: Any) -> HttpResponse:
        return problem(
            410, "This was withdrawn.", id=str(row.document), slug=row.slug, document_title=row.title,
            notice=row.notice, withdrawn_at=rfc3339(row.withdrawn_at),
        )  # fmt: skip

    def moved(self, request: Request, slug: str) -> HttpResponse:
        """To the address that it has now, at the moment that was asked for."""
        match = request.resolver_match
        assert match is not None
        query = f"?{request.query_params.urlencode()}" if request.query_params else ""
        address = reverse(match.view_name, kwargs={"key": slug})
        response = HttpResponse(status=308)
        response["Location"] = request.build_absolute_uri(f"{address}{query}")
        response["Cache-Control"] = "no-cache"  # an address may come back
        return response


def limit_of(given: Mapping[str, str]) -> int:
    """How many on a page. Raises BadParameters."""
    text = given.get("limit", str(DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_LIMIT):
        raise BadParameters({"limit": f"Write a whole number from 1 to {MAX_LIMIT}."})
    return int(text)


def document_of(type_name: str, key: str) -> UUID | None:
    """The document of an id or of a slug that is or was public."""
    return UUID(key) if is_uuid(key) else Slug.document_of(type_name, key)


def is_uuid(key: str) -> bool:
    try:
        return str(UUID(key)) == key.lower()
    except ValueError:
        return False


def _misgiven(query: QueryDict, known: tuple[str, ...]) -> dict[str, str]:
    """What can be said of parameters before anybody reads their values: each known, once, and in good text."""
    errors = {}
    for name, values in query.lists():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            errors[name] = "There is no such parameter." + (f" Do you mean “{near[0]}”?" if near else "")
        elif len(values) > 1:
            errors[name] = "Give this parameter once."
        elif "\x00" in values[0] or "\ufffd" in values[0]:
            errors[name] = "This is not text in UTF-8 without NUL."
        elif not values[0].strip():
            errors[name] = "Give it a value, or leave it out."
    return errors
