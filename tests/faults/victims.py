"""Victims, forked in a moment from a process with everything imported, that die at a message to the database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from tests.conftest import BASE_DIR, addresses
from tests.faults.proxy import CountingProxy
from tests.waiting import wait

# A victim waits for SIGCONT once it is connected, so that neither imports nor the connection's own messages count.
NURSERY = """
import django, json, os, signal, sys
from uuid import UUID
django.setup()
from django.db import connection
{code}
for line in sys.stdin:
    name, *arguments = json.loads(line)
    pid = os.fork()
    if pid == 0:
        connection.ensure_connection()
        signal.raise_signal(signal.SIGSTOP)
        status = 1
        try:
            globals()[name](*arguments)
            status = 0
        finally:
            os._exit(status)
    os.waitpid(pid, os.WUNTRACED)
    print(pid, flush=True)
    print(os.waitpid(pid, 0)[1], flush=True)
"""


class Victims:
    """They can do what the functions of ``code`` do, and reach the database through the proxy."""

    def __init__(self, database: str, code: str, **environment: str) -> None:
        url = urlsplit(addresses(database)["DATABASE_URL"])
        self.proxy = CountingProxy((str(url.hostname), int(url.port or 5432)))
        through = url._replace(netloc=f"{url.username}:{url.password}@127.0.0.1:{self.proxy.port}").geturl()
        given = {"DATABASE_URL": through, "DJANGO_SETTINGS_MODULE": "aichina.settings", **environment}
        self.nursery = subprocess.Popen(
            [sys.executable, "-c", NURSERY.format(code=code)],
            cwd=BASE_DIR,
            env={**os.environ, **given},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def lives(self, message: int, after: bool, *call: Any) -> bool:
        """Have this done, and killed at this message. Whether it was done before that many."""
        assert self.nursery.stdin
        assert self.nursery.stdout
        self.nursery.stdin.write(json.dumps(call) + "\n")
        self.nursery.stdin.flush()
        pid = int(self.nursery.stdout.readline())
        self.proxy.arm(pid, message, after=after)
        os.kill(pid, signal.SIGCONT)
        status = int(self.nursery.stdout.readline())
        assert os.WIFSIGNALED(status) or status == 0, "the victim failed"
        # What it sent last may still be at work.
        wait(lambda: not others(), "the dead are still at work")
        return status == 0

    def close(self) -> None:
        self.nursery.kill()
        self.nursery.communicate()
        self.proxy.close()


def others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])
