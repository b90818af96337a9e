"""The supervisor of a local run: servers, demo sources, steps, then web, worker and beat, until Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request  # noqa: TID251 - its own health check on loopback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from aichina.local.environment import (
    BASE_DIR,
    LOOPBACK,
    Environment,
    LocalRunError,
    given_addresses,
    is_free,
    var,
)
from aichina.local.postgres import Postgres
from aichina.local.process import RUN, Process, die_with_parent, end_programs, tell, wait_until
from aichina.local.valkey import Valkey

WEB_SECONDS = 60
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
SERVERS = ("postgres", "broker", "cache")


@dataclass
class Service:
    """A process that is started again when it ends, with growing pauses."""

    name: str
    process: Callable[[], Process | None]
    restart: Callable[[], None]
    pause: float = FIRST_PAUSE
    due: float | None = None


def programs() -> dict[str, list[str]]:
    """The tracker's own processes."""
    celery = [sys.executable, "-m", "celery", "-A", "aichina.celery"]
    worker = [*celery, "worker", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]
    return {
        "web": [sys.executable, "-m", "gunicorn", "-c", str(BASE_DIR / "gunicorn.conf.py")],
        "worker": [*worker, "--concurrency=2", "--queues=celery"],
        "importer": [*worker, "--concurrency=4", "--queues=imports", "--hostname=importer@%h"],
        # They wait for others most of the time: threads of one process do.
        "postman": [
            *worker,
            "--pool=threads",
            "--concurrency=16",
            "--queues=webhooks",
            "--hostname=postman@%h",
        ],
        "beat": [*celery, "beat", "--loglevel=WARNING", "--pidfile="],
    }


class Run:
    """One run in one folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.environment = Environment.at(folder)
        self.services: list[Service] = []
        self.stopping = threading.Event()

    def go(self) -> None:
        """Start everything, keep it running, and stop what was started."""
        with ExitStack() as stack:
            stack.enter_context(_alone(self.folder))
            self._check_port()
            stack.callback(self._stop)
            self._start_servers()
            self._start_sources()
            self._export()
            _prepare(self.folder / "logins.txt")
            self._start_programs()
            self._announce()
            self._watch()

    def _check_port(self) -> None:
        end_programs(self.folder)
        if not is_free(self.port):
            raise LocalRunError(
                f"Port {self.port} is taken by another program; choose another, as in “make run PORT=8001”."
            )

    def _start_servers(self) -> None:
        if given_addresses():
            tell("run", "using the servers that the environment names")
            return
        postgres = Postgres(self.folder / "postgres", self.environment)
        servers: list[Any] = [postgres]
        servers += [Valkey(name, self.folder / name, self.environment) for name in ("broker", "cache")]
        for name, server in zip(SERVERS, servers, strict=True):
            tell("run", f"starting {name}")
            self.services.append(Service(name, partial(getattr, server, "process"), server.restart))
            server.start()
        os.environ.update(self.environment.addresses())

    def _start_sources(self) -> None:
        """Publications to import, for whoever has no internet; the first steps do not wait for them."""
        argv = [sys.executable, "-m", "aichina.local.demo", str(self.environment.port("sources"))]
        self._start("sources", argv)
        for name, value in self.environment.demo_sources().items():
            os.environ.setdefault(name, value)

    def _export(self) -> None:
        os.environ.setdefault("AICHINA_ENV", "local")
        if os.environ["AICHINA_ENV"] == "local":
            os.environ.setdefault("SECRET_KEY", self.environment.secret("django"))
        os.environ.setdefault("STATIC_ROOT", str(self.folder / "static"))
        os.environ.setdefault("ARCHIVE_ROOT", str(self.folder / "archive"))
        os.environ.setdefault("PACKAGES_ROOT", str(self.folder / "packages"))
        os.environ.setdefault("BEAT_SCHEDULE_FILE", str(self.folder / "beat-schedule"))
        os.environ["PORT"] = str(self.port)

    def _start_programs(self) -> None:
        web, *_ = [self._start(name, argv) for name, argv in programs().items()]
        if not wait_until(self._healthy, web, "the web is starting", WEB_SECONDS):
            raise LocalRunError("The web did not start; its last words stand above.")

    def _start(self, name: str, argv: list[str]) -> Process:
        process = Process(name, argv, {RUN: str(self.folder)}, cwd=BASE_DIR)
        self.services.append(Service(name, partial(_same, process), process.start))
        process.start()
        return process

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}/healthz", timeout=5):  # noqa: TID251
                return True
        except OSError:
            return False

    def _announce(self) -> None:
        site = f"http://{LOOPBACK}:{self.port}"
        tell("run", f"The tracker is at {site}/   its API at {site}/api/v1/   the admin at {site}/admin/")
        logins = self.folder / "logins.txt"
        if logins.exists():
            tell("run", f"Demo logins (user name, password, role), also in {logins}:")
            for line in logins.read_text().splitlines():
                tell("run", f"  {line}")
        tell("run", "Ctrl-C stops it.")

    def _watch(self) -> None:
        while not self.stopping.wait(0.5):
            for service in self.services:
                self._keep(service)

    def _keep(self, service: Service) -> None:
        process = service.process()
        if process is None or process.running:
            return
        now = time.monotonic()
        if service.due is None:
            tell(
                "run",
                f"{service.name} ended (status {process.code}); starting it again in {service.pause:.0f} s",
            )
            service.due = now + service.pause
        elif now >= service.due:
            service.due, service.pause = None, min(service.pause * 2, LONGEST_PAUSE)
            service.restart()

    def _stop(self) -> None:
        """All programs at once, then the servers that they work on."""
        running = [s for s in reversed(self.services) if (process := s.process()) and process.running]
        programs = [service for service in running if service.name not in SERVERS]
        for together in (programs, *([s] for s in running if s.name in SERVERS)):
            for service in together:
                tell("run", f"stopping {service.name}")
                _the(service).ask()
            for service in together:
                _the(service).wait()


def _the(service: Service) -> Process:
    process = service.process()
    assert process is not None
    return process


def _same(process: Process) -> Process:
    return process


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder; the kernel lets go of it when we die, however."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LocalRunError(f"The tracker runs already in {folder}; stop that run first.") from None
        yield


def _prepare(logins: Path) -> None:
    """What happens before the web starts: tables, static files, content, people."""
    argv = [sys.executable, str(BASE_DIR / "manage.py"), "prepare_run", str(logins)]
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            argv, cwd=BASE_DIR, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
        ) as process,
    ):  # fmt: skip
        assert process.stdout is not None
        try:
            for line in process.stdout:
                tell("run", line.rstrip())
        except BaseException:
            process.kill()
            raise
        if process.wait():
            errors.seek(0)
            raise LocalRunError(_reason(errors.read()))


def _reason(errors: str) -> str:
    """A command's own sentence, or the last line of what broke it."""
    lines = [line for line in errors.strip().splitlines() if line.strip()]
    own = [line.removeprefix("CommandError: ") for line in lines]
    if lines and lines[0].startswith("CommandError:"):
        return "\n".join(own)
    return own[-1] if own else "it failed and gave no reason."


def main() -> int:
    """`make run`."""
    try:
        run = Run(var(), _port(os.environ.get("PORT") or "8000"))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: _interrupt(run))
        run.go()
    except KeyboardInterrupt:
        return 0
    except (LocalRunError, OSError) as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    return 0


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65_536):
        raise LocalRunError(f"PORT is “{text}”; write a number from 1 to 65535.")
    return int(text)


def _interrupt(run: Run) -> None:
    """Before the watch begins, break off; afterwards, end it."""
    run.stopping.set()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt
