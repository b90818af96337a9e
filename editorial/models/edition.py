"""Edition: what is public, and was. A row is valid from its position until the next row of the same document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models
from django.db.models.expressions import Func

from editorial import search


class Significance(models.TextChoices):
    """What kind of change the edition is; WITHDRAWN: there is none any more."""

    MAJOR = "major"
    MINOR = "minor"
    CORRECTION = "correction"
    REINSTATED = "reinstated"
    WITHDRAWN = "withdrawn"


class EditionQuerySet(models.QuerySet[Any]):
    def as_of(self, position: int) -> Self:
        """What stood at this position: live and withdrawn documents, one row each."""
        return self.filter(validity__contains=position)

    def live(self, position: int) -> Self:
        """What was public at this position. What its withdrawal hid since then is in it, without its text."""
        return self.filter(validity__contains=position, withdrawn=False)

    def lean(self, *columns: str) -> models.QuerySet[Any, Any]:
        """Tuples that name which rows they are, and these columns; ``version`` moves with every write of a row.

        There is nothing else in them, so that nobody asks for a row's other columns one by one. The number of a write
        may come again in a database that was restored; with the moment it does not.
        """
        names = dict.fromkeys(("position", "document", "version", *columns))
        version = models.Func(template="xmin || ' ' || moment", output_field=models.TextField())
        return self.annotate(version=version).values_list(*names, named=True)

    def search(self, text: str) -> Self:
        """Those that hold all words of the text."""
        question = search.query(text)
        if not question:
            return self.none()
        found = self.filter(search=SearchQuery(question, config="simple", search_type="raw"))
        for phrase in search.phrases(text):
            found = found.filter(search_text__contains=phrase)
        return found


class Edition(models.Model):
    """Abstract. ``begins``: an edition begins with the row, or its withdrawal; a new address alone begins neither.

    ``hidden``: a withdrawal took the text of this row away, also in the past, and left KEPT and notice. ``moment``:
    when the edition became public; ``updated_at``: the date readers are told, which minor changes do not move.

    A type whose lists are long keeps them as rows of their own: ``PART`` is their model, keyed by the edition's
    position and what ``parts`` gives, with a column for the document.
    """

    PART: ClassVar[type[models.Model] | None] = None

    position = models.BigIntegerField(primary_key=True, editable=False)
    document = models.UUIDField()
    number = models.IntegerField()
    begins = models.BooleanField()
    slug = models.CharField(max_length=100)
    significance = models.CharField(max_length=12, choices=Significance.choices)
    note = models.TextField()
    policy = models.CharField(max_length=10)
    changed = ArrayField(models.CharField(max_length=50))
    moment = models.DateTimeField()
    first_published_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    valid_from = models.BigIntegerField()
    valid_to = models.BigIntegerField(null=True)
    validity = models.GeneratedField(
        expression=Func("valid_from", "valid_to", function="int8range"),
        output_field=BigIntegerRangeField(),
        db_persist=True,
    )
    withdrawn = models.BooleanField()
    withdrawn_at = models.DateTimeField(null=True)
    notice = models.TextField()
    hidden = models.BooleanField()
    erased = ArrayField(models.CharField(max_length=50))
    search_text = models.TextField()
    search = models.GeneratedField(
        expression=SearchVector("search_text", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            ExclusionConstraint(
                name="%(class)s_one_at_a_time",
                expressions=[("document", RangeOperators.EQUAL), ("validity", RangeOperators.OVERLAPS)],
            )
        ]
        indexes = [
            GistIndex(fields=["validity"], name="%(class)s_validity"),
            GinIndex(fields=["search"], name="%(class)s_search"),
            models.Index(fields=["document", "position"], name="%(class)s_document"),
            models.Index(fields=["slug", "position"], name="%(class)s_slug"),
        ]

    @classmethod
    def forget(cls, document: UUID, using: str) -> None:
        """Take away what was made of the document's text and is not projected: an erasure has to reach that too."""

    @classmethod
    def parts(cls, content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The parts of this content, without position and document."""
        yield from ()
