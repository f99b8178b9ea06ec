"""The backend whose student code runs in another process; see :mod:`grader.worker.serve`."""

import secrets
import signal
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from grader.judge.errors import TIMED_OUT, Frame, StudentError
from grader.judge.points import WALL
from grader.judge.workers import SandboxError
from grader.worker import wire
from grader.worker.bounds import End
from grader.worker.crash import MAX_FRAMES, MAX_TEXT
from grader.worker.handles import Handle, Target, replace_handles


class ViolationError(StudentError):
    """A worker broke the protocol; nothing it said can be trusted."""

    def __init__(self, text: str) -> None:
        super().__init__("ProtocolViolation", f"your code interfered with its grading: {text}")


class WorkerProcess(Protocol):
    """What :class:`grader.judge.workers.Worker` offers."""

    channel: socket.socket

    def end(self, *, died: bool = False) -> End | None:
        """Kill it; how it ended, or None if its keeper does not say."""

    def let_go(self) -> None:
        """Let it be killed, without waiting."""


MAX_KIND = 200
"""Characters of an exception's type."""
MAX_PART = 500
"""Characters of a file, a function or a line in a traceback."""
_ENDS = {
    "exit": "your code ended the Python process (exit status {code}); look for sys.exit, os._exit",
    "signal": "your code's process was killed by signal {code}; look for memory, or native code",
    "output": "your code printed more than it may, and was stopped",
    "judge": "your code cut its connection to the grader",
    "cpu": "your code used more processor time than it may, and was stopped",
    "wall": WALL,
}


