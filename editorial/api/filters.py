"""What narrows a list: read from the query, with sentences on what is wrong, and asked of what was public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self
from uuid import UUID

from django_filters.rest_framework import FilterSet

from editorial.api.problems import BadParameters
from editorial.api.references import references
from editorial.api.selection import nearest
from editorial.api.views import EditionsView, document_of, public_document
from editorial.models.edition import EditionQuerySet
from editorial.reading import AsOf


class EditionFilters(FilterSet):  # type: ignore[misc]
    """Filters over what was public at a position, which they may ask for: ``as_of``."""

    as_of: AsOf
    _forms: ClassVar[dict[type, Any]] = {}

    def get_form_class(self) -> Any:
        """Made once for each set of filters: no field rests on a request."""
        form = self._forms.get(type(self))
        if form is None:
            form = self._forms[type(self)] = super().get_form_class()
        return form

    @classmethod
    def of(cls, given: Mapping[str, str], nothing: EditionQuerySet) -> Self | None:
        """Those that were given, over nothing yet; None, where none were. Raises BadParameters."""
        values = {name: value for name, value in given.items() if name in cls.base_filters}
        if not values:
            return None
        filters = cls(values, queryset=nothing)
        errors = _too_long(filters.form.fields, values)
        if not filters.is_valid():
            errors |= {
                name: " ".join(map(str, texts)) + _meant(filters.form.fields[name], values.get(name, ""))
                for name, texts in filters.errors.items()
            }
        if errors:
            raise BadParameters(errors)
        return filters

    def naming_nothing(self, as_of: AsOf) -> Mapping[str, str]:
        """What the database alone can say of filters that are well written: it is told with all else that is wrong."""
        self.is_valid()
        try:
            self.narrow(self.queryset, as_of)
        except BadParameters as bad:
            return bad.errors
        return {}

    def narrow(self, rows: EditionQuerySet, as_of: AsOf) -> EditionQuerySet:
        """Those of the rows that were asked for, with other documents as they stood then."""
        self.as_of = as_of
        narrowed: EditionQuerySet = self.filter_queryset(rows)
        return narrowed

    def filter_queryset(self, queryset: EditionQuerySet) -> EditionQuerySet:
        """By each filter. Raises BadParameters with all that names nothing."""
        errors: dict[str, str] = {}
        for name, value in self.form.cleaned_data.items():
            try:
                queryset = self.filters[name].filter(queryset, value)
            except BadParameters as bad:
                errors |= bad.errors
        if errors:
            raise BadParameters(errors)
        return queryset

    def shown(self, parameter: str, view: type[EditionsView], key: str) -> UUID | None:
        """The document of this id or slug; None where it is not shown at the position. Raises BadParameters for none.

        Answers name nobody who is not public, so that nothing is found by them either.
        """
        document = document_of(view.TYPE, key)
        if document and document in references(view.MODEL, {document}, self.as_of):
            return document
        try:
            public_document(view.TYPE, key)
        except ValueError as error:
            raise BadParameters({parameter: str(error)}) from error
        return None

    def by_text(self, rows: EditionQuerySet, name: str, text: str) -> EditionQuerySet:
        """What holds all of the words, also under a name that was merged into it."""
        return self.as_of.redirects.search(rows, text)


def _meant(field: Any, value: str) -> str:
    """What goes on after a refusal, where there are a few values: the one that is near, or else all."""
    values = [str(choice) for choice, _ in getattr(field, "choices", ()) if choice]
    return nearest(value, values) or (f" Choose one of {', '.join(values)}." if values else "")


def _too_long(fields: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, str]:
    """As they were sent: a form counts without the space around, and the description knows of none."""
    longest = {name: getattr(fields[name], "max_length", None) for name in values}
    return {
        name: f"At most {most} characters; these are {len(values[name])}."
        for name, most in longest.items()
        if most and len(values[name]) > most
    }
