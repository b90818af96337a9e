from __future__ import annotations

import select
import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg.errors import InvalidSqlStatementName, OperationalError, error_from_result
from psycopg.pq import ConnStatus, ExecStatus


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

    def first_row(self, question: str) -> tuple[str | None, ...] | None:
        """The first row of a question without parameters whose values are texts; None where there is none.

        Outside of a transaction it is prepared once, and asked of libpq itself: a cursor takes longer to ask than the
        server to answer. So it is for what every request asks.
        """
        if self.in_atomic_block:
            with self.cursor() as cursor:
                cursor.execute(question)
                row: tuple[str | None, ...] | None = cursor.fetchone()
                return row
        self.validate_thread_sharing()
        self.ensure_connection()
        began = time.monotonic()
        with self.wrap_database_errors:
            try:
                result = self._ask(question)
            except InvalidSqlStatementName:  # whoever pools connections may have given us another one
                self._prepared = None, {}
                result = self._ask(question)
        if self.queries_logged:
            self.queries_log.append({"sql": question, "time": f"{time.monotonic() - began:.3f}"})
        if not result.ntuples:
            return None
        values = (result.get_value(0, column) for column in range(result.nfields))
        return tuple(None if value is None else value.decode() for value in values)

    def _ask(self, question: str) -> Any:
        server = self.connection.pgconn
        if self._prepared[0] is not server:
            self._prepared = server, {}
        names = self._prepared[1]
        if question not in names:
            name = b"first_row_%d" % len(names)
            _well(server, server.prepare(name, question.encode()))
            names[question] = name
        return _well(server, server.exec_prepared(names[question], []))


def _well(server: Any, result: Any) -> Any:
    """The result, if it is one. Raises the error that the server told, or that it is gone."""
    if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        return result
    if server.status != ConnStatus.OK:
        raise OperationalError("the connection to the server is lost")
    raise error_from_result(result)
