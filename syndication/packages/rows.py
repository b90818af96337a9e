"""From what the API gives for a document to the rows of tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import edtf
from metrics.tables import guarded
from syndication.packages.columns import Column

Shown = Mapping[str, Any]
Row = tuple[str, dict[str, Any]]


def rows(name: str, shown: Shown) -> Iterator[Row]:
    """The rows of one document or change: (table, values by column)."""
    if name == "changes":
        yield (
            name,
            {
                **shown,
                **{key: shown["document"][key] for key in ("slug", "title", "url")},
                "document": shown["document"]["id"],
            },
        )
        return
    yield name, {**shown, **_edges(shown, "founded", "ended", "next_update")}
    for more in MORE.get(name, ()):
        yield from more(shown)


def _entry_actors(entry: Shown) -> Iterator[Row]:
    for actor in entry["actors"]:
        yield "entry_actors", {"entry": entry["id"], "actor": actor["id"], "role": actor["role"]}


def _entry_categories(entry: Shown) -> Iterator[Row]:
    for category in entry["categories"]:
        yield "entry_categories", {"entry": entry["id"], "category": category["id"]}


def _observations(series: Shown) -> Iterator[Row]:
    for item in series["observations"]:
        yield "observations", {"series": series["id"], **item}


def _sources(type_name: str) -> Callable[[Shown], Iterator[Row]]:
    def sources(shown: Shown) -> Iterator[Row]:
        own = {"type": type_name, "document": shown["id"]}
        for number, source in enumerate(shown["sources"], start=1):
            yield _source({**own, "part": "document", "number": number}, source)
        for part in ("relation", "observation"):
            for number, item in enumerate(shown.get(f"{part}s", ()), start=1):
                for source in item["sources"]:
                    where = {**own, "part": part, "number": number, "period": item.get("period")}
                    yield _source(where, source)

    return sources


def _source(where: dict[str, Any], source: Shown) -> Row:
    return "sources", {**source, **where, **_edges(source, "date")}


def _edges(shown: Shown, *names: str) -> dict[str, str]:
    """Of each of these that is a date, its first and last day."""
    found: dict[str, str] = {}
    for name in names:
        if shown.get(name):
            date = edtf.parse(shown[name])
            found |= {
                f"{name}_earliest": date.earliest.isoformat(),
                f"{name}_latest": date.latest.isoformat(),
            }
    return found


MORE: dict[str, tuple[Callable[[Shown], Iterator[Row]], ...]] = {
    "entries": (_entry_actors, _entry_categories, _sources("entry")),
    "actors": (_sources("actor"),),
    "series": (_observations, _sources("series")),
}


def cell(column: Column, values: Shown) -> str:
    """A value as CSV has it; a text that a spreadsheet would take for a formula has an apostrophe before it."""
    value = values.get(column.name)
    if value is None:
        return ""
    if column.type in ("array", "boolean"):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return guarded(str(value))