class RemoteBackend:
    """Sends each request to a worker and waits for its reply.

    When a worker has died, or was still busy when its check was stopped, the next request gets a
    fresh one: later checks still run. Handles of the worker before are then gone.
    """

    def __init__(self, spawn: Callable[[], WorkerProcess]) -> None:
        self._spawn = spawn
        self._worker: WorkerProcess | None = None
        self._busy = False
        self._first = 0
        """Handles below this number belong to workers that are gone."""
        self._highest = 0
        self.lost: str | None = None
        """How the sandbox failed, if it did: what a check said after that means nothing."""
        self.killed = 0
        """Workers killed by a signal that the grader did not send: from outside, or for memory."""

    def load(self, module: str) -> None:
        """Import a module of the submission."""
        self._ask("load", module)

    def call(
        self, target: Target, args: Sequence[Any], kwargs: Mapping[str, Any], *, keep: bool = False
    ) -> Any:
        """Call a target; data, or a handle if `keep`."""
        result = self._ask("call", target, list(args), dict(kwargs), keep)
        return self._handle(result) if keep else result

    def observe(self, target: Target, args: Sequence[Any]) -> tuple[Any, list[Any]]:
        """Call a target; its result, and its arguments afterwards."""
        reply = self._ask("observe", target, list(args))
        if type(reply) is not tuple or len(reply) != 2 or type(reply[1]) is not list:
            raise ViolationError("an observation has another form than it must")
        return reply[0], reply[1]

    def probe(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run a trusted function beside the student's code."""
        return self._ask("probe", name, list(args), dict(kwargs))

    def value(self, target: Target) -> Any:
        """A target as data."""
        return self._ask("value", target)

    def item(self, target: Target, key: int | str) -> Handle:
        """A handle to ``target[key]``."""
        return self._handle(self._ask("item", target, key))

    def put(self, value: Any) -> Handle:
        """Keep plain data beside the student's code."""
        return self._handle(self._ask("put", value))

    def seed(self, seed: int) -> None:
        """Seed the global random generators beside the student's code."""
        self._ask("seed", seed)

    @contextmanager
    def snapshot(self) -> Iterator["RemoteBackend"]:
        """A copy of the worker as it is now, for as long as the context lasts."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with ours:
            with theirs:
                self._ask("snapshot", descriptor=theirs.fileno())
            copy = RemoteBackend(_refuse_respawn)
            copy._worker = _Copy(ours)
            copy._first, copy._highest = self._first, self._highest
            try:
                yield copy
            finally:
                self.killed += copy.killed

    @contextmanager
    def anew(self) -> Iterator["RemoteBackend"]:
        """The submission in a worker of its own, which shares nothing with this one."""
        other = RemoteBackend(self._spawn)
        try:
            yield other
        finally:
            self.killed += other.killed
            self.lost = self.lost or other.lost
            other.close()
            other._spawn = _refuse_respawn

    def close(self) -> None:
        """Kill the worker."""
        if self._worker is not None:
            self._worker.let_go()
            self._worker = None

    def _ask(self, operation: str, *arguments: Any, descriptor: int | None = None) -> Any:
        if self._busy:  # stopped in the middle of a request: what it would say is another's answer
            self.close()
            self._busy = False
        if self._worker is None:
            self._first = self._highest + 1
            try:
                self._worker = self._spawn()
            except SandboxError as error:
                self.lost = str(error)
                raise
        token = secrets.token_bytes(16)
        request = [token, operation, *(self._rebase(argument) for argument in arguments)]
        self._busy = True
        try:
            wire.send(self._worker.channel, request)
            if descriptor is not None:
                socket.send_fds(self._worker.channel, [b"."], [descriptor])
            reply = wire.receive(self._worker.channel)
        except wire.ClosedError:
            raise self._died() from None
        except wire.ProtocolError as error:
            self.close()
            self._busy = False
            raise ViolationError(str(error)) from error
        self._busy = False
        return self._unwrap(token, reply)

    def _unwrap(self, token: bytes, reply: Any) -> Any:
        # An array compares element by element, so what is compared must first be known to be none.
        if type(reply) is not list or len(reply) < 3 or not _is(reply[0], token):
            self.close()
            raise ViolationError("a reply to a question that was not asked")
        if _is(reply[1], "ok") and len(reply) == 3:
            return replace_handles(reply[2], self._renumbered)
        if _is(reply[1], "error") and [type(part) for part in reply[2:]] == [str, str, list]:
            _, _, kind, text, frames = reply
            raise StudentError(kind[:MAX_KIND], text[: MAX_TEXT + 10], _frames(frames))
        self.close()
        raise ViolationError("a reply of unknown form")

    def _died(self) -> SandboxError | StudentError:
        end = self._worker.end(died=True) if self._worker is not None else None
        self._worker = None
        self._busy = False
        if end is None:  # keepers run no student code, so this is not the student's doing
            self.lost = "the sandbox died in the middle of a check"
            return SandboxError(self.lost)
        self.killed += end.reason == "signal" and end.code == signal.SIGKILL
        text = _ENDS.get(end.reason, _ENDS["signal"]).format(code=end.code)
        return StudentError(TIMED_OUT if end.reason == "wall" else "ProcessEnded", text)

    def _handle(self, value: Any) -> Handle:
        if type(value) is not Handle:
            raise ViolationError("a handle was promised")
        return value

    def _rebase(self, value: Any) -> Any:
        """Targets by the worker's own numbering; one of a worker that is gone is an error."""
        kind = type(value)
        if kind is Target and type(value.root) is int:
            if value.root < self._first:
                raise StudentError(
                    "ProcessEnded", "the process that held this was stopped in an earlier check"
                )
            return Target(value.root - self._first + 1, value.path)
        if kind is list:
            return [self._rebase(item) for item in value]
        if kind is tuple:
            return tuple(self._rebase(item) for item in value)
        if kind is dict:
            return {key: self._rebase(item) for key, item in value.items()}
        return value

    def _renumbered(self, handle: Handle) -> Handle:
        """The handle by a number that no earlier worker has used."""
        if handle.id < 1:  # an earlier worker's, or nobody's
            self.close()
            raise ViolationError("a handle that names nothing")
        number = handle.id + self._first - 1
        self._highest = max(self._highest, number)
        return Handle(number, handle.kind)


class _Copy:
    """A forked worker; it ends when its channel closes, or with the worker it came from."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel

    def end(self, *, died: bool = False) -> End:
        """Nobody watches a copy: when it has died, anything may have killed it."""
        self.channel.close()
        return End(reason="signal" if died else "judge", code=signal.SIGKILL, output="")

    def let_go(self) -> None:
        """It ends when its channel closes."""
        self.channel.close()


def _refuse_respawn() -> WorkerProcess:
    raise StudentError("ProcessEnded", "the copy of your process has ended")


def _is(value: Any, wanted: bytes | str) -> bool:
    return type(value) is type(wanted) and value == wanted


def _frames(frames: list[Any]) -> list[Frame]:
    found = []
    for entry in frames[:MAX_FRAMES]:
        if type(entry) is list and [type(part) for part in entry] == [str, int, str, str]:
            file, line, function, source = entry
            found.append(Frame(file[:MAX_PART], line, function[:MAX_PART], source[:MAX_PART]))
    return found
