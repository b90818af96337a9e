"""What holds on this machine, found out by trying it in a child."""

from __future__ import annotations

import functools
import os
import socket
from pathlib import Path

from outbound.sandbox.caller import run
from outbound.sandbox.limits import Ended

_NETWORK = Path("/proc/self/ns/net")
_WHY = {
    "namespace": "A child that reads a document is in a network of its own, which has nothing in it.",
    "seccomp": "A child that reads a document is refused every socket by the kernel.",
    "none": "A child that reads a document can use the network: this kernel, or container, allows neither a network "
    "namespace nor a filter of system calls.",
}


def isolation() -> dict[str, object]:
    """``ok``, ``network``: namespace, seccomp or none, and ``why``, a sentence. Tried once in a process's life."""
    try:
        network = _network()
    except Ended as ended:
        return {
            "ok": False,
            "network": "none",
            "why": f"No child could be started and asked: {ended.sentence}",
        }
    return {"ok": network != "none", "network": network, "why": _WHY[network]}


@functools.cache
def _network() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        tried = run("outbound.sandbox.probe:try_network", b"", port=server.getsockname()[1])
    if tried["connected"]:
        return "none"
    if tried["network"] != os.readlink(_NETWORK):
        return "namespace"
    return "none" if tried["socket"] else "seccomp"


def try_network(content: bytes, port: int) -> dict[str, object]:
    """In a child: whether a socket can be made and connected, and which network it is in."""
    found = {"socket": False, "connected": False, "network": os.readlink(_NETWORK)}
    try:
        with socket.socket() as attempt:
            found["socket"] = True
            attempt.settimeout(1)
            attempt.connect(("127.0.0.1", port))
            found["connected"] = True
    except OSError:
        pass
    return found
