"""Data series: the index, a page for each with its chart, table and vintages, and downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from editorial.markdown import render as markdown
from editorial.reading import AsOf
from metrics import charts
from metrics.drawings import Shown, drawn
from metrics.figures import Headline, headline, not_over
from metrics.models.drawing import Drawing
from metrics.models.edition import Series, observations, vintages
from metrics.observations import Observation
from metrics.vintages import compare
from website.archive import archive
from website.forms import SeriesChoice
from website.views.page import (
    View,
    as_of_page,
    bad_request,
    charted_page,
    document_page,
    found_document,
    unknown_parameters,
)

NOT_YET = "This chart is being drawn; the table on the series’ page says the same."
# Of a long series, how many of the last observations stand on the page; the files have all.
LISTED = 500
# Seconds after which a client may ask again for a chart that is being drawn.
SOON = "10"


def shown_figure(row: Series, items: Sequence[Observation]) -> dict[str, Any]:
    """A series with its last figure, as lists and the dashboard show it."""
    last: Headline | None = headline(items)
    return {
        "series": row,
        "last": last,
        "not_over": last is not None and not_over(last.observation, row.moment.date()),
        "change": last.change(row.unit, row.frequency) if last else "",
    }


def inline(shown: Shown | None, row: Series) -> SafeString | None:
    """A chart as part of a page: None while it is not drawn, empty where there is none.

    It was made of an allow-list of elements and attributes, so it is safe as it is.
    """
    if shown and shown.drawing is None:
        return None
    svg = shown.drawing.svg if shown and shown.drawing else ""
    return mark_safe(charts.inline(svg, f"chart-{row.slug}") if svg else "")  # noqa: S308


@as_of_page
def index(request: HttpRequest, as_of: AsOf) -> HttpResponse:
    """All series with their last figures."""
    form = SeriesChoice(request.GET)
    if not form.is_valid():
        return bad_request(request, form.errors)
    rows = list(
        form.filter(Series._default_manager.live(as_of.position), as_of).order_by("title", "document")
    )
    items = observations([row.position for row in rows])
    figures = [shown_figure(row, items[row.position]) for row in rows]
    return render(request, "website/series_index.html", {"as_of": as_of, "form": form, "figures": figures})


@charted_page
def series(request: HttpRequest, as_of: AsOf, *, slug: str) -> HttpResponse:
    """One series: chart, figures, vintages, and with ?compare= what was revised since an earlier vintage."""
    if errors := unknown_parameters(request, ("as_of", "compare")):
        return bad_request(request, errors)
    earlier = request.GET.get("compare", "")

    def around(row: Any) -> dict[str, Any]:
        past = [one for one in vintages([row.document], as_of.position)[row.document] if not one.hidden]
        before = next((one for one in past if str(one.number) == earlier), None)
        chart = drawn([row], as_of).get(row.document)
        items = observations([row.position, *([before.position] if before else [])])
        return {
            "text": markdown(row.text),
            "observations": [
                (item, not_over(item, row.moment.date())) for item in items[row.position][: -LISTED - 1 : -1]
            ],
            "altered": _altered(before, row) if before else [],
            "unlisted": max(len(items[row.position]) - LISTED, 0),
            "chart": chart,
            "drawing": inline(chart, row),
            "figure": shown_figure(row, items[row.position]),
            "vintages": [one for one in past if one.number != row.number],
            "before": before,
            "revisions": compare(items[before.position], items[row.position]) if before else None,
            "missing": earlier if earlier and not before else "",
        }

    return document_page(request, as_of, Series, "series", slug, around)


def _altered(before: Series, after: Series) -> list[tuple[str, str, str]]:
    """Besides the observations: (field, before, after) of what else is another one."""
    names = ("title", "unit", "definition", "geography", "frequency", "licence")
    values = ((name, str(getattr(before, name)), str(getattr(after, name))) for name in names)
    return [(name, was, now) for name, was, now in values if was != now]


def _download(content: Callable[[Series, Drawing | None, AsOf], bytes | str], media: str, name: str) -> View:
    """An address that gives a file made from a vintage."""

    @charted_page
    def download(request: HttpRequest, as_of: AsOf, *, slug: str) -> HttpResponse:
        row, elsewhere = found_document(request, as_of, Series, "series", slug, name)
        if elsewhere:
            return elsewhere
        if row.withdrawn or row.hidden:
            return HttpResponse(
                f"This was withdrawn. {row.notice}", status=410, content_type="text/plain; charset=utf-8"
            )
        chart = drawn([row], as_of).get(row.document)
        body = content(row, chart.drawing if chart else None, as_of)
        if body:
            response = HttpResponse(body, content_type=media)
            response["Content-Disposition"] = f'attachment; filename="{row.slug}{name[name.rindex(".") :]}"'
            return response
        if chart and chart.drawing is None:
            return _later()
        raise Http404

    return download


def _later() -> HttpResponse:
    """A chart that is being drawn comes later."""
    response = HttpResponse(NOT_YET, status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = SOON
    response["Cache-Control"] = "no-store"
    return response


def _svg(row: Series, drawing: Drawing | None, as_of: AsOf) -> str:
    return drawing.svg if drawing else ""


def _dark(row: Series, drawing: Drawing | None, as_of: AsOf) -> str:
    return charts.dark(drawing.svg) if drawing and drawing.svg else ""


def _png(row: Series, drawing: Drawing | None, as_of: AsOf) -> bytes:
    return bytes(drawing.png) if drawing else b""


chart_svg = _download(_svg, "image/svg+xml", "chart.svg")
chart_dark = _download(_dark, "image/svg+xml", "chart-dark.svg")
chart_png = _download(_png, "image/png", "chart.png")
archive_zip = _download(archive, "application/zip", "archive.zip")
