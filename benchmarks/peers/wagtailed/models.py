from __future__ import annotations

from typing import Any

from django.db import models
from rest_framework import serializers
from wagtail.api import APIField
from wagtail.models import Page
from wagtail.search import index

from editorial.markdown import _render


class HTML(serializers.Field):
    def to_representation(self, value: str) -> Any:
        return _render(value, None)


class EntryPage(Page):
    """The fields of ours; what it refers to is stored with it."""

    kind = models.CharField(max_length=12, db_index=True)
    summary = models.TextField()
    body = models.TextField()
    date = models.CharField(max_length=40)
    date_shown = models.CharField(max_length=80)
    earliest = models.DateField(db_index=True)
    latest = models.DateField()
    date_kind = models.CharField(max_length=10)
    basis = models.TextField()
    sources = models.JSONField()
    categories = models.JSONField()
    actors = models.JSONField()
    related = models.JSONField()

    api_fields = [
        *(
            APIField(name)
            for name in (
                "kind", "summary", "body", "date", "date_shown", "earliest", "latest", "date_kind", "basis",
                "sources", "categories", "actors", "related",
            )
        ),
        APIField("body_html", serializer=HTML(source="body")),
    ]  # fmt: skip
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
        index.SearchField("basis"),
        index.FilterField("kind"),
        index.FilterField("earliest"),
    ]
