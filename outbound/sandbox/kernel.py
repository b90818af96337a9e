"""What the Linux kernel is asked to keep from a child: the network, other processes, and the disk.

Each request may be refused, as in some containers; ``probe`` finds out what holds.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct
import sys
from collections.abc import Sequence

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_FILTER = 2
_CAPABILITIES = 0x20080522

# System calls with their numbers on x86_64 and on aarch64, -1 where a machine has none: sockets, new processes, other
# processes, the kernel's own matters, memory that outlives a process, and changes to files.
_CALLS = """
socket 41 198, socketpair 53 199, connect 42 203, sendto 44 206, sendmsg 46 211, sendmmsg 307 269,
fork 57 -1, vfork 58 -1, clone 56 220, clone3 435 435, execve 59 221, execveat 322 281,
kill 62 129, tkill 200 130, tgkill 234 131, rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240,
pidfd_open 434 434, pidfd_send_signal 424 424, ptrace 101 117, process_vm_readv 310 270,
process_vm_writev 311 271,
prlimit64 302 261, setrlimit 160 164, prctl 157 167, unshare 272 97, setns 308 268, mount 165 40,
umount2 166 39, pivot_root 155 41, chroot 161 51, bpf 321 280, userfaultfd 323 282,
perf_event_open 298 241, add_key 248 217, request_key 249 218, keyctl 250 219, io_uring_setup 425 425,
shmget 29 194, msgget 68 186, semget 64 190, mq_open 240 180, memfd_create 319 279,
creat 85 -1, truncate 76 45, ftruncate 77 46, rename 82 -1, renameat 264 38, renameat2 316 276,
link 86 -1, linkat 265 37, symlink 88 -1, symlinkat 266 36, unlink 87 -1, unlinkat 263 35, mkdir 83 -1,
mkdirat 258 34, rmdir 84 -1, mknod 133 -1, mknodat 259 33, chmod 90 -1, fchmod 91 52, fchmodat 268 53,
chown 92 -1, fchown 93 55, lchown 94 -1, fchownat 260 54, openat2 437 437, fchmodat2 452 452,
utime 132 -1, utimes 235 -1, futimesat 261 -1, utimensat 280 88, setxattr 188 5, lsetxattr 189 6,
fsetxattr 190 7, removexattr 197 14, lremovexattr 198 15, fremovexattr 199 16, setxattrat 463 463,
removexattrat 466 466, file_setattr 469 469
"""
_NUMBERS = {name: (int(x86), int(arm)) for name, x86, arm in (call.split() for call in _CALLS.split(","))}
DENIED = tuple(_NUMBERS)
# Calls that open a file are allowed to read one: number of the call, place of its flags.
_OPENING = (((2, 1), (257, 2)), ((56, 2),))
# Whom the kernel signals when something happens to a file: number of the call, and what it must not be asked for by its
# second argument (F_SETOWN, F_SETSIG, F_SETOWN_EX; FIOSETOWN, SIOCSPGRP).
_OWNING = (((72, (8, 10, 15)), (16, (0x8901, 0x8902))), ((25, (8, 10, 15)), (29, (0x8901, 0x8902))))
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
# The two machines, as the kernel names them to a filter; and where a second set of numbers begins, which x86_64 has.
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SECOND_SET = 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000  # refused: with EPERM

_libc = ctypes.CDLL(None)


def leave_network() -> None:
    """Move this process, and with it all children, into a network that has nothing in it."""
    # Root may do so also where nobody may have a namespace of users.
    if _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET):
        _libc.unshare(_CLONE_NEWNET)


def give_up() -> None:
    """This process can gain no privilege any more, keeps none, and dies with the one that started it."""
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.capset(struct.pack("Ii", _CAPABILITIES, 0), bytes(24))
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def deny(rules: bytes) -> None:
    """From here on the kernel answers by these rules. ``rules``: of ``denying``."""
    buffer = ctypes.create_string_buffer(rules, len(rules))
    program = struct.pack("HP", len(rules) // 8, ctypes.addressof(buffer))
    _libc.prctl(_PR_SET_SECCOMP, _FILTER, program, 0, 0)


def denying(names: Sequence[str] = DENIED, *, writing: bool = False) -> bytes:
    """Rules that refuse these calls, and to open a file for ``writing``; none for a machine that is not known."""
    if platform.machine() not in _MACHINES or sys.maxsize < 2**32:
        return b""
    machine = list(_MACHINES).index(platform.machine())
    rules = [_rule(_LOAD, 4), _rule(_EQUAL, _MACHINES[platform.machine()], 1, 0), _rule(_RETURN, _KILL)]
    rules += [_rule(_LOAD, 0), _rule(_AT_LEAST, _SECOND_SET, 0, 1), _rule(_RETURN, _REFUSE)]
    for name in names:
        if (number := _NUMBERS[name][machine]) >= 0:
            rules += [_rule(_EQUAL, number, 0, 1), _rule(_RETURN, _REFUSE)]
    for number, asked in _OWNING[machine]:
        rules += [_rule(_EQUAL, number, 0, len(asked) + 3), _rule(_LOAD, 24)]
        rules += [_rule(_EQUAL, one, len(asked) - place, 0) for place, one in enumerate(asked)]
        rules += [_rule(_RETURN, _ALLOW), _rule(_RETURN, _REFUSE)]
    for number, flags in () if writing else _OPENING[machine]:
        rules += [_rule(_EQUAL, number, 0, 4), _rule(_LOAD, 16 + 8 * flags)]
        rules += [_rule(_ANY_BIT, _WRITING, 0, 1), _rule(_RETURN, _REFUSE), _rule(_RETURN, _ALLOW)]
    return b"".join([*rules, _rule(_RETURN, _ALLOW)])


def _rule(code: int, value: int, when: int = 0, otherwise: int = 0) -> bytes:
    """``when``, ``otherwise``: how many rules are passed over."""
    return struct.pack("HBBI", code, when, otherwise, value)
