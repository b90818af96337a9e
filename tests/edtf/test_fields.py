"""The model field and the form field. Nothing here asks a database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from hypothesis import given

import edtf
from edtf.fields import EDTFField, EDTFFormField
from tests.edtf.strategies import dates

MARCH = edtf.parse("2024-03")


def _field(**options: Any) -> EDTFField:
    field = EDTFField(**options)
    field.set_attributes_from_name("date")
    return field


class DatedForm(forms.Form):
    date = EDTFFormField(required=False)


@given(dates())
def test_a_date_is_stored_as_its_text_and_read_back(date: edtf.Date) -> None:
    stored = _field().get_prep_value(date)
    assert stored == str(date)
    assert _field().from_db_value(stored, None, None) == date


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_date_is_none_on_every_way(nothing: str | None) -> None:
    field = _field(null=True, blank=True)
    assert field.get_prep_value(nothing) is None
    assert field.from_db_value(nothing, None, None) is None
    assert field.clean(nothing, None) is None
    assert field.get_default() is None


def test_a_text_is_cleaned_to_a_date() -> None:
    assert _field().clean("2024-03", None) == MARCH
    assert _field().clean(MARCH, None) == MARCH


def test_a_refused_text_is_a_validation_error_in_the_same_words() -> None:
    with pytest.raises(edtf.InvalidDate) as refused:
        edtf.parse("2023-02-29")
    with pytest.raises(ValidationError) as error:
        _field().clean("2023-02-29", None)
    assert error.value.messages == [str(refused.value)]
    assert error.value.code == "invalid"


@pytest.mark.parametrize("junk", ["March", "2024\x00", 2024])
def test_what_is_no_date_is_neither_stored_nor_looked_up(junk: object) -> None:
    with pytest.raises(ValueError, match="such as"):
        _field().get_prep_value(junk)


@pytest.mark.parametrize(("date", "text"), [(MARCH, "2024-03"), (None, "")])
def test_a_fixture_holds_the_text(date: edtf.Date | None, text: str) -> None:
    document: Any = SimpleNamespace(date=date)
    assert _field().value_to_string(document) == text


def test_a_migration_holds_neither_length_nor_help() -> None:
    _, path, args, kwargs = _field(null=True, blank=True).deconstruct()
    assert (path, args, kwargs) == ("edtf.fields.EDTFField", [], {"null": True, "blank": True})


def test_a_field_can_be_made_again_from_its_migration() -> None:
    field = _field(null=True, help_text="When it took effect.")
    _, _, args, kwargs = field.deconstruct()
    again = EDTFField(*args, **kwargs)
    assert again.max_length == edtf.MAX_LENGTH
    assert again.deconstruct()[1:] == field.deconstruct()[1:]


def test_the_column_holds_the_longest_date() -> None:
    longest = edtf.parse("2024-03-10~/2024-03-11~")
    assert len(str(longest)) == _field().max_length
    assert _field().clean(longest, None) == longest


def test_validators_see_the_text() -> None:
    seen: list[object] = []
    _field(validators=[seen.append]).clean("2024-03", None)
    assert seen == ["2024-03"]


def test_a_model_form_asks_for_a_date_and_says_how_to_write_one() -> None:
    field = _field(blank=True, null=True).formfield()
    assert isinstance(field, EDTFFormField)
    assert "2024-03-10/2024-03-11" in field.help_text
    assert "maxlength" not in field.widget.attrs
    assert not field.required


def test_a_form_cleans_to_a_date_and_forgives_spaces_around() -> None:
    form = DatedForm({"date": " 2024-03 "})
    assert form.is_valid()
    assert form.cleaned_data == {"date": MARCH}


def test_a_form_cleans_nothing_to_none() -> None:
    form = DatedForm({"date": "  "})
    assert form.is_valid()
    assert form.cleaned_data == {"date": None}


@pytest.mark.parametrize("typed", ["March 2024", "2023-02-29", "the tenth of March, 2024, or so"])
def test_a_form_keeps_what_was_typed_beside_why_it_was_refused(typed: str) -> None:
    form = DatedForm({"date": typed})
    assert not form.is_valid()
    assert len(form.errors["date"]) == 1
    assert form["date"].value() == typed


@pytest.mark.parametrize("initial", [MARCH, "2024-03"])
def test_a_form_shows_a_date_as_text_and_sees_whether_it_changed(initial: object) -> None:
    field = EDTFFormField(required=False)
    assert field.prepare_value(initial) == "2024-03"
    assert not field.has_changed(initial, " 2024-03 ")
    assert field.has_changed(initial, "2024-03~")
    assert field.has_changed(initial, "")
    assert field.has_changed(None, "2024-03")
    assert not field.has_changed(None, "")


def test_a_disabled_form_field_keeps_its_date() -> None:
    field = EDTFFormField(disabled=True)
    assert field.clean(MARCH) == MARCH
    assert not field.has_changed(MARCH, "2025")


def test_the_field_is_a_text_to_what_makes_filters_and_serializers() -> None:
    assert isinstance(_field(), models.CharField)
    assert _field().get_internal_type() == "CharField"
