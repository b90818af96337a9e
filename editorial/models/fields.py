"""Model fields for content's lists: JSONB columns whose items are frozen dataclasses that check themselves."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models

from editorial.sources import Item, MalformedItem

MAX_ITEMS = 200


class ItemsField(models.JSONField):
    """A list of at most ``most`` ``item``s. Python value: a list of dataclasses; stored and in events: of objects."""

    def __init__(self, item: type[Item], most: int = MAX_ITEMS, **kwargs: Any) -> None:
        self.item, self.most = item, most
        super().__init__(**{"default": list, "blank": True, **kwargs})

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "item": self.item}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return [_stored(self.item, data) for data in found] if isinstance(found, list) else found

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(plain(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(plain(value), connection, prepared)

    def value_to_string(self, obj: models.Model) -> Any:
        return plain(self.value_from_object(obj))

    def clean(self, value: Any, model_instance: models.Model | None) -> list[Item]:
        """The items of a list of objects. Raises ValidationError naming item and field."""
        if not isinstance(value, list | tuple):
            raise ValidationError("A list is expected.")
        if len(value) > self.most:
            raise ValidationError(f"At most {self.most:,} items; these are {len(value):,}.")
        items, errors = [], []
        for number, data in enumerate(value, start=1):
            try:
                items.append(data if isinstance(data, self.item) else self.item.from_data(data))
            except MalformedItem as error:
                errors += [f"{number}. {name}: {text}" for name, text in error.faults]
        if errors:
            raise ValidationError(errors)
        return items


def _stored(item: type[Item], data: Any) -> Item:
    """An item checks itself, which takes long; many rows have the same, and each is read over and over."""
    try:
        return _read(item, tuple(data.items()))  # type: ignore[arg-type]
    except (AttributeError, TypeError):
        return item.from_data(data)  # which says what is wrong


@lru_cache(maxsize=5_000)
def _read(item: type[Item], data: tuple[tuple[str, Any], ...]) -> Item:
    return item.from_data(dict(data))


def plain(value: Any) -> Any:
    """Items as the objects that are stored; anything else unchanged."""
    if isinstance(value, Item):
        return value.data()
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
        return [plain(item) for item in value]
    return value


def items_index(field: str, name: str) -> GinIndex:
    """The index for “holds an item with these values”."""
    return GinIndex(fields=[field], name=name, opclasses=["jsonb_path_ops"])
