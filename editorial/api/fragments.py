"""What an edition says by itself, read and made JSON once: whatever else is published does not change it."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import orjson

from editorial.api.shapes import EditionSerializer
from editorial.kept import AtHand
from editorial.models.edition import Edition


class Fragment(NamedTuple):
    """``body``: the fields that rest on the edition alone, as JSON has them, and None in the places of the others.

    ``row``: the columns that the others are made of.
    """

    body: Mapping[str, Any]
    row: Any


fragments = AtHand(16_000_000)


def fragments_of(
    serializer: type[EditionSerializer], model: type[Edition], rows: Sequence[Any]
) -> list[Fragment]:
    """Of each lean row the fragment. One query for those that are not at hand."""
    names = [(serializer, row.position, row.version) for row in rows]
    found = {name: fragments.find(name) for name in names}
    missing = [name for name in names if found[name] is None]
    if missing:
        made = _made(serializer, model, [position for _, position, _ in missing])
        for name in missing:
            found[name] = fragment = made[name[1]]
            fragments.keep(name, fragment, len(orjson.dumps(fragment.body)) + len(str(fragment.row)))
    return [found[name] for name in names]


def _made(
    serializer: type[EditionSerializer], model: type[Edition], positions: Collection[int]
) -> dict[int, Fragment]:
    editions = model._default_manager.filter(position__in=positions).defer(
        "search", "search_text", "validity"
    )
    shown, places, read = _alone(serializer), dict.fromkeys(serializer._declared_fields), _read(serializer)
    return {
        edition.position: Fragment(
            {**places, **shown.to_representation(edition)},
            read(*(getattr(edition, name) for name in read._fields)),
        )
        for edition in editions
    }


@cache
def _alone(serializer: type[EditionSerializer]) -> EditionSerializer:
    """Without what rests on more than the row: a field that is not declared so finds no context here."""
    alone = serializer()
    for name in serializer.AROUND:
        alone.fields.pop(name)
    return alone


@cache
def _read(serializer: type[EditionSerializer]) -> Any:
    """Nothing but these columns, so that nobody asks for the others one by one."""
    return namedtuple("Read", ("position", "document", "slug", "hidden", *serializer.READS))
