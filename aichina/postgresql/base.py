from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that was kept is looked at before each request that uses it, which Django does by a question.

    Where the server is gone or has ended it, its end lies in the socket; where nothing lies there, nothing came. A
    request that meets a connection in the moment in which it ends is a 503 either way.
    """

    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        socket = select.poll()
        socket.register(self.connection.fileno(), select.POLLIN)
        # A word of the server's may be a notice, and no end.
        return not socket.poll(0) or super().is_usable()
