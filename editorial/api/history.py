"""The editions of a document: what each changed, and each as it was, for as long as it may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.lists import PagedView, Walk
from editorial.api.problems import problem
from editorial.api.selection import PARAMETERS, Selection
from editorial.api.shapes import LINE, LineSerializer, moment
from editorial.api.views import ONE, EditionsView, PublicView, document_of, is_uuid, limit_of
from editorial.models.edition import EditionQuerySet
from editorial.reading import AsOf, last_public, settled

A_DAY = "public, max-age=86400"


class EditionsList(PagedView):
    """The editions of one document, newest first, with the withdrawals that ended them; of a withdrawn one as well."""

    ORDERINGS: ClassVar[dict[str, str]] = {"position": "position"}
    DEFAULT_ORDERING = "-position"
    COLUMNS = LINE

    def subject(self) -> str:
        """The document: its address may move while somebody goes through its story."""
        return f"{self.TYPE} {document_of(self.TYPE, self.kwargs['key'])}"

    def get(self, request: Request, key: str) -> HttpResponse:
        readers = (limit_of, self.cursor, self.as_of)
        limit, cursor, as_of = self.read(request, ("limit", "cursor", "as_of"), *readers)
        walk = Walk(self.DEFAULT_ORDERING, limit, cursor)
        as_of = self.began(walk, as_of)
        return self.answer(request, as_of, lambda: self.found(request, key, as_of, walk))

    def found(self, request: Request, key: str, as_of: AsOf, walk: Walk) -> HttpResponse:
        """What was merged into another keeps its story under its own address: it is another's from then on alone."""
        rows = self.stood(key).filter(position__lte=as_of.position)
        last = rows.order_by("-position").values_list("document", "slug").first()
        if last is None:
            return problem(404, "There is nothing at this address.")
        document, slug = last
        if not is_uuid(key) and not as_of.past and slug != key:
            return self.moved(request, str(slug))
        begun = rows.filter(begins=True)

        def shown(found: list[Any]) -> list[dict[str, Any]]:
            return self.lines(begun, found, request, as_of)

        response = self.page(request, list(self.rows(begun, walk)), as_of, walk, shown, begun.count())
        response["Surrogate-Key"] = f"{self.TYPE} {document}"
        return response

    def lines(
        self, begun: EditionQuerySet, found: list[Any], request: Request, as_of: AsOf
    ) -> list[dict[str, Any]]:
        """These rows as lines, each with its differences from the edition before, as references stand at ``as_of``."""
        context = {"request": request, "type": self.TYPE}
        lines = LineSerializer(found, many=True, context=context).data
        differences = self.differences(begun, found, request, as_of)
        return [
            {**line, "differences": differences.get(row.position, [])}
            for row, line in zip(found, lines, strict=True)
        ]

    def differences(
        self, begun: EditionQuerySet, found: list[Any], request: Request, as_of: AsOf
    ) -> dict[int, list[dict[str, Any]]]:
        """By position, what two editions in a row differ in, where both may be shown."""
        editions = begun.filter(withdrawn=False)
        rows = [row for row in found if not row.withdrawn]
        if rows:
            earlier = editions.filter(position__lt=rows[-1].position).order_by("-position")
            rows += earlier.lean("hidden")[:1]
        selection = Selection(frozenset(self.MODEL.FIELDS))  # type: ignore[attr-defined]
        shown = [row for row in rows if not row.hidden]
        contents = self.content(shown, request, as_of, selection)
        known = {row.position: content for row, content in zip(shown, contents, strict=True)}
        return {
            row.position: self.between(known[earlier.position], known[row.position])
            for row, earlier in pairwise(rows)
            if row.position in known and earlier.position in known
        }

    def content(
        self, rows: list[Any], request: Request, as_of: AsOf, selection: Selection
    ) -> list[dict[str, Any]]:
        """The rows' content, field by field."""
        return [
            {name: value for name, value in body.items() if name != "id"}
            for body in self.show(rows, request, as_of, selection)
        ]

    def between(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
        differing = (name for name in after if before[name] != after[name])
        return [self.difference(name, before[name], after[name]) for name in differing]

    def difference(self, name: str, before: Any, after: Any) -> dict[str, Any]:
        return {"field": name, "before": before, "after": after}


class OneEdition(EditionsView):
    """One edition, as the document's address showed it when it began; what was hidden is a 410.

    It may be kept for a day. Its validator moves when anything of any document is withdrawn, erased or renamed: that
    alone changes what the past shows, of the edition as of what it names, and it is rarer than all that is published.
    When the edition began is part of it: in a database that was restored, another one may have its number.
    """

    @classmethod
    def as_view(cls, **given: Any) -> Any:
        """Nobody asks for the present position first: the answer does not rest on it."""
        return super(PublicView, cls).as_view(**given)

    def get(self, request: Request, key: str, number: int) -> HttpResponse:
        [selection] = self.read(request, PARAMETERS, self.selection)
        began = self.numbered(key, number).values("moment")[:1]
        response = self.answer(request, settled(began), lambda: self.found(request, key, number, selection))
        if "ETag" in response:
            response["Cache-Control"] = A_DAY
        return response

    def numbered(self, key: str, number: int) -> EditionQuerySet:
        """The edition: one row, or none."""
        return self.stood(key).filter(number=number, begins=True, withdrawn=False)

    def found(self, request: Request, key: str, number: int, selection: Selection) -> HttpResponse:
        row = self.numbered(key, number).lean(*ONE).first()
        slug = self.stood(key).order_by("-position").values_list("slug", flat=True).first()
        if row is None or slug is None:
            return problem(404, "There is nothing at this address.")
        if not is_uuid(key) and slug != key:
            return self.moved(request, str(slug))
        if row.hidden:
            return self.gone(row)
        as_of = replace(last_public(), position=row.position, moment=row.moment, asked=str(row.position))
        (body,) = self.show([row], request, as_of, selection)
        keys = {"Surrogate-Key": f"{self.TYPE} {row.document}"}
        return Response({**body, "as_of": moment(as_of)}, headers=keys)
