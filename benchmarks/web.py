"""Web servers that are measured: each a process of its own, asked by wrk over loopback, one at a time."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from aichina.local.environment import free_port

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = """
local asked = %s
request = function() return wrk.format("GET", nil, asked) end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\\n{"requests":%%d,"seconds":%%f,"p50":%%f,"p99":%%f,"errors":%%d}\\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1e6, latency:percentile(99) / 1e6,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Server:
    """``root``: its address; ``pid``: of the process whose children answer."""

    root: str
    pid: int

    def cpu(self) -> float:
        """Seconds of computing so far."""
        main = psutil.Process(self.pid)
        times = [process.cpu_times() for process in (main, *main.children(recursive=True))]
        return sum(spent.user + spent.system for spent in times)


@dataclass(slots=True)
class Load:
    """One request that is sent over and over; what each round found."""

    what: str
    name: str
    server: Server
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)  # seconds a request, by round
    p50s: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)  # seconds a request

    def run(self, seconds: float, script: Path) -> None:
        asked = ", ".join(
            f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in self.headers.items()
        )
        script.write_text(SCRIPT % f"{{{asked}}}")
        before = self.server.cpu()
        told = subprocess.run(
            ["wrk", "-t1", "-c1", f"-d{seconds}s", "-s", script, self.server.root + self.path],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        spent = self.server.cpu() - before
        found = json.loads(told.strip().splitlines()[-1])
        if found["errors"] or not found["requests"]:
            raise RuntimeError(f"{self.name}: {self.path} was not answered: {found}")
        self.times.append(found["seconds"] / found["requests"])
        self.p50s.append(found["p50"])
        self.p99s.append(found["p99"])
        self.cpus.append(spent / found["requests"])

    def shown(self) -> str:
        """Requests a second, p50, p99 and CPU a request, in medians over the rounds."""
        p50, p99, cpu = (1e3 * statistics.median(values) for values in (self.p50s, self.p99s, self.cpus))
        each = 1 / statistics.median(self.times)
        return f"{each:,.0f}/s, p50 {p50:.2f} ms, p99 {p99:.2f} ms ({p99 / p50:.1f}×), CPU {cpu:.2f} ms"


def measure(loads: Sequence[Load], rounds: int, seconds: float, folder: Path) -> None:
    """A B C A B C …, after a short run of each that does not count."""
    for number in range(-1, rounds):
        for load in loads:
            load.run(1 if number < 0 else seconds, folder / "ask.lua")
            if number < 0:
                for values in (load.times, load.p50s, load.p99s, load.cpus):
                    values.clear()


def ask(address: str, headers: Mapping[str, str] | None = None) -> tuple[Mapping[str, str], bytes]:
    """The headers and the body of a good answer."""
    with urllib.request.urlopen(
        urllib.request.Request(address, headers=dict(headers or {})), timeout=60
    ) as answer:
        return answer.headers, answer.read()


@contextmanager
def gunicorn(configuration: str, environment: Mapping[str, str], path: str) -> Iterator[Server]:
    """One worker with sixteen threads, ready when ``path`` is answered."""
    port = free_port()
    more = {"PORT": str(port), "WEB_WORKERS": "1", "WEB_THREADS": "16"}
    command = [sys.executable, "-m", "gunicorn", "-c", configuration, "--log-level", "error"]
    with _running(command, {**os.environ, **environment, **more}, port, path) as server:
        yield server


@contextmanager
def nginx(folder: Path, upstream: Server, files: Mapping[str, bytes]) -> Iterator[Server]:
    """The nginx of docs/nginx.conf without TLS, and beside it ``files`` under /files/ as nothing but bytes."""
    port, static = free_port(), folder / "files"
    static.mkdir()
    folder.chmod(0o755)
    for name, body in files.items():
        (static / name).write_bytes(body)
    tracker = (ROOT / "docs" / "nginx.conf").read_text()
    for found, instead in (
        ("127.0.0.1:8000", upstream.root.removeprefix("http://")),
        ("listen 443 ssl http2", f"listen 127.0.0.1:{port}"),
        ("/var/cache/nginx/tracker", str(folder / "cache")),
        (
            "    server_tokens off;",
            f"    location /files/ {{ root {folder}; default_type application/json; }}",
        ),
    ):
        tracker = tracker.replace(found, instead)
    lines = [line for line in tracker.splitlines() if "ssl_certificate" not in line]
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi"))
    (folder / "nginx.conf").write_text(
        f"user {folder.owner()} {folder.group()}; daemon off; worker_processes 1; pid {folder}/pid;\n"
        f"events {{ worker_connections 256; }}\nhttp {{ access_log off; keepalive_requests 100000000; {temporary}\n"
        f"uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n" + "\n".join(lines) + "\n}\n"
    )
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with _running(command, os.environ, port, "/healthz") as server:
        yield server


@contextmanager
def _running(
    command: Sequence[str], environment: Mapping[str, str], port: int, path: str
) -> Iterator[Server]:
    process = subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=sys.stderr)
    server = Server(f"http://127.0.0.1:{port}", process.pid)
    try:
        _wait(server.root + path, process)
        yield server
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("a server ended before it answered")
        try:
            ask(address)
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{address} is not answered")
