"""Landlock: a process gives up every file, port and peer that it does not need.

The kernel holds the rules for the process and all it starts, without any privilege and inside any
container. Files that are open already stay usable. What Landlock does not know it does not stop:
``stat``, ``chdir`` and ``readlink`` tell that a file exists, though not what is in it.

The three system calls are made here, through ctypes. Of the bindings on PyPI, ``landlock`` has had
pre-releases only, ``py-landlock`` two releases within one week, and ``landlockpy`` is newer than
this module; none is proven enough to rest the sandbox on. The numbers and records are the kernel's,
from ``linux/landlock.h``; https://docs.kernel.org/userspace-api/landlock.html explains them.
"""

import contextlib
import ctypes
import os
import stat
from collections.abc import Iterable
from enum import IntFlag
from pathlib import Path
from typing import Any, Final

_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_QUIET: Final = 0b101
"""Of ABI 7: neither what is refused here nor in domains below is written to the audit log, which a
submission could flood."""

_libc: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None


class File(IntFlag):
    """What can be done with files, by the kernel's names."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


READ: Final = File.READ_FILE | File.READ_DIR | File.EXECUTE
"""Rights on what a worker may read."""
OWN: Final = (
    File.WRITE_FILE
    | File.READ_FILE
    | File.READ_DIR
    | File.REMOVE_DIR
    | File.REMOVE_FILE
    | File.MAKE_DIR
    | File.MAKE_REG
    | File.MAKE_FIFO
    | File.MAKE_SYM
    | File.REFER
    | File.TRUNCATE
)
"""Rights on a worker's own folders: all but programs, devices and sockets."""
USE: Final = File.READ_FILE | File.WRITE_FILE
"""Rights on the devices of :data:`DEVICES`."""
DRIVE: Final = USE | File.IOCTL_DEV
"""Rights on further devices that a worker is handed, such as a graphics processor."""
DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
"""What every worker may read and write."""
_OF_A_FILE: Final = File.EXECUTE | File.WRITE_FILE | File.READ_FILE | File.TRUNCATE | File.IOCTL_DEV
"""The kernel takes no other right for what is not a folder."""
_SINCE: Final = {1: 0, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""Rights on files that came with an ABI later than the first."""
_BIND_AND_CONNECT_TCP: Final = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS: Final = 0b11


class LandlockError(Exception):
    """Landlock could not be applied; the message says what the kernel answered."""


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def version() -> int:
    """The ABI of this kernel's Landlock; 0 where it has none or was booted without it."""
    abi: int = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    return max(0, abi)


def stops(abi: int) -> str:
    """What Landlock of some ABI stops, in words."""
    parts = ["files"]
    if abi >= 4:
        parts.append("TCP")
    if abi >= 6:
        parts.append("signals and abstract sockets")
    return ", ".join(parts)


def restrict(
    *, readable: Iterable[Path], own: Iterable[Path], devices: Iterable[Path] = ()
) -> None:
    """Leave this process, and all it starts, nothing but some files; there is no way back.

    The process must have no_new_privs, and one thread. Places that do not exist are passed over.
    TCP ports are all refused from ABI 4 on, and from 6 on signals and abstract sockets that lead
    out of the process and what it starts.

    Parameters
    ----------
    readable
        Files and folders to read, and to run programs from.
    own
        Folders to read, write and change.
    devices
        Device nodes to open and to control.

    Raises
    ------
    LandlockError
        The kernel has no Landlock or refuses a rule.
    """
    abi = version()
    if abi < 1:
        raise LandlockError("this kernel has no Landlock")
    handled = _handled(abi)
    ruleset = _create(abi, handled)
    try:
        for places, rights in (
            (readable, READ),
            (map(Path, DEVICES), USE),
            (own, OWN),
            (devices, DRIVE),
        ):
            for place in places:
                _allow(ruleset, place, rights & handled)
        flags = _QUIET if abi >= 7 else 0
        if _libc.syscall(_RESTRICT_SELF, ruleset, flags):
            raise LandlockError(f"landlock_restrict_self: {os.strerror(ctypes.get_errno())}")
    finally:
        os.close(ruleset)


def _handled(abi: int) -> int:
    """Every right on files that an ABI knows: what no rule allows is refused."""
    first = (1 << 13) - 1
    return first | sum(rights for since, rights in _SINCE.items() if since <= abi)


def _create(abi: int, handled: int) -> int:
    attributes = _Ruleset(
        handled_access_fs=handled,
        handled_access_net=_BIND_AND_CONNECT_TCP if abi >= 4 else 0,
        scoped=_ABSTRACT_SOCKETS_AND_SIGNALS if abi >= 6 else 0,
    )
    fields = 1 if abi < 4 else 2 if abi < 6 else 3  # an older kernel takes no longer record
    size = ctypes.c_size_t(8 * fields)
    ruleset: int = _libc.syscall(_CREATE_RULESET, ctypes.byref(attributes), size, 0)
    if ruleset < 0:
        raise LandlockError(f"landlock_create_ruleset: {os.strerror(ctypes.get_errno())}")
    return ruleset


def _allow(ruleset: int, place: Path, rights: int) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
        try:
            if not stat.S_ISDIR(os.fstat(opened).st_mode):
                rights &= _OF_A_FILE
            rule = _Beneath(allowed_access=rights, parent_fd=opened)
            if _libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0):
                raise LandlockError(f"landlock_add_rule {place}: {os.strerror(ctypes.get_errno())}")
        finally:
            os.close(opened)
