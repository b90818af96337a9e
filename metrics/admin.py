"""What editors see of series: the list, and a table of what a new vintage would revise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from editorial.admin import AssignedFilter, DocumentAdmin
from editorial.story import Difference
from editorial.workflow import State
from metrics.forms import SeriesForm
from metrics.models import SeriesDocument
from metrics.models.content import observations_of
from metrics.vintages import compare


@admin.register(SeriesDocument)
class SeriesAdmin(DocumentAdmin):
    list_display = ("__str__", "unit", "geography", "frequency", "stage", "standing", "attention", "changed")
    list_filter = (
        "stage",
        "standing",
        "frequency",
        AssignedFilter,
        "unreviewed_emergency",
        "source_wanted",
    )

    def content_form(self, content: Mapping[str, Any], request: HttpRequest | None = None) -> SeriesForm:
        return SeriesForm(self.model, content, self.choices(), request)

    def differences(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
        """Of the observations those alone that were revised: a series may have thousands."""
        revised = compare(observations_of(before), observations_of(after))
        sides = ([one.before for one in revised], [one.after for one in revised])
        shown = [{"observations": [item.data() for item in side if item]} for side in sides]
        return super().differences({**before, **shown[0]}, {**after, **shown[1]})

    def public_address(self, state: State) -> str:
        return f"/series/{state.slug}/"
