"""/healthz: the process lives. /readyz: it can do its work, check by check."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, JsonResponse

from aichina.models import Heartbeat
from ledger import subscriptions
from outbound import sandbox
from syndication.limits import passed_unseen
from syndication.models import State, Webhook

LAG = 10_000


def healthz(request: HttpRequest) -> HttpResponse:
    """Touches nothing but the process."""
    return _uncached(HttpResponse("ok\n", content_type="text/plain"))


def readyz(request: HttpRequest) -> HttpResponse:
    """200 if every check holds, else 503; which, and why, in JSON."""
    checks = {name: _run(check) for name, check in CHECKS.items()}
    ready = all(check["ok"] for check in checks.values())
    return _uncached(JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503))


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def _run(check: Callable[[], dict[str, object]]) -> dict[str, object]:
    try:
        return check()
    except Error as error:
        return {"ok": False, "why": f"The database does not answer: {type(error).__name__}."}


def _database() -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True}


def _migrations() -> dict[str, object]:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return {"ok": not missing, **({"why": f"{missing} migrations are missing."} if missing else {})}


def _subscriptions() -> dict[str, object]:
    lags, parked = subscriptions.lag(), subscriptions.parked()
    # Less than none: the log is shorter than what a subscriber has seen of it.
    ok = not parked and all(0 <= lag <= LAG for lag in lags.values())
    return {
        "ok": ok,
        "lag": lags,
        "parked": parked,
        **({} if ok else {"why": "A subscriber is behind or stuck."}),
    }


def _heartbeat() -> dict[str, object]:
    age_now = ExpressionWrapper(Now() - F("beaten_at"), output_field=DurationField())
    row = Heartbeat.objects.values_list(age_now, flat=True).first()
    if row is None:
        return {"ok": False, "age": None, "why": "No message of beat has reached a worker yet."}
    age = round(row.total_seconds(), 1)
    if age <= settings.HEARTBEAT_MAX_AGE:
        return {"ok": True, "age": age}
    return {"ok": False, "age": age, "why": f"No message of beat has reached a worker for {age:.0f} seconds."}


def _limits() -> dict[str, object]:
    """Requests that Redis did not count in time passed all the same: that is to be known, and no reason to be red."""
    return {"ok": True, "passed_unseen": passed_unseen()}


def _webhooks() -> dict[str, object]:
    """A subscriber that takes nothing is to be known, and no fault of ours."""
    return {"ok": True, "parked": Webhook.objects.filter(state=State.PARKED).count()}


CHECKS: dict[str, Callable[[], dict[str, object]]] = {
    "database": _database,
    "migrations": _migrations,
    "subscriptions": _subscriptions,
    "heartbeat": _heartbeat,
    "sandbox": sandbox.isolation,
    "limits": _limits,
    "webhooks": _webhooks,
}
