"""Which candidates an editor wants to see, in which order, and what stands before and after one of them.

Nothing is found by the number of a page: a candidate's own place says what follows it, also when others were decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left

from editorial.models import User
from imports.models import Candidate, State

BEFORE, AFTER = 5, 100
MAX_WORDS = 10

ORDERS = {"score": ("-score", "-pk"), "newest": ("-pk",)}
ASSIGNEES = {"me": "Me", "nobody": "Nobody"}
_SEARCHED = ("title", "summary", "publisher", "address")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters and the order, as the page's address has them; ``q`` are words that all must stand in it."""

    state: str = State.NEW.value
    source: str = ""
    assignee: str = ""
    language: str = ""
    q: str = ""
    order: str = "score"

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Self:
        """Raises BadRequest for what the page does not offer."""
        values = {field.name: asked.get(field.name, "").strip() for field in fields(cls)}
        wanted = cls(**{name: value for name, value in values.items() if value})
        known = (
            wanted.state in State.values and wanted.order in ORDERS and wanted.assignee in ("", *ASSIGNEES)
        )
        if not known or any("\x00" in value or len(value) > 200 for value in values.values()):
            raise BadRequest("The inbox has no such filter.")
        try:
            return cls(**{**asdict(wanted), "source": str(UUID(wanted.source)) if wanted.source else ""})
        except ValueError as error:
            raise BadRequest("A source is named by its id.") from error

    def pairs(self, **more: Any) -> list[tuple[str, str]]:
        """Names and values as an address has them, those left out that go without saying."""
        usual = asdict(type(self)())
        named = [(name, value) for name, value in asdict(self).items() if value != usual[name]]
        return [*named, *((name, str(value)) for name, value in more.items() if value)]

    def query(self, **more: Any) -> str:
        return urlencode(self.pairs(**more))

    def rows(self, user: User) -> QuerySet[Candidate]:
        """What the filters let through, in no order."""
        wanted = Q(state=self.state)
        if self.source:
            wanted &= Q(source=self.source)
        if self.assignee:
            wanted &= Q(assignee=user) if self.assignee == "me" else Q(assignee=None)
        if self.language:
            wanted &= Q(language=self.language)
        for word in self.q.split()[:MAX_WORDS]:
            stands = Q()
            for name in _SEARCHED:
                stands |= Q(**{f"{name}__icontains": word})
            wanted &= stands
        return Candidate.objects.filter(wanted)

    def after(self, one: Candidate) -> Q:
        later = Q(pk__lt=one.pk)
        return later if self.order == "newest" else Q(score__lt=one.score) | Q(score=one.score) & later

    def before(self, one: Candidate) -> Q:
        earlier = Q(pk__gt=one.pk)
        return earlier if self.order == "newest" else Q(score__gt=one.score) | Q(score=one.score) & earlier

    def ordered(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        return rows.order_by(*ORDERS[self.order])

    def reversed(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        return self.ordered(rows).reverse()


def whole() -> QuerySet[Candidate]:
    """Candidates with all that the page says of one."""
    return Candidate.objects.select_related("source", "assignee", "state_by", "merged_into")


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate as the queue shows it. ``back``: it was here before, and says why it is again."""

    id: int
    title: str
    publisher: str
    language: str
    day: str
    score: int
    back: bool


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the queue around a candidate. ``place``: how many stand before it."""

    before: list[Row]
    after: list[Row]
    total: int
    place: int

    @property
    def next(self) -> Row | None:
        return self.after[0] if self.after else None

    @property
    def previous(self) -> Row | None:
        return self.before[-1] if self.before else None

    @property
    def beyond(self) -> Row | None:
        """Where the next part begins, if there is one."""
        return self.after[-1] if len(self.after) == AFTER else None


def first(wanted: Wanted, user: User) -> int | None:
    key: int | None = wanted.ordered(wanted.rows(user)).values_list("pk", flat=True).first()
    return key


def window(wanted: Wanted, user: User, one: Candidate | None) -> Window:
    """Three queries, however many candidates there are."""
    if one is None:
        return Window([], [], 0, 0)
    rows = wanted.rows(user)
    before = list(_shown(wanted.reversed(rows.filter(wanted.before(one)))[:BEFORE]))
    after = list(_shown(wanted.ordered(rows.filter(wanted.after(one)))[:AFTER]))
    counted = rows.aggregate(total=Count("pk"), place=Count("pk", filter=wanted.before(one)))
    return Window(before[::-1], after, counted["total"], counted["place"])


def row(one: Candidate) -> Row:
    return Row(
        one.pk, str(one), one.publisher, one.language, one.published[:10], one.score, back=bool(one.remark)
    )


def _shown(rows: QuerySet[Candidate]) -> Iterator[Row]:
    names = ("pk", "title", "address", "publisher", "language", "published", "score", "remark")
    for found in rows.annotate(start=Left("summary", 80)).values(*names, "start"):
        title = found["title"] or found["start"] or found["address"] or "Untitled"
        yield Row(
            found["pk"], title, found["publisher"], found["language"], found["published"][:10], found["score"],
            back=bool(found["remark"]),
        )  # fmt: skip


def following(wanted: Wanted, user: User, one: Candidate) -> int | None:
    """Where an editor goes on after a decision: to the next one, at the end of the queue to the one before."""
    rows = wanted.rows(user).exclude(pk=one.pk).values_list("pk", flat=True)
    after = wanted.ordered(rows.filter(wanted.after(one))).first()
    return after or wanted.reversed(rows.filter(wanted.before(one))).first()


def offered(wanted: Wanted) -> tuple[list[tuple[str, str]], list[str]]:
    """The sources, as (id, name), and the languages of the candidates in this state, in one query."""
    found = (
        Candidate.objects.filter(state=wanted.state)
        .order_by("source__name")
        .values_list("source", "source__name", "language")
    )
    pairs = list(found.distinct())
    sources = {str(key): name for key, name, _ in pairs}
    return list(sources.items()), sorted({language for _, _, language in pairs} - {""})
