"""Wagtail’s API v2 over a page type with the same fields."""
