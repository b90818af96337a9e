"""What editors see of imports."""

from imports.admin import archive

__all__ = ["archive"]
