"""What every door out shares: the moment that was asked for, and answers that are validated by a public position."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import get_language

from editorial import encodings, kept
from editorial.lately import Lately, memory
from editorial.models.change import UNSETTLING, Change
from editorial.redirects import Redirects
from ledger import clock

MAX_DIGITS = 18
# A day off, so that no zone leads beyond what the calendar has.
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,30})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_LEAP_SECOND = re.compile(r"(?<=:\d\d:)60(?=[.Z+-])")
EXPECTED = (
    "Write a position, as in “42”, a day, as in “2026-03-31”, "
    "or a moment with its zone, as in “2026-03-31T12:00:00Z”."
)


class BadMoment(ValueError):
    """``as_of`` names no moment; the sentence says why."""


@dataclass(frozen=True)
class AsOf:
    """A public position and its moment; position 0 and no moment before anything was public.

    ``last``: the last public position of all. ``asked``: what the reader wrote, empty for the present. ``also``: what
    else the answer rests on, as a text that moves with it: the last position's moment, since a database that is
    restored counts on from where it was; and what the door asked for.
    """

    position: int
    moment: datetime | None
    last: int
    asked: str = ""
    also: str = ""

    @property
    def past(self) -> bool:
        """Whether a moment was asked for."""
        return bool(self.asked)

    @property
    def present(self) -> bool:
        """Whether it is the last public position, however it was asked for."""
        return self.position == self.last

    @cached_property
    def lately(self) -> Lately:
        """What changed before the present: one query for each new position, of those who need it."""
        return memory.upto(self.position, self.moment)

    @cached_property
    def redirects(self) -> Redirects:
        """What was merged into what at the position: one query at most a request, of those that need it."""
        return Redirects.lately(self.lately) if self.present else Redirects.at(self.position)


_LAST = "SELECT position, moment FROM editorial_change ORDER BY position DESC LIMIT 1"
_UNSETTLED = f"""
    SELECT FROM editorial_change
    WHERE position > $1 AND kind IN ({", ".join(f"'{kind}'" for kind in UNSETTLING)}) LIMIT 1
