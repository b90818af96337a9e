"""What a reader may choose on a page."""

from __future__ import annotations

from typing import Any

from django import forms

from actors.models.content import Kind as ActorKind
from editorial.models.edition import EditionQuerySet
from editorial.reading import AsOf
from edtf.fields import EDTFFormField
from timeline.models.content import Kind

PERIOD = "A year, a month or a day: 2024, 2024-03, 2024-03-10."


class Choice(forms.Form):
    """The filters of a page. Parameters that it does not know are named as errors."""

    q = forms.CharField(label="Words", required=False, max_length=200)
    as_of = forms.CharField(label="As of", required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "choose-%s", **kwargs})

    def clean(self) -> dict[str, Any]:
        for name in set(self.data) - set(self.fields):
            self.add_error(None, f"There is no parameter “{name[:50]}”.")
        return dict(self.cleaned_data)


class TimelineChoice(Choice):
    """The timeline's filters."""

    field_order = ("kind", "category", "date_from", "date_to", "q", "order", "as_of")

    kind = forms.ChoiceField(choices=[("", "All kinds"), *Kind.choices], required=False)
    category = forms.ChoiceField(required=False)
    date_from = EDTFFormField(label="From", required=False)
    date_to = EDTFFormField(label="To", required=False)
    order = forms.ChoiceField(choices=[("", "Newest first"), ("oldest", "Oldest first")], required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, categories: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_slug = {category.slug: category.document for category in categories}
        choices = [("", "All categories"), *((category.slug, category.title) for category in categories)]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]

    def filter(self, rows: EditionQuerySet, as_of: AsOf) -> EditionQuerySet:
        """The rows that were chosen."""
        chosen = self.cleaned_data
        if chosen["kind"]:
            rows = rows.filter(kind=chosen["kind"])
        if chosen["category"]:
            category = self.by_slug[chosen["category"]]
            rows = rows.filter(categories__overlap=sorted(as_of.redirects.all_of(category)))
        if chosen["date_from"]:
            rows = rows.filter(latest__gte=chosen["date_from"].earliest)
        if chosen["date_to"]:
            rows = rows.filter(earliest__lte=chosen["date_to"].latest)
        return as_of.redirects.search(rows, chosen["q"]) if chosen["q"] else rows


class ActorChoice(Choice):
    """The filters of the index of actors."""

    field_order = ("q", "kind", "country", "as_of")

    kind = forms.ChoiceField(choices=[("", "All kinds"), *ActorKind.choices], required=False)
    country = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, countries: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].label = "Any name"
        choices = [("", "All countries"), *((code, code) for code in countries)]
        self.fields["country"].choices = choices  # type: ignore[attr-defined]

    def filter(self, rows: EditionQuerySet, as_of: AsOf) -> EditionQuerySet:
        """The rows that were chosen."""
        chosen = self.cleaned_data
        rows = rows.filter(**{name: chosen[name] for name in ("kind", "country") if chosen[name]})
        return as_of.redirects.search(rows, chosen["q"]) if chosen["q"] else rows


class SeriesChoice(Choice):
    """The index of series is searched alone."""

    def filter(self, rows: EditionQuerySet, as_of: AsOf) -> EditionQuerySet:
        """The rows that were chosen."""
        return as_of.redirects.search(rows, self.cleaned_data["q"]) if self.cleaned_data["q"] else rows
