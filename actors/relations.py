"""Relations between actors: typed, directed, dated, sourced. Pure; the other actor is looked up when it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from django.db import models

import edtf
from editorial.sources import Fault, Source, date_faults, reference_faults

MAX_NOTE = 1_000


class RelationType(models.TextChoices):
    """What the actor whose profile it is does to the target; ``PASSIVE`` says it from the target's side."""

    OWNS = "owns", "owns"
    INVESTED_IN = "invested_in", "invested in"
    PART_OF = "part_of", "is part of"
    REGULATES = "regulates", "regulates"
    PARTNER_OF = "partner_of", "is a partner of"
    FOUNDED_BY = "founded_by", "was founded by"
    LEADS = "leads", "leads"
    PRODUCT_OF = "product_of", "is a product of"
    SPUN_OFF_FROM = "spun_off_from", "was spun off from"
    SUCCEEDED_BY = "succeeded_by", "was succeeded by"


PASSIVE = {
    RelationType.OWNS: "is owned by",
    RelationType.INVESTED_IN: "has as an investor",
    RelationType.PART_OF: "has as a part",
    RelationType.REGULATES: "is regulated by",
    RelationType.PARTNER_OF: "is a partner of",
    RelationType.FOUNDED_BY: "founded",
    RelationType.LEADS: "is led by",
    RelationType.PRODUCT_OF: "makes",
    RelationType.SPUN_OFF_FROM: "spun off",
    RelationType.SUCCEEDED_BY: "succeeded",
}


def reversed_dates(begin: str, end: str) -> bool:
    """Whether a beginning and an end, both EDTF or empty, are surely in the wrong order."""
    return bool(begin and end) and edtf.parse(end).latest < edtf.parse(begin).earliest


@dataclass(frozen=True, slots=True)
class Relation(Source):
    """To the actor ``target``, an id, with the source that it rests on; ``since`` and ``until`` are EDTF."""

    NORMALISED: ClassVar[Mapping[str, Callable[[str], str]]] = {**Source.NORMALISED, "target": str.lower}

    type: str = field(default="", metadata={"choices": RelationType.choices})
    target: str = field(default="", metadata={"refers": True})
    since: str = field(default="", metadata={"help": "2024, 2024-03, 2024-03-10"})
    until: str = field(default="", metadata={"help": "2024, 2024-03, 2024-03-10"})
    note: str = ""

    def faults(self) -> Iterator[Fault]:
        yield from Source.faults(self)
        if self.type not in RelationType.values:
            yield "type", f"A relation is one of {', '.join(RelationType.values)}."
        yield from reference_faults("target", self.target, "Choose an actor.")
        if len(self.note) > MAX_NOTE:
            yield "note", f"At most {MAX_NOTE:,} characters."
        wrong = [*date_faults("since", self.since), *date_faults("until", self.until)]
        yield from wrong
        if not wrong and reversed_dates(self.since, self.until):
            yield "until", "It ends before it begins."

    def source(self) -> dict[str, str]:
        """The source alone, as the API gives sources."""
        own = {"type", "target", "since", "until", "note"}
        return {name: value for name, value in self.data().items() if name not in own}

    @property
    def active(self) -> str:
        """As the profile says it."""
        return RelationType(self.type).label

    @property
    def passive(self) -> str:
        """As the target's profile says it."""
        return PASSIVE[RelationType(self.type)]
