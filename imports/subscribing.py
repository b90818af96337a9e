"""Taking sources on: finding what stands at an address, switching on and off, OPML in and out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models.functions import Now

from imports.models import Form, Health, Source
from imports.parsing import opml
from imports.reading import discover, headings, outlines
from outbound import client
from outbound.addresses import parse
from outbound.sandbox import Ended, Unreadable

# What discovery calls what it finds, and the form that it is read in.
FORMS = {"feed": Form.FEED, "jsonfeed": Form.FEED, "table": Form.TABLE, "page": Form.LIST}


class NothingThere(Exception):
    """Why nothing can be subscribed to at an address, in a sentence. ``steps``: what happened, step by step."""

    def __init__(self, sentence: str, steps: Iterable[client.Step] = ()) -> None:
        super().__init__(sentence)
        self.steps = tuple(steps)


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at an address: ``kind`` and all else as imports.parsing.discovery says it."""

    address: str
    kind: str
    title: str
    language: str
    feeds: tuple[Mapping[str, str], ...]
    selectors: tuple[Mapping[str, Any], ...]
    headings: tuple[str, ...]
    steps: tuple[client.Step, ...]


def look(address: str, *, limits: client.Limits = client.Limits()) -> Found:  # noqa: B008 - it is frozen
    """Ask what stands at an address. Raises NothingThere."""
    try:
        answer = client.fetch(address, limits=limits)
    except client.Failed as failed:
        raise NothingThere(failed.sentence, failed.steps) from failed
    if not 200 <= answer.status < 300:
        raise NothingThere(f"The server answered {answer.status} {answer.reason}".strip() + ".", answer.steps)
    content_type = answer.headers.get("content-type", "")
    try:
        found = discover(answer.content, address=answer.address, content_type=content_type)
    except (Unreadable, Ended) as error:
        raise NothingThere(str(error), answer.steps) from error
    return Found(
        answer.address, found["kind"], found["title"], found["language"],
        tuple(found["feeds"]), tuple(found["suggested_selectors"]), _headings(found["kind"], answer), answer.steps,
    )  # fmt: skip


def _headings(kind: str, answer: client.Answer) -> tuple[str, ...]:
    """The columns of what is a table; none of one that nobody can read yet without saying more."""
    if kind != "table":
        return ()
    try:
        return tuple(headings(answer.content, content_type=answer.headers.get("content-type", "")))
    except (Unreadable, Ended):
        return ()


def proposed(found: Found) -> Source:
    """The source that one would make of it, not saved: the page's first feed, or what stands there itself.

    Raises NothingThere.
    """
    if found.feeds:
        feed = found.feeds[0]
        return Source(
            name=(feed["title"] or found.title or feed["address"])[:200],
            address=feed["address"],
            form=Form.FEED,
        )
    if found.kind not in FORMS:
        raise NothingThere("There is no feed, no list of links and no table at this address.", found.steps)
    selector = found.selectors[0]["selector"] if found.selectors else ""
    form = FORMS[found.kind] if found.kind != "page" or selector else Form.PAGE
    return Source(
        name=(found.title or found.address)[:200], address=found.address, form=form,
        selector=selector if form == Form.LIST else "", language=found.language[:35],
    )  # fmt: skip


def switch_on(source: Source) -> None:
    """Fetched from now on, whatever it was that paused it."""
    _switch(source, Health.ACTIVE, failures=0, due_at=Now())


def switch_off(source: Source, why: str) -> None:
    _switch(source, Health.OFF, health_why=why)


def _switch(source: Source, health: Health, **values: Any) -> None:
    changed = {"health": health, "health_since": Now(), "health_why": "", **values}
    Source.objects.filter(pk=source.pk).update(**changed)
    source.refresh_from_db()


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an OPML file: the sources that are new, switched off; addresses known before; why others not."""

    new: tuple[Source, ...]
    known: tuple[str, ...]
    refused: tuple[str, ...]


def import_opml(content: bytes) -> Imported:
    """Sources of an OPML file, switched off until somebody switches them on. Raises Unreadable and Ended."""
    found, refused = outlines(content)
    new, known = [], []
    there = set(Source.objects.values_list("address", flat=True))
    for outline in found:
        source = Source(
            name=(outline["title"] or outline["address"])[:200], address=outline["address"],
            publisher=outline["title"][:200], language=outline["language"],
            health_why="It came with a list, and waits for somebody to switch it on.",
        )  # fmt: skip
        try:
            source.full_clean(validate_unique=False)
        except ValidationError as error:
            refused.append(f"{source.address[:200]}: {' '.join(error.messages)}")
            continue
        if source.address in there:
            known.append(source.address)
            continue
        there.add(source.address)
        source.host = parse(source.address).host
        new.append(source)
    # One that somebody else adds at this moment stays as it is.
    Source.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    return Imported(tuple(new), tuple(known), tuple(refused))


def export_opml() -> bytes:
    """All sources that are feeds, as OPML."""
    rows = Source.objects.filter(form=Form.FEED)
    return opml.write(
        "Sources of the AI in China tracker",
        [
            {"title": row.name, "address": row.address, "site": "", "language": row.language, "folders": []}
            for row in rows
        ],
    )
