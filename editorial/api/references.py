"""What other documents are called at the position of an answer, wherever one of them is named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection

from editorial.lately import Mirror
from editorial.models.edition import Edition, EditionQuerySet
from editorial.reading import AsOf

Reference = dict[str, str]
_NAMES = """
    SELECT {number}, document, slug, title FROM {table}
    WHERE document = ANY(%s) AND validity @> %s::bigint AND NOT withdrawn
"""


def references(model: type[Edition], wanted: Collection[UUID], as_of: AsOf) -> dict[UUID, Reference]:
    """Those of the wanted documents that were public at the position: id, slug and title by the id that is wanted.

    What was merged into another is shown as that one.
    """
    [found] = all_references([(model, wanted)], as_of)
    return found


def all_references(
    wanted: Sequence[tuple[type[Edition], Collection[UUID]]], as_of: AsOf
) -> list[dict[UUID, Reference]]:
    """The references of each pair, in one query at most for all."""
    winners = [{key: as_of.redirects.winner(key) for key in keys} for _, keys in wanted]
    named = _known_names(
        [(model, {*keys.values()}) for (model, _), keys in zip(wanted, winners, strict=True)], as_of
    )
    return [
        {key: reference for key, winner in keys.items() if (reference := named.get((model, winner)))}
        for (model, _), keys in zip(wanted, winners, strict=True)
    ]


# By document: its model, and the reference to it, or None where it is not public.
names = Mirror(20_000)
Names = dict[tuple[type[Edition], UUID], Reference | None]


def _known_names(wanted: Sequence[tuple[type[Edition], Collection[UUID]]], as_of: AsOf) -> Names:
    """What these are called at the position; of the present, what is known is not asked for again."""
    documents = [document for _, keys in wanted for document in keys]
    if not documents:
        return {}
    known = names.find(as_of.lately, documents) if as_of.present else {}
    found: Names = {(model, document): reference for document, (model, reference) in known.items()}
    missing = [(model, [key for key in keys if (model, key) not in found]) for model, keys in wanted]
    asked = _asked_names([(model, keys) for model, keys in missing if keys], as_of)
    if as_of.present:
        names.keep(as_of.lately, {document: (model, asked[model, document]) for model, document in asked})
    return found | asked


def _asked_names(wanted: Sequence[tuple[type[Edition], Collection[UUID]]], as_of: AsOf) -> Names:
    """One query, written by hand: nearly every answer asks it."""
    found: Names = {(model, key): None for model, keys in wanted for key in keys}
    if found:
        parts = [_NAMES.format(number=n, table=model._meta.db_table) for n, (model, _) in enumerate(wanted)]
        values = [value for _, keys in wanted for value in ([*keys], as_of.position)]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            for number, *row in cursor.fetchall():
                found[wanted[number][0], row[0]] = _named(*row)
    return found


def merged(model: type[Edition], winners: Collection[UUID], as_of: AsOf) -> dict[UUID, list[dict[str, str]]]:
    """What was merged into these, in that order: id, slug and title by the winner's id; no query where nothing was."""
    found: dict[UUID, list[dict[str, str]]] = {}
    if not winners or not as_of.redirects.winners:
        return found
    for row in _references(as_of.redirects.lost(model, winners).order_by("valid_to")):
        found.setdefault(as_of.redirects.winner(UUID(row["id"])), []).append(row)
    return found


def _references(editions: EditionQuerySet) -> list[dict[str, str]]:
    return [_named(*row) for row in editions.values_list("document", "slug", "title")]


def _named(document: UUID, slug: str, title: str) -> dict[str, str]:
    return {"id": str(document), "slug": slug, "title": title}
