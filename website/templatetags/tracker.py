"""How the pages write what they show."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import template

register = template.Library()


@register.filter
def labels(ids: list[UUID], known: dict[UUID, str]) -> list[str]:
    """The labels of these categories, those that are public, each once: two of them may have become one."""
    return list(dict.fromkeys(known[key] for key in ids if key in known))


@register.filter
def language_code(language: str) -> str:
    """A language as the tracker has always written it: CN for Chinese."""
    return {"zh": "CN"}.get(language.split("-")[0], language.upper())


@register.simple_tag
def as_of_query(as_of: Any) -> str:
    """What keeps a link at the moment that the reader asked for."""
    return f"?as_of={as_of.asked}" if as_of and as_of.past else ""


@register.simple_tag(takes_context=True)
def here(context: template.Context, position: int | None = None) -> str:
    """This very page, with all that the reader chose, at a position or in the present."""
    request = context["request"]
    query = {name: value for name, value in request.GET.items() if value and name != "as_of"}
    if position is not None:
        query["as_of"] = str(position)
    return f"{request.path}?{urlencode(query)}" if query else str(request.path)
