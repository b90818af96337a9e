"""Entries: milestones, updates, publications. Doors out import ``timeline.models.edition`` alone."""

from timeline.models.document import EntryDocument
from timeline.models.edition import Entry

__all__ = ["Entry", "EntryDocument"]
