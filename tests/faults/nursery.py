"""python -m tests.faults.nursery: a process with everything imported, which forks workers and beats in a moment.

A sweep needs one for each message. What is forked stops at once and waits for SIGCONT, so that its messages can be
counted from the first.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

import psutil

from tests.conftest import BASE_DIR


class Nursery:
    """The test's side of it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=BASE_DIR,
            env={**environment, "DJANGO_SETTINGS_MODULE": "aichina.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.forked: list[int] = []

    def fork(self, program: str, broker: str) -> int:
        """The pid of a new ``worker`` or ``beat``, which does nothing yet."""
        assert self.popen.stdin
        assert self.popen.stdout
        self.popen.stdin.write(json.dumps([program, broker]) + "\n")
        self.popen.stdin.flush()
        pid = int(self.popen.stdout.readline())
        self.forked.append(pid)
        return pid

    def close(self) -> None:
        for pid in self.forked:
            end(pid)
        assert self.popen.stdin
        self.popen.stdin.close()
        self.popen.wait(20)
        assert self.popen.stdout
        self.popen.stdout.close()


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def end(pid: int) -> None:
    """Kill it, if it is still one of ours."""
    with suppress(psutil.NoSuchProcess, ProcessLookupError):
        if "tests.faults.nursery" in psutil.Process(pid).cmdline():
            os.kill(pid, signal.SIGKILL)


def _work(program: str, broker: str) -> None:
    from aichina.celery import app

    os.dup2(2, 1)  # a greeting is no pid
    signal.raise_signal(signal.SIGSTOP)
    app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = broker
    if program == "worker":
        app.worker_main(["worker", "--pool=solo", "--without-gossip", "--without-mingle", "--loglevel=ERROR"])
    else:
        app.Beat(schedule=f"{os.environ['BEAT_SCHEDULE_FILE']}-{os.getpid()}", loglevel="ERROR").run()


def main() -> None:
    import django

    django.setup()
    from aichina.celery import app

    app.loader.import_default_modules()
    app.finalize()
    for line in sys.stdin:
        program, broker = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _work(program, broker)
            os._exit(0)
        os.waitpid(pid, os.WUNTRACED)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


if __name__ == "__main__":
    main()
