"""Content: the fields of a type, declared once. Form, serializer and the event's data are made from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from uuid import UUID

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
    def blank(cls, *names: str) -> dict[str, Any]:
        """Empty values of these fields, of all if none is named."""
        wanted = names or cls.FIELDS
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
        field = cls._meta.get_field(name)
        if isinstance(field, models.CharField | models.TextField) and not isinstance(value, str):
            raise ValidationError("A text is expected.")
        if isinstance(value, str) and field.max_length and len(value) > field.max_length:  # type: ignore[union-attr]
            raise ValidationError(f"At most {field.max_length:,} characters; these are {len(value):,}.")  # type: ignore[union-attr]
        if value == "" and field.blank:  # type: ignore[union-attr]
            return json_value(field.get_default())  # type: ignore[union-attr]
        return json_value(field.clean(value, None))  # type: ignore[union-attr]

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


def json_value(value: Any) -> Any:
    """A field's Python value as the event's data keep it."""
    if value is None:
        return ""
    if isinstance(value, UUID | Date):
        return str(value)
    if isinstance(value, list | tuple):
        return [json_value(plain(item)) for item in value]
    return value
