"""What an edition says by itself, made JSON once: whatever else is published does not change it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import orjson

from editorial.api.shapes import EditionSerializer
from editorial.kept import AtHand
from editorial.models.edition import Edition

Fragment = Mapping[str, Any]
fragments = AtHand(16_000_000)


def fragments_of(
    serializer: type[EditionSerializer], model: type[Edition], rows: Sequence[Any]
) -> list[Fragment]:
    """Of each lean row the fields that rest on it alone, as JSON has them, and None in the places of the others.

    One query for those that are not at hand.
    """
    # The version of a row may come again in a database that was restored; the moment does not.
    names = [(serializer, row.position, row.moment, row.document, row.version) for row in rows]
    found = {name: fragments.find(name) for name in names}
    missing = [name for name in names if found[name] is None]
    if missing:
        positions = [position for _, position, *_ in missing]
        made = _made(serializer, model, positions)
        for name in missing:
            found[name] = fragment = made[name[1]]
            fragments.keep(name, fragment, len(orjson.dumps(fragment)))
    return [found[name] for name in names]


def _made(
    serializer: type[EditionSerializer], model: type[Edition], positions: Collection[int]
) -> dict[int, Fragment]:
    rows = model._default_manager.filter(position__in=positions).defer("search", "search_text", "validity")
    shown, places = _alone(serializer), dict.fromkeys(serializer._declared_fields)
    return {row.position: {**places, **shown.to_representation(row)} for row in rows}


@cache
def _alone(serializer: type[EditionSerializer]) -> EditionSerializer:
    """Without what rests on more than the row: a field that is not declared so finds no context here."""
    alone = serializer()
    for name in serializer.AROUND:
        alone.fields.pop(name)
    return alone
