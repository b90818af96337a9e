"""A server that flushes every commit to disk, and fresh databases on it."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

TEMPLATE = f"benchmark_template_{uuid4().hex[:8]}"
ALIASES = ("default", "owner")


@contextmanager
def servers() -> Iterator[None]:
    """PostgreSQL and two Valkeys in a temporary folder; those that the environment names are used as they are."""
    with ExitStack() as stack:
        os.environ["AICHINA_ENV"] = "test"
        os.environ.setdefault("LOG_LEVEL", "ERROR")
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        if not os.environ.get("DATABASE_URL"):
            _start(stack)
        yield


def _start(stack: ExitStack) -> None:
    from aichina.local.environment import Environment
    from aichina.local.postgres import Postgres, temporary_folder
    from aichina.local.valkey import Valkey

    folder = temporary_folder()
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    environment = Environment.at(folder)
    started: list[Any] = [Postgres(folder / "postgres", environment, fast=False)]
    started += [Valkey(name, folder / name, environment, quiet=True) for name in ("broker", "cache")]
    for server in started:
        stack.callback(server.stop)
        server.start()
    os.environ.update(environment.addresses())
    os.environ["STATIC_ROOT"] = str(folder / "static")


def describe() -> str:
    """The server's version and the settings that decide what a commit costs."""
    names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")
    with owner_connection("postgres") as connection:
        values = [connection.execute(f"SHOW {name}").fetchone()[0] for name in names]
    shown = ", ".join(f"{name} {value}" for name, value in zip(names[1:], values[1:], strict=True))
    return f"PostgreSQL {values[0].split()[0]} on loopback, {os.cpu_count()} cores: {shown}"


@contextmanager
def template(create_tables: Callable[[], None]) -> Iterator[None]:
    """A migrated database for ``fresh`` to copy, with the tables of all peers; gone afterwards.

    ``create_tables`` makes those of peers that have no models of Django's.
    """
    from django.apps import apps
    from django.core.management import call_command
    from django.db import connections

    with owner_connection("postgres") as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    _default_privileges()
    _use(TEMPLATE)
    call_command("migrate", database="owner", verbosity=0)
    with connections["owner"].schema_editor() as editor:
        for model in apps.get_app_config("peers").get_models():
            editor.create_model(model)
    create_tables()
    _use("postgres")
    try:
        yield
    finally:
        _drop(TEMPLATE)


@contextmanager
def fresh() -> Iterator[None]:
    """Work on a database of one's own, as the application's role and, by the alias `owner`, as the owner."""
    name = f"benchmark_{uuid4().hex[:12]}"
    with owner_connection("postgres") as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
    _use(name)
    try:
        yield
    finally:
        _use("postgres")
        _drop(name)


def parameters(alias: str) -> dict[str, Any]:
    """Host, port, user, password and dbname of the database that is worked on."""
    from django.db import connections

    given = connections[alias].get_connection_params()
    return {name: given[name] for name in ("host", "port", "user", "password", "dbname")}


def owner_connection(database: str) -> psycopg.Connection[Any]:
    """A connection of the owner's, outside of Django."""
    return psycopg.connect(**parameters("owner") | {"dbname": database}, autocommit=True)


def _use(database: str) -> None:
    from django.db import connections

    for alias in ALIASES:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = database


def _drop(database: str) -> None:
    """Without FORCE, which the owner may not use on an autovacuum; the server waits for those that are leaving."""
    with owner_connection("postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(database)))


def _default_privileges() -> None:
    from aichina.roles import default_privileges

    owner, app = (str(urlsplit(os.environ[name]).username) for name in ("DATABASE_OWNER_URL", "DATABASE_URL"))
    with owner_connection(TEMPLATE) as connection:
        for statement in default_privileges(owner, app):
            connection.execute(statement)
