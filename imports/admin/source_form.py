"""The form of a source: its fields, the columns of its table, and its rules as rows in order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from editorial.admin.documents import labels
from editorial.forms import EMPTY_ROWS, MOST_ROWS, Choices, ReferenceSelect, item_form, ordered, typed_item
from editorial.models import User, document_model
from editorial.models.fields import plain
from editorial.sources import MalformedItem
from editorial.sources import Source as Cited
from imports.models import Form, Source
from imports.models.source import READ_BY
from imports.rules import Rule

HOUR, DAY = 3_600, 86_400
INTERVALS = [
    (300, "5 minutes"), (900, "15 minutes"), (1_800, "30 minutes"), (HOUR, "an hour"), (3 * HOUR, "3 hours"),
    (6 * HOUR, "6 hours"), (12 * HOUR, "12 hours"), (DAY, "a day"), (7 * DAY, "a week"), (30 * DAY, "30 days"),
]  # fmt: skip
COLUMNS = ("period", "value", "note")
# Whatever an editor may change; all else of a source belongs to the fetches.
EDITED = (
    *READ_BY, "name", "publisher", "language", "series", "categories", "rules", "trust", "daily_cap", "shortest",
    "longest",
)  # fmt: skip
MOST_HEADINGS = 100
_OF_A_TABLE = "Of a table; its file’s headings can be read below."
GROUPS = {
    "What is fetched": ("address", "form", "selector", "path", "period", "value", "note", "series"),
    "What it is": ("name", "publisher", "language", "categories"),
    "What becomes of it, and how often": ("trust", "daily_cap", "shortest", "longest"),
}


def fingerprint(source: Source, names: Iterable[str] = EDITED) -> str:
    """Names what these fields of a source hold."""
    held = {name: plain(getattr(source, name)) for name in names}
    return hashlib.sha256(json.dumps(held, sort_keys=True, default=str).encode()).hexdigest()


def changed(before: Source, after: Source) -> list[str]:
    """The edited fields in which two differ."""
    return [name for name in EDITED if fingerprint(before, [name]) != fingerprint(after, [name])]


@dataclass(frozen=True)
class Difference:
    """A field of two versions of a source, in words."""

    label: str
    before: str
    after: str


def differences(before: Source, after: Source, names: Mapping[str, str]) -> list[Difference]:
    """What differs, field by field. ``names``: what people call what is stored by its id."""
    return [
        Difference(str(_column(name).verbose_name), _said(before, name, names), _said(after, name, names))
        for name in changed(before, after)
    ]


def _column(name: str) -> Any:
    return Source._meta.get_field(name)


def _said(source: Source, name: str, names: Mapping[str, str]) -> str:
    value = getattr(source, name)
    if isinstance(value, list):
        return "\n".join(names.get(str(each), str(each)) for each in value)
    if isinstance(value, dict):
        return "\n".join(f"{key}: {each}" for key, each in value.items())
    return "" if value is None else names.get(str(value), str(value))


class SourceFields(forms.ModelForm):
    """All but the rules. The columns of a table are chosen from its file's headings."""

    period, value, note = (
        forms.ChoiceField(required=False, label=f"Column of the {name}") for name in COLUMNS
    )

    class Meta:
        model = Source
        fields = tuple(name for names in GROUPS.values() for name in names)
        widgets = {"series": ReferenceSelect}
        help_texts = {
            "publisher": "As readers see it at an entry’s source. Left empty, it is the name.",
            "categories": "Proposed for every item.",
            "shortest": "It is never fetched more often than this.",
            "longest": "It is fetched this often, at least, also when it brings nothing new.",
            "trust": "A source that makes drafts drafts what is relevant and was not told before; people publish.",
        }

    def __init__(
        self, instance: Source, headings: Sequence[str], categories: Choices, series: Choices, data: Any = None
    ) -> None:  # fmt: skip
        chosen = {name: instance.columns.get(name, "") for name in COLUMNS}
        super().__init__(data, instance=instance, initial=chosen)
        self.fields["categories"] = forms.MultipleChoiceField(
            choices=_with_unknown(categories, instance.categories), required=False,
            widget=forms.CheckboxSelectMultiple, help_text=self.Meta.help_texts["categories"],
        )  # fmt: skip
        self.initial["categories"] = [str(key) for key in instance.categories]
        self.fields["series"].widget.choices = [("", ""), *series]
        for name in ("shortest", "longest"):
            self.fields[name] = _interval(name, getattr(instance, name), self.Meta.help_texts[name])
        names = list(dict.fromkeys(filter(None, [*headings, *chosen.values()])))
        for name in COLUMNS:
            self.fields[name] = forms.ChoiceField(
                choices=[("", ""), *((heading, heading) for heading in names)], required=False,
                label=f"Column of the {name}", help_text=_OF_A_TABLE,
            )  # fmt: skip

    def clean_language(self) -> str:
        """The tag as it is written everywhere."""
        try:
            return Cited.from_data({"language": self.cleaned_data["language"]}).language
        except MalformedItem as error:
            raise ValidationError(str(error)) from error

    def clean_series(self) -> Any:
        key = self.cleaned_data["series"]
        if key and not document_model("series")._base_manager.filter(pk=key).exists():
            raise ValidationError("There is no such series.")
        return key

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        self.instance.columns = {name: typed[name] for name in COLUMNS if typed.get(name)}
        if typed.get("form") == Form.TABLE and not {"period", "value"} <= self.instance.columns.keys():
            self.add_error("period", "Choose at least the columns of the period and of the value.")
        return typed


