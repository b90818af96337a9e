"""What a candidate becomes: the content of an entry's draft, a further source, observations of a series."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from editorial.sources import Source, language_tag
from imports.models import Candidate
from timeline.models import EntryDocument

MAX_TITLE, MAX_SUMMARY = 200, 2_000
MOST_SOURCES = 10
# What is published at eight in the evening in London is published on the next day in Beijing.
BEIJING = timezone(timedelta(hours=8))


def content(candidate: Candidate) -> dict[str, Any]:
    """An entry's content, filled in as far as the candidate says it."""
    title = candidate.title or candidate.summary.split("\n")[0]
    return {
        **EntryDocument.blank(),
        "title": _shortened(title, MAX_TITLE),
        "summary": _shortened(candidate.summary, MAX_SUMMARY),
        "date": day(candidate),
        "date_kind": "reported" if day(candidate) else "happened",
        "categories": [str(key) for key in candidate.categories],
        "actors": [{"id": str(key), "role": "mentioned"} for key in candidate.actors],
        "sources": citations(candidate),
    }


def citations(candidate: Candidate) -> list[dict[str, str]]:
    """An entry's sources: each address at which the candidate is told, by whichever source, once."""
    found = {(first := citation(candidate)).get("url", ""): first}
    for item in candidate.items.select_related("source").order_by("pk")[:MOST_SOURCES]:
        told, source = item.told, item.source
        if "text" in told:
            said = _cited(
                source.publisher or source.name,
                told["title"],
                told["language"],
                told["published"],
                told["address"],
            )
            found.setdefault(said.get("url", ""), said)
    return list(found.values())


def citation(candidate: Candidate) -> dict[str, str]:
    """The candidate itself as an entry's source."""
    return _cited(
        candidate.publisher, candidate.title, candidate.language, candidate.published, candidate.address
    )


def _cited(publisher: str, title: str, language: str, published: str, address: str) -> dict[str, str]:
    """What is not said, or said in a way that no source may, is left out."""
    said = {
        "publisher": publisher, "title": _shortened(title, 500), "language": language_tag(language.replace("_", "-")),
        "date": _day(published, language), "url": address,
    }  # fmt: skip
    malformed = {name for name, _ in Source(**said).faults()}
    return {name: value for name, value in said.items() if value and name not in malformed}


def day(candidate: Candidate) -> str:
    """The day on which it was published, where its readers are; empty where that is not known."""
    return _day(candidate.published, candidate.language)


def _day(published: str, language: str) -> str:
    if not published.endswith("Z"):
        return published[:10]
    moment = datetime.fromisoformat(published)
    zone = BEIJING if language.lower().startswith("zh") else UTC
    return moment.astimezone(zone).date().isoformat()


def _shortened(text: str, most: int) -> str:
    """At most so many characters, ended at a word."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    whole = kept.rsplit(None, 1)[0]
    return (whole if len(whole) > most // 2 else kept) + "…"


def observations(series: Mapping[str, Any], candidate: Candidate) -> dict[str, Any]:
    """The series' observations, with what the table says of each period; what it does not name stays."""
    told = {row["period"]: row for row in candidate.observations or []}
    stands = [dict(item) for item in series.get("observations") or []]
    for item in stands:
        row = told.pop(item.get("period", ""), None)
        if row is not None:
            item.update({name: value for name, value in row.items() if value})
    source = {name: value for name, value in citation(candidate).items() if name != "title"}
    return {"observations": [*stands, *({**source, **row} for row in told.values())]}
