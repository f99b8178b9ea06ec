"""What each layer must stop, tried by a worker itself before the first submission.

A layer that is on and stops nothing is worse than none, because everybody trusts it. So a worker
with that one layer and nothing else tries what it is there to stop, and then a worker with all
layers tries everything. Each attempt is harmless where it gets through: it touches this process,
its own children, and devices that hold nothing.
"""

import ctypes
import errno
import os
import socket
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final

from grader.worker import landlock, privileges
from grader.worker.sandbox import environment, scratch

_libc: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
_CLONE_NEWUSER: Final = 0x10000000
_PTRACE_CONT: Final = 7
_REFUSED: Final = (errno.EPERM, errno.EACCES)
_OUTSIDE: Final = "/dev/full"
"""A file that is on every Linux, that everybody may open, and that no worker needs."""
_PROCESSES: Final = 40
_FILES: Final = 512
_FILE_BYTES: Final = 8 * 2**20
_MEMORY_BYTES: Final = 2**30
"""Each is more than a worker may have that tries the sandbox, and no more than a machine bears."""
_inherited = frozenset(os.environ)  # before torch and others add theirs


class Trial:
    """An attempt: True where it was stopped, and by the layer that it is about."""

    def __init__(self, layer: str, what: str, stopped: Callable[[], bool]) -> None:
        self.layer = layer
        self.what = what
        self.stopped = stopped


def run(layers: Collection[str]) -> list[str]:
    """Try what some layers must stop; a line for each attempt that got through."""
    through = []
    for trial in TRIALS:
        if trial.layer in layers:
            try:
                stopped = trial.stopped()
            except OSError as error:
                through.append(f"{trial.layer}: {trial.what} failed otherwise: {error}")
            else:
                through += [] if stopped else [f"{trial.layer}: {trial.what}"]
    return through


def _denied(attempt: Callable[[], object], *errors: int) -> bool:
    try:
        attempt()
    except OSError as error:
        return error.errno in (errors or _REFUSED)
    return False


def _close_at_once(path: str, flags: int) -> None:
    os.close(os.open(path, flags))


def _call_refused(name: str, *arguments: object, error: int = errno.EPERM) -> bool:
    ctypes.set_errno(0)
    return getattr(_libc, name)(*arguments) == -1 and ctypes.get_errno() == error


def _number_refused(number: int, *arguments: object, error: int) -> bool:
    return _call_refused("syscall", ctypes.c_long(number), *arguments, error=error)


def _tcp_refused() -> bool:
    """Stopped at the socket, or by Landlock at its port; an absent network would say otherwise."""
    if landlock.version() < 4:
        return True
    try:
        tcp = socket.socket()
    except PermissionError:
        return True
    with tcp:
        tcp.settimeout(1)
        return _denied(lambda: tcp.connect(("127.0.0.1", 9))) and _denied(
            lambda: tcp.bind(("127.0.0.1", 0))
        )


def _signal_refused() -> bool:
    """Signal 0 only asks; a worker that is first of its pid namespace has nobody to ask about."""
    parent = os.getppid()
    return parent == 0 or landlock.version() < 6 or _denied(lambda: os.kill(parent, 0))


def _network_empty() -> bool:
    try:
        return [name for _, name in socket.if_nameindex()] in ([], ["lo"])
    except PermissionError:
        return True  # not even a socket to ask with


def _fork_refused() -> bool:
    """Whether forking ends, at the limit; it holds for nobody who is root."""
    if os.getuid() == 0:
        return True
    children = []
    reader, writer = os.pipe()  # its end tells the children to go
    try:
        for _ in range(_PROCESSES):
            child = os.fork()
            if child == 0:
                os.close(writer)
                os.read(reader, 1)
                os._exit(0)
            children.append(child)
        return False
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(writer)
        os.close(reader)
        for child in children:
            os.waitpid(child, 0)