def _with_unknown(known: Choices, stands: Iterable[Any]) -> Choices:
    unknown = [str(key) for key in stands if str(key) not in dict(known)]
    return [*known, *((key, f"Not here yet: {key}") for key in unknown)]


def _interval(name: str, stands: int, help_text: str) -> forms.Field:
    choices = INTERVALS if stands in dict(INTERVALS) else sorted([*INTERVALS, (stands, f"{stands} seconds")])
    label = f"{name.capitalize()} interval"
    return forms.TypedChoiceField(choices=choices, coerce=int, label=label, help_text=help_text)


def _rule_form(categories: Choices, people: Choices) -> type[forms.Form]:
    """The form of one rule, which says itself what is malformed."""
    base = item_form(Rule, categories)
    base.base_fields["person"].widget = ReferenceSelect(choices=[("", ""), *people])
    known = dict(people)

    def clean(form: Any) -> Any:
        typed = typed_item(form.cleaned_data)
        try:
            if typed:
                Rule.from_data(typed)
        except MalformedItem as error:
            for name, text in error.faults:
                form.add_error(name, text)
        if typed.get("person") and typed["person"] not in known and not form.has_error("person"):
            form.add_error("person", "There is no such person.")
        return form.cleaned_data

    return type("RuleForm", (base,), {"clean": clean})


class SourceForm:
    """``fields`` and ``rules``, over a copy of the source: what is stored is touched by saving alone.

    ``failed``: it was to be saved, and something is amiss.
    """

    failed = False

    def __init__(self, source: Source, data: Any = None, headings: Sequence[str] = ()) -> None:
        self.data = data
        self.headings = list(headings) or _headings(data)
        categories, series = labels(document_model("category")), labels(document_model("series"))
        people = [(str(key), name) for key, name in _people()]
        self.names = dict([*categories, *series, *people])
        self.source = source
        self.stands = list(source.rules)
        self.fields = SourceFields(source, self.headings, categories, series, data)
        self._row = _rule_form(categories, people)
        self.rules = self._rows()

    def _rows(self) -> Any:
        rows = forms.formset_factory(
            self._row, extra=EMPTY_ROWS, can_delete=True, can_order=True, max_num=MOST_ROWS
        )
        initial = plain(self.stands) if self.data is None else None
        return rows(self.data, prefix="rules", initial=initial)

    def refuse(self, field: str, sentence: str) -> None:
        """Show why what was typed could not be saved."""
        self.fields.add_error(field, sentence)
        self.failed = True

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The fields as they stand on the page. ``read``: the file's headings can be read there."""
        return [
            {"title": title, "fields": [self.fields[name] for name in names], "read": "period" in names}
            for title, names in GROUPS.items()
        ]

    @property
    def encoded_headings(self) -> str:
        return json.dumps(self.headings, ensure_ascii=False)

    def add_rows(self) -> None:
        """More empty rows below what was typed, for a browser without JavaScript."""
        self.data = self.data.copy()
        self.data["rules-TOTAL_FORMS"] = str(min(_total(self.data) + EMPTY_ROWS, MOST_ROWS))
        self.rules = self._rows()

    def is_valid(self) -> bool:
        """Whether all is well; the source then holds what was typed."""
        if "rules-TOTAL_FORMS" not in self.data:
            self.fields.add_error(None, "The rules did not arrive whole. Nothing was saved.")
            self.failed = True
            return False
        rules_valid = self.rules.is_valid()
        valid = self.fields.is_valid() and rules_valid
        if rules_valid:
            rows = [typed_item(row.cleaned_data) for row in ordered(self.rules)]
            self.source.rules = [Rule.from_data(row) for row in rows if row]
        self.failed = not valid
        return valid


def _people() -> Iterable[tuple[Any, str]]:
    return (
        User.objects.filter(is_active=True, is_staff=True).order_by("username").values_list("pk", "username")
    )


def _headings(data: Any) -> list[str]:
    """Those that our own form carries along, once they were read."""
    try:
        found = json.loads(data.get("headings") or "[]") if data is not None else []
    except ValueError:
        return []
    if not isinstance(found, list):
        return []
    return [text[:200] for text in found if isinstance(text, str) and text and "\x00" not in text][
        :MOST_HEADINGS
    ]


def _total(data: Mapping[str, Any]) -> int:
    text = str(data.get("rules-TOTAL_FORMS", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
