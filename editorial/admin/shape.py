"""A type's form: its content shown as fields and rows, and what was typed read back as content."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db import models

from editorial.admin.directory import Directory, directories
from editorial.forms import DELETE, ENTRY, RowSet, TypedForm, checkboxes, form_field, is_list, row_set, tidy
from editorial.workflow import Refusal, State

SLUG = "slug"
_ITEM = re.compile(r"(?P<number>\d+)\. (?P<name>\w*): (?P<text>.*)", re.DOTALL)
_PATH = re.compile(r"\w+")


@dataclass
class Typed:
    """What was typed. ``rows`` as they stood in the form, ``content`` as a command takes it."""

    content: dict[str, Any]
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    slug: str | None = None
    faults: tuple[Refusal, ...] = ()


@dataclass
class Part:
    """One field of the page: a form field, or the rows of a list with the documents that they may refer to."""

    name: str
    field: forms.BoundField | None = None
    rows: RowSet | None = None
    errors: list[str] = field(default_factory=list)
    directory: Directory | None = None


class Shape:
    """Built once a request, from what the type's admin declares."""

    def __init__(
        self,
        model: type[Any],
        lines: Sequence[Sequence[str]],
        references: Mapping[str, str],
        ticked: Sequence[str],
        choices: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self.model, self.lines, self.ticked, self.choices = model, lines, ticked, choices
        self.directories: dict[str, Directory] = directories(dict(references))
        self.fields: dict[str, models.Field[Any, Any]] = {f.name: f for f in model.content_fields()}
        self.lists = [name for name, f in self.fields.items() if is_list(f) and name not in ticked]

    def read(self, data: Mapping[str, Any], *, slug: bool) -> Typed:
        """What a browser sent."""
        form = self._form({}, slug=slug)(data)
        content = {name: value for name, value in form.typed.items() if name != SLUG}
        typed = Typed(content, slug=form.typed.get(SLUG))
        faults: list[Refusal] = []
        for name in self.lists:
            rows = self._row_set(name)(data, prefix=name)
            if not rows.whole:
                faults.append(Refusal("The rows did not arrive whole. Send the form again.", name, "input"))
                continue
            typed.rows[name] = rows.typed
            kept = [row for row in rows.typed if not row.get(DELETE)]
            content[name] = [self._item(name, row, number, faults) for number, row in enumerate(kept, start=1)]
        typed.faults = tuple(faults)
        return typed

    def of_state(self, state: State) -> Typed:
        """What stands, as if it had been typed."""
        return self.of_content({**self.model.blank(), **state.content}, state.slug)

    def of_content(self, content: Mapping[str, Any], slug: str | None) -> Typed:
        """This content, as if it had been typed."""
        rows = {name: [self._row(name, item) for item in content.get(name, [])] for name in self.lists}
        return Typed(dict(content), rows, slug)

    def differing(self, typed: Mapping[str, Any], stands: Mapping[str, Any]) -> dict[str, Any]:
        """The typed fields that say something else than what stands; line ends and outer blanks say nothing."""
        cleaned, _ = self.model.clean_content(typed)
        return {
            name: value
            for name, value in typed.items()
            if name not in cleaned or tidy(cleaned[name]) != tidy(stands.get(name))
        }

    def show(self, typed: Typed, *, slug: bool, more: str = "", refusals: Sequence[Refusal] = ()) -> Page:
        """The form that shows this, with refusals at their fields; ``more`` names a list to get more rows."""
        initial = {**typed.content, SLUG: typed.slug}
        form = self._form(typed.content, slug=slug)(initial=initial)
        rows = {
            name: self._row_set(name, extra=4 if name == more else 1)(
                initial=typed.rows.get(name, []), prefix=name
            )
            for name in self.lists
        }
        page = Page(self, form, rows, typed)
        page.refuse(refusals)
        return page

    def text(self, name: str, value: Any) -> str:
        """A field's value as a person reads it, a list's items line by line."""
        if name in self.directories and not isinstance(value, str):
            directory = self.directories[name]
            return "\n".join(_line(item, directory) for item in value or [])
        if isinstance(value, list):
            return "\n".join(_line(item) for item in value)
        choices = dict(getattr(self.fields.get(name), "choices", None) or ())
        return str(choices.get(value, "" if value is None else value))

    def label(self, name: str) -> str:
        """What the field is called."""
        words = str(self.fields[name].verbose_name) if name in self.fields else name
        return words[:1].upper() + words[1:]

    def _form(self, content: Mapping[str, Any], *, slug: bool) -> type[TypedForm]:
        plain = {name: f for name, f in self.fields.items() if name not in self.lists}
        made = {
            name: checkboxes(f, self.directories[name].choices(list(content.get(name, []))))
            if name in self.ticked
            else form_field(f)
            for name, f in plain.items()
        }
        return type("ContentForm", (TypedForm,), made | ({SLUG: _slug_field()} if slug else {}))

    def _row_set(self, name: str, extra: int = 1) -> type[RowSet]:
        directory = self.directories.get(name)
        lists = {column: directory.list_id for column in ("id", ENTRY)} if directory else {}
        return row_set(self.fields[name], self.choices.get(name, {}), lists, extra)

    def _row(self, name: str, item: Any) -> dict[str, Any]:
        row = dict(item) if isinstance(item, Mapping) else {ENTRY: item}
        if directory := self.directories.get(name):
            row |= {key: directory.address(row[key]) for key in ("id", ENTRY) if row.get(key)}
        return row

    def _item(self, name: str, row: Mapping[str, Any], number: int, faults: list[Refusal]) -> Any:
        item = {key: value for key, value in row.items() if key != DELETE and value}
        if directory := self.directories.get(name):
            for key in {"id", ENTRY} & set(item):
                found = directory.find(item[key])
                if found is None:
                    text = f"Nothing here has the address “{item[key]}”."
                    faults.append(Refusal(f"{number}. {key}: {text}", name, "input"))
                item[key] = found or item[key]
        return item.get(ENTRY, item)


def _line(item: Any, directory: Directory | None = None) -> str:
    if not isinstance(item, Mapping):
        return directory.title(str(item)) if directory else str(item)
    values = {**item, "id": directory.title(str(item.get("id")))} if directory else item
    return " · ".join(str(value) for value in values.values() if value)


def _slug_field() -> forms.Field:
    text = "The last part of the public address. Left empty, it is made from the title."
    return forms.CharField(label="Address", required=False, help_text=text)


class Page:
    """A form as it is shown: lines of parts."""

    def __init__(self, shape: Shape, form: TypedForm, rows: dict[str, RowSet], typed: Typed) -> None:
        self.shape, self.form, self.rows, self.typed = shape, form, rows, typed
        self.general: list[str] = []
        self._list_errors: dict[str, list[str]] = {}

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Put each refusal where it belongs."""
        for refusal in refusals:
            found = _PATH.match(refusal.field)
            name = found.group() if found else ""
            if name in self.rows:
                self._refuse_row(name, refusal.text)
            elif name in self.form.fields:
                self.form.refuse(name, refusal.text)
            else:
                self.general.append(refusal.text)

    def _refuse_row(self, name: str, text: str) -> None:
        found = _ITEM.fullmatch(text)
        kept = [i for i, row in enumerate(self.typed.rows.get(name, [])) if not row.get(DELETE)]
        if found and int(found["number"]) <= len(kept):
            row: Any = self.rows[name].forms[kept[int(found["number"]) - 1]]  # type: ignore[attr-defined]
            row.refuse(found["name"], found["text"])
        else:
            self._list_errors.setdefault(name, []).append(text)

    @property
    def refused(self) -> bool:
        rows: list[Any] = [form for made in self.rows.values() for form in made.forms]  # type: ignore[attr-defined]
        return bool(self.general or self._list_errors or self.form.errors or any(r.errors for r in rows))

    @property
    def lines(self) -> Iterator[list[Part]]:
        """The parts, those of a line side by side."""
        for line in self.shape.lines:
            if parts := [self._part(name) for name in line if name in self.form.fields or name in self.rows]:
                yield parts

    def _part(self, name: str) -> Part:
        directory = self.shape.directories.get(name)
        if name in self.rows:
            return Part(name, rows=self.rows[name], errors=self._list_errors.get(name, []), directory=directory)
        return Part(name, field=self.form[name], directory=directory)
