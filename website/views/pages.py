"""Pages that editors write: overview, methodology, about."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from editorial.markdown import render as markdown
from editorial.reading import AsOf
from pages.models.edition import Page
from website.views.page import as_of_page, document_page


@as_of_page
def page(request: HttpRequest, as_of: AsOf, *, slug: str) -> HttpResponse:
    """One page: its text and editions."""

    def around(row: Any) -> dict[str, Any]:
        return {"body": markdown(row.text)}

    return document_page(request, as_of, Page, "page", slug, around)
