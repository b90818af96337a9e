"""What foreign bytes might bring a reader to do. These functions run in children; tests name them."""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
import signal
import socket
import stat
import struct
import time
from pathlib import Path
from typing import Any

from lxml import etree

from outbound.sandbox import Unreadable


def echo(content: bytes, **arguments: Any) -> Any:
    return [len(content), content.decode(), arguments]


def ids(content: bytes) -> list[int]:
    return [os.getpid(), os.getppid()]


def nap(content: bytes, seconds: float) -> list[float]:
    started = time.monotonic()
    time.sleep(seconds)
    return [started, time.monotonic()]


def refuse(content: bytes) -> None:
    raise Unreadable("The feed has no items; 没有条目.")


def fail(content: bytes) -> None:
    raise KeyError("secret of the document")


def no_json(content: bytes) -> object:
    return object()


def long(content: bytes, size: int) -> str:
    return "a" * size


def compute(content: bytes) -> None:
    while True:
        pass


def compute_on(content: bytes) -> None:
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    compute(content)


def limits(content: bytes) -> dict[str, Any]:
    """Read where the kernel shows them, since asking for them is refused."""
    lines = Path("/proc/self/limits").read_text().splitlines()[1:]
    return {line[:25].strip(): line[26:68].split() for line in lines}


def sleep(content: bytes) -> None:
    time.sleep(1_000)


def grow(content: bytes) -> None:
    kept = []
    while True:
        kept.append([0] * 10_000)


def multiply(content: bytes) -> int:
    return len(content * 1_000)


def grow_elsewhere(content: bytes) -> int:
    """Shared memory, which no limit of a process's data bounds."""
    return len([mmap.mmap(-1, 10_000_000) for _ in range(100)])


def grow_in_c(content: bytes, size: int) -> int:
    return len(etree.fromstring(b"<a>" + b"<b/>" * size + b"</a>"))


def crash(content: bytes) -> None:
    ctypes.string_at(0)


def kill_itself(content: bytes) -> None:
    os._exit(77)


def let_go_and_live_on(content: bytes) -> None:
    os.closerange(3, 20)
    sleep(content)


def say_and_end(content: bytes, size: int) -> None:
    """Break into the answer: whatever descriptor there is is written to."""
    for descriptor in range(3, 20):
        try:
            # What nobody reads is not waited for.
            os.set_blocking(descriptor, stat.S_ISSOCK(os.fstat(descriptor).st_mode))
            for _ in range(size):
                os.write(descriptor, b"[" * 1_000)
        except OSError:
            continue
    os._exit(0)


def _tried(attempt: Any, *arguments: Any) -> str:
    try:
        attempt(*arguments)
    except OSError as error:
        return os.strerror(error.errno or 0)
    return "done"


def _called(*arguments: Any) -> None:
    """A system call by its number, which is the same on all machines."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "")


def fork(content: bytes) -> list[str]:
    return [_tried(os.fork) for _ in range(100)]


def attempts(content: bytes, folder: str, caller: int, port: int) -> dict[str, str]:
    """What each attempt at the world outside came to."""
    there = Path(folder)
    # Which file it is may be held, also where it cannot be read.
    old, number = there / "old", os.open(there / "old", os.O_PATH)
    found = {
        "socket": _tried(socket.socket),
        "connect": _tried(socket.create_connection, ("127.0.0.1", port), 1),
        "socketpair": _tried(socket.socketpair),
        "create": _tried((there / "new").touch),
        "write": _tried(old.write_text, "b"),
        "append": _tried(old.open, "a"),
        "remove": _tried(old.unlink),
        "rename": _tried(old.rename, there / "other"),
        "mkdir": _tried((there / "folder").mkdir),
        "chmod": _tried(old.chmod, 0o777),
        "chmod without following": _tried(_called, 452, os.open(there, os.O_PATH), b"old", 0o777, 0),
        "touch": _tried(os.utime, old),
        "touch what is open": _tried(os.utime, number),
        "set an attribute": _tried(os.setxattr, old, "user.a", b"1"),
        "remove an attribute": _tried(os.removexattr, old, "user.b"),
        "set an attribute of what is open": _tried(os.setxattr, number, "user.a", b"1"),
        "set an attribute there": _tried(_called, 463, number, b"", 0, b"user.a", None, 0),
        "remove an attribute there": _tried(_called, 466, number, b"", 0, b"user.b"),
        "set what kind of file it is": _tried(_called, 469, number, b"", None, 0, 0),
        "own": _tried(fcntl.fcntl, number, fcntl.F_SETOWN, caller),
        "own more": _tried(fcntl.fcntl, number, 15, struct.pack("ii", 1, caller)),
        "own by ioctl": _tried(fcntl.ioctl, number, 0x8901, struct.pack("i", caller)),
        "own by another ioctl": _tried(fcntl.ioctl, number, 0x8902, struct.pack("i", caller)),
        "choose a signal": _tried(fcntl.fcntl, number, 10, signal.SIGKILL),
        "run": _tried(os.execv, "/bin/true", ["true"]),
        "kill the caller": _tried(os.kill, caller, signal.SIGTERM),
        "kill the parent": _tried(os.kill, os.getppid(), signal.SIGTERM),
    }
    found |= {"read": _tried(old.read_bytes), "list": _tried(os.listdir, there)}
    return found | {"open many": _tried(lambda: [os.open("/usr", os.O_RDONLY) for _ in range(100)])}


def outside(content: bytes, caller: int) -> dict[str, Any]:
    """What a child finds of the process that called it."""
    found = {"environment": dict(os.environ), "initial": Path("/proc/self/environ").read_text()}
    found["caller"] = _tried(Path(f"/proc/{caller}/environ").read_bytes)
    found["descriptors"] = sorted(int(name) for name in os.listdir("/proc/self/fd"))
    return found
