"""The warm process that workers are forked from: torch and NumPy loaded, no student code.

It is started inside the sandbox with a control socket as standard input, and the names of further
modules to load. Each message there asks for one worker: its bounds, and two descriptors: the
worker's channel, and a lifeline. For each worker the zygote forks a keeper, which moves into fresh
namespaces, forks the worker there, and watches it. The keeper runs no student code. It kills the
worker when the judge's end of the lifeline closes, so nothing outlives a judge, however it ended.
A worker may wait for its files as long as the judge likes: what the judge writes on the lifeline,
the seconds that it may take, starts its clock.

Before the first submission, workers of the zygote's own try what each layer of the sandbox must
stop (:mod:`grader.worker.trials`). Where one gets through, the zygote names it and does not start.
"""

import argparse
import contextlib
import ctypes
import gc
import importlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec

from grader.closing import Closing
from grader.machine import take_standard_input
from grader.worker import gpu, huge_pages, privileges, setup, trials, wire
from grader.worker.bounds import DYNAMO, Bounds, End
from grader.worker.confinement import Confinement, ConfinementError
from grader.worker.sandbox import CLOSED_FIX, readable, scratch

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
_libc = ctypes.CDLL(None, use_errno=True)


FAULT: Final = 70
"""Exit status of a worker that failed in our code, outside any request (sysexits: software)."""
_CHANNEL: Final = 3
"""A worker's descriptor for what it is asked."""
_CLOCKS_DIFFER_S: Final = 0.5
"""Seconds by which the limit on CPU time and the account of it may differ."""
_SHOWN: Final = 20_000
"""Bytes of a worker's output that are kept."""


def main() -> None:
    """Load what workers need, say so, and fork workers until the control socket closes."""
    gc.disable()  # collections find nothing while modules load; all is settled before it is ready
    options = _options()
    layers = [name for name in options.layers.split(",") if name]
    places = [*readable(), *([Path(options.data)] if options.data else [])]
    if options.nobody:
        _become_nobody(places, layers)
    import numpy.random  # noqa: F401  # NumPy loads it when it is first used
    import torch

    from grader import torchvision_cpu
    from grader.worker import loading, probes, serve  # noqa: F401  # loaded once, for every worker

    torch.set_num_threads(1)
    torchvision_cpu.ensure()
    if "seccomp" in layers:
        loading.load_in_process(torch.utils.data.DataLoader)
    for name in options.preload:
        importlib.import_module(name)
    if "torch" in options.preload:
        _rehearse(torch, probes, dynamo=DYNAMO in options.preload)
    control = take_standard_input()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are reaped by the kernel
    try:
        confinement = Confinement(layers, places, [Path(node) for node in options.device])
    except ConfinementError as error:
        raise SystemExit(str(error)) from error
    huge_pages.settle_memory()
    if through := _prove(confinement, layers):
        raise SystemExit(
            "a layer of the sandbox is on and does not stop what it must: " + "; ".join(through)
        )
    if options.cuda:
        os.environ["CUDA_VISIBLE_DEVICES"] = options.cuda
    if options.cuda is not None and (wrong := _try_gpu(confinement, layers)):
        raise SystemExit(
            f"--device cuda: inside the sandbox the graphics processor does not work: {wrong}; "
            "see that its driver works ('nvidia-smi'), or grade with --device cpu"
        )
    control.sendall(b"ready")
    while True:
        content, descriptors, _, _ = socket.recv_fds(control, 65536, 2)
        if not content:
            return
        bounds = msgspec.msgpack.decode(content, type=Bounds)
        _fork_keeper(bounds, confinement, *descriptors, role=_serve, spare=control)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nobody", action="store_true", help="give up being root first")
    parser.add_argument("--data", help="a folder that workers may read")
    parser.add_argument(
        "--device", action="append", default=[], help="a device node that workers may use"
    )
    parser.add_argument("--cuda", help="try the graphics processor first; those to be visible")
    parser.add_argument("--layers", default="", help="the sandbox's layers, with commas between")
    parser.add_argument(
        "preload",
        nargs="*",
        help="modules to load once for all workers; torch with all "
        "that it loads when it is first used",
    )
    return parser.parse_args()


def _become_nobody(needed: list[Path], layers: Collection[str]) -> None:
    closed = privileges.unreadable_to_nobody(needed)
    if closed is not None and ("capabilities" in layers or "landlock" not in layers):
        raise SystemExit(
            f"capabilities: student code must not run as root, and the user nobody cannot read "
            f"{closed}; {CLOSED_FIX}"
        )
    privileges.become_nobody(keep_reading=closed is not None)


