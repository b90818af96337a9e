"""A connection that was kept from the request before is used if it still stands, and nobody is asked for that."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test.utils import CaptureQueriesContext


def request_begins() -> None:
    connection.close_if_unusable_or_obsolete()


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_connection_that_stands_is_kept_and_not_asked_about(committed_db: str) -> None:
    first = backend()
    request_begins()
    with CaptureQueriesContext(connection) as queries:
        assert backend() == first
        assert connection.is_usable()
    assert len(queries) == 1


def test_one_that_the_server_ended_is_noticed_before_anybody_meets_it(committed_db: str) -> None:
    first = backend()
    end(first)
    request_begins()
    assert backend() != first
    end(backend())
    with pytest.raises(OperationalError):  # in the midst of a request it is met
        backend()
    connection.close()


def end(pid: int) -> None:
    """By the role itself, which may end its own."""
    given = {
        name: connection.get_connection_params()[name]
        for name in ("host", "port", "user", "password", "dbname")
    }
    with psycopg.connect(**given, autocommit=True) as other:
        assert other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid]).fetchone() == (True,)
