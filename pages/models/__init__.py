"""Text that editors own. Doors out import ``pages.models.edition`` alone."""

from pages.models.document import CategoryDocument, PageDocument
from pages.models.edition import Category, Page

__all__ = ["Category", "CategoryDocument", "Page", "PageDocument"]