def _rehearse(torch: Any, probes: Any, *, dynamo: bool) -> None:
    """Use once what loads more code at its first use; on the CPU none of it starts a thread."""
    layer = torch.nn.Conv2d(1, 1, 3)
    layer(torch.zeros(1, 1, 4, 4)).sum().backward()
    if dynamo:
        probes.convolutions(layer, torch.zeros(1, 1, 4, 4))
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


def _fork_keeper(
    bounds: Bounds,
    confinement: Confinement,
    channel: int,
    lifeline: int,
    *,
    role: Callable[[socket.socket, Path], None],
    spare: socket.socket,
) -> None:
    """Fork a keeper, and have it fork a worker that plays a role; `spare` is none of theirs."""
    if os.fork() == 0:
        spare.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _become(_keep, bounds, confinement, channel, lifeline, role)
    os.close(channel)
    os.close(lifeline)


def _keep(
    bounds: Bounds,
    confinement: Confinement,
    channel: int,
    lifeline: int,
    role: Callable[[socket.socket, Path], None],
) -> None:
    """Fork the worker, watch it, and report its end on the lifeline."""
    if bounds.namespaces:
        setup.enter_namespaces()
    else:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # nothing escapes by losing its parent
        os.setsid()  # who kills the judge with all its group leaves us to clear up
    folder = scratch() if bounds.namespaces else Path(tempfile.mkdtemp(prefix="worker."))
    output, printed = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(lifeline)
        os.close(output)
        _become(_work, bounds, confinement, folder, channel, printed, role)
    os.close(channel)
    os.close(printed)
    end = _watch(bounds, worker, lifeline, output)
    if not bounds.namespaces:  # elsewhere the namespaces end with the worker, and all in them
        _kill_orphans()
        _remove(folder)
    with socket.socket(fileno=lifeline) as line:
        try:
            line.sendall(msgspec.msgpack.encode(end))
        except OSError:
            return  # the judge is gone


def _kill_orphans() -> None:
    """Kill what a worker left behind, which has come to us; a killed parent hands on its own."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    with contextlib.suppress(ChildProcessError):
        while True:
            for child in children.read_text().split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(child), signal.SIGKILL)
            os.waitpid(-1, 0)


def _remove(folder: Path) -> None:
    """Remove a folder however deep it is, and whatever its permissions are."""
    for command in (["chmod", "-R", "u+rwX", "--"], ["rm", "-rf", "--"]):
        subprocess.run([*command, str(folder)], stderr=subprocess.DEVNULL, check=False)


def _watch(bounds: Bounds, worker: int, lifeline: int, output: int) -> End:
    """Wait for a worker's end; make it come where a bound is passed or the judge is gone."""
    ended = os.pidfd_open(worker)
    poll = select.poll()
    for descriptor in (ended, lifeline, output):
        poll.register(descriptor, select.POLLIN)
    shown, total, reason = b"", 0, None
    deadline: float | None = None
    while True:
        left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000 + 1
        events = poll.poll(left) if reason is None else poll.poll()
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
            if seconds := os.read(lifeline, 64):  # it has its files from now on
                deadline = time.monotonic() + msgspec.msgpack.decode(seconds, type=float)
            else:
                reason = reason or "judge"
                poll.unregister(lifeline)
        if not events and reason is None:
            reason = "wall"
        if reason is not None:
            os.kill(worker, signal.SIGKILL)
    if not bounds.namespaces:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(worker, signal.SIGKILL)
    _, status, used = os.wait4(worker, 0)
    code = os.waitstatus_to_exitcode(status)
    spent = used.ru_utime + used.ru_stime
    if reason is None and code == -signal.SIGKILL and spent > bounds.cpu_s - _CLOCKS_DIFFER_S:
        reason = "cpu"  # the kernel's limit, and nobody else
    text = shown.decode("utf-8", "replace")
    return End(reason=reason or ("exit" if code >= 0 else "signal"), code=abs(code), output=text)


