"""The loop of a worker: one request in, one reply out, until the judge hangs up.

A request is ``[token, operation, *arguments]``; its reply is ``[token, "ok", value]`` or
``[token, "error", kind, text, frames]``. The token is drawn by the judge for each request, so a
reply that was written before its question cannot fit it.
"""

import ctypes
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from grader.worker import wire
from grader.worker.crash import exception_text, own_frames
from grader.worker.executor import Executor
from grader.worker.probes import PROBES

_OMP_PAUSE_HARD: Final = 2


def serve(channel: socket.socket, folder: Path) -> None:
    """Answer requests about the submission in a folder until the channel closes."""
    executor = Executor(folder, PROBES)
    operations: dict[str, Callable[..., Any]] = {
        "load": executor.load,
        "call": lambda target, args, kwargs, keep: executor.call(target, args, kwargs, keep=keep),
        "observe": executor.observe,
        "probe": executor.probe,
        "value": executor.value,
        "item": executor.item,
        "put": executor.put,
        "seed": executor.seed,
    }
    while True:
        try:
            token, operation, *arguments = wire.receive(channel)
        except wire.ClosedError:
            return
        if operation == "snapshot":
            channel = _fork(channel, token)
            continue
        try:
            reply = [token, "ok", operations[operation](*arguments)]
            content = wire.pack(reply)
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the student's too
            content = wire.pack([token, "error", *describe(error, folder)])
        wire.send_packed(channel, content)


def describe(error: BaseException, folder: Path) -> tuple[str, str, list[list[Any]]]:
    """An exception as type name, text, and the student's own lines."""
    kind = type(error).__name__[:200]
    frames = [[f.file, f.line, f.function, f.source[:500]] for f in own_frames(error, folder)]
    text = exception_text(error).encode("utf-8", "backslashreplace").decode()
    return kind.encode("utf-8", "backslashreplace").decode(), text, frames


def _fork(channel: socket.socket, token: bytes) -> socket.socket:
    """Fork; the copy answers on a channel of its own, which the judge sent along."""
    _, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    _end_threads()
    if os.fork():
        for descriptor in descriptors:
            os.close(descriptor)
        wire.send(channel, [token, "ok", None])
        return channel
    channel.close()
    return socket.socket(fileno=descriptors[0])


def _end_threads() -> None:
    """End the threads that OpenMP keeps for later: a copy would wait for what it has not.

    They come back when they are needed, here and there (OpenMP 5.0, ``omp_pause_resource_all``).
    """
    pause = getattr(ctypes.CDLL(None), "omp_pause_resource_all", None)
    if pause is not None:
        pause(_OMP_PAUSE_HARD)
