from __future__ import annotations

import select
import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg import RawCursor
from psycopg.errors import InvalidSqlStatementName, OperationalError, error_from_result
from psycopg.pq import ConnStatus, ExecStatus

Row = tuple[str | None, ...]


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
        values = [value.encode() for value in given]
        try:
            return self._ask(question, values)
        except InvalidSqlStatementName:  # whoever pools connections may have given us another one
            self._prepared = None, {}
            return self._ask(question, values)

    def _ask(self, question: str, values: list[bytes]) -> Any:
        server = self.connection.pgconn
        if self._prepared[0] is not server:
            self._prepared = server, {}
        names = self._prepared[1]
        if question not in names:
            name = b"rows_%d" % len(names)
            _well(server, server.prepare(name, question.encode()))
            names[question] = name
        return _well(server, server.exec_prepared(names[question], values))


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _well(server: Any, result: Any) -> Any:
    """The result, if it is one. Raises the error that the server told, or that it is gone."""
    if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        return result
    if server.status != ConnStatus.OK:
        raise OperationalError("the connection to the server is lost")
    raise error_from_result(result)
