"""What the machine gives this process."""

import ctypes
import os
import signal
import socket
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def cores() -> int:
    """Processor cores that this process may use; at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def die_with(parent: int) -> None:
    """Have this process killed when its parent ends, or end it now if that has gone already.

    Parameters
    ----------
    parent
        Its process id. On Linux what counts is the thread of it that started this process.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before this was arranged
        os._exit(1)


def take_standard_input() -> socket.socket:
    """The socket that is standard input, which is empty from now on."""
    taken = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    return taken
