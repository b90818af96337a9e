"""Servers and programs that a test of faults may do anything to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from aichina.local.environment import free_port
from tests.conftest import addresses
from tests.faults.programs import QUICK, Program, Programs, Server, server
from tests.faults.visitor import Visitor
from tests.waiting import wait
from tests.warm import Warm


@pytest.fixture
def broker() -> Iterator[Server]:
    with server("broker") as found:
        yield found


@pytest.fixture
def cache() -> Iterator[Server]:
    with server("cache") as found:
        yield found


@pytest.fixture(scope="session")
def quick_warm() -> Iterator[Warm]:
    """Programs of this one do their work more often than usual."""
    made = Warm({**os.environ, **QUICK})
    yield made
    made.close()


@pytest.fixture
def programs(
    committed_db: str, static_files: None, broker: Server, tmp_path: Path, quick_warm: Warm
) -> Iterator[Programs]:
    """Programs on the test's own database and broker."""
    given = {name: url for name, url in addresses(committed_db).items() if name != "DATABASE_OWNER_URL"}
    made = Programs(
        {**given, "REDIS_URL": broker.url, "CACHE_URL": os.environ["CACHE_URL"]}, tmp_path, quick_warm
    )
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def web(programs: Programs) -> tuple[str, Program]:
    """The address of a web server of two processes, once it answers, and the process that keeps them."""
    port = free_port()
    process = programs.start("web", PORT=str(port), WEB_WORKERS="2")
    root = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        with suppress(OSError):
            return Visitor(root).get("/healthz") == 200
        return False

    wait(answers, "the web does not answer")
    return root, process
