"""How figures are written."""

from __future__ import annotations

from decimal import Decimal

from django import template

from metrics import figures
from metrics.observations import Observation

register = template.Library()


@register.filter
def figure(observation: Observation) -> str:
    """Its value with thousands separators, and what is to be said of it: “12,800 (estimate)”."""
    return figures.in_words(observation)


@register.filter
def thousands(number: Decimal | None) -> str:
    """With thousands separators; a dash where none is known."""
    return figures.thousands(number)


@register.filter
def signed(number: Decimal) -> str:
    """With its sign and thousands separators."""
    return figures.signed(number)
