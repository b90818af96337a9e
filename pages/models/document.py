from __future__ import annotations

from typing import ClassVar

from editorial.models import Document
from pages.models.content import CategoryContent, FrontContent, PageContent
from pages.models.edition import Category, Front, Page


class CategoryDocument(CategoryContent, Document):
    """A category as editors work on it."""

    TYPE: ClassVar[str] = "category"
    NOUN: ClassVar[str] = "category"
    EDITION: ClassVar[type[Category]] = Category

    class Meta(Document.Meta):
        verbose_name = "category"
        verbose_name_plural = "categories"


class PageDocument(PageContent, Document):
    """A page as editors work on it."""

    TYPE: ClassVar[str] = "page"
    NOUN: ClassVar[str] = "page"
    EDITION: ClassVar[type[Page]] = Page

    class Meta(Document.Meta):
        verbose_name = "page"
        verbose_name_plural = "pages"


class FrontDocument(FrontContent, Document):
    """The front page's choice as editors work on it."""

    TYPE: ClassVar[str] = "front"
    NOUN: ClassVar[str] = "choice"
    EDITION: ClassVar[type[Front]] = Front

    class Meta(Document.Meta):
        verbose_name = "front page’s choice"
        verbose_name_plural = "front page’s choice"
