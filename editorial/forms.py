"""Forms made from what they fill: a type's content, and each command's fields. No field name is written twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models

from editorial import commands as c
from editorial.models import User
from editorial.models.fields import ItemsField, plain
from editorial.sources import Item
from editorial.workflow import Refusal
from editorial.workflow.decide import CHANGES

EMPTY_ROWS, MOST_ROWS = 3, 200
NOT_HERE = "Not here yet: {}"
# (id, label) pairs of documents.
Choices = Sequence[tuple[str, str]]
_CHANGES = [(change, change.capitalize()) for change in CHANGES]

# How each field of a command is asked for; what is not here is a number that the page knows.
_ASKED: dict[str, Any] = {
    "note": lambda: forms.CharField(
        widget=forms.Textarea({"rows": 3}), required=False, help_text="Readers see change notes."
    ),
    "notice": lambda: forms.CharField(
        widget=forms.Textarea({"rows": 3}), required=False, help_text="Readers see this."
    ),
    "reason": lambda: forms.CharField(widget=forms.Textarea({"rows": 3}), required=False),
    "text": lambda: forms.CharField(widget=forms.Textarea({"rows": 3}), required=False),
    "change": lambda: forms.ChoiceField(choices=_CHANGES, initial="major"),
    "at": lambda: forms.DateTimeField(
        help_text="In UTC, as in 2026-12-24 08:00. Berlin is 1 or 2 hours ahead, Beijing 8."
    ),
    "hide_past": lambda: forms.BooleanField(
        required=False, initial=True, label="Hide the text in the past too"
    ),
    "slug": lambda: forms.CharField(max_length=200),
    # Whom decide refuses, it refuses in words; a choice that is gone stays on the form.
    "into": lambda: forms.CharField(required=False, widget=ReferenceSelect),
    "person": lambda: forms.ModelChoiceField(
        User.objects.filter(is_active=True), required=False, empty_label="Nobody"
    ),
}


def command_form(
    command: type[c.Command], data: Any = None, documents: Choices = (), **known: Any
) -> forms.Form:
    """The form of a command; ``known`` are values that the page fills in, unseen.

    ``documents``: those from which a command that names another document lets choose.
    """
    made: dict[str, forms.Field] = {"command_id": forms.UUIDField(widget=forms.HiddenInput)}
    for field in fields(command):
        if field.name in _ASKED:
            made[field.name] = _ASKED[field.name]()
        else:
            made[field.name] = forms.IntegerField(
                widget=forms.HiddenInput, required=field.default is MISSING, min_value=0, max_value=2**31 - 1
            )
    if "into" in made:
        made["into"].widget.choices = [("", ""), *documents]
    form_class = type(f"{command.__name__}Form", (forms.Form,), made)
    form: forms.Form = form_class(data, initial=known, auto_id=f"{command.__name__}-%s")
    return form


def command_of(command: type[c.Command], cleaned: Mapping[str, Any]) -> c.Command:
    """The command of a valid form."""
    values = {field.name: cleaned[field.name] for field in fields(command)}
    if "person" in values:
        values["person"] = str(values["person"].pk) if values["person"] else None
    return command(**values)


class ReferenceSelect(forms.Select):
    """A choice of documents that keeps what it does not know: a reference may come before its document."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        known = {key for key, _ in self.choices}
        self.choices = [*self.choices, *((key, NOT_HERE.format(key)) for key in value if key not in known)]
        return super().optgroups(name, value, attrs)


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea({"rows": 4})

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value


def item_form(item: type[Item], documents: Choices) -> type[forms.Form]:
    """The form of one row of a list, which may refer to these documents; the item itself says what is malformed."""
    made = {field.name: _item_field(field, documents) for field in fields(item)}
    return type(f"{item.__name__}Form", (forms.Form,), made)


def _item_field(field: Any, documents: Choices) -> forms.Field:
    if field.metadata.get("refers"):
        return forms.CharField(required=False, widget=ReferenceSelect(choices=[("", ""), *documents]))
    choices = field.metadata.get("choices")
    if choices:
        return forms.ChoiceField(choices=[("", ""), *choices], required=False)
    return forms.CharField(required=False, max_length=5_000, help_text=field.metadata.get("help", ""))


