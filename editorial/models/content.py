"""Content: the fields of a type, declared once. Form, serializer and the event's data are made from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from editorial.models.fields import plain
from editorial.workflow import Refusal
from edtf import Date
from ledger.canonical import NotStorable, canonical


class Content(models.Model):
    """Abstract. A type's content subclasses it, and its Document and its Edition subclass that.

    ``FIELDS`` names the content's fields in the order in which people read them; ``KEPT`` those that stay visible
    when a withdrawal hides the rest; ``LABEL`` those by which a document is chosen from a list. ``REFERS`` names, for
    each field that refers to documents, their type. Other columns of the subclass are computed by ``columns``.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ()
    KEPT: ClassVar[tuple[str, ...]] = ("title",)
    LABEL: ClassVar[tuple[str, ...]] = ("title",)
    REFERS: ClassVar[Mapping[str, str]] = {}

    title = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title or "Untitled"

    @classmethod
    def content_fields(cls) -> list[models.Field[Any, Any]]:
        """The content's model fields, in order."""
        return [cls._meta.get_field(name) for name in cls.FIELDS]  # type: ignore[misc]

    @classmethod
    def blank(cls, names: Iterable[str] | None = None) -> dict[str, Any]:
        """Empty values of these fields; of all, where none are given."""
        wanted = cls.FIELDS if names is None else names
        return {name: json_value(cls._meta.get_field(name).get_default()) for name in wanted}  # type: ignore[union-attr]

    @classmethod
    def clean_content(cls, data: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Refusal, ...]]:
        """The data as the event keeps it, and what is malformed, field by field. Fields may be missing."""
        cleaned, refusals = {}, []
        for name, value in data.items():
            try:
                cleaned[name] = cls._clean_field(name, value)
                canonical({name: cleaned[name]})
            except NotStorable as error:
                refusals.append(Refusal(error.reason, name, "input"))
            except ValidationError as error:
                refusals += [Refusal(text, name, "input") for text in error.messages]
        return cleaned, tuple(refusals)

    @classmethod
    def _clean_field(cls, name: str, value: Any) -> Any:
        if name not in cls.FIELDS:
            raise ValidationError(f"There is no field “{name}”.")
        field: Any = cls._meta.get_field(name)
        _check_shape(field, value)
        if isinstance(value, str) and field.max_length and len(value) > field.max_length:
            raise ValidationError(f"At most {field.max_length:,} characters; these are {len(value):,}.")
        if value == "" and field.blank:
            return json_value(field.get_default())
        if isinstance(field, ArrayField):
            value = _clean_items(field, value)
        return json_value(field.clean(value, None))

    @classmethod
    def problems(cls, content: Mapping[str, Any]) -> Iterator[Refusal]:
        """What keeps this content from being published; a type says what is missing."""
        if not content.get("title"):
            yield Refusal("A title is missing.", "title", "input")

    @classmethod
    def refines(cls, content: Mapping[str, Any], published: Mapping[str, Any]) -> bool:
        """Whether the content only says more precisely what is public, so that it corrects nothing."""
        return False

    @classmethod
    def columns(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Values of all columns that come from content, computed ones included."""
        return {**cls.blank(), **content}

    @classmethod
    def searched_text(cls, content: Mapping[str, Any]) -> str:
        """What is searched, not yet normalised."""
        return str(content.get("title", ""))


def source_problems(content: Mapping[str, Any]) -> Iterator[Refusal]:
    """What has ``sources`` and ``source_wanted`` has a complete source, or is marked as wanting one: never both."""
    complete = [s for s in content.get("sources") or [] if s.get("publisher") and s.get("language")]
    if not complete and not content.get("source_wanted"):
        yield Refusal(
            "A source with publisher and language is missing; add one, or mark that a source is wanted.",
            "sources", "input",
        )  # fmt: skip
    if complete and content.get("source_wanted"):
        yield Refusal("It has a source, and is marked as wanting one.", "source_wanted", "input")


def _check_shape(field: models.Field[Any, Any], value: Any) -> None:
    """Before Django's fields, which take much for a value: text for a list, 1.5 for 1."""
    shapes: tuple[tuple[type[models.Field[Any, Any]], Callable[[Any], bool], str], ...] = (
        (models.CharField, lambda given: isinstance(given, str), "A text is expected."),
        (models.TextField, lambda given: isinstance(given, str), "A text is expected."),
        (models.IntegerField, lambda given: type(given) is int, "A whole number is expected."),
        (models.BooleanField, lambda given: type(given) is bool, "Yes or no is expected."),
        (ArrayField, _is_list_of_texts, "A list of texts is expected."),
    )
    for kind, fits, sentence in shapes:
        if isinstance(field, kind) and not fits(value):
            raise ValidationError(sentence)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str | UUID) for item in value)


def _clean_items(field: Any, values: Iterable[Any]) -> list[Any]:
    """A list's items, each as its own field has it, and none twice."""
    cleaned: list[Any] = []
    for number, value in enumerate(values, start=1):
        try:
            item = field.base_field.clean(value, None)
        except ValidationError as error:
            raise ValidationError([f"{number}. {text}" for text in error.messages]) from error
        if item in cleaned:
            raise ValidationError(f"{number}. This stands twice.")
        cleaned.append(item)
    return cleaned


def json_value(value: Any) -> Any:
    """A field's Python value as the event's data keep it."""
    if value is None:
        return ""
    if isinstance(value, UUID | Date):
        return str(value)
    if isinstance(value, list | tuple):
        return [json_value(plain(item)) for item in value]
    return value
