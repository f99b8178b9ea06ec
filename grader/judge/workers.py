"""The judge's hold on the sandboxed side: a warm zygote, and workers forked from it."""

import contextlib
import select
import socket
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.worker.bounds import Bounds, End
from grader.worker.sandbox import bubblewrap, zygote_command

START_S: Final = 120
"""Seconds a zygote may take to load torch on a busy machine."""

DYING_S: Final = 0.5
"""Seconds between a process closing its files and being gone."""


class SandboxError(Exception):
    """The sandboxed side could not be started, or has died; the message says what to do."""


class Worker:
    """One submission's process."""

    def __init__(self, channel: socket.socket, lifeline: socket.socket) -> None:
        self.channel = channel
        self._lifeline = lifeline

    def begin(self, files: Mapping[str, bytes], wall_s: float) -> None:
        """Hand it a submission's files, and start its clock; OSError, ClosedError: it has died."""
        from grader.worker import wire  # loads torch: the zygote loads its own meanwhile

        self._lifeline.sendall(msgspec.msgpack.encode(float(wall_s)))
        wire.send(self.channel, dict(files))

    def end(self, *, died: bool = False, patience_s: float = 5.0) -> End | None:
        """Kill the worker and all it started; how it ended.

        `died` says that it seems to have ended by itself: then its keeper gets a moment to say how.
        """
        self.channel.close()
        if died:
            select.select([self._lifeline], [], [], DYING_S)
        with contextlib.suppress(OSError):
            self._lifeline.shutdown(socket.SHUT_WR)
        readable, _, _ = select.select([self._lifeline], [], [], patience_s)
        content = self._last_words() if readable else b""
        self._lifeline.close()
        try:
            return msgspec.msgpack.decode(content, type=End) if content else None
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None

    def _last_words(self) -> bytes:
        """What the keeper said; where it went before it read all from us, an error comes first."""
        for _ in range(2):
            with contextlib.suppress(ConnectionResetError):
                return self._lifeline.recv(65536)
        return b""

    def let_go(self) -> None:
        """Give up this process's hold; the worker ends when nobody holds it any more."""
        self.channel.close()
        self._lifeline.close()


class Zygote:
    """A warm process in the sandbox, from which each submission gets a fork."""

    def __init__(
        self,
        *,
        isolate: bool,
        data: Path | None,
        preload: Sequence[str] = (),
        layers: Sequence[str] | None = None,
        devices: Sequence[Path] = (),
        cuda: bool = False,
        wait: bool = True,
    ) -> None:
        """Start it, and wait until it is ready; else :meth:`await_ready` does."""
        if isolate and bubblewrap() is None:
            raise SandboxError(
                "bubblewrap is not installed; install it (Debian, Ubuntu: apt-get install "
                "bubblewrap), or grade without isolation (--sandbox none) on a machine you can lose"
            )
        self.isolate = isolate
        self._lent = False
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        command = zygote_command(
            isolate=isolate,
            data=data,
            preload=preload,
            layers=layers,
            devices=devices,
            cuda=cuda,
        )
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=self._log,
                stderr=self._log,
            )
        if wait:
            self.await_ready()

    def await_ready(self) -> None:
        """Wait until it has loaded what it must and tried its layers; call it once.

        Raises
        ------
        SandboxError
            It did not start; the message says why.
        """
        self._control.settimeout(START_S)
        try:
            ready = self._control.recv(64)
        except OSError:
            ready = b""
        if ready != b"ready":
            said = self._said()
            self.close()
            raise SandboxError(f"the sandbox did not start: {said}")
        self._control.settimeout(None)

    def spawn(self, files: Mapping[str, bytes], bounds: Bounds) -> Worker:
        """Fork a worker and hand it a submission's files.

        Raises
        ------
        SandboxError
            The zygote has died.
        """
        from grader.worker import wire  # loads torch: the zygote loads its own meanwhile

        worker = self.prepare(bounds)
        try:
            worker.begin(files, bounds.wall_s)
        except (OSError, wire.ClosedError) as error:
            worker.end()
            raise SandboxError(f"the sandbox has died: {self._said()}") from error
        return worker

    def prepare(self, bounds: Bounds) -> Worker:
        """Fork a worker that gets ready for a submission, to begin with later.

        Raises
        ------
        SandboxError
            The zygote has died.
        """
        channel, far_channel = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        lifeline, far_lifeline = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        worker = Worker(channel, lifeline)
        try:
            with far_channel, far_lifeline:
                socket.send_fds(
                    self._control,
                    [msgspec.msgpack.encode(bounds)],
                    [far_channel.fileno(), far_lifeline.fileno()],
                )
        except OSError as error:
            worker.end()
            raise SandboxError(f"the sandbox has died: {self._said()}") from error
        return worker

    def alive(self) -> bool:
        """Whether it still runs, and so can be asked for a worker."""
        if self._control.fileno() < 0 or (not self._lent and self._process.poll() is not None):
            return False
        poll = select.poll()
        poll.register(self._control, 0)  # no event is asked for, but the end of the peer is told
        return not poll.poll(0)

    def borrow(self) -> None:
        """Use it in a fork of the process that started it, whose own it stays."""
        self._lent = True

    def let_go(self) -> None:
        """Ask it for no more workers; it ends once those who borrowed it have let go, too."""
        self._control.close()

    def close(self) -> None:
        """End the zygote and every process of the sandbox; one that is borrowed lives on."""
        self._control.close()
        if not self._lent:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _said(self) -> str:
        self._log.seek(0)
        text = self._log.read()[-2000:].decode("utf-8", "replace").strip()
        return text or "it said nothing"


class Zygotes:
    """Starts zygotes; the first at once, so that it gets ready while others load what they need."""

    def __init__(self, start: Callable[..., Zygote]) -> None:
        self._start = start
        self._early: Zygote | None = None
        with contextlib.suppress(SandboxError):  # said when it is started once more
            self._early = start(wait=False)

    def get(self) -> Zygote:
        """One that is ready; SandboxError if none starts, also not at a second try."""
        early, self._early = self._early, None
        try:
            if early is None:
                return self._start()
            early.await_ready()
        except SandboxError:  # something may have killed it
            return self._start()
        return early

    def close(self) -> None:
        """End one that was started, but not needed."""
        if self._early is not None:
            self._early.close()
