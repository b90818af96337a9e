"""What editors see of entries."""

from __future__ import annotations

from django.contrib import admin

from editorial.admin import AssignedFilter, DocumentAdmin
from editorial.workflow import State
from timeline.models import EntryDocument


@admin.register(EntryDocument)
class EntryAdmin(DocumentAdmin):
    list_display = ("__str__", "kind", "date", "stage", "standing", "attention", "changed")
    list_filter = ("stage", "standing", "kind", AssignedFilter, "unreviewed_emergency")

    def public_address(self, state: State) -> str:
        return f"/timeline/{state.slug}/"
