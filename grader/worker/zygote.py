"""The warm process that workers are forked from: torch and NumPy loaded, no student code.

It is started inside the sandbox with a control socket on descriptor 3, and the names of further
modules to load. Each message there asks for one worker: its bounds, and two descriptors: the
worker's channel, and a lifeline. For each worker the zygote forks a keeper, which moves into fresh
namespaces, forks the worker there, and watches it. The keeper runs no student code. It kills the
worker when the judge's end of the lifeline closes, so nothing outlives a judge, however it ended.
"""

import contextlib
import ctypes
import gc
import importlib
import os
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec

from grader.worker.sandbox import NOBODY

CONTROL: Final = 3
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_CLONE_NEWNS: Final = 0x00020000
_CLONE_NEWIPC: Final = 0x08000000
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWPID: Final = 0x20000000
_libc = ctypes.CDLL(None, use_errno=True)


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What one worker may use."""

    memory_mb: int
    """Address space beyond what torch itself maps."""
    processes: int
    files_mb: int
    """Size of its private /tmp, and of any one file."""
    output_mb: int
    """What it may print."""
    cpu_s: int
    wall_s: float
    """Of the whole submission."""
    namespaces: bool
    """Whether to move into namespaces of its own; False where the kernel refuses them."""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker ended, as its keeper saw it."""

    reason: str
    """exit, signal, output, wall, or judge (which hung up)."""
    code: int
    output: str
    """The first of what it printed."""


FAULT: Final = 70
"""Exit status of a worker that failed in our code, outside any request (sysexits: software)."""
_SHOWN: Final = 20_000
"""Bytes of a worker's output that are kept."""


def main() -> None:
    """Load what workers need, say so, and fork workers until the control socket closes."""
    preload = sys.argv[1:]
    if preload[:1] == ["--nobody"]:
        del preload[0]
        _become_nobody()
    import torch

    from grader import torchvision_cpu
    from grader.worker import probes, serve  # noqa: F401  # loaded here, once, for every worker

    torch.set_num_threads(1)
    torchvision_cpu.ensure()
    for name in preload:
        importlib.import_module(name)
    _rehearse(torch, probes)
    control = socket.socket(fileno=CONTROL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are reaped by the kernel
    gc.collect()
    gc.freeze()  # a collection in a worker must not touch, and so copy, torch's objects
    control.sendall(b"ready")
    while True:
        content, descriptors, _, _ = socket.recv_fds(control, 65536, 2)
        if not content:
            return
        bounds = msgspec.msgpack.decode(content, type=Bounds)
        if os.fork() == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _become(_keep, bounds, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _become_nobody() -> None:
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)  # gives up every capability
    _libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)  # else /proc/self/uid_map is not ours to write


def _rehearse(torch: Any, probes: Any) -> None:
    """Use once what loads more code at its first use; on the CPU none of it starts a thread."""
    layer = torch.nn.Conv2d(1, 1, 3)
    probes.convolutions(layer, torch.zeros(1, 1, 4, 4))
    layer(torch.zeros(1, 1, 4, 4)).sum().backward()
    torch.optim.Adam(layer.parameters()).step()


def _become(role: Callable[..., None], *arguments: Any) -> NoReturn:
    """Do what a forked process is for, and end there, without unwinding into the zygote."""
    try:
        role(*arguments)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(FAULT)
    os._exit(0)


def _keep(bounds: Bounds, channel: int, lifeline: int) -> None:
    """Fork the worker, watch it, and report its end on the lifeline."""
    if bounds.namespaces:
        _enter_namespaces()
    folder = Path("/tmp" if bounds.namespaces else tempfile.mkdtemp(prefix="worker."))
    output, printed = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(lifeline)
        os.close(output)
        _become(_work, bounds, folder, channel, printed)
    os.close(channel)
    os.close(printed)
    end = _watch(bounds, worker, lifeline, output)
    if not bounds.namespaces:  # elsewhere the namespaces end with the worker, and all in them
        shutil.rmtree(folder, ignore_errors=True)
    with socket.socket(fileno=lifeline) as line:
        try:
            line.sendall(msgspec.msgpack.encode(end))
        except OSError:
            return  # the judge is gone


def _enter_namespaces() -> None:
    uid, gid = os.getuid(), os.getgid()
    flags = _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC
    if _libc.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _watch(bounds: Bounds, worker: int, lifeline: int, output: int) -> End:
    """Wait for a worker's end; make it come where a bound is passed or the judge is gone."""
    ended = os.pidfd_open(worker)
    poll = select.poll()
    for descriptor in (ended, lifeline, output):
        poll.register(descriptor, select.POLLIN)
    shown, total, reason = b"", 0, None
    deadline = time.monotonic() + bounds.wall_s
    while True:
        left = max(0.0, deadline - time.monotonic())
        events = poll.poll(left * 1000 + 1) if reason is None else poll.poll()
        ready = {descriptor for descriptor, _ in events}
        if output in ready:
            part = os.read(output, 65536)
            total += len(part)
            shown += part[: max(0, _SHOWN - len(shown))]
            if not part:
                poll.unregister(output)
            elif total > bounds.output_mb * 2**20:
                reason = reason or "output"
        if ended in ready:
            break  # what it printed last may be lost; its score never depends on that
        if lifeline in ready:
            reason = reason or "judge"
            poll.unregister(lifeline)
        if not events and reason is None:
            reason = "wall"
        if reason is not None:
            os.kill(worker, signal.SIGKILL)
    if not bounds.namespaces:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(worker, signal.SIGKILL)
    _, status = os.waitpid(worker, 0)
    code = os.waitstatus_to_exitcode(status)
    text = shown.decode("utf-8", "replace")
    return End(reason=reason or ("exit" if code >= 0 else "signal"), code=abs(code), output=text)


def _work(bounds: Bounds, private: Path, channel: int, printed: int) -> None:
    """Become a worker: bounds, private files, then requests."""
    from grader.worker import serve, wire

    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (printed, 1), (printed, 2)):
        os.dup2(source, target)
    if channel != CONTROL:
        os.dup2(channel, CONTROL)
    os.closerange(CONTROL + 1, 65536)
    if bounds.namespaces:
        _mount_tmpfs("/tmp", f"size={bounds.files_mb}m,mode=700,nr_inodes=20000")
    folder = private / "submission"
    connection = socket.socket(fileno=CONTROL)
    files: Any = wire.receive(connection)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    os.chdir(folder)
    _limit(bounds)
    if bounds.namespaces:
        _mount_tmpfs("/proc", "size=0,mode=555")  # what is there speaks of other processes
    sys.stdin = open(0)  # noqa: SIM115  # the student's, for as long as the process lives
    serve.serve(connection, folder)


def _mount_tmpfs(place: str, options: str) -> None:
    flags = 0x2 | 0x4  # nosuid, nodev
    if _libc.mount(b"tmpfs", place.encode(), b"tmpfs", flags, options.encode()):
        raise OSError(ctypes.get_errno(), f"mount {place}")


def _limit(bounds: Bounds) -> None:
    """Resource limits that hold for the worker and whatever it forks."""
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for limit, value in (
        (resource.RLIMIT_AS, mapped + bounds.memory_mb * 2**20),
        (resource.RLIMIT_NPROC, bounds.processes),
        (resource.RLIMIT_FSIZE, bounds.files_mb * 2**20),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CPU, bounds.cpu_s),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    main()
