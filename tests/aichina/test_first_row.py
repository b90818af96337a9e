"""What every request asks of the database is asked in the shortest way, and fails as anything else does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from django.db import DataError, OperationalError, connection, transaction

QUESTION = "SELECT count(*)::text, NULL::text, 'ü' FROM editorial_change"


@pytest.fixture(autouse=True)
def outside_of_transactions(committed_db: str) -> Iterator[None]:
    yield
    connection.close()


def test_a_row_is_the_same_in_and_outside_of_a_transaction() -> None:
    assert connection.first_row(QUESTION) == ("0", None, "ü")
    with transaction.atomic():
        assert connection.first_row(QUESTION) == ("0", None, "ü")
    assert connection.first_row("SELECT 'x' WHERE false") is None


def test_whoever_forgot_what_was_prepared_is_told_again() -> None:
    connection.first_row(QUESTION)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert connection.first_row(QUESTION) == ("0", None, "ü")


def test_an_error_of_the_server_s_is_django_s() -> None:
    with pytest.raises(DataError):
        connection.first_row("SELECT (1 / (SELECT count(*) FROM editorial_change))::text")
    assert connection.first_row(QUESTION) == ("0", None, "ü")


def test_a_connection_that_ended_is_told_and_the_next_request_has_another() -> None:
    connection.first_row(QUESTION)
    ended, another = connection.connection.info.backend_pid, connection.copy()
    with closing(another), another.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [ended])
    with pytest.raises(OperationalError):
        connection.first_row(QUESTION)
    connection.close_if_unusable_or_obsolete()
    assert connection.first_row(QUESTION) == ("0", None, "ü")