"""


def last_public(also: QuerySet | None = None) -> AsOf:
    """The last public position, and the one value that ``also`` asks for: one indexed query."""
    position, moment, more = _last() if also is None else _last_and(also)
    return AsOf(position, moment, last=position, also=f"{moment} {more}")


def _last() -> tuple[int, datetime | None, str]:
    """By hand: every request asks for it, and writing the question would take longer than answering it."""
    found = connection.rows(_LAST)  # type: ignore[attr-defined]
    return (int(found[0][0]), datetime.fromisoformat(found[0][1]), "") if found else (0, None, "")


def _last_and(also: QuerySet) -> tuple[int, datetime | None, Any]:
    changes = Change.objects.order_by("-position").annotate(also=Subquery(also))
    return changes.values_list("position", "moment", "also").first() or (0, None, "")


def settled(also: QuerySet | None = None) -> AsOf:
    """The last position that changed what the past shows, when all began, and the one value that ``also`` asks for.

    One indexed query.
    """
    unsettling = Change._default_manager.filter(kind__in=UNSETTLING).order_by("-position")
    begun = Change._default_manager.order_by("position").annotate(
        last=Subquery(unsettling.values("position")[:1]),
        at=Subquery(unsettling.values("moment")[:1]),
        also=Value("") if also is None else Subquery(also),
    )
    last, *moments = begun.values_list("last", "moment", "at", "also").first() or (0, None, None, None)
    return AsOf(0, None, last=last or 0, also=str(moments))


def resolve(asked: str | None, also: QuerySet | None = None) -> AsOf:
    """The public position of what was asked: digits are a position, else a day or a moment. Raises BadMoment."""
    present = last_public(also)
    if asked is None:
        return present
    if _DIGITS.fullmatch(asked):
        if len(asked) > MAX_DIGITS or int(asked) > present.position:
            raise BadMoment(f"The last public position is {present.position}.")
        changes = Change.objects.filter(position__lte=int(asked))
    else:
        # An unescaped plus arrives as a space.
        changes = Change.objects.filter(moment__lte=_moment(asked.replace(" ", "+")))
    position, moment = _latest(changes)
    return AsOf(position, moment, present.position, asked, present.also)


def _latest(changes: QuerySet[Change]) -> tuple[int, datetime | None]:
    return changes.order_by("-position").values_list("position", "moment").first() or (0, None)


def _moment(asked: str) -> datetime:
    now = clock.now()
    try:
        if _DAY.fullmatch(asked):
            day = date.fromisoformat(asked)
            if day > now.date():
                raise BadMoment("This day is in the future.")
            return min(now, datetime.combine(day, time.max, UTC))
        if not _MOMENT.fullmatch(asked):
            raise BadMoment(EXPECTED)
        # RFC 3339 knows leap seconds, Python and the database do not: the second before stands for one.
        moment = datetime.fromisoformat(_LEAP_SECOND.sub("59", asked.upper()))
        in_future = moment > now
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, BadMoment) else BadMoment(EXPECTED) from error
    if in_future:
        raise BadMoment("This moment is in the future.")
    return max(moment, EARLIEST)


def etag(as_of: AsOf, representation: str) -> str:
    """A strong validator: the same positions, build, language and representation give the same bytes.

    An address is part of the representation as it was asked for, letter by letter: links repeat it.

    The past moves with the last public position as well: what is withdrawn or erased is gone from it.
    """
    positions = (str(as_of.last), str(as_of.position), as_of.also)
    parts = (*positions, settings.BUILD, get_language() or "", representation)
    return quote_etag(hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32])


def conditional(
    request: HttpRequest, validator: str, render: Callable[[], HttpResponse], as_of: AsOf | None = None
) -> HttpResponse:
    """304 without rendering where the client has this state already, else what ``render`` gives, or gave before.

    The state is the same in whichever encoding the client has it; the answer's validator is that of the encoding in
    which it goes out (aichina/middleware.py compresses, and keeps).

    ``as_of``: what the validator was made of. What was withdrawn while the answer was rendered may be gone from one
    half of it: then it is no state that has a validator, and nobody's to keep.
    """
    response = at_once(request, validator)
    if response is None:
        response = render()
        if response.status_code == 200 and not (as_of and _unsettled(as_of)):
            response = _known(request, validator, "*") or _validated(request, validator, response)
        elif "Cache-Control" not in response:
            # What is withdrawn may be reinstated, and what is not there may come.
            response["Cache-Control"] = "no-store"
    return response


def at_once(request: HttpRequest, validator: str) -> HttpResponse | None:
    """What can be answered without rendering: that the client has it, or what was rendered before.

    A request looks once: what was not there when it came is not there a moment later.
    """
    if getattr(request, "looked_for", "") == validator:
        return None
    request.looked_for = validator  # type: ignore[attr-defined]
    unchanged = _known(request, validator, encodings.bare(validator))
    if unchanged:
        return unchanged
    found = kept.find(_sent(request, validator))
    # Whoever has any state of it needs to know that there is one.
    return found and (_known(request, validator, "*") or found)


def _unsettled(as_of: AsOf) -> bool:
    """Whether the past is shown otherwise than when this was the last position."""
    return bool(connection.rows(_UNSETTLED, as_of.last))  # type: ignore[attr-defined]


def _known(request: HttpRequest, validator: str, tag: str) -> HttpResponse | None:
    """304 where the client says that it knows this."""
    given = request.headers.get("If-None-Match")
    if not given or tag not in {encodings.bare(known) for known in parse_etags(given)}:
        return None
    return _public(HttpResponseNotModified(), _sent(request, validator))


def _validated(request: HttpRequest, validator: str, response: HttpResponse) -> HttpResponse:
    request.keep_as = _sent(request, validator)  # type: ignore[attr-defined]
    response["Surrogate-Key"] = " ".join(filter(None, ("tracker", response.get("Surrogate-Key"))))
    return _public(response, _sent(request, validator))


def _public(response: HttpResponse, validator: str) -> HttpResponse:
    response["ETag"] = validator
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ("Accept", "Accept-Language", "Accept-Encoding"))
    return response


def _sent(request: HttpRequest, validator: str) -> str:
    return encodings.tagged(validator, encodings.wanted(request))
