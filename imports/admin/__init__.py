"""What editors see of imports."""

from imports.admin import archive, keywords, sources

__all__ = ["archive", "keywords", "sources"]
