"""What editors see of imports."""

from imports.admin import archive, inbox, keywords, sources

__all__ = ["archive", "inbox", "keywords", "sources"]
