"""Servers and names that a subscriber may have."""

from tests.outbound.conftest import names, serve, untouched

__all__ = ["names", "serve", "untouched"]
