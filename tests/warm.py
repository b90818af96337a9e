"""python -m tests.warm: a process with the tracker imported, of which its programs are forks that start in a moment.

Each would compute for two seconds before it began. A fork takes its environment, reads the settings anew, and runs
what the command line says. That the programs start from nothing as well is seen in the tests of a local run.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

BASE_DIR = Path(__file__).resolve().parent.parent


class Forked:
    """A program by its pid, which the warm process reaps."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.process = psutil.Process(pid)

    def terminate(self) -> None:
        with suppress(psutil.NoSuchProcess):
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        self.process.wait(seconds)


class Warm:
    """The tests' side of it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.warm"],
            cwd=BASE_DIR,
            env={**environment, "DJANGO_SETTINGS_MODULE": "aichina.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, argv: Sequence[str], environment: Mapping[str, str], log: Path) -> Forked:
        """Run ``argv``, which is [python, "-m", module, …]."""
        assert self.popen.stdin
        assert self.popen.stdout
        self.popen.stdin.write(json.dumps([*argv[2:], dict(environment), str(log)]) + "\n")
        self.popen.stdin.flush()
        return Forked(int(self.popen.stdout.readline()))

    def close(self) -> None:
        self.popen.communicate(timeout=20)


def main() -> None:
    _import_everything()
    # Whatever ends is reaped by the kernel.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        *argv, environment, log = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(argv, environment, log)
            return
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _import_everything() -> None:
    import django

    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.utils.module_loading import module_has_submodule

    importlib.import_module("aichina.celery")
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "tasks"):
            importlib.import_module(f"{config.name}.tasks")
    for name in (
        settings.ROOT_URLCONF,
        "celery.bin.celery", "celery.bin.worker", "celery.bin.beat", "celery.concurrency.prefork",
        "kombu.transport.redis", "gunicorn.app.wsgiapp", "aichina.web",
    ):  # fmt: skip
        importlib.import_module(name)


def _become(argv: list[str], environment: dict[str, str], log: str) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number, opened in ((0, os.open(os.devnull, os.O_RDONLY)), (1, written), (2, written)):
        os.dup2(opened, number)
    os.environ.clear()
    os.environ.update({**environment, "DJANGO_SETTINGS_MODULE": "aichina.settings"})
    _read_settings()
    sys.argv = argv
    runpy.run_module(argv[0], run_name="__main__", alter_sys=True)


def _read_settings() -> None:
    """As if they were read for the first time."""
    from django.conf import Settings, settings
    from django.db import connections

    kept: dict[str, Any] = settings.__dict__
    for name in [name for name in kept if name.isupper()]:
        del kept[name]
    importlib.reload(sys.modules["aichina.settings"])
    settings._wrapped = Settings("aichina.settings")
    for alias in list(connections):
        with suppress(AttributeError):
            del connections[alias]
    connections._settings = None
    connections.__dict__.pop("settings", None)


if __name__ == "__main__":
    main()
