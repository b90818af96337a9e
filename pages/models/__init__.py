"""Text that editors own. Doors out import ``pages.models.edition`` alone."""

from pages.models.document import CategoryDocument, FrontDocument, PageDocument
from pages.models.edition import Category, Front, Page

__all__ = ["Category", "CategoryDocument", "Front", "FrontDocument", "Page", "PageDocument"]