def _work(
    bounds: Bounds,
    confinement: Confinement,
    private: Path,
    channel: int,
    printed: int,
    role: Callable[[socket.socket, Path], None],
) -> None:
    """Become a worker: private files, bounds, and every layer; then play a role."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (printed, 1), (printed, 2)):
        os.dup2(source, target)
    if channel != _CHANNEL:
        os.dup2(channel, _CHANNEL)
    os.closerange(_CHANNEL + 1, 65536)
    own = [private]
    if bounds.namespaces:
        own.append(Path("/dev/shm"))
        for place in own:
            setup.mount_private(str(place), bounds.files_mb)
    else:
        for variable in ("HOME", "MPLCONFIGDIR", "TMPDIR"):
            os.environ[variable] = str(private)
        tempfile.tempdir = str(private)
    folder = private / "submission"
    connection = socket.socket(fileno=_CHANNEL)
    files: Any = wire.receive(connection)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    os.chdir(folder)
    setup.limit(
        memory_mb=bounds.memory_mb,
        processes=bounds.processes,
        files_mb=bounds.files_mb,
        cpu_s=bounds.cpu_s,
        others=not bounds.namespaces,
        addresses=not bounds.gpu_mb,
    )
    covered = [Path("/proc")] if bounds.namespaces else []  # it speaks of other processes
    for place in covered:
        setup.mount_nothing(str(place))
    sys.stdin = open(0)  # noqa: SIM115  # the student's, for as long as the process lives
    confinement.put_on(own=own, readable=covered)
    if bounds.gpu_mb:
        gpu.bound(bounds.gpu_mb)
    if bounds.threads > 1:
        import torch

        torch.set_num_threads(bounds.threads)
    role(connection, folder)


def _serve(connection: socket.socket, folder: Path) -> None:
    from grader.worker import serve

    serve.serve(connection, folder)


_TRIAL: Final = Bounds(
    memory_mb=256, processes=8, files_mb=4, output_mb=1, cpu_s=10, wall_s=20, namespaces=False
)
"""Bounds of a worker that tries the sandbox, below what it tries to take."""
_GPU_TRIAL: Final = msgspec.structs.replace(
    _TRIAL, memory_mb=4096, processes=64, cpu_s=60, wall_s=60, gpu_mb=256
)
"""Bounds of one that tries the graphics processor."""


def _prove(confinement: Confinement, layers: Collection[str]) -> list[str]:
    """Have workers try each layer alone, and then all together; what got through."""
    if not layers:
        return []
    bounds = msgspec.structs.replace(_TRIAL, namespaces="namespaces" in layers)
    outer = [name for name in layers if name not in confinement.layers]
    tried = [(confinement.only([]), outer)]
    tried += [(confinement.only([layer]), [layer]) for layer in sorted(confinement.layers)]
    tried.append((confinement, list(layers)))
    if bounds.namespaces:
        return _try(bounds, tried)
    # without namespaces processes of all trials count as one user's, whose number is limited
    return [line for each in tried for line in _try(bounds, [each])]


def _try(bounds: Bounds, tried: Sequence[tuple[Confinement, Collection[str]]]) -> list[str]:
    """Have a worker for each try what its layers must stop, side by side."""
    through = []
    with contextlib.ExitStack() as asked:
        waiting = [
            (asked.enter_context(_Asked(bounds, confinement, partial(trials.run, layers))), layers)
            for confinement, layers in tried
        ]
        for question, layers in waiting:
            found, broken = question.answer()
            through += found
            if broken is not None:
                through.append(f"{', '.join(layers)}: the trial broke off: {broken}")
    return through


def _try_gpu(confinement: Confinement, layers: Collection[str]) -> str:
    """What keeps a worker from computing on the graphics processor; empty where nothing does."""
    namespaces = "namespaces" in layers
    bounds = msgspec.structs.replace(_GPU_TRIAL, namespaces=namespaces)
    with _Asked(bounds, confinement, gpu.attempt) as question:
        wrong, broken = question.answer()
    return "; ".join(wrong) if broken is None else broken or "the trial broke off without a word"


class _Asked(Closing):
    """A worker of ours that was asked something."""

    def __init__(
        self, bounds: Bounds, confinement: Confinement, question: Callable[[], list[str]]
    ) -> None:
        self._channel, channel = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self._lifeline, lifeline = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        _fork_keeper(
            bounds,
            confinement,
            channel.detach(),
            lifeline.detach(),
            role=lambda connection, _: wire.send(connection, question()),
            spare=self._lifeline,
        )
        with contextlib.suppress(OSError, wire.ClosedError):  # it has died: its end will say why
            self._lifeline.sendall(msgspec.msgpack.encode(bounds.wall_s))
            wire.send(self._channel, {})

    def answer(self) -> tuple[list[str], str | None]:
        """What it answers, and what it printed where it broke off."""
        try:
            answer: Any = wire.receive(self._channel)
        except (OSError, wire.ClosedError):
            end = msgspec.msgpack.decode(self._lifeline.recv(65536), type=End)
            return [], end.output.strip()[-500:]
        return [str(line) for line in answer], None

    def close(self) -> None:
        """End it."""
        self._channel.close()
        self._lifeline.close()


if __name__ == "__main__":
    main()
