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
}


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

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.environment = {**os.environ, **QUICK, "BEAT_SCHEDULE_FILE": str(folder / "beat"), **environment}
        self.log = folder / "programs.log"
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *prefix: str, **environment: str) -> subprocess.Popen[bytes]:
        """``web``, ``worker``, ``importer`` or ``beat``; ``prefix``: a command that runs it."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*prefix, *programs()[name]],
                cwd=BASE_DIR,
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    @staticmethod
    def freeze(process: subprocess.Popen[bytes]) -> None:
        """It and its children: each program is a session of its own."""
        os.killpg(process.pid, signal.SIGSTOP)

    @staticmethod
    def thaw(process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGCONT)

    @staticmethod
    def kill(process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)

    def close(self) -> None:
        while self.started:
            self.kill(self.started.pop())