class ContentForm:
    """A type's content as a form with rows for its lists: ``form`` and ``rows``. Nothing that was typed is lost.

    ``choices``: by type, the documents that may be referred to. A type whose lists are long names in ``WHOLE`` those
    that are one field of the form, not rows, and says in ``_field`` which. ``UNSEEN``: the template that shows what
    ``unseen`` gives; ``looked_at`` comes back with the form, and names what was shown. ``refused``: why a file that was
    sent is not in the form.
    """

    WHOLE: ClassVar[tuple[str, ...]] = ()
    UNSEEN: ClassVar[str] = ""
    looked_at = ""
    refused: Sequence[str] = ()

    def __init__(
        self, model: type[Any], content: Mapping[str, Any], choices: Mapping[str, Choices], data: Any = None
    ) -> None:
        self.model, self.choices, self.stands = model, choices, content
        model_fields = {field.name: field for field in model.content_fields()}
        self.items = {
            name: f
            for name, f in model_fields.items()
            if isinstance(f, ItemsField) and name not in self.WHOLE
        }
        simple = [f for name, f in model_fields.items() if name not in self.items]
        made = {field.name: self._field(field) for field in simple}
        initial = {name: content.get(name) for name in made}
        self.form: forms.Form = type("Simple", (forms.Form,), made)(data, initial=initial)
        self.data = data
        self.rows = {name: self._rows(name, content) for name in self.items}

    def _rows(self, name: str, content: Mapping[str, Any]) -> Any:
        rows = forms.formset_factory(
            item_form(self.items[name].item, self._documents(name)),
            extra=EMPTY_ROWS,
            can_delete=True,
            can_order=True,
            max_num=MOST_ROWS,
        )
        # A row that was typed is taken as typed, also where it equals what stands: so bound rows have no initial value.
        initial = plain(content.get(name) or []) if self.data is None else None
        return rows(self.data, prefix=name, initial=initial)

    def add_rows(self, name: str) -> None:
        """More empty rows below what was typed, for a browser without JavaScript."""
        if name in self.items:
            self.data = self.data.copy()
            self.data[f"{name}-TOTAL_FORMS"] = str(min((self._total(name) or 0) + EMPTY_ROWS, MOST_ROWS))
            self.rows[name] = self._rows(name, {})

    def _total(self, name: str) -> int | None:
        """How many rows of a list were sent; None where the form does not say it as ours do."""
        text = str(self.data.get(f"{name}-TOTAL_FORMS", ""))
        return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None

    def _documents(self, name: str) -> Choices:
        """Those that a field may refer to."""
        return self.choices.get(self.model.REFERS.get(name, ""), [])

    def _with_unknown(self, name: str) -> Choices:
        """Those, and what stands there without being one of them: a reference may come before its document."""
        documents = self._documents(name)
        known = {key for key, _ in documents}
        unknown = [key for key in self.stands.get(name) or [] if key not in known]
        return [*documents, *((key, NOT_HERE.format(key)) for key in unknown)]

    def _field(self, field: models.Field) -> forms.Field:
        if field.name in self.model.REFERS:
            return forms.MultipleChoiceField(
                choices=self._with_unknown(field.name), required=False, label=field.verbose_name.capitalize(),
                widget=forms.CheckboxSelectMultiple if field.name == "categories" else forms.SelectMultiple,
            )  # fmt: skip
        if field.choices:
            return forms.ChoiceField(choices=field.choices, label=field.verbose_name.capitalize())
        if isinstance(field, models.BooleanField):
            return forms.BooleanField(required=False, help_text=field.help_text)
        rows = {"body": 14}.get(field.name, 4)
        widget = forms.Textarea({"rows": rows}) if isinstance(field, models.TextField) else None
        more: dict[str, Any] = {"widget": widget} if widget else {}
        if isinstance(field, ArrayField):
            return LinesField(
                required=False, help_text=field.help_text, label=field.verbose_name.capitalize()
            )
        # Lengths and formats are the content's own matter, and it says more than a form field would.
        if isinstance(field, models.IntegerField):
            return forms.IntegerField(required=False, initial=0, help_text=field.help_text)
        return forms.CharField(
            required=False,
            strip=False,
            help_text=field.help_text,
            label=field.verbose_name.capitalize(),
            **more,
        )

    def unseen(self) -> Any:
        """What the person has to look at before it is saved; None where there is nothing of that kind."""
        return None

    def is_valid(self) -> bool:
        valid = all([self.form.is_valid(), *(rows.is_valid() for rows in self.rows.values())])
        lost = [name for name in self.rows if self._total(name) is None]
        for name in lost:
            self.form.add_error(None, f"The list “{name}” did not arrive whole. Nothing was saved.")
        return valid and not lost

    def content(self) -> dict[str, Any]:
        """The content that was typed, as a command takes it."""
        content = {name: value if value is not None else 0 for name, value in self.form.cleaned_data.items()}
        content = {k: v.replace("\r\n", "\n") if isinstance(v, str) else v for k, v in content.items()}
        for name in self.model.REFERS.keys() & content.keys():
            content[name] = _in_order(content[name], self.stands.get(name) or [])
        for name, rows in self.rows.items():
            content[name] = [item for row in ordered(rows) if (item := typed_item(row.cleaned_data))]
        return content

    def refuse(self, refusals: Iterable[Refusal]) -> None:
        """Show each refusal where it belongs."""
        for refusal in refusals:
            known = refusal.field in self.form.fields
            text = (
                refusal.text
                if known or not refusal.field
                else f"{refusal.field.capitalize()}: {refusal.text}"
            )
            self.form.add_error(refusal.field if known else None, text)


def _in_order(chosen: Any, stands: Any) -> list[str]:
    """What was chosen, in the order in which it stands; a browser sends it in the order of the choices."""
    return [key for key in stands if key in chosen] + [key for key in chosen if key not in stands]


def ordered(rows: Any) -> list[Any]:
    """The rows by the numbers that were typed; those without one where they stand, after the others."""
    places = [row.cleaned_data.get("ORDER") for row in rows]
    order = sorted(range(len(places)), key=lambda at: (places[at] is None, places[at] or 0, at))
    return [rows[at] for at in order]


def typed_item(row: Mapping[str, Any]) -> dict[str, str]:
    """What was typed in a row; nothing for one that is to go."""
    if row.get("DELETE"):
        return {}
    return {name: value for name, value in row.items() if name not in ("DELETE", "ORDER") and value}
