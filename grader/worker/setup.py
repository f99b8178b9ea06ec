"""What surrounds a worker: namespaces, private file systems, and limits."""

import contextlib
import ctypes
import os
import resource
from pathlib import Path
from typing import Any, Final

_CLONE_NEWNS: Final = 0x00020000
_CLONE_NEWIPC: Final = 0x08000000
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWPID: Final = 0x20000000
_READ_ONLY: Final = 0x1
_NOSUID_NODEV: Final = 0x2 | 0x4
_OPEN_FILES: Final = 256
_libc: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None


def enter_namespaces() -> None:
    """Move into user, mount and ipc namespaces of our own; children also into a pid namespace."""
    uid, gid = os.getuid(), os.getgid()
    flags = _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC
    if _libc.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def mount_private(place: str, files_mb: int) -> None:
    """Cover a folder with an empty one that ends with its mount namespace."""
    _mount_tmpfs(place, f"size={files_mb}m,mode=700,nr_inodes=20000", _NOSUID_NODEV)


def mount_nothing(place: str) -> None:
    """Cover a folder with one that is empty and stays so."""
    _mount_tmpfs(place, "mode=555", _NOSUID_NODEV | _READ_ONLY)


def _mount_tmpfs(place: str, options: str, flags: int) -> None:
    if _libc.mount(b"tmpfs", place.encode(), b"tmpfs", flags, options.encode()):
        raise OSError(ctypes.get_errno(), f"mount {place}")


def limit(
    *,
    memory_mb: int,
    processes: int,
    files_mb: int,
    cpu_s: int,
    others: bool,
    addresses: bool = True,
) -> None:
    """Resource limits that hold for this process and whatever it forks.

    Parameters
    ----------
    memory_mb
        Address space beyond what is mapped now.
    processes
        Processes and threads, besides those that the user has already where `others` is true.
    files_mb
        Size of any one file.
    cpu_s
        Processor seconds of each process.
    others
        Whether the kernel counts this user's other processes along, as it does outside a user
        namespace of our own.
    addresses
        Whether memory is bounded by addresses; otherwise by what is mapped to be written.
    """
    sizes = Path("/proc/self/statm").read_text().split()
    mapped = int(sizes[0 if addresses else 5]) * resource.getpagesize()
    running = _tasks_of(os.getuid()) if others else 0
    for kind, value in (
        (resource.RLIMIT_AS if addresses else resource.RLIMIT_DATA, mapped + memory_mb * 2**20),
        (resource.RLIMIT_NPROC, running + processes),
        (resource.RLIMIT_FSIZE, files_mb * 2**20),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))


def _tasks_of(uid: int) -> int:
    """Threads of all processes of a user that can be seen."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == uid:
                total += folder.joinpath("task").stat().st_nlink - 2
    return total
