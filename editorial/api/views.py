"""What every address of the API shares, and single documents of any type, over editions alone, as of a position."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import orjson
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from editorial.api.early import early
from editorial.api.fragments import fragments_of
from editorial.api.problems import BadParameters, problem
from editorial.api.references import all_references, merged
from editorial.api.selection import PARAMETERS, WHOLE, Selection, nearest, selection_of
from editorial.api.shapes import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    EditionSerializer,
    history,
    moment,
    rfc3339,
)
from editorial.models.edition import Edition, EditionQuerySet
from editorial.models.slug import Slug
from editorial.reading import AsOf, BadMoment, conditional, etag, last_public, resolve


class PlainJSONRenderer(JSONRenderer):
    """One representation: no client chooses an indentation, so that one validator stands for one text."""

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return orjson.dumps(data)


class PublicView(APIView):
    """Abstract: what every address shares: parameters that are all known, a moment, and a validated answer."""

    http_method_names: tuple[str, ...] = ("get", "head")
    renderer_classes = (PlainJSONRenderer,)

    @classmethod
    def as_view(cls, **given: Any) -> Any:
        return early(super().as_view(**given))

    @property
    def present(self) -> AsOf:
        """The last public position, as it was when the request came."""
        known: AsOf | None = getattr(self.request, "present", None)
        return known or last_public()

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
            return resolve(given["as_of"]) if "as_of" in given else self.present
        except BadMoment as error:
            raise BadParameters({"as_of": str(error)}) from error

    def answer(self, request: Request, as_of: AsOf, render: Callable[[], HttpResponse]) -> HttpResponse:
        """Validated by the position, and by all that the address asks for."""
        return conditional(request._request, etag(as_of, request.build_absolute_uri()), render, as_of)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, with what was read in it."""

    request: Request
    as_of: AsOf
    selection: Selection


# What is read of one edition, besides which row it is: where it is, and what is said of it where it was withdrawn.
ONE = ("moment", "slug", "hidden", "title", "withdrawn", "withdrawn_at", "notice")


class EditionsView(PublicView):
    """Abstract: what list and detail of a type share."""

    MODEL: ClassVar[type[Edition]]
    TYPE: ClassVar[str]
    SERIALIZER: ClassVar[type[EditionSerializer]]

    # What may be included, and the field in which it then stands.
    INCLUDES: ClassVar[Mapping[str, str]] = {"editions": "editions"}

    def selection(self, given: Mapping[str, str]) -> Selection:
        return selection_of(given, self.SERIALIZER._declared_fields, self.INCLUDES)

    def show(
        self, editions: list[Any], request: Request, as_of: AsOf, selection: Selection = WHOLE
    ) -> list[dict[str, Any]]:
        """The editions, lean, as JSON values, with what they refer to, in a fixed number of queries."""
        fragments = fragments_of(self.SERIALIZER, self.MODEL, editions)
        rows = [fragment.row for fragment in fragments]
        documents = [row.document for row in rows]
        context = {
            "request": request,
            "root": request.build_absolute_uri("/").rstrip("/"),
            "type": self.TYPE,
            "merged": merged(self.MODEL, selection.only("merged", documents), as_of),
            "editions": history(self.MODEL, selection.only("editions", documents), as_of.position),
            **self.around(rows, Asked(request, as_of, selection)),
        }
        serializer = self.SERIALIZER(context=context)
        around = {
            name: getattr(serializer, f"get_{name}")
            for name in self.SERIALIZER.AROUND
            if selection.wants(name)
        }
        unwanted = [name for name in self.SERIALIZER._declared_fields if not selection.wants(name)]
        shown = []
        for fragment in fragments:
            body = {**fragment.body, **{name: method(fragment.row) for name, method in around.items()}}
            for name in unwanted:
                del body[name]
            shown.append(body)
        return shown

    def around(self, editions: list[Any], asked: Asked) -> dict[str, Any]:
        """What the serializer needs besides what it reads of the editions: what they refer to, as it stood then."""
        return {}

    def stood(self, key: str) -> EditionQuerySet:
        """Every row of the document of this id or slug; none, where there is no such document."""
        rows: EditionQuerySet = self.MODEL._default_manager.all()
        if is_uuid(key):
            return rows.filter(document=UUID(key))
        return rows.filter(document__in=Slug.documents_of(self.TYPE, key))

    def gone(self, row: Any) -> HttpResponse:
        """What is said in place of a row that has the columns of ONE."""
        return problem(
            410, "This was withdrawn.", id=str(row.document), slug=row.slug, document_title=row.title,
            notice=row.notice, withdrawn_at=rfc3339(row.withdrawn_at),
        )  # fmt: skip

    def moved(self, request: Request, slug: str) -> HttpResponse:
        """To the address that it has now, at the moment that was asked for."""
        match = request.resolver_match
        assert match is not None
        query = f"?{request.query_params.urlencode()}" if request.query_params else ""
        address = reverse(match.view_name, kwargs={**match.kwargs, "key": slug})
        response = HttpResponse(status=308)
        response["Location"] = request.build_absolute_uri(f"{address}{query}")
        response["Cache-Control"] = "no-cache"  # an address may come back
        return response


