"""Giving up privileges for good: no_new_privs, every capability, and being root."""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

NOBODY: Final = 65534
"""The user and group that student code runs as, where the grader may choose."""

_PR_SET_DUMPABLE: Final = 4
_PR_SET_KEEPCAPS: Final = 8
_PR_CAPBSET_READ: Final = 23
_PR_CAPBSET_DROP: Final = 24
_PR_SET_SECUREBITS: Final = 28
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_GET_NO_NEW_PRIVS: Final = 39
_PR_CAP_AMBIENT: Final = 47
_PR_CAP_AMBIENT_CLEAR_ALL: Final = 4
_CAP_DAC_READ_SEARCH: Final = 2
_CAP_SETPCAP: Final = 8
_CAPABILITY_VERSION_3: Final = 0x20080522
_NO_ROOT_LOCKED: Final = 0xEF
"""Secure bits: user 0 has no capability by being user 0, nor by a change of user, nor through the
ambient set, and none of this can be changed (``linux/securebits.h``)."""

_libc: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None


class PrivilegeError(Exception):
    """A privilege could not be given up; the message names it."""


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def set_no_new_privs() -> None:
    """From now on no program gives this process more rights than it has: no set-user-id, say."""
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise PrivilegeError(f"no_new_privs: {os.strerror(ctypes.get_errno())}")


def has_no_new_privs() -> bool:
    """Whether :func:`set_no_new_privs` holds."""
    return bool(_libc.prctl(_PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)


def become_nobody(*, keep_reading: bool = False) -> None:
    """Turn root into nobody, who has no capability and, where root may decide it, can get none.

    `keep_reading` leaves the one capability of reading every file, where the interpreter lies in
    root's home. It is for a process that Landlock keeps to some files, and for no other.
    """
    _empty_bounding_set()
    if keep_reading:
        _libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)  # gives up every capability
    if keep_reading:
        _set_capabilities(1 << _CAP_DAC_READ_SEARCH)
    _libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)  # else /proc/self/uid_map is not ours to write


def unreadable_to_nobody(places: Iterable[Path]) -> Path | None:
    """The first of some places that nobody cannot read, or None; asked by root."""
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        return next(
            (place for place in places if not os.access(place, os.R_OK, effective_ids=True)), None
        )
    finally:
        os.seteuid(0)
        os.setegid(0)


def drop_capabilities() -> None:
    """Give up every capability, in all five sets where this process may change them.

    The bounding set takes CAP_SETPCAP to change, which a worker in a user namespace of its own has.
    Elsewhere it may stay as it is: under no_new_privs nothing is gained from it.

    Raises
    ------
    PrivilegeError
        A capability is left, or this process is root.
    """
    _empty_bounding_set()
    _libc.prctl(_PR_SET_SECUREBITS, _NO_ROOT_LOCKED, 0, 0, 0)  # refused without CAP_SETPCAP
    _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    _set_capabilities(0)
    if any(held := capabilities()):
        raise PrivilegeError(f"capabilities: some are left: {held}")
    if 0 in (*os.getresuid(), *os.getresgid()):
        raise PrivilegeError("capabilities: student code would run as root")


def capabilities() -> tuple[int, int, int]:
    """The effective, permitted and inheritable capabilities of this process, as bit masks."""
    sets = (_Sets * 2)()
    if _libc.capget(ctypes.byref(_Header(_CAPABILITY_VERSION_3, 0)), sets):
        raise PrivilegeError(f"capabilities: {os.strerror(ctypes.get_errno())}")
    low, high = sets
    return (
        low.effective | high.effective << 32,
        low.permitted | high.permitted << 32,
        low.inheritable | high.inheritable << 32,
    )


def bounding_set() -> list[int]:
    """Numbers of the capabilities in the bounding set."""
    return [number for number in range(64) if _libc.prctl(_PR_CAPBSET_READ, number, 0, 0, 0) == 1]


def _set_capabilities(held: int) -> None:
    """Hold some capabilities, all below the 32nd, and make none inheritable."""
    sets = (_Sets * 2)(_Sets(effective=held, permitted=held))
    if _libc.capset(ctypes.byref(_Header(_CAPABILITY_VERSION_3, 0)), sets):
        raise PrivilegeError(f"capabilities: {os.strerror(ctypes.get_errno())}")


def _empty_bounding_set() -> None:
    if not capabilities()[0] >> _CAP_SETPCAP & 1:
        return
    for number in bounding_set():
        if _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0):
            raise PrivilegeError(f"bounding set: {os.strerror(ctypes.get_errno())}")
