"""What stands in the files: every column with its type and meaning, and how tables hang together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """``type`` and ``format`` as Table Schema has them.

    ``nested``: for JSON Lines alone, since CSV has it as a table of its own, or does without. ``edges``: an EDTF date
    that CSV gives with its first and last day.
    """

    name: str
    text: str
    type: str = "string"
    format: str = ""
    needed: bool = False
    nested: bool = False
    edges: bool = False

    def described(self) -> dict[str, Any]:
        """As a field of Table Schema."""
        shape = {"name": self.name, "type": self.type, "description": self.text}
        if self.format:
            shape["format"] = self.format
        return {**shape, "constraints": {"required": True}} if self.needed else shape


@dataclass(frozen=True, slots=True)
class Table:
    """``key``: the columns that name a row; ``refers``: by column the table whose ``id`` it holds."""

    name: str
    text: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    refers: Mapping[str, str] = field(default_factory=dict)

    def schema(self) -> dict[str, Any]:
        """As a Table Schema."""
        found: dict[str, Any] = {
            "fields": [column.described() for column in self.columns],
            "primaryKey": list(self.key),
        }
        if self.refers:
            found["foreignKeys"] = [
                {"fields": [name], "reference": {"resource": table, "fields": ["id"]}}
                for name, table in self.refers.items()
            ]
        return found


def flat(columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns as CSV has them."""
    found: list[Column] = []
    for column in columns:
        if not column.nested:
            found += [column, *(_edges(column) if column.edges else ())]
    return tuple(found)


def _edges(column: Column) -> list[Column]:
    words = {"earliest": "The first day that this may mean", "latest": "The last day that this may mean"}
    return [
        replace(column, name=f"{column.name}_{end}", type="date", edges=False, text=f"{text}: {column.name}.")
        for end, text in words.items()
    ]


def _id(text: str, name: str = "id") -> Column:
    return Column(name, text, format="uuid", needed=True)


