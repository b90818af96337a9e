from __future__ import annotations

from editorial.models.edition import Edition
from pages.models.content import CategoryContent


class Category(CategoryContent, Edition):
    """An edition of a category."""

    class Meta(Edition.Meta):
        pass
