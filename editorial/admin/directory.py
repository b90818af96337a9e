"""Documents that others refer to, by id and by address, as a form needs them: one query a type."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.functional import cached_property

from editorial.models import Slug, document_models
from editorial.workflow import Stage, Standing

MAX_SUGGESTED = 1_000
UNKNOWN = "not among the documents here"


class Directory:
    """The documents of one type; a type that does not exist yet has none."""

    def __init__(self, type_name: str) -> None:
        self.type = type_name
        self.list_id = f"documents-{type_name}"

    @cached_property
    def _rows(self) -> list[tuple[str, str, str, str]]:
        model = document_models().get(self.type)
        if model is None:
            return []
        names = {field.name for field in model._meta.get_fields()}
        order = ("order", "title") if "order" in names else ("-changed_at",)
        found = model.objects.exclude(stage=Stage.DISCARDED).order_by(*order)
        return [(str(key), *rest) for key, *rest in found.values_list("id", "slug", "title", "standing")]

    @cached_property
    def _by_id(self) -> dict[str, tuple[str, str]]:
        return {key: (slug, _titled(title, standing)) for key, slug, title, standing in self._rows}

    def address(self, key: str) -> str:
        """What the form shows of a reference: the address, or the bare id of what is not here."""
        return self._by_id[key][0] if key in self._by_id else key

    def title(self, key: str) -> str:
        """What a person reads of a reference."""
        return self._by_id[key][1] if key in self._by_id else f"{key} ({UNKNOWN})"

    def find(self, typed: str) -> str | None:
        """The id of what was typed: an address, a former one too, or an id."""
        text = typed.strip().strip("/").rsplit("/", 1)[-1].lower()
        if found := next((key for key, slug, *_ in self._rows if slug == text), None):
            return found
        if row := Slug.objects.filter(type=self.type, slug=text).values_list("document", flat=True).first():
            return str(row)
        return _as_id(text)

    def choices(self, present: list[str]) -> list[tuple[str, str]]:
        """All of them, and those that are referred to at present."""
        known = [(key, self.title(key)) for key, *_ in self._rows]
        return known + [(key, self.title(key)) for key in present if key not in self._by_id]

    def suggestions(self) -> list[tuple[str, str]]:
        """Address and title of those changed last, for a datalist."""
        return [(slug, _titled(title, standing)) for _, slug, title, standing in self._rows[:MAX_SUGGESTED]]


def _titled(title: str, standing: str) -> str:
    name = title or "Untitled"
    return name if standing == Standing.LIVE else f"{name} (not public)"


def _as_id(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None


def directories(references: dict[str, str]) -> dict[str, Any]:
    """A directory for each field that refers; fields of the same type share one."""
    by_type = {type_name: Directory(type_name) for type_name in references.values()}
    return {name: by_type[type_name] for name, type_name in references.items()}
