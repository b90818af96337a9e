"""An early pytest plugin: real servers for the tests, started before Django reads its settings.

Servers that the environment names (DATABASE_OWNER_URL and the others) are used as they are. Otherwise PostgreSQL and
two Valkeys are started in a temporary folder, and are gone when the tests end.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from typing import Any

import pytest

_stop: list[Callable[[], None]] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    os.environ["AICHINA_ENV"] = "test"
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    if not os.environ.get("STATIC_ROOT"):
        os.environ["STATIC_ROOT"] = tempfile.mkdtemp(prefix="aichina-static-")
        _stop.append(lambda: shutil.rmtree(os.environ["STATIC_ROOT"], ignore_errors=True))
    # No program of a test makes packages, or tidies away those of a local run, unless the test is about them.
    os.environ["PACKAGES_ROOT"], os.environ["PACKAGES_HOUR"] = (
        tempfile.mkdtemp(prefix="aichina-packages-"),
        "24",
    )
    _stop.append(lambda: shutil.rmtree(os.environ["PACKAGES_ROOT"], ignore_errors=True))
    if not os.environ.get("DATABASE_URL"):
        _start()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    while _stop:
        _stop.pop()()


def _start() -> None:
    from aichina.local.environment import Environment
    from aichina.local.postgres import Postgres, temporary_folder
    from aichina.local.valkey import Valkey

    folder = temporary_folder()
    _stop.append(lambda: shutil.rmtree(folder, ignore_errors=True))
    environment = Environment.at(folder)
    servers: list[Any] = [Postgres(folder / "postgres", environment, fast=True)]
    servers += [Valkey(name, folder / name, environment, quiet=True) for name in ("broker", "cache")]
    for server in servers:
        _stop.append(server.stop)
        server.start()
    os.environ.update(environment.addresses())
