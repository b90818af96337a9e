"""Forms for content: every field of a type, its lists as rows.

They judge nothing: what was typed goes to the command as it is, and its refusals come back to the fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields as item_fields
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.forms.formsets import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict

from editorial.models.fields import MAX_ITEMS, ItemsField

ROWS_MORE = 3
ENTRY = "entry"
DELETE = "DELETE"
LABELS = {"url": "Address", "archived": "Archived copy", "id": "Who", ENTRY: "Its address"}
HINTS = {
    "language": "en, zh, zh-Hant …",
    "date": "2026-03-10, 2026-03, 2026",
    "url": "https://…",
    "archived": "https://…",
}


class TypedForm(forms.Form):
    """Takes what was typed as it is. Errors are the command's, added afterwards."""

    use_required_attribute = False

    def full_clean(self) -> None:
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data = {name: self._typed(name) for name in self.fields if self._sent(name)}

    def _sent(self, name: str) -> bool:
        widget, html_name = self.fields[name].widget, self.add_prefix(name)
        return self.is_bound and not widget.value_omitted_from_data(self.data, self.files, html_name)

    def _typed(self, name: str) -> Any:
        value = self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        return tidy(value)

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed, by field; a field that was not sent is not in it."""
        self.errors  # noqa: B018 - reading the errors is what cleans
        return self.cleaned_data

    def refuse(self, name: str, text: str) -> None:
        """Show a refusal at its field, or above all fields where there is none of that name."""
        self.errors  # noqa: B018
        self.add_error(name if name in self.fields else None, text)


def tidy(value: Any) -> Any:
    """Browsers send line ends as CRLF; what is stored has LF."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return value


def form_field(field: models.Field[Any, Any]) -> forms.Field:
    """The form field of a plain content field, for drafts that may be incomplete and texts that may be too long."""
    made = field.formfield(required=False)
    assert made is not None, field.name
    if isinstance(made, forms.ChoiceField) and field.has_default():
        made.choices = field.choices  # type: ignore[assignment]  # no empty choice: there is a default
    # A browser would cut what is pasted, and say nothing.
    made.widget.attrs.pop("maxlength", None)
    if isinstance(made.widget, forms.Textarea):
        made.widget.attrs["rows"] = "4" if (field.max_length or 0) <= 2_000 else "14"
    return made


def checkboxes(field: models.Field[Any, Any], choices: Iterable[tuple[str, str]]) -> forms.Field:
    """References to documents that are few: all of them, to be ticked."""
    return forms.MultipleChoiceField(
        label=_label(field),
        required=False,
        choices=list(choices),
        widget=forms.CheckboxSelectMultiple,
        help_text=str(field.help_text),
    )


def _label(field: models.Field[Any, Any]) -> str:
    words = str(field.verbose_name)
    return words[:1].upper() + words[1:]


class RowSet(BaseFormSet):
    """A list's rows, with empty ones at the end."""

    heading = ""
    noun = "row"

    @property
    def whole(self) -> bool:
        """Whether what says how many rows were sent has arrived, and is true."""
        sent = self.management_form.cleaned_data.get("TOTAL_FORMS") if self.management_form.is_valid() else None
        return sent is not None and sent <= self.absolute_max

    @property
    def typed(self) -> list[dict[str, Any]]:
        """The rows in which something stands, those to be deleted too."""
        rows = [form.typed for form in self.forms]  # type: ignore[attr-defined]
        return [row for row in rows if self._filled(row)]

    def _filled(self, row: Mapping[str, Any]) -> bool:
        blank = {name: field.initial or "" for name, field in self.form.base_fields.items()}
        return any(value not in ("", blank.get(name)) for name, value in row.items() if name != DELETE)


def row_set(
    field: models.Field[Any, Any], choices: Mapping[str, Any], lists: Mapping[str, str], extra: int
) -> type[RowSet]:
    """The rows of a list: an item's fields, or one field for an array's reference.

    ``choices``: of item fields, by name; ``lists``: ids of the datalists that suggest documents, by name.
    """
    columns = _columns(field)
    made = {
        name: _row_field(name, default, choices.get(name), lists.get(name)) for name, default in columns.items()
    }
    row = type(f"{field.name.title()}Row", (TypedForm,), made)
    base = type("Rows", (RowSet,), {"heading": _label(field), "noun": _label(field).lower().removesuffix("s")})
    return formset_factory(
        row, formset=base, extra=extra, can_delete=True, max_num=2 * MAX_ITEMS, absolute_max=2 * MAX_ITEMS
    )  # type: ignore[return-value]


def _columns(field: models.Field[Any, Any]) -> dict[str, str]:
    if isinstance(field, ItemsField):
        return {f.name: str(f.default) for f in item_fields(field.item)}
    return {ENTRY: ""}


def _row_field(name: str, default: str, choices: Any, datalist: str | None) -> forms.Field:
    label = LABELS.get(name) or name.capitalize()
    if choices:
        return forms.ChoiceField(label=label, required=False, choices=choices, initial=default)
    attrs = {"list": datalist, "autocomplete": "off"} if datalist else {}
    if hint := HINTS.get(name):
        attrs["placeholder"] = hint
    return forms.CharField(label=label, required=False, initial=default, widget=forms.TextInput(attrs))


def is_list(field: models.Field[Any, Any]) -> bool:
    """Whether the field's values are lists, and so rows of a form."""
    return isinstance(field, ItemsField | ArrayField)
