"""What a reader may choose on the timeline."""

from __future__ import annotations

from typing import Any

from django import forms

from editorial.models.edition import EditionQuerySet
from edtf.fields import EDTFFormField
from timeline.models.content import Kind

PERIOD = "A year, a month or a day: 2024, 2024-03, 2024-03-10."


class Choice(forms.Form):
    """The timeline's filters. Parameters that it does not know are named as errors."""

    kind = forms.ChoiceField(choices=[("", "All kinds"), *Kind.choices], required=False)
    category = forms.ChoiceField(required=False)
    date_from = EDTFFormField(label="From", required=False)
    date_to = EDTFFormField(label="To", required=False)
    q = forms.CharField(label="Words", required=False, max_length=200)
    order = forms.ChoiceField(choices=[("", "Newest first"), ("oldest", "Oldest first")], required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False, widget=forms.HiddenInput)
    as_of = forms.CharField(label="As of", required=False, max_length=40)

    def __init__(self, *args: Any, categories: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "choose-%s", **kwargs})
        self.by_slug = {category.slug: category.document for category in categories}
        choices = [("", "All categories"), *((category.slug, category.title) for category in categories)]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        for name in set(self.data) - set(self.fields):
            self.add_error(None, f"There is no parameter “{name[:50]}”.")
        return dict(self.cleaned_data)

    def filter(self, rows: EditionQuerySet) -> EditionQuerySet:
        """The rows that were chosen."""
        chosen = self.cleaned_data
        if chosen["kind"]:
            rows = rows.filter(kind=chosen["kind"])
        if chosen["category"]:
            rows = rows.filter(categories__contains=[self.by_slug[chosen["category"]]])
        if chosen["date_from"]:
            rows = rows.filter(latest__gte=chosen["date_from"].earliest)
        if chosen["date_to"]:
            rows = rows.filter(earliest__lte=chosen["date_to"].latest)
        return rows.search(chosen["q"]) if chosen["q"] else rows
