"""What a local run remembers under var/: ports, passwords, addresses. Only its owner can read it."""

from __future__ import annotations

import json
import os
import secrets
import socket  # noqa: TID251 - free ports on loopback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent.parent
ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CACHE_URL")
LOOPBACK = "127.0.0.1"


class LocalRunError(Exception):
    """Why a local run cannot go on, in a sentence."""


def var() -> Path:
    """The folder of all local state, as the kernel names it: processes are found by where they work."""
    return Path(os.environ.get("AICHINA_VAR") or BASE_DIR / "var").resolve()


@dataclass
class Environment:
    """Passwords and ports, kept in ``path`` from one run to the next."""

    path: Path
    secrets: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path) -> Environment:
        """The folder's environment; a new one where there is none, or half of one."""
        folder.mkdir(parents=True, exist_ok=True)
        found = read(folder / "environment.json")
        return cls(folder / "environment.json", found.get("secrets", {}), found.get("ports", {}))

    def secret(self, name: str) -> str:
        if name not in self.secrets:
            self.secrets[name] = secrets.token_urlsafe(40)
            self.save()
        return self.secrets[name]

    def port(self, name: str) -> int:
        """The remembered port, or another where somebody else has taken it."""
        if name not in self.ports or not is_free(self.ports[name]):
            self.ports[name] = free_port()
            self.save()
        return self.ports[name]

    def save(self) -> None:
        write_private(self.path, json.dumps({"secrets": self.secrets, "ports": self.ports}, indent=2))

    def addresses(self) -> dict[str, str]:
        """The environment variables that lead to this folder's servers."""
        database, broker, cache = (self.ports[name] for name in ("postgres", "broker", "cache"))
        return {
            "DATABASE_URL": f"postgres://app:{self.secret('app')}@{LOOPBACK}:{database}/aichina",
            "DATABASE_OWNER_URL": f"postgres://owner:{self.secret('owner')}@{LOOPBACK}:{database}/aichina",
            "REDIS_URL": f"redis://:{self.secret('broker')}@{LOOPBACK}:{broker}/0",
            "CACHE_URL": f"redis://:{self.secret('cache')}@{LOOPBACK}:{cache}/0",
        }

    def demo_sources(self) -> dict[str, str]:
        """Where the demo sources are, and leave to fetch from there; empty where they never ran."""
        if "sources" not in self.ports:
            return {}
        place = f"{LOOPBACK}:{self.ports['sources']}"
        return {"DEMO_SOURCES": f"http://{place}", "OUTBOUND_ALLOWED": place}


def read(path: Path) -> dict[str, Any]:
    """A JSON file's object; empty where the file is missing or half-written."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and readable by its owner alone from the first byte on."""
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def is_free(port: int) -> bool:
    """Whether we could listen there."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
    return port


def given_addresses() -> bool:
    """Whether the environment names servers; all four, or a sentence about those that lack."""
    missing = [name for name in ADDRESSES if not os.environ.get(name)]
    if missing and len(missing) < len(ADDRESSES):
        raise LocalRunError(
            f"Some servers are given, but not {', '.join(missing)}: set all four addresses, or none."
        )
    return not missing


def use_local_run() -> None:
    """Point a command at the folder's own servers, unless the environment names others, be it in part."""
    named = any(os.environ.get(name) or os.environ.get(f"{name}_FILE") for name in ADDRESSES)
    if named or os.environ.get("AICHINA_ENV", "local") != "local":
        return
    environment = Environment(var() / "environment.json", **read(var() / "environment.json"))
    if {"postgres", "broker", "cache"} <= set(environment.ports):
        settings = {"AICHINA_ENV": "local", "SECRET_KEY": environment.secrets.get("django", "")}
        for name, value in {**settings, **environment.addresses(), **environment.demo_sources()}.items():
            os.environ.setdefault(name, value)
