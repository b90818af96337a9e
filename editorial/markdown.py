"""Markdown to HTML that is safe wherever it is shown: no raw HTML, no images, no scripts, links to the web alone."""

from __future__ import annotations

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {
    "a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def render(text: str, page: str | None = None) -> SafeString:
    """Safe HTML. ``page``: an address, from which links are then whole ones, wherever the HTML is read."""
    return _remembered(text, page) if len(text) <= _REMEMBERED else _render(text, page)


def _render(text: str, page: str | None) -> SafeString:
    return mark_safe(  # noqa: S308 - nh3 has just made it safe
        nh3.clean(
            _MARKDOWN.render(text),
            tags=_TAGS,
            attributes={"a": {"href", "title"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="nofollow noopener noreferrer",
            url_relative=("rewrite_with_base", page) if page else None,
        )
    )


# Texts are read far more often than written; long ones would fill the memory.
_REMEMBERED = 10_000
_remembered = lru_cache(maxsize=2_000)(_render)
