"""People as the admin shows them: who asks, and what somebody is called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.http import HttpRequest

from editorial.models import User
from editorial.permissions import GROUPS, OPERATOR, SCHEDULER, person
from editorial.workflow import Person

FORMER = "a former colleague"
MACHINES = {SCHEDULER.id: "the scheduler", OPERATOR.id: "the operator"}


def editor(request: HttpRequest) -> Person:
    """Who asks, read once a request."""
    found: Person | None = getattr(request, "editor", None)
    if found is None:
        found = person(request.user)  # type: ignore[arg-type]
        request.editor = found  # type: ignore[attr-defined]
    return found


def full_name(prefix: str = "") -> Any:
    """A person's name as an expression of the database: first and last name, else the user name."""
    written = Trim(Concat(F(f"{prefix}first_name"), Value(" "), F(f"{prefix}last_name")))
    return Coalesce(NullIf(written, Value("")), F(f"{prefix}username"))


def names(ids: Iterable[str | None]) -> dict[str, str]:
    """What these people and machines are called."""
    wanted = {key for key in ids if key}
    found = User.objects.filter(pk__in=[UUID(key) for key in wanted]).annotate(called=full_name())
    known = {str(key): called for key, called in found.values_list("pk", "called")}
    return {key: MACHINES.get(key) or known.get(key, FORMER) for key in wanted}


def colleagues() -> list[tuple[str, str]]:
    """Everybody who can be given a task, by id and name."""
    people = User.objects.filter(is_active=True, is_staff=True, groups__name__in=GROUPS)
    rows = people.annotate(called=full_name()).order_by("called", "pk").values_list("pk", "called").distinct()
    return [(str(key), called) for key, called in rows]
