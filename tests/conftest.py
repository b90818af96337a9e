"""Fixtures of all tests. Triggers and roles are as in production: tests migrate as owner and work as the app's role."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from hypothesis import HealthCheck, settings

from tests.warm import Warm

BASE_DIR = Path(__file__).resolve().parent.parent
ALIASES = ("default", "owner")
FORBIDDEN = {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}

settings.register_profile(
    "default", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.register_profile("torture", settings.get_profile("default"), max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


# Tests that wait for processes of their own: one worker begins with them, while another does what only computes.
LONG = (
    "aichina/test_local_run", "faults/test_database", "faults/test_imports.py", "faults/test_hostile_sources",
    "faults/", "browser/", "contracts/test_schema", "contracts/test_routes", "ledger/test_concurrency",
    "outbound/test_sandbox", "ledger/test_tampering", "aichina/", "editorial/test_rebuild",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first, and no fixture that flushes by TRUNCATE.

    The append-only tables refuse that: `committed_db` takes its place.
    """
    items.sort(key=_place)
    for item in items:
        marker = item.get_closest_marker("django_db")
        names = FORBIDDEN & set(getattr(item, "fixturenames", ()))
        if names or (marker and marker.kwargs.get("transaction")):
            raise pytest.UsageError(
                f"{item.nodeid}: use `committed_db` in place of {sorted(names) or 'transaction=True'}"
            )


def _place(item: pytest.Item) -> int:
    return next((n for n, part in enumerate(LONG) if f"tests/{part}" in item.nodeid), len(LONG))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Who is done takes from who is not: tests last from a millisecond to half a minute."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getvalue("dist") == "load" else None


def owner_connection(database: str) -> psycopg.Connection[Any]:
    """A connection of the owner's, outside of Django."""
    parameters = connections["owner"].get_connection_params() | {"dbname": database}
    return psycopg.connect(
        **{k: v for k, v in parameters.items() if k in ("host", "port", "user", "password", "dbname")},
        autocommit=True,
    )


def _template_name() -> str:
    digest = hashlib.sha256(str(os.environ["DATABASE_URL"]).encode())
    for path in sorted(BASE_DIR.glob("*/migrations/*.py")) + sorted(BASE_DIR.glob("ledger/sql/*.sql")):
        digest.update(path.read_bytes())
    return f"test_template_{digest.hexdigest()[:12]}"


def _use(database: str) -> None:
    for alias in ALIASES:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = database


def _drop(database: str) -> None:
    """Drop it once the application's connections are gone: the server ends them a moment after they were closed.

    It is asked first, since a drop that finds a connection sleeps for a tenth of a second.
    """
    deadline = time.monotonic() + 20
    with owner_connection("postgres") as connection:
        connected = "SELECT 1 FROM pg_stat_activity WHERE datname = %s"
        while connection.execute(connected, [database]).fetchone() and time.monotonic() < deadline:
            time.sleep(0.005)
        connection.execute(f"DROP DATABASE {database}")


def _ensure_template(name: str) -> None:
    """Migrate a template once; workers that come later wait for it, and nobody stays connected."""
    with owner_connection("aichina") as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        unfinished = f"{name}_unfinished"
        connection.execute(f"DROP DATABASE IF EXISTS {unfinished}")
        connection.execute(f"CREATE DATABASE {unfinished}")
        _default_privileges(unfinished)
        _use(unfinished)
        call_command("migrate", database="owner", verbosity=0)
        _use("postgres")
        connection.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")


def _default_privileges(database: str) -> None:
    from aichina.roles import default_privileges

    owner, app = (str(urlsplit(os.environ[name]).username) for name in ("DATABASE_OWNER_URL", "DATABASE_URL"))
    with owner_connection(database) as connection:
        for sql in default_privileges(owner, app):
            connection.execute(sql)


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Files as they are served, collected once; workers that come later wait for it."""
    with owner_connection("postgres") as connection:
        connection.execute("SELECT pg_advisory_lock(2)")
        if not (Path(os.environ["STATIC_ROOT"]) / "staticfiles.json").exists():
            call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest, settings: Any) -> None:
    """People of tests need no password that withstands a search, but where a server of its own has to read it."""
    if not {"site", "programs"} & set(request.fixturenames):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def quick_clients(settings: Any) -> None:
    """Each `Client` loads the middleware anew, and would look at all static files for it."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[str]:
    """The template's name. Each worker works on a copy of it."""
    name = _template_name()
    with django_db_blocker.unblock():
        _ensure_template(name)
        copy = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{uuid.uuid4().hex[:8]}"
        with owner_connection("postgres") as connection:
            connection.execute(f"CREATE DATABASE {copy} TEMPLATE {name}")
        _use(copy)
    yield name
    with django_db_blocker.unblock():
        _use("postgres")
        _drop(copy)


@pytest.fixture
def committed_db(django_db_setup: str, django_db_blocker: Any) -> Iterator[str]:
    """A fresh database, by its name, for tests that commit, use processes, or work as the owner."""
    before = connections["default"].settings_dict["NAME"]
    name = f"test_fresh_{uuid.uuid4().hex[:12]}"
    with django_db_blocker.unblock():
        with owner_connection("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {django_db_setup}")
        _use(name)
        yield name
        _use(before)
        _drop(name)


def addresses(database: str) -> dict[str, str]:
    """The environment of a process that works on this database."""
    return {
        name: urlsplit(os.environ[name])._replace(path=f"/{database}").geturl()
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """A process that starts programs in a moment."""
    made = Warm(os.environ)
    yield made
    made.close()


@pytest.fixture
def site(committed_db: str, warm: Warm, tmp_path: Path) -> Iterator[str]:
    """The address of a real web server on the test's own database."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    server = warm.start(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--log-level", "warning"],
        {**os.environ, **addresses(committed_db), "PORT": str(port), "WEB_WORKERS": "1"},
        tmp_path / "site.log",
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.03)
    raise AssertionError(f"{url} does not answer")


def chromium() -> str | None:
    """The path of a Chromium of this machine."""
    import shutil

    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A page of a real browser; a violation of the Content-Security-Policy fails the test."""
    # Playwright's event loop runs in this thread; Django would refuse queries beside it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        tab = browser.new_page()
        complaints: list[str] = []
        tab.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        yield tab
        # Beside an event loop Django keeps connections of their own, which would stay at this test's database.
        connections.close_all()
        browser.close()
    # A 4xx that a test asks for is a console error too; what must never be is a policy violation.
    assert not [
        text for text in complaints if "Content Security Policy" in text or "Content-Security" in text
    ]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name and count what was skipped for want of a browser."""
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if "needs Chromium" in str(r.longrepr)]
    for report in skipped:
        terminalreporter.write_line(f"skipped, needs Chromium: {report.nodeid}")
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} browser tests were skipped: there is no Chromium here.")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """CI fails where a browser test was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter is not None else []
    if os.environ.get("AICHINA_NO_SKIP") and any("needs Chromium" in str(r.longrepr) for r in skipped):
        session.exitstatus = 1
