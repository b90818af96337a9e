"""The form of a series. Its observations are a table: pasted into one field, or uploaded as a file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest

from editorial.forms import Choices, ContentForm
from editorial.sources import MalformedItem
from editorial.uploads import MAX_UPLOAD, refused_uploads
from metrics.observations import COLUMNS, MOST, NEEDED, Observation, ObservationsField, repeated
from metrics.tables import BadTable, Table, read_file, read_text, write_text
from metrics.vintages import Revision, compare

MOST_FAULTS = 50


class ObservationsText(forms.CharField):
    """Cleans a pasted table to observations as content keeps them; every bad cell is named by row and column."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "strip": False, **kwargs})
        self.widget = forms.Textarea({"rows": 14, "wrap": "off", "spellcheck": "false", "class": "table"})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else write_text(COLUMNS, value or [])

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        if not text.strip():
            return []
        try:
            table = read_text(text, COLUMNS, NEEDED)
        except BadTable as error:
            raise ValidationError(error.faults) from error
        if faults := _ambiguous(table):
            raise ValidationError(faults)
        return _observations(table)


def _as_numbered(table: Table) -> list[dict[str, str]]:
    """The rows with blank ones between them, so that each keeps its number."""
    by_number = dict(table.rows)
    return [by_number.get(number, {}) for number in range(2, max(by_number, default=1) + 1)]


def _ambiguous(table: Table) -> list[str]:
    """Where semicolons separate, a comma may be a decimal one: 12,375 is either of two numbers."""
    if table.delimiter != ";":
        return []
    return [
        f"Row {number}, column “value”: “{cells['value'][:40]}” may have a decimal comma; write 12375 or 12.375."
        for number, cells in table.rows
        if "," in cells.get("value", "")
    ][:MOST_FAULTS]


def _observations(table: Table) -> list[dict[str, str]]:
    """The table's rows as observations. Raises ValidationError."""
    items, faults = [], []
    for number, cells in table.rows:
        try:
            item = Observation.from_data({name: cell for name, cell in cells.items() if cell})
            items.append((number, item))
        except MalformedItem as error:
            faults += [f"Row {number}, column “{name}”: {text}" for name, text in error.faults]
    faults += [
        f"Row {number}, column “period”: {item.period} stands in row {first} already."
        for number, item, first in repeated(items)
    ]
    if len(table.rows) > MOST:
        faults.append(f"At most {MOST:,} observations; these are {len(table.rows):,}.")
    if len(faults) > MOST_FAULTS:
        faults = [*faults[:MOST_FAULTS], f"… and {len(faults) - MOST_FAULTS:,} more."]
    if faults:
        raise ValidationError(faults)
    return [item.data() for _, item in items]


class SeriesForm(ContentForm):
    """Shows what becomes of the observations before it is saved."""

    WHOLE: ClassVar[tuple[str, ...]] = ("observations",)
    UNSEEN: ClassVar[str] = "admin/metrics/revisions.html"

    def __init__(
        self,
        model: type[Any],
        content: Mapping[str, Any],
        choices: Mapping[str, Choices],
        request: HttpRequest | None = None,
    ) -> None:
        data = request.POST.copy() if request else None
        self.refused = []
        if request and data is not None:
            data = self._with_file(request, data)
        super().__init__(model, content, choices, data)
        self.form.fields["file"] = forms.FileField(
            required=False, label="Observations from a file",
            help_text=f"CSV or XLSX, at most {MAX_UPLOAD // 1_000_000} MB. It takes the place of the table below.",
        )  # fmt: skip
        last = ("file", "observations")
        self.form.order_fields([*(name for name in self.form.fields if name not in last), *last])

    def _with_file(self, request: HttpRequest, data: Any) -> Any:
        """What was sent, the uploaded table in the place of the pasted one, so that it can be mended there."""
        self.refused = list(refused_uploads(request).values())
        file = request.FILES.get("file")
        if file is not None:
            try:
                table = read_file(str(file.name), file.read(), COLUMNS, NEEDED)
                self.refused += _ambiguous(table)
                data["observations"] = write_text(table.columns, _as_numbered(table))
            except BadTable as error:
                self.refused += error.faults
        return data

    def _field(self, field: models.Field) -> forms.Field:
        if not isinstance(field, ObservationsField):
            return super()._field(field)
        return ObservationsText(
            label="Observations",
            help_text="Paste a table from a spreadsheet, or write CSV; the first row names the columns: "
            f"{', '.join(COLUMNS)}. Period and value are needed. Periods: 2024, 2024Q1, 2024-03, 2024-03-10; "
            "~ after one says approximate.",
        )

    def is_valid(self) -> bool:
        return super().is_valid() and not self.refused

    def content(self) -> dict[str, Any]:
        content = super().content()
        del content["file"]
        return content

    def unseen(self) -> list[Revision] | None:
        """What becomes of the observations, unless the person has looked at this very table."""
        before = [Observation.from_data(item) for item in self.stands.get("observations") or []]
        after = [Observation.from_data(item) for item in self.form.cleaned_data["observations"]]
        revisions = compare(before, after)
        return revisions if revisions and self.data.get("looked_at") != self.looked_at else None

    @property
    def looked_at(self) -> str:  # type: ignore[override]
        """Names the table of a valid form, and the one that it takes the place of."""
        both = (self.stands.get("observations"), self.form.cleaned_data["observations"])
        return hashlib.sha256(repr(both).encode()).hexdigest()
