"""A local run as its user sees it: `python -m aichina.local` in a folder of its own, and what became of it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg

from aichina.local.environment import free_port
from aichina.local.postgres import temporary_folder
from tests.conftest import BASE_DIR
from tests.waiting import wait

READY = "Ctrl-C stops it."


class Tracker:
    """One folder and one port; ``folder`` may lead there through a link."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder, self.port = folder, port or free_port()
        self.log = folder.parent / f"{folder.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the tests' own servers."""
        return {"PATH": os.environ["PATH"], "AICHINA_VAR": str(self.folder), "PORT": str(self.port)}

    def begin(self) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "aichina.local"],
                cwd=BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self, seconds: float = 120) -> float:
        """Start it and wait until it says where it is. How long that took."""
        self.begin()
        return wait(self._announced, "the tracker did not come up", seconds)

    def _announced(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"The tracker ended:\n{self.output[-3000:]}")
        return READY in self.output

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def refused(self, seconds: float = 20) -> str:
        """What another start here says, which must be a sentence and a failure."""
        done = subprocess.run(
            [sys.executable, "-m", "aichina.local"],
            cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
        assert done.returncode != 0
        assert "Traceback" not in done.stdout + done.stderr
        return done.stderr.strip()

    def answers(self, path: str = "/healthz") -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def processes(self) -> list[psutil.Process]:
        """Everything that works for this folder, by where it stands or by what it was given."""
        real, found = self.folder.resolve(), []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                given = process.environ().get("AICHINA_VAR") == str(self.folder)
                if given or Path(process.cwd()).is_relative_to(real):
                    found.append(process)
        return found

    def interrupt(self) -> int:
        """Ctrl-C. The exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def kill_everything(self) -> None:
        """As if the power went: nobody has time for anything."""
        while found := self.processes():
            random.shuffle(found)
            for process in found:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            if self.process:
                self.process.wait(20)
            psutil.wait_procs(found, timeout=20)

    def manage(self, *argv: str) -> str:
        """A command of manage.py on this folder's servers, which must succeed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *argv],
            cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def holds(self) -> None:
        """The log and every table of it are whole."""
        assert "The log is whole." in self.manage("verify")
        assert "Every table is what the log says." in self.manage("rebuild", "--check")

    @property
    def secrets(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.folder / "environment.json").read_text())["secrets"]
        return found

    @property
    def ports(self) -> dict[str, int]:
        found: dict[str, int] = json.loads((self.folder / "environment.json").read_text())["ports"]
        return found

    def contents(self) -> tuple[int, int, bytes]:
        """How many documents and events there are, and the digest over all of them."""
        with psycopg.connect(
            host="127.0.0.1",
            port=self.ports["postgres"],
            user="app",
            password=self.secrets["app"],
            dbname="aichina",
        ) as connection:
            row = connection.execute(
                "SELECT count(DISTINCT stream), count(*), (array_agg(digest ORDER BY position DESC))[1] "
                "FROM ledger_event"
            ).fetchone()
        assert row is not None
        return row


@contextmanager
def trackers(*folders: str) -> Iterator[list[Tracker]]:
    """Trackers in a temporary folder that PostgreSQL's user can reach; nothing of them is left in the end."""
    home = temporary_folder()
    made = [Tracker(home / folder) for folder in folders]
    try:
        yield made
    finally:
        for tracker in made:
            tracker.kill_everything()
        shutil.rmtree(home, ignore_errors=True)
