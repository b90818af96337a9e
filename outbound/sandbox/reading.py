"""Which files a child may still read, where the kernel has Landlock: Python's, its libraries', and our modules."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

# The same on all machines: to make a set of rules, to add one, and to be bound by them.
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION, _BENEATH = 1, 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
# Beside the folders of modules: shared libraries, zones of time, types of media, and what a process sees of itself.
_NEEDED = (
    "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/etc/mime.types", "/dev/null",
    "/dev/urandom", "/proc/self",
)  # fmt: skip

_libc = ctypes.CDLL(None)


def is_bounded() -> bool:
    """Whether this kernel has Landlock."""
    return int(_libc.syscall(_CREATE, None, 0, _VERSION)) > 0


def bound() -> None:
    """From here on nothing else can be opened for reading; for a process that can gain no privilege any more."""
    handled = struct.pack("Q", _READ_FILE | _READ_FOLDER)
    rules = _libc.syscall(_CREATE, handled, len(handled), 0)
    if rules < 0:
        return
    for place in _places():
        _allow(rules, place)
    _libc.syscall(_RESTRICT, rules, 0)
    os.close(rules)


def _places() -> Iterable[Path]:
    """Only what is there. The folders of modules are those of the parent, which are absolute."""
    places = map(Path, dict.fromkeys([*_NEEDED, *sys.path]))
    return (place for place in places if place.is_absolute() and place.exists())


def _allow(rules: int, place: Path) -> None:
    beneath = os.open(place, os.O_PATH | os.O_CLOEXEC)
    rights = _READ_FILE | (_READ_FOLDER if place.is_dir() else 0)
    _libc.syscall(_ADD, rules, _BENEATH, struct.pack("=Qi", rights, beneath), 0)
    os.close(beneath)
