"""Processes of a local run: started in sessions of their own, remembered, and stopped by who they really are."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 15
# The variable by which a run's programs are known as its own.
RUN = "AICHINA_RUN"


@dataclass
class Process:
    """A child process whose lines are printed behind its name. ``stop_signal`` ends it in good order."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None
    cwd: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    quiet: bool = False
    popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it. On Linux it ends when we are killed, too."""
        identity = {} if self.user is None else {"user": self.user, "group": self.user, "extra_groups": []}
        self.popen = subprocess.Popen(  # type: ignore[call-overload]
            list(self.argv),
            env={**os.environ, **self.environment},
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(self.stop_signal),
            **identity,
        )
        threading.Thread(target=self._print_lines, daemon=True).start()

    def _print_lines(self) -> None:
        assert self.popen is not None
        assert self.popen.stdout is not None
        with self.popen.stdout as lines:
            for line in lines:
                if not self.quiet:
                    tell(self.name, line.decode(errors="replace").rstrip())

    @property
    def running(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    @property
    def code(self) -> int | None:
        return None if self.popen is None else self.popen.poll()

    def ask(self) -> None:
        """Ask it to end."""
        if self.popen is not None and self.running:
            with suppress(ProcessLookupError):
                os.kill(self.popen.pid, self.stop_signal)

    def stop(self) -> None:
        """Ask it to end; after STOP_SECONDS kill it and what it started."""
        self.ask()
        self.wait()

    def wait(self) -> None:
        """Wait until what was asked has ended; after STOP_SECONDS kill it and what it started."""
        if self.popen is None:
            return
        try:
            self.popen.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()


def die_with_parent(stop_signal: int) -> Callable[[], None] | None:
    """For a child's start: the kernel sends it this signal when its parent is gone. Linux alone."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))


def tell(name: str, text: str) -> None:
    """A line of the run's own output."""
    sys.stdout.write(f"{name:>8} | {text}\n")
    sys.stdout.flush()


def processes_in(folder: Path, executable: str) -> list[psutil.Process]:
    """The processes of this program that work in this folder: who they are, not what a pid file says."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.name().startswith(executable) and Path(process.cwd()) == folder:
                found.append(process)
    return found


def programs_of(folder: Path) -> list[psutil.Process]:
    """The programs that a run in this folder started, by what they were given at their start."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(RUN) == str(folder):
                found.append(process)
    return found


def end_orphans(folder: Path, executable: str, stop_signal: signal.Signals) -> None:
    """End the servers that an earlier run left behind in the folder when it was killed."""
    _end(processes_in(folder, executable), executable, stop_signal)


def end_programs(folder: Path) -> None:
    """Likewise the programs, which all work in the project's own folder, beside those of other runs."""
    _end(programs_of(folder), "programs", signal.SIGTERM)


def _end(orphans: list[psutil.Process], what: str, stop_signal: signal.Signals) -> None:
    if not orphans:
        return
    tell("run", f"stopping {what}, which an earlier run left behind")
    for process in orphans:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(stop_signal)
    _, alive = psutil.wait_procs(orphans, timeout=STOP_SECONDS)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=STOP_SECONDS)


def wait_until(ready: Callable[[], bool], process: Process, what: str, patience: float) -> bool:
    """Wait while the process lives, telling so every five seconds; at most ``patience`` seconds."""
    started = told = time.monotonic()
    while process.running and time.monotonic() - started < patience:
        if ready():
            return True
        if time.monotonic() - told > 5:
            told = time.monotonic()
            tell("run", f"{what} ({int(told - started)} s)")
        time.sleep(0.05)
    return False
