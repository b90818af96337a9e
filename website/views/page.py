"""What every public page shares: the moment that is asked for, one validator, and a sentence for what there is not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from editorial.models.change import Change, Kind
from editorial.models.edition import Edition
from editorial.models.slug import Slug
from editorial.reading import AsOf, BadMoment, conditional, etag, resolve
from metrics.drawings import LAST_DRAWN

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Lost:
    """What was merged into the document that a page shows: its last edition, and the change that says so."""

    edition: Any
    change: Change

    @property
    def before(self) -> int:
        """A position at which it stood for itself."""
        return self.change.position - 1


def as_of_page(view: View, also: QuerySet | None = None) -> View:
    """Resolve ?as_of= once, say so where it names nothing, and answer 304 where nothing changed.

    ``also`` asks for one value that moves with what the page shows besides what is public at a position.
    """

    @require_safe
    def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            as_of = resolve(request.GET.get("as_of") or None, also)  # a form sends what was left empty too
        except BadMoment as error:
            return bad_request(request, {"as_of": [str(error)]})
        validator = etag(as_of, request.build_absolute_uri())
        return conditional(request, validator, lambda: view(request, as_of, **kwargs), as_of)

    return page


def charted_page(view: View) -> View:
    """Likewise, for a page that shows drawings: another one was made, and it is another page."""
    return as_of_page(view, also=LAST_DRAWN)


def bad_request(request: HttpRequest, errors: dict[str, Any]) -> HttpResponse:
    """A page that names each wrong parameter."""
    return render(request, "website/bad_request.html", {"errors": errors}, status=400)


def document_page(
    request: HttpRequest,
    as_of: AsOf,
    model: type[Edition],
    type_name: str,
    slug: str,
    around: Callable[[Any], dict[str, Any]],
) -> HttpResponse:
    """The page of one document: 404 where it was not public, a redirect where its slug moved, 410 where withdrawn.

    What was merged into another redirects to that one, at every position at which it is. The template is named by the
    type, and gets the edition as ``shown``, all editions, and what ``around`` gives.
    """
    row, elsewhere = found_document(request, as_of, model, type_name, slug)
    if elsewhere:
        return elsewhere
    context = {
        "as_of": as_of,
        "shown": row,
        "editions": _editions(model, row, as_of),
        "merged": _merged(model, row, as_of),
        "erasures": _erasures(row) if row.erased else (),
        **around(row),
    }
    status = 410 if row.withdrawn else 200
    response = render(request, f"website/{type_name}.html", context, status=status)
    response["Surrogate-Key"] = f"{type_name} {row.document}"
    return response


def found_document(
    request: HttpRequest, as_of: AsOf, model: type[Edition], type_name: str, slug: str, below: str = ""
) -> tuple[Any, HttpResponse | None]:
    """The edition at an address, or the redirect to where it moved, or to what it was merged into.

    ``below``: what follows the slug.

    Raises Http404.
    """
    document = Slug.document_of(type_name, slug)
    winner = document and as_of.redirects.winner(document)
    row: Any = winner and model._default_manager.as_of(as_of.position).filter(document=winner).first()
    if not row:
        raise Http404
    if winner != document or (not as_of.past and row.slug != slug):
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return None, moved(f"{request.path.removesuffix(f'{slug}/{below}')}{row.slug}/{below}{query}")
    return row, None


def unknown_parameters(request: HttpRequest, known: Collection[str]) -> dict[str, list[str]]:
    """A sentence for each parameter that the page does not know."""
    unknown = [name for name in request.GET if name not in known]
    return {"__all__": [f"There is no parameter “{name[:50]}”." for name in unknown]} if unknown else {}


def moved(address: str) -> HttpResponse:
    """A redirect that browsers ask about again: an address may come back."""
    response = HttpResponsePermanentRedirect(address)
    response["Cache-Control"] = "no-cache"
    return response


def _merged(model: type[Edition], row: Edition, as_of: AsOf) -> list[Lost]:
    """What the document stands for besides itself, in the order in which it was merged."""
    editions = list(as_of.redirects.lost(model, {row.document}).order_by("valid_to"))
    changes = Change.objects.in_bulk([edition.valid_to for edition in editions])
    return [Lost(edition, changes[edition.valid_to]) for edition in editions]


def _erasures(row: Edition) -> list[Change]:
    """Why texts are gone; told in the past as well, where they are gone too."""
    return list(Change.objects.filter(document=row.document, kind=Kind.ERASED).order_by("position"))


def _editions(model: type[Edition], row: Edition, as_of: AsOf) -> list[Any]:
    """All editions and withdrawals up to the position, newest first."""
    rows = model._default_manager.filter(document=row.document, position__lte=as_of.position, begins=True)
    return list(rows.order_by("-position"))