_REFERENCES = "JSON: id, slug and title of each."
EDITION = (
    _id("The document’s id, which never changes."),
    Column("slug", "The part of its address that names it.", needed=True),
    Column("url", "Where readers see it.", format="uri", needed=True),
    Column("edition", "The number of the edition.", "integer", needed=True),
    Column(
        "significance",
        "What kind of change the edition is: major, minor, correction or reinstated.",
        needed=True,
    ),
    Column("note", "What the edition changed, and why."),
    Column("policy", "Under which rule it was approved."),
    Column("first_published_at", "When it first became public.", "datetime", needed=True),
    Column("updated_at", "When it last changed in substance.", "datetime", needed=True),
    Column("text_hidden", "Whether a later withdrawal took its text away.", "boolean", needed=True),
    Column("notice", "Why it was withdrawn later."),
    Column("withdrawn_at", "When it was withdrawn later.", "datetime"),
    Column("erased", "JSON: the fields of which something was erased.", "array"),
    Column("merged", f"What was merged into it. {_REFERENCES}", "array"),
)
_SOURCES = Column("sources", "The sources that it cites.", "array", nested=True)
_WANTED = Column("source_wanted", "Whether it has no source, and wants one.", "boolean", needed=True)
_TEXT = (
    Column("text", "The text, in Markdown."),
    Column("text_html", "The text, as HTML.", nested=True),
)
ENTRY = (
    *EDITION,
    Column("kind", "milestone, update or publication."),
    Column("title", "The title.", needed=True),
    Column("summary", "The summary."),
    Column("body", "The text, in Markdown."),
    Column("body_html", "The text, as HTML.", nested=True),
    Column("date", "When it happened, as precisely as is known (EDTF)."),
    Column("date_shown", "The date as people write it."),
    Column("earliest", "The first day that the date may mean.", "date"),
    Column("latest", "The last day that the date may mean.", "date"),
    Column("date_kind", "What the date is of: happened, announced, in_effect or reported."),
    Column("basis", "What the date rests on."),
    Column("categories", "The categories that it is in.", "array", nested=True),
    Column("actors", "The actors that it names, with their roles.", "array", nested=True),
    _SOURCES,
    Column("related", f"Other entries. {_REFERENCES}", "array"),
)
ACTOR = (
    *EDITION,
    Column("kind", "What it is: company, person, university and so on."),
    Column("title", "Its name in English.", needed=True),
    Column("name_zh", "Its Chinese name."),
    Column("pinyin", "Its Chinese name in pinyin."),
    Column("aliases", "JSON: other names, in any script.", "array"),
    Column("country", "Two letters (ISO 3166)."),
    Column("seat", "Where it has its seat."),
    Column("founded", "When it was founded or born (EDTF).", edges=True),
    Column("ended", "When it ended (EDTF).", edges=True),
    *_TEXT,
    Column("basis", "What names and dates rest on."),
    Column("web", "Its address on the web."),
    Column("identifiers", "JSON: scheme and value of each identifier by which others know it.", "array"),
    Column("relations", "JSON: its relations to other actors, with dates, note and source.", "array"),
    _SOURCES,
    _WANTED,
)
SERIES = (
    *EDITION,
    Column("title", "What is counted.", needed=True),
    Column("short_title", "What it is called beside others in a chart."),
    Column("unit", "What one of it is."),
    Column("definition", "What is counted, by whom, and what is not."),
    *_TEXT,
    Column("geography", "What it is of."),
    Column("frequency", "How often it comes."),
    Column("chart", "How it is drawn: line, bar or share."),
    Column("chart_title", "What the chart shows."),
    Column("beside", f"Series that are drawn in the same chart. {_REFERENCES}", "array"),
    Column("licence", "Under which the source gives it; empty where that is not known."),
    Column("next_update", "When the next figures are expected (EDTF).", edges=True),
    _SOURCES,
    _WANTED,
    Column("observations", "Its observations, oldest first.", "array", nested=True),
    Column("vintages", "JSON: its editions up to the position, newest first.", "array"),
)
PAGE = (*EDITION, Column("title", "The title.", needed=True), *_TEXT)
CATEGORY = (*PAGE, Column("order", "Its place among the categories.", "integer", needed=True))
FRONT = (
    *PAGE,
    Column("figures", f"Series whose last figures stand first. {_REFERENCES}", "array"),
    Column("charts", f"Series whose charts are shown. {_REFERENCES}", "array"),
    Column("milestones", f"Entries that are shown; none means all. {_REFERENCES}", "array"),
    Column("updates", "How many updates are shown; 0 means all.", "integer", needed=True),
)
_CHANGE = (
    Column("cursor", "What /api/v1/changes/?after= takes to go on from here.", needed=True),
    Column("position", "The public position.", "integer", needed=True),
    Column("moment", "When it became public.", "datetime", needed=True),
    Column("type", "Of which type the document is.", needed=True),
    Column(
        "kind",
        "published, revised, corrected, withdrawn, reinstated, renamed, merged, unmerged or erased.",
        needed=True,
    ),
)
_CHANGED = (
    Column("edition", "The number of the edition.", "integer", needed=True),
    Column("minor", "Whether the text was changed, and the matter was not.", "boolean", needed=True),
    Column("note", "What was changed, and why."),
    Column("fields", "JSON: which fields differ from the edition before.", "array"),
    Column("into", "The id of the document that this one was merged into.", format="uuid"),
)
CHANGE = (
    *_CHANGE,
    Column(
        "document",
        "The document: id, slug and title of that time, and the address of its JSON now.",
        "object",
    ),
    *_CHANGED,
)
FLAT_CHANGE = (
    *_CHANGE,
    _id("The document’s id; it need not be public any more.", "document"),
    Column("slug", "Its slug at that time.", needed=True),
    Column("title", "Its title at that time."),
    Column("url", "The address of its JSON.", format="uri", needed=True),
    *_CHANGED,
)
OBSERVATION = (
    _id("The series.", "series"),
    Column("period", "Of which time it is (EDTF; 2024-33 is the first quarter).", needed=True),
    Column("period_shown", "The period as people write it.", needed=True),
    Column("earliest", "The first day of the period.", "date", needed=True),
    Column("latest", "The last day of the period.", "date", needed=True),
    Column(
        "value",
        "A decimal, exactly as it was published: 12.50 has two places. Empty where it is missing.",
        "number",
    ),
    Column("status", "final, provisional, estimate or forecast.", needed=True),
    Column("note", "What is to be known of it."),
    _WANTED,
)
SOURCE = (
    Column("type", "Of which type the document is: entry, actor or series.", needed=True),
    _id("The document that cites it.", "document"),
    Column("part", "What of the document rests on it: document, relation or observation.", needed=True),
    Column(
        "number", "Its place among the document’s sources, or that of the relation or observation.",
        "integer", needed=True,
    ),
    Column("period", "The observation’s period (EDTF)."),
    Column("publisher", "Who published it."),
    Column("title", "Its title, in its own language."),
    Column("language", "Its language (BCP 47)."),
    Column("date", "When it was published (EDTF).", edges=True),
    Column("url", "Its address."),
    Column("archived", "The address of a copy."),
)  # fmt: skip

# What JSON Lines hold: a line is what the API gives for one document, or one change.
LINES = {
    table.name: table
    for table in (
        Table("entries", "Entries, by date.", ENTRY, ("id",)),
        Table("actors", "Profiles of actors, by name.", ACTOR, ("id",)),
        Table("series", "Data series with their observations, by title.", SERIES, ("id",)),
        Table("pages", "Pages: overview, methodology, about.", PAGE, ("id",)),
        Table("categories", "Categories of entries, in their order.", CATEGORY, ("id",)),
        Table("front", "What the front page shows.", FRONT, ("id",)),
        Table(
            "changes",
            "Everything that became public up to the position, oldest first.",
            CHANGE,
            ("position",),
        ),
    )
}
_PAIR = (_id("The entry.", "entry"),)
# What CSV holds.
TABLES = {
    **{
        name: replace(table, columns=flat(table.columns)) for name, table in LINES.items() if name != "changes"
    },
    **{
        table.name: table
        for table in (
            Table(
                "observations", "The observations of all series.", OBSERVATION,
                ("series", "period"), {"series": "series"},
            ),
            Table(
                "entry_actors", "Which entry names which actor.",
                (
                    *_PAIR, _id("The actor.", "actor"),
                    Column("role", "acted, affected, regulated or mentioned.", needed=True),
                ),
                ("entry", "actor", "role"), {"entry": "entries", "actor": "actors"},
            ),
            Table(
                "entry_categories", "Which entry is in which category.", (*_PAIR, _id("The category.", "category")),
                ("entry", "category"), {"entry": "entries", "category": "categories"},
            ),
            Table("sources", "What rests on which source.", flat(SOURCE), ("document", "part", "number")),
            replace(LINES["changes"], columns=FLAT_CHANGE),
        )
    },
}  # fmt: skip
