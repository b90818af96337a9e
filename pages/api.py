"""The API of pages and categories: their texts."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from rest_framework import serializers

from editorial.api import (
    TEXT,
    AsOfSerializer,
    DetailView,
    EditionFilters,
    EditionSerializer,
    EditionsList,
    ListView,
    OneEdition,
    detailed,
    edition,
    editions,
    listed,
)
from editorial.markdown import render
from editorial.models.edition import Edition
from editorial.search import MAX_QUERY
from pages.models.edition import Category, Page


class TextFilters(EditionFilters):
    q = django_filters.CharFilter(method="by_text", max_length=MAX_QUERY)


class TextSerializer(EditionSerializer):
    """Abstract. ``text`` is Markdown."""

    title = serializers.CharField()
    text = serializers.CharField()
    text_html = serializers.SerializerMethodField()

    def get_text_html(self, row: Any) -> str:
        return render(row.text)


class PageSerializer(TextSerializer):
    """A page as JSON: overview, methodology, about."""

    PAGES = "/pages/"


class CategorySerializer(TextSerializer):
    """A category as JSON; ``url`` leads to its entries."""

    order = serializers.IntegerField()

    def get_url(self, row: Category) -> str:
        return f"{self.context['root']}/timeline/?category={row.slug}"


class PageWithMomentSerializer(PageSerializer):
    as_of = AsOfSerializer()


class CategoryWithMomentSerializer(CategorySerializer):
    as_of = AsOfSerializer()


class PageShown:
    """How both views show pages."""

    MODEL: ClassVar[type[Edition]] = Page
    TYPE: ClassVar[str] = "page"
    SERIALIZER: ClassVar[type[EditionSerializer]] = PageSerializer


class CategoryShown:
    """How both views show categories."""

    MODEL: ClassVar[type[Edition]] = Category
    TYPE: ClassVar[str] = "category"
    SERIALIZER: ClassVar[type[EditionSerializer]] = CategorySerializer


_FILTERS = {"q": ({**TEXT, "maxLength": MAX_QUERY}, "All of these words, in any order.")}


_PAGE = {
    "id": "d5e9f3a2-7c86-4b5d-9eaa-3a4b5c6d7e8f",
    "slug": "methodology",
    "url": "https://tracker.example/pages/methodology/",
    "title": "Methodology",
    "text": "What is counted, and what is not.",
}
_CATEGORY = {
    "id": "c4d8e2f1-6b75-4a4c-8d99-2f3e4a5b6c7d",
    "slug": "regulation",
    "url": "https://tracker.example/timeline/?category=regulation",
    "title": "Regulation",
    "text": "Laws, rules and standards.",
    "order": 2,
}


@listed("pages", _FILTERS, _PAGE)
class Pages(PageShown, ListView):
    """Pages, by title."""

    FILTERS = TextFilters
    ORDERINGS = {"title": "title", "updated_at": "updated_at"}
    DEFAULT_ORDERING = "title"


@detailed("pages_retrieve", PageWithMomentSerializer, _PAGE)
class OnePage(PageShown, DetailView):
    """One page, by id or slug."""


@editions("pages")
class PageEditions(PageShown, EditionsList):
    """The editions of one page, newest first, each with what differs from the one before."""


@edition("pages", PageWithMomentSerializer, _PAGE)
class PageEdition(PageShown, OneEdition):
    """One edition of a page, as of the position at which it began, for as long as it may be shown."""


@listed("categories", _FILTERS, _CATEGORY)
class Categories(CategoryShown, ListView):
    """Categories, in their order."""

    FILTERS = TextFilters
    ORDERINGS = {"order": "order", "title": "title", "updated_at": "updated_at"}
    DEFAULT_ORDERING = "order"


@detailed("categories_retrieve", CategoryWithMomentSerializer, _CATEGORY)
class OneCategory(CategoryShown, DetailView):
    """One category, by id or slug."""


@editions("categories")
class CategoryEditions(CategoryShown, EditionsList):
    """The editions of one category, newest first, each with what differs from the one before."""


@edition("categories", CategoryWithMomentSerializer, _CATEGORY)
class CategoryEdition(CategoryShown, OneEdition):
    """One edition of a category, as of the position at which it began, for as long as it may be shown."""
