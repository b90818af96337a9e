"""A model field and a form field whose values are dates as precise as they are known."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from edtf.dates import Date
from edtf.grammar import MAX_LENGTH, parse
from edtf.span import InvalidDate

HELP_TEXT = (
    "A day 2024-03-10, a month 2024-03, a year 2024, a season 2024-21 (spring) to 2024-24 (winter), "
    "a quarter 2024-33 to 2024-36, or from one to another 2024-03-10/2024-03-11. "
    "After a date, ~ says approximate and ? uncertain."
)

if TYPE_CHECKING:
    _CharField = models.CharField[Date | str | None, Date | None]
else:
    _CharField = models.CharField


class EDTFField(_CharField):
    """Stored as EDTF text; read as a Date. Nothing is None, never an empty text.

    A text may be assigned: it is a Date after ``full_clean()`` or when read back, and what is no date is
    never stored (InvalidDate). The stored text does not sort by time; give ``earliest`` a column for that.
    """

    description = "A date as precise as it is known (EDTF)"
    empty_strings_allowed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"help_text": HELP_TEXT, **kwargs, "max_length": MAX_LENGTH})

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        if kwargs.get("help_text") == HELP_TEXT:
            # Better words for editors are no migration.
            del kwargs["help_text"]
        return name, path, args, kwargs

    def to_python(self, value: Any) -> Date | None:
        """Raises ValidationError with the sentence of InvalidDate."""
        return _cleaned(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Date | None:
        return _read(value) if value else None

    def get_prep_value(self, value: Any) -> str | None:
        """Raises InvalidDate, a ValueError, as Django expects for what cannot be stored or looked up."""
        date = _date(value)
        return None if date is None else str(date)

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def run_validators(self, value: Any) -> None:
        super().run_validators(_text(value))

    def formfield(self, **kwargs: Any) -> Any:
        # Without a maximum length, a browser would cut what is pasted, and the sentence would not fit it.
        return super().formfield(**{"form_class": EDTFFormField, **kwargs, "max_length": None})


class EDTFFormField(forms.CharField):
    """Cleans to a Date or None. Shows a Date as its text, and a refused text as it was typed."""

    def to_python(self, value: Any) -> Any:
        return _cleaned(value if isinstance(value, Date) else super().to_python(value))

    def prepare_value(self, value: Any) -> Any:
        return _text(value)

    def run_validators(self, value: Any) -> None:
        super().run_validators(_text(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        # A date has one spelling, so texts can be compared; a form's initial value may be either.
        return not self.disabled and (_text(initial) or "") != (_text(data) or "").strip()


def _date(value: Any) -> Date | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, Date) else parse(value)


# The same dates are read over and over, and never change.
_read = lru_cache(maxsize=5_000)(parse)


def _cleaned(value: Any) -> Date | None:
    try:
        return _date(value)
    except InvalidDate as error:
        raise ValidationError(str(error), code="invalid") from error


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, Date) else value
