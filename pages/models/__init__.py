"""Text that editors own. Doors out import ``pages.models.edition`` alone."""

from pages.models.document import CategoryDocument
from pages.models.edition import Category

__all__ = ["Category", "CategoryDocument"]
