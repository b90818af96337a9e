"""What editors see of entries."""

from __future__ import annotations

from django.contrib import admin

from editorial.admin import DocumentAdmin, titles
from pages.models import CategoryDocument
from timeline.models import EntryDocument


@admin.register(EntryDocument)
class EntryAdmin(DocumentAdmin):
    list_display = ("__str__", "kind", "date", "stage", "standing", "late", "changed_at")
    list_filter = ("stage", "standing", "kind", "unreviewed_emergency")

    def choices(self) -> dict[str, list[tuple[str, str]]]:
        return {"categories": titles(CategoryDocument), "related": titles(EntryDocument)}
