"""One run at a time on a results folder."""

import fcntl
import os
import socket
from pathlib import Path

LOCK = ".lock"


class LockedError(Exception):
    """Another run has the folder; the message names it and says what to do."""


class FolderLock:
    """A lock on a folder, held by this process until it closes it or ends, however it ends.

    The file stays when the lock is gone: removing it would let two runs lock two files of the same
    name. A child that is started as a program does not inherit the lock; one that is forked does.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises
        ------
        LockedError
            Another run has it.
        OSError
            The file cannot be made or written.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = os.open(folder / LOCK, flags, 0o644)
        try:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LockedError(_said(folder, os.pread(self._descriptor, 200, 0))) from None
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()} {socket.gethostname()}\n".encode(), 0)
        except BaseException:
            os.close(self._descriptor)
            raise

    def close(self) -> None:
        """Give the lock back."""
        os.close(self._descriptor)


def _said(folder: Path, content: bytes) -> str:
    pid, _, host = content.decode("utf-8", "replace").strip().partition(" ")
    who, stop = "another run", "stop it"
    if pid.isascii() and pid.isdigit() and host.isprintable():
        who, stop = f"another run (process {pid} on {host})", f"stop it with: kill {pid}"
    return (
        f"{folder}: {who} writes its results here; wait until it ends, or name another folder "
        f"with --out, or {stop}"
    )
