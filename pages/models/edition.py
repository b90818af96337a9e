from __future__ import annotations

from editorial.models.edition import Edition
from pages.models.content import CategoryContent, FrontContent, PageContent


class Category(CategoryContent, Edition):
    """An edition of a category."""

    class Meta(Edition.Meta):
        pass


class Page(PageContent, Edition):
    """An edition of a page."""

    class Meta(Edition.Meta):
        pass


class Front(FrontContent, Edition):
    """An edition of the front page's choice."""

    class Meta(Edition.Meta):
        pass
