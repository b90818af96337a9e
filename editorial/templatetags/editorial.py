"""What every page of the admin says of the rules that it works under."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def four_eyes() -> bool:
    """Whether two people have to see a text before it is public."""
    return bool(settings.EDITORIAL_FOUR_EYES)
