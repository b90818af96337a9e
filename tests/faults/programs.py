"""Real programs and servers for tests that freeze, kill and restart them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from aichina.local.environment import Environment
from aichina.local.postgres import temporary_folder
from aichina.local.run import programs
from aichina.local.valkey import Valkey
from tests.conftest import BASE_DIR
from tests.warm import Forked, Warm

# Short enough for a test to wait for.
QUICK = {
    "PUBLISH_DUE_SECONDS": "0.5",
    "HEARTBEAT_SECONDS": "0.5",
    "AUDIT_SECONDS": "1",
    "HEARTBEAT_MAX_AGE": "3",
    "FETCH_DUE_SECONDS": "0.5",
    "SETTLE_INBOX_SECONDS": "1",
    "IMPORT_LEASE_SECONDS": "5",
    "IMPORT_QUEUED_SECONDS": "3",
    "SEND_DUE_SECONDS": "0.5",
    "WEBHOOK_QUEUED_SECONDS": "3",
}

Program = subprocess.Popen[bytes] | Forked


class Server:
    """A Valkey of the test's own: broker or cache."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.valkey = Valkey(name, folder / name, Environment.at(folder), quiet=True)
        self.valkey.start()

    @property
    def url(self) -> str:
        environment = self.valkey.environment
        return f"redis://:{environment.secret(self.name)}@127.0.0.1:{environment.ports[self.name]}/0"

    @property
    def port(self) -> int:
        return self.valkey.environment.ports[self.name]

    def signal(self, number: int) -> None:
        assert self.valkey.process
        assert self.valkey.process.popen
        self.valkey.process.popen.send_signal(number)

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        assert self.valkey.process
        assert self.valkey.process.popen
        self.valkey.process.popen.wait(20)

    def start(self) -> None:
        self.valkey.start()

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            self.thaw()
        self.valkey.stop()


@contextmanager
def server(name: str) -> Iterator[Server]:
    folder = temporary_folder()
    found = Server(name, folder)
    try:
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Programs:
    """The tracker's own programs, as a run starts them, on the servers that ``environment`` names."""

    def __init__(self, environment: Mapping[str, str], folder: Path, warm: Warm) -> None:
        self.warm = warm
        self.environment = {**os.environ, **QUICK, "BEAT_SCHEDULE_FILE": str(folder / "beat"), **environment}
        self.log = folder / "programs.log"
        self.started: list[Program] = []

    def start(self, name: str, *prefix: str, **environment: str) -> Program:
        """``web``, ``worker``, ``importer``, ``postman`` or ``beat``; ``prefix``: a command that runs it."""
        given = {**self.environment, **environment}
        argv = [*prefix, *programs()[name]]
        # What is fixed when a module is imported is fixed in the warm process already.
        cold = prefix or given["IMPORT_LEASE_SECONDS"] != QUICK["IMPORT_LEASE_SECONDS"]
        process = self._start_cold(argv, given) if cold else self.warm.start(argv, given, self.log)
        self.started.append(process)
        return process

    def _start_cold(self, argv: list[str], environment: Mapping[str, str]) -> Program:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                argv, cwd=BASE_DIR, env=environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @staticmethod
    def freeze(process: Program) -> None:
        """It and its children: each program is a session of its own."""
        os.killpg(process.pid, signal.SIGSTOP)

    @staticmethod
    def thaw(process: Program) -> None:
        os.killpg(process.pid, signal.SIGCONT)

    @staticmethod
    def kill(process: Program) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)

    def close(self) -> None:
        while self.started:
            self.kill(self.started.pop())
