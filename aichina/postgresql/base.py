from __future__ import annotations

import hashlib
import select
import time
from contextlib import suppress
from typing import Any

from django.db.backends.postgresql import base
from psycopg import RawCursor
from psycopg.errors import (
    DuplicatePreparedStatement,
    FeatureNotSupported,
    InvalidSqlStatementName,
    OperationalError,
    error_from_result,
)
from psycopg.pq import ConnStatus, ExecStatus

Row = tuple[str | None, ...]
# So many questions are prepared on a connection: each takes memory of the server's for as long as that is kept.
MOST = 100


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that was kept is looked at before each request that uses it, which Django does by a question.

    Where the server is gone or has ended it, its end lies in the socket; where nothing lies there, nothing came. A
    request that meets a connection in the moment in which it ends is a 503 either way.
    """

    # The connection to the server, and by which names it knows which questions.
    _prepared: tuple[Any, dict[str, bytes]] = (None, {})

    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        socket = select.poll()
        socket.register(self.connection.fileno(), select.POLLIN)
        # A word of the server's may be a notice, and no end.
        return not socket.poll(0) or super().is_usable()

    def rows(self, question: str, *values: object) -> list[Row]:
        """The rows of a question, every value as the text that the server writes. Its parameters are $1, $2 …

        Outside of a transaction it is prepared once, and asked of libpq itself: a cursor takes longer to ask than the
        server to answer. So it is for the few questions that nearly every request asks.
        """
        self.validate_thread_sharing()
        self.validate_no_broken_transaction()
        self.close_if_health_check_failed()
        self.ensure_connection()
        given = [str(value) for value in values]
        began = time.monotonic()
        with self.wrap_database_errors:
            result = (
                self._in_transaction(question, given)
                if self.in_atomic_block
                else self._alone(question, given)
            )
        if self.queries_logged:
            self.queries_log.append({"sql": question, "time": f"{time.monotonic() - began:.3f}"})
        columns = range(result.nfields)
        return [
            tuple(_text(result.get_value(row, column)) for column in columns) for row in range(result.ntuples)
        ]

    def _in_transaction(self, question: str, given: list[str]) -> Any:
        with RawCursor(self.connection) as cursor:
            return cursor.execute(question, given).pgresult

    def _alone(self, question: str, given: list[str]) -> Any:
        server, values = self.connection.pgconn, [value.encode() for value in given]
        try:
            if name := self._prepared_as(server, question):
                return _well(server, server.exec_prepared(name, values))
        except (InvalidSqlStatementName, FeatureNotSupported):
            # Whoever pools connections gave us another one; or a migration changed what the question is about.
            self._prepared = None, {}
        return _well(server, server.exec_params(question.encode(), values))

    def _prepared_as(self, server: Any, question: str) -> bytes | None:
        """Its name is the same on every connection, so that nobody is given another question's answer."""
        if self._prepared[0] is not server:
            self._prepared = server, {}
        names = self._prepared[1]
        if question not in names and len(names) < MOST:
            name = b"rows_" + hashlib.sha256(question.encode()).hexdigest()[:32].encode()
            with suppress(DuplicatePreparedStatement):
                _well(server, server.prepare(name, question.encode()))
            names[question] = name
        return names.get(question)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _well(server: Any, result: Any) -> Any:
    """The result, if it is one. Raises the error that the server told, or that it is gone."""
    if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        return result
    if server.status != ConnStatus.OK:
        raise OperationalError("the connection to the server is lost")
    raise error_from_result(result)
