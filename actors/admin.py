"""What editors see of actors."""

from __future__ import annotations

from django.contrib import admin

from actors.models import ActorDocument
from editorial.admin import AssignedFilter, DocumentAdmin
from editorial.workflow import State


@admin.register(ActorDocument)
class ActorAdmin(DocumentAdmin):
    list_display = ("__str__", "name_zh", "kind", "country", "stage", "standing", "attention", "changed")
    list_filter = (
        "stage",
        "standing",
        "kind",
        "country",
        AssignedFilter,
        "unreviewed_emergency",
        "source_wanted",
    )

    def public_address(self, state: State) -> str:
        return f"/actors/{state.slug}/"
