"""What a client wants of each result: ``fields`` leaves out the rest, ``include`` has references stand there whole."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from editorial.api.problems import BadParameters

# There only where it is asked for.
EXTRA = frozenset({"editions"})
PARAMETERS = ("fields", "include")


@dataclass(frozen=True, slots=True)
class Selection:
    """``fields``: None for all. ``include``: the fields in which something is included; they are always there."""

    fields: frozenset[str] | None = None
    include: frozenset[str] = frozenset()

    def wants(self, name: str) -> bool:
        if name == "id" or name in self.include:
            return True
        return name not in EXTRA if self.fields is None else name in self.fields

    def only(self, name: str, keys: Iterable[UUID]) -> set[UUID]:
        """The keys, where the field is wanted; else none, so that nobody asks the database for them."""
        return {*keys} if self.wants(name) else set()


WHOLE = Selection()


def selection_of(given: Mapping[str, str], fields: Collection[str], includes: Mapping[str, str]) -> Selection:
    """``fields``: the names that there are; ``includes``: likewise, each with its field. Raises BadParameters."""
    errors: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for parameter, known in zip(PARAMETERS, (fields, includes), strict=True):
        names = given[parameter].split(",") if parameter in given else []
        unknown = [name for name in names if name not in known]
        if unknown:
            errors[parameter] = " ".join(_unknown(parameter, name, known) for name in unknown[:5])
        found[parameter] = names
    if errors:
        raise BadParameters(errors)
    included = frozenset(includes[name] for name in found["include"])
    return Selection(frozenset(found["fields"]) or None, included)


def _unknown(parameter: str, name: str, known: Collection[str]) -> str:
    what = "There is no field" if parameter == "fields" else "Nothing can be included as"
    return f"{what} “{name[:50]}”.{nearest(name, known)}"


def nearest(name: str, known: Iterable[str]) -> str:
    """A question that goes on after a sentence: what was meant; nothing, where nothing is near.

    Of those that are near, what begins alike is meant: “entries” is more like “series”, and means “entry”.
    """
    near = difflib.get_close_matches(name.lower(), [*known])
    meant = max(near, key=lambda one: _begin_alike(one, name.lower()), default=None)
    return f" Do you mean “{meant}”?" if meant else ""


def _begin_alike(one: str, other: str) -> int:
    return len([*takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))])
