"""What publishers and chief editors see of syndication: the keys of programs, and webhooks."""

from syndication.admin import keys, webhooks

__all__ = ["keys", "webhooks"]
