"""What a profile says: an actor's names, facts and relations. Its name is its title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

import edtf
from actors.relations import Relation, reversed_dates
from editorial.models.content import Content, source_problems
from editorial.models.fields import ItemsField, items_index
from editorial.sources import Fault, Item, Source, address_faults
from editorial.workflow import Refusal
from edtf.fields import EDTFField


class Kind(models.TextChoices):
    COMPANY = "company", "Company"
    PRODUCT = "product", "Product"
    GOVERNMENT_BODY = "government_body", "Government body"
    PARTY_BODY = "party_body", "Party body"
    UNIVERSITY = "university", "University"
    RESEARCH_INSTITUTE = "research_institute", "Research institute"
    COURT = "court", "Court"
    PERSON = "person", "Person"
    INTERNATIONAL_BODY = "international_body", "International body"
    FUND = "fund", "Fund"
    MEDIA = "media", "Media"


# Each scheme with the form of its identifiers, and an example.
SCHEMES = {
    "wikidata": (re.compile(r"Q[1-9][0-9]{0,11}", re.ASCII), "Q160120"),
    "lei": (re.compile(r"[A-Z0-9]{18}[0-9]{2}", re.ASCII), "5493001NTNQJDH60PM02"),
    "ror": (re.compile(r"0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}", re.ASCII), "03cve4549"),
    "ticker": (re.compile(r"[A-Z0-9][A-Za-z0-9.:;& -]{0,99}", re.ASCII), "SEHK: 9988"),
}
SCHEME_LABELS = [("wikidata", "Wikidata"), ("lei", "LEI"), ("ror", "ROR"), ("ticker", "Ticker")]


@dataclass(frozen=True, slots=True)
class Identifier(Item):
    """By which others know the actor. An LEI's last two digits check the rest (ISO 17442)."""

    scheme: str = field(default="", metadata={"choices": SCHEME_LABELS})
    value: str = field(default="", metadata={"help": "Q160120, SEHK: 9988"})

    def faults(self) -> Iterator[Fault]:
        if self.scheme not in SCHEMES:
            yield "scheme", f"A scheme is one of {', '.join(SCHEMES)}."
            return
        form, example = SCHEMES[self.scheme]
        if not form.fullmatch(self.value) or (self.scheme == "lei" and not _checks(self.value)):
            yield "value", f"“{self.value[:40]}” is no identifier of this scheme, such as {example}."


def _checks(lei: str) -> bool:
    """ISO 7064, MOD 97-10."""
    return int("".join(str(int(letter, 36)) for letter in lei)) % 97 == 1


def web_address(address: str) -> None:
    """Raises ValidationError for what is no address on the web."""
    for _, sentence in address_faults("web", address):
        raise ValidationError(sentence)


class ActorContent(Content):
    """``title`` is the name in English. Other names: ``name_zh``, ``pinyin``, ``aliases`` in any script."""

    FIELDS: ClassVar[tuple[str, ...]] = (
        "kind", "title", "name_zh", "pinyin", "aliases", "country", "seat", "founded", "ended", "text", "basis", "web",
        "identifiers", "relations", "sources", "source_wanted",
    )  # fmt: skip
    KEPT: ClassVar[tuple[str, ...]] = ("kind", "title")
    LABEL: ClassVar[tuple[str, ...]] = ("title", "name_zh")
    REFERS: ClassVar[dict[str, str]] = {"relations": "actor"}

    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.COMPANY, blank=True)
    name_zh = models.CharField("Chinese name", max_length=200, blank=True, default="")
    pinyin = models.CharField(max_length=200, blank=True, default="")
    aliases = ArrayField(
        models.CharField(max_length=200), verbose_name="other names", default=list, blank=True, size=50,
        help_text="One a line, in any script.",
    )  # fmt: skip
    country = models.CharField(
        max_length=2,
        blank=True,
        default="",
        validators=[RegexValidator(r"\A[A-Z]{2}\Z", "Write the country’s two letters (ISO 3166), as in CN.")],
        help_text="Two letters (ISO 3166): CN, US, DE.",
    )
    seat = models.CharField(max_length=200, blank=True, default="")
    founded = EDTFField("founded or born", null=True, blank=True, default=None)
    ended = EDTFField(null=True, blank=True, default=None)
    text = models.TextField(max_length=20_000, blank=True, default="", help_text="Markdown.")
    basis = models.TextField(
        "basis of the facts", max_length=2_000, blank=True, default="",
        help_text="What names and dates rest on, and where accounts differ.",
    )  # fmt: skip
    web = models.CharField("web address", max_length=2_000, blank=True, default="", validators=[web_address])
    identifiers = ItemsField(Identifier)
    relations = ItemsField(Relation)
    sources = ItemsField(Source)
    source_wanted = models.BooleanField(
        default=False, blank=True, help_text="It has no source yet; readers see that one is wanted."
    )

    class Meta:
        abstract = True

    @classmethod
    def problems(cls, content: Mapping[str, Any]) -> Iterator[Refusal]:
        for name, what in {"title": "A name", "kind": "A kind", "text": "A text"}.items():
            if not content.get(name):
                yield Refusal(f"{what} is missing.", name, "input")
        yield from source_problems(content)
        if reversed_dates(content.get("founded") or "", content.get("ended") or ""):
            yield Refusal("It ended before it was founded.", "ended", "input")

    @classmethod
    def columns(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        values = super().columns(content)
        dates = {name: edtf.parse(values[name]) if values[name] else None for name in ("founded", "ended")}
        return {
            **values,
            **dates,
            "identifiers": [Identifier.from_data(item) for item in values["identifiers"]],
            "relations": [Relation.from_data(item) for item in values["relations"]],
            "sources": [Source.from_data(item) for item in values["sources"]],
        }

    @classmethod
    def searched_text(cls, content: Mapping[str, Any]) -> str:
        """All names first: who looks for an actor looks for a name."""
        texts = [content.get(name) or "" for name in ("title", "name_zh", "pinyin", "seat", "text", "basis")]
        identifiers = [item.get("value", "") for item in content.get("identifiers") or []]
        return "\n".join([*texts, *(content.get("aliases") or []), *identifiers])


def actor_indexes() -> list[models.Index]:
    """Indexes for what people filter by, and for who is related to whom."""
    return [
        models.Index(fields=["title", "document"], name="actor_title"),
        items_index("relations", "actor_relations"),
    ]