def referred(
    asked: Asked, **fields: tuple[type[EditionsView], Iterable[UUID]]
) -> dict[str, dict[UUID, dict[str, Any]]]:
    """What these fields refer to, by id: where one is included all that the view shows, else references.

    Nothing, where the field is not wanted. What was merged into another is shown as that one.
    """
    wanted = {name: (view, asked.selection.only(name, keys)) for name, (view, keys) in fields.items()}
    plain = [name for name in fields if name not in asked.selection.include]
    named = all_references([(wanted[name][0].MODEL, wanted[name][1]) for name in plain], asked.as_of)
    found: dict[str, dict[UUID, dict[str, Any]]] = {}
    for name in fields:
        found[name] = named[plain.index(name)] if name in plain else _whole(*wanted[name], asked)
    return found


def _whole(view: type[EditionsView], keys: Iterable[UUID], asked: Asked) -> dict[UUID, dict[str, Any]]:
    as_of = asked.as_of
    winners = {key: as_of.redirects.winner(key) for key in keys}
    rows = view.MODEL._default_manager.live(as_of.position).filter(document__in={*winners.values()})
    shown = {UUID(str(body["id"])): body for body in view().show(list(rows.lean()), asked.request, as_of)}
    return {key: shown[winner] for key, winner in winners.items() if winner in shown}


class DetailView(EditionsView):
    """One edition, by the document's id or slug: 410 where it is withdrawn, a redirect where its slug moved.

    What was merged into another redirects to that one, at every position at which it is.
    """

    KNOWN: ClassVar[tuple[str, ...]] = ("as_of", *PARAMETERS)

    def get(self, request: Request, key: str) -> HttpResponse:
        as_of, selection = self.read(request, self.KNOWN, self.as_of, self.selection)
        return self.answer(request, as_of, lambda: self.found(request, key, as_of, selection))

    def found(self, request: Request, key: str, as_of: AsOf, selection: Selection) -> HttpResponse:
        document = document_of(self.TYPE, key)
        winner = document and as_of.redirects.winner(document)
        rows = self.MODEL._default_manager.as_of(as_of.position)
        row = winner and rows.filter(document=winner).lean(*ONE).first()
        if not row:
            return problem(404, "There is nothing at this address.")
        if winner != document:
            return self.moved(request, row.slug)
        if row.withdrawn:
            return self.gone(row)
        if not is_uuid(key) and not as_of.past and row.slug != key:
            return self.moved(request, row.slug)
        response = self.one(row, request, as_of, selection)
        response["Surrogate-Key"] = f"{self.TYPE} {row.document}"
        return response

    def one(self, row: Any, request: Request, as_of: AsOf, selection: Selection) -> HttpResponse:
        """The answer for a document that was public."""
        (body,) = self.show([row], request, as_of, selection)
        return Response({**body, "as_of": moment(as_of)})


def limit_of(given: Mapping[str, str]) -> int:
    """How many on a page. Raises BadParameters."""
    text = given.get("limit", str(DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_LIMIT):
        raise BadParameters({"limit": f"Write a whole number from 1 to {MAX_LIMIT}."})
    return int(text)


def document_of(type_name: str, key: str) -> UUID | None:
    """The document of an id or of a slug that is or was public."""
    return UUID(key) if is_uuid(key) else Slug.document_of(type_name, key)


def public_document(type_name: str, key: str) -> UUID:
    """The document of an id or of a slug that is or was public. Raises ValueError with a sentence."""
    public = Slug._default_manager.filter(type=type_name, public=True)
    if is_uuid(key):
        found = public.filter(document=UUID(key)).values_list("document", flat=True).first()
    else:
        found = Slug.document_of(type_name, key)
    if found is None:
        meant = nearest(key, public.filter(current=True).values_list("slug", flat=True))
        raise ValueError(f"There is no such {type_name}.{meant}")
    return found


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
            errors[name] = f"There is no such parameter.{nearest(name, known) or _all(known)}"
        elif len(values) > 1:
            errors[name] = "Give this parameter once."
        elif "\x00" in values[0] or "\ufffd" in values[0]:
            errors[name] = "This is not text in UTF-8 without NUL."
        elif not values[0].strip():
            errors[name] = "Give it a value, or leave it out."
    return errors


def _all(known: tuple[str, ...]) -> str:
    return f" Those that there are: {', '.join(known)}." if known else ""
