"""Candidates for tests of the inbox, as intake would have stored them."""

from __future__ import annotations

from typing import Any

from imports.matching.terms import terms
from imports.models import Candidate, Decision, Item, Source, What


def paper(**more: Any) -> Source:
    named = {"name": "A paper", "publisher": "A paper", "language": "en", **more}
    return Source.objects.create(address=f"https://paper.example/{Source.objects.count()}", **named)


def candidate(title: str, source: Source | None = None, **more: Any) -> Candidate:
    """A new candidate with its item."""
    source = source or Source.objects.first() or paper()
    number = Candidate.objects.count()
    said = {
        "title": title, "summary": f"{title}, in more words.", "address": f"https://paper.example/news/{number}",
        "publisher": source.publisher, "language": source.language, "published": "2026-03-05T08:00:00Z", **more,
    }  # fmt: skip
    said.setdefault("terms", terms(said["title"], said["summary"]))
    made = Candidate.objects.create(source=source, **said)
    told: dict[str, Any] = {
        "title": title,
        "text": said["summary"],
        "address": said["address"],
        "guid": "", "author": "", "published": said["published"], "updated": "", "language": said["language"],
        "categories": [], "enclosures": [],
    }  # fmt: skip
    Item.objects.create(source=source, candidate=made, told=told)
    Decision.objects.create(candidate=made, source=source, what=What.PROPOSED)
    return made
