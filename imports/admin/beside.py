"""What stands beside a candidate: entries and candidates that tell the same, and what a table says of its series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from editorial.dispatch import load
from editorial.search import normalise
from editorial.workflow import Stage, Standing
from imports.matching.duplicates import CANDIDATE, ENTRY, Likeness, likely
from imports.models import Candidate
from imports.models.candidate import OPEN
from metrics.models import SeriesDocument
from timeline.models import EntryDocument

LIKELY, FOUND = 8, 10


@dataclass(frozen=True, slots=True)
class Beside:
    """An entry or a candidate, with its own sources. ``like``: None of what was searched for.

    ``open``: it can be attached to, or merged into. ``marked``: the key does that. ``named_already``: one of an entry's
    sources has the candidate's address.
    """

    id: str
    title: str
    address: str
    day: str
    state: str
    sources: list[dict[str, str]]
    like: Likeness | None
    open: bool = True
    marked: bool = False
    named_already: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A period of a series: what stands, and what the table says; ``before`` is empty where it is new."""

    period: str
    before: str
    after: str
    note: str


def duplicates(one: Candidate, find: str) -> dict[str, Any]:
    """Entries and candidates that may tell the same; what was searched for stands first, and is marked."""
    near = likely(
        one.title, one.summary, one.published, list(map(str, one.actors)),
        exclude_candidate=one.pk, limit=LIKELY,
    )  # fmt: skip
    candidates = _told([each for each in near if each.kind == CANDIDATE])
    # What was accepted is a draft that nobody has published yet: an entry like any other.
    drafts = {str(row.document): each for row, each in candidates if row.document}
    entries = {each.id: each for each in near if each.kind == ENTRY}
    searched = _search(find)
    return {
        "searched": len(searched),
        "entries": [
            *_entries(one, [(row, None) for row in searched], mark=True),
            *_entries(one, _stored({**drafts, **entries}), mark=not searched),
        ],
        "candidates": _candidates([(row, each) for row, each in candidates if not row.document]),
    }


def _search(find: str) -> list[EntryDocument]:
    words = normalise(find[:200].replace("\x00", "")).split()
    rows = _attachable()
    for word in words:
        rows = rows.filter(search_text__contains=word)
    return list(rows.order_by("-changed_at")[:FOUND]) if words else []


def _attachable() -> Any:
    """Entries that may be revised, with no more of them than is shown."""
    rows = EntryDocument.objects.exclude(stage=Stage.DISCARDED).exclude(standing=Standing.MERGED)
    return rows.only("id", "title", "date", "stage", "sources")


def _stored(near: dict[str, Likeness]) -> list[tuple[EntryDocument, Likeness]]:
    """The entries of these ids, the likeliest first."""
    rows = [(row, near[str(row.pk)]) for row in _attachable().filter(pk__in=list(near))]
    return sorted(rows, key=lambda pair: -pair[1].score)


def _entries(
    one: Candidate, rows: Sequence[tuple[EntryDocument, Likeness | None]], *, mark: bool
) -> list[Beside]:
    return [
        Beside(
            id=str(row.pk),
            title=row.title or "Untitled",
            address=reverse("admin:timeline_entrydocument_change", args=[row.pk]),
            day=str(row.date or ""),
            state=f"Entry, {row.get_stage_display()}",
            sources=[source.data() for source in row.sources],
            like=each,
            marked=mark and place == 0,
            named_already=bool(one.address) and any(source.url == one.address for source in row.sources),
        )
        for place, (row, each) in enumerate(rows)
    ]


def _told(near: Sequence[Likeness]) -> list[tuple[Candidate, Likeness]]:
    rows = Candidate.objects.filter(observations__isnull=True).defer("summary", "terms", "reasons", "edits")
    stored = {str(row.pk): row for row in rows.filter(pk__in=[each.id for each in near])}
    return [(stored[each.id], each) for each in near if each.id in stored]


def _candidates(rows: Sequence[tuple[Candidate, Likeness]]) -> list[Beside]:
    """The likeliest that is open is marked; what was dismissed stands there to be seen."""
    first = next((row.pk for row, _ in rows if row.state in OPEN), None)
    return [
        Beside(
            id=str(row.pk),
            title=each.title or row.address or "Untitled",
            address=f"{reverse('admin:imports_candidate_changelist')}?at={row.pk}",
            day=row.published[:10],
            state="In the inbox" if row.state in OPEN else row.get_state_display(),
            sources=[{"publisher": row.publisher, "language": row.language, "url": row.address}],
            like=each,
            open=row.state in OPEN,
            marked=row.pk == first,
        )
        for row, each in rows
    ]


def figures(one: Candidate) -> dict[str, Any]:
    """What the table says of its series, beside what the series says."""
    assert one.document is not None
    content = load(SeriesDocument, UUID(str(one.document))).content
    stands = {item.get("period"): item.get("value", "") for item in content.get("observations") or []}
    return {
        "title": content.get("title") or "A series",
        "unit": content.get("unit", ""),
        "address": reverse("admin:metrics_seriesdocument_change", args=[one.document]),
        "rows": [
            Figure(row["period"], stands.get(row["period"], ""), row.get("value", ""), row.get("note", ""))
            for row in one.observations or []
        ],
    }
