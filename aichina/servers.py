"""What the servers that we use must be like: versions, the role that we work as, a broker that evicts nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import redis
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import Error, connection

MIN_POSTGRESQL = 150_000
MIN_REDIS = (6, 2)
MIN_VALKEY = (7, 2)
_TIMEOUT = 3


def faults() -> list[str]:
    """Why this process should not start, in one sentence each. A broker that cannot be reached is no reason."""
    return [*_database_faults(), *_redis_faults("REDIS_URL", settings.REDIS_URL, broker=True),
            *_redis_faults("CACHE_URL", settings.CACHE_URL, broker=False)]  # fmt: skip


def refuse_to_start() -> None:
    """Exit with the faults, if there are any."""
    if found := faults():
        sys.exit("\n".join(found))


def refuse_without_files() -> None:
    """Exit where the static files were not collected: each page names them, that of an error too."""
    try:
        staticfiles_storage.stored_name("website/tracker.css")  # type: ignore[attr-defined]
    except ValueError:
        sys.exit("The static files are not there: run manage.py collectstatic first.")


def _database_faults() -> Iterator[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int, current_user, r.rolsuper, "
                "EXISTS (SELECT FROM pg_tables WHERE tablename = 'ledger_event' AND pg_has_role(tableowner, 'MEMBER')) "
                "FROM pg_roles r WHERE rolname = current_user"
            )
            version, role, superuser, owner = cursor.fetchone()
    except Error as error:
        yield f"DATABASE_URL: the database does not answer: {str(error).splitlines()[0]}"
        return
    if version < MIN_POSTGRESQL:
        yield f"DATABASE_URL: PostgreSQL 15 or later is needed; this is {version // 10_000}."
    if superuser or owner:
        yield (
            f"DATABASE_URL: the role “{role}” owns the event log or is a superuser, and could rewrite it; "
            "use the application's role (manage.py roles)."
        )


def _redis_faults(name: str, url: str, *, broker: bool) -> Iterator[str]:
    try:
        with redis.Redis.from_url(
            url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT, decode_responses=True
        ) as client:
            server = client.info("server")
            policy = client.info("memory").get("maxmemory_policy", "")
    except (redis.RedisError, ValueError, OSError):
        return
    yield from _version_faults(name, server)
    if broker and policy != "noeviction":
        yield (
            f"{name}: this server may throw queued work away (maxmemory-policy is “{policy}”); "
            "give the broker a server of its own with maxmemory-policy noeviction."
        )


def _version_faults(name: str, server: dict[str, str]) -> Iterator[str]:
    valkey = "valkey_version" in server
    text = server["valkey_version" if valkey else "redis_version"]
    least = MIN_VALKEY if valkey else MIN_REDIS
    if tuple(int(part) for part in text.split(".")[:2]) < least:
        needed = ".".join(map(str, least))
        yield f"{name}: {'Valkey' if valkey else 'Redis'} {needed} or later is needed; this is {text}."