def _files_refused() -> bool:
    opened = []
    try:
        for _ in range(_FILES):
            opened.append(os.open(os.devnull, os.O_RDONLY))
        return False
    except OSError as error:
        return error.errno == errno.EMFILE
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _size_refused() -> bool:
    place = Path("large")
    try:
        return _denied(lambda: _extend(place, _FILE_BYTES), errno.EFBIG)
    finally:
        place.unlink(missing_ok=True)


def _extend(place: Path, size: int) -> None:
    with place.open("wb") as stream:
        stream.truncate(size)  # Python ignores the signal that would otherwise end us


def _memory_refused() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.malloc.restype = ctypes.c_void_p
    block = libc.malloc(ctypes.c_size_t(_MEMORY_BYTES))
    if block:
        libc.free(ctypes.c_void_p(block))
    return not block


TRIALS: Final = (
    Trial("bubblewrap", "open /etc/passwd", lambda: _denied(
        lambda: _close_at_once("/etc/passwd", os.O_RDONLY), errno.ENOENT, *_REFUSED)),
    Trial("bubblewrap", "write to the grader", lambda: _denied(
        lambda: _close_at_once(__file__, os.O_WRONLY),
        errno.EROFS, *_REFUSED)),
    Trial("bubblewrap", "change /dev, which workers share", lambda: _denied(
        lambda: os.chmod("/dev", 0o755), errno.EROFS, *_REFUSED)),  # noqa: PTH101  # its mode
    Trial("bubblewrap", "see a network", _network_empty),
    Trial("bubblewrap", "read an environment", lambda: _inherited <= {
        *environment(), "LC_CTYPE", "PWD"}),
    Trial("namespaces", "see other processes", lambda: os.getpid() == 1),
    Trial("namespaces", "read /proc", lambda: _denied(
        lambda: _close_at_once("/proc/self/status", os.O_RDONLY), errno.ENOENT, *_REFUSED)),
    Trial("namespaces", "see files of others",
          lambda: set(os.listdir(scratch())) == {"submission"}),  # noqa: PTH208  # names only
    Trial("landlock", "read a file outside",
          lambda: _denied(lambda: _close_at_once(_OUTSIDE, os.O_RDONLY))),
    Trial("landlock", "write a file outside",
          lambda: _denied(lambda: _close_at_once(_OUTSIDE, os.O_WRONLY))),
    Trial("landlock", "connect or bind", _tcp_refused),
    Trial("landlock", "signal a process outside", _signal_refused),
    Trial("seccomp", "ptrace", lambda: _call_refused("ptrace", _PTRACE_CONT, 0, 0, 0)),
    Trial("seccomp", "unshare", lambda: _call_refused("unshare", 0)),
    Trial("seccomp", "open a socket", lambda: _denied(
        lambda: socket.socket(socket.AF_UNIX).close(), errno.EPERM)),
    Trial("seccomp", "pair datagram sockets", lambda: _denied(
        lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM), errno.EPERM)),
    Trial("seccomp", "clone3", lambda: _number_refused(435, None, 0, error=errno.ENOSYS)),
    Trial("seccomp", "io_uring", lambda: _number_refused(425, 0, None, error=errno.ENOSYS)),
    Trial("no_new_privs", "gain rights by running a program", privileges.has_no_new_privs),
    Trial("capabilities", "mount", lambda: _call_refused(
        "mount", b"tmpfs", b"/dev", b"tmpfs", ctypes.c_ulong(0), None)),
    Trial("capabilities", "chroot", lambda: _call_refused("chroot", b"/")),
    Trial("capabilities", "keep a capability", lambda: not any(privileges.capabilities())),
    Trial("capabilities", "be root", lambda: 0 not in os.getresuid()),
    Trial("rlimits", "fork without end", _fork_refused),
    Trial("rlimits", "open files without end", _files_refused),
    Trial("rlimits", "write a file without end", _size_refused),
    Trial("rlimits", "take memory without end", _memory_refused),
)  # fmt: skip
"""Every attempt, with the layer that must stop it."""
